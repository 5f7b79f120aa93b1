"""A notebook is given other values for its parameters."""

from __future__ import annotations

import pytest

from grader.notebook.parameters import with_parameters


def run(cells: list[str]) -> dict:
    """The names that cells define when they are run as plain Python."""
    namespace: dict = {}
    for cell in cells:
        exec(cell, namespace)
    return namespace


@pytest.mark.parametrize(
    "code",
    [
        "n = 5",
        "n: int = 5",
        "n, m = 5, 1",
        "m, n = 1, 5",
        "(m, n) = (1, 5)",
        "[m, n] = 1, 5",
        "m = 1; n = 5; k = 2",
        "k = n = 5",
        "n = k = 5",
        "n = 5  # points",
        "n = int('5')",
        "n, m = divmod(16, 3)",
        "n, *rest = 5, 1, 2",
        "*rest, n = 1, 2, 5",
        "if True:\n    n = 5",
        "if False:\n    n = 1\nelse:\n    n = 5",
        "with __import__('contextlib').nullcontext():\n    n = 5",
        "try:\n    n = 5\nfinally:\n    pass",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    n = 5",
        "for _ in range(2):\n    n = 5",
        "n = 4\nn = 5",
        "n = (\n    5\n)",
        "a = [0]\na[0], n = 1, 5",
        "n = m = k = 5",
        "t = n, m = 5, 1",
    ],
)
def test_parameters_in_every_form(code):
    """A parameter is replaced in every form of assignment at top level, and results follow from it."""
    [(number, changed), after] = with_parameters([(3, code), (4, "twice = 2 * n")], {"n": 50})
    assert (number, after) == (3, (4, "twice = 2 * n"))
    assert run([code])["n"] == 5
    assert (run([changed, after[1]])["n"], run([changed, after[1]])["twice"]) == (50, 100)


@pytest.mark.parametrize(
    ("code", "others"),
    [
        ("n, m = 5, 1", {"m": 1}),
        ("m = 1; n = 5; k = 2", {"m": 1, "k": 2}),
        ("n, *rest = 5, 1, 2", {"rest": [1, 2]}),
        ("n, m = divmod(16, 3)", {"m": 1}),
        ("import math\nn = 5\ndef f(): return math.pi", {}),
        ("m = 7\nif m:\n    n = 5\n    m = 8", {"m": 8}),
        ("seen = []\nn = 5\nseen.append(n)", {"seen": [50]}),
    ],
)
def test_what_stands_beside_a_parameter(code, others):
    """Everything else in the cell stays as it is."""
    [(_, changed)] = with_parameters([(1, code)], {"n": 50})
    namespace = run([changed])
    assert namespace["n"] == 50
    assert {name: namespace[name] for name in others} == others


@pytest.mark.parametrize(
    ("code", "values", "expected"),
    [
        ("true_w, true_b = 3.0, 0.8", {"true_w": -2.0, "true_b": 5.0}, {"true_w": -2.0, "true_b": 5.0}),
        ("true_w = 3.0\ntrue_b = 0.8", {"true_w": -2.0}, {"true_w": -2.0, "true_b": 0.8}),
        ("w, b = w0, b0 = 1, 2", {"w": 7, "b": 8}, {"w": 7, "b": 8}),
        ("name = 'a'", {"name": "b'\"\\\n"}, {"name": "b'\"\\\n"}),
        ("n = None", {"n": [1, (2, None), {"k": True}]}, {"n": [1, (2, None), {"k": True}]}),
    ],
)
def test_values_of_parameters(code, values, expected):
    """Several parameters, negative numbers, texts and containers all arrive unchanged."""
    [(_, changed)] = with_parameters([(1, code)], values)
    namespace = run([changed])
    assert {name: namespace[name] for name in expected} == expected


@pytest.mark.parametrize("code", ["w, (b, n) = 3, (4, 5)", "w, *n = 1, 2, 3"])
def test_parameters_within_patterns(code):
    """A parameter deep within an unpacked pattern is replaced too."""
    [(_, changed)] = with_parameters([(1, code)], {"n": 50})
    assert run([changed])["n"] == 50


def test_two_parameters_in_one_chain():
    """Each of several parameters that are assigned together gets its own value."""
    [(_, changed)] = with_parameters([(1, "n = m = 5")], {"n": 50, "m": 60})
    namespace = run([changed])
    assert (namespace["n"], namespace["m"]) == (50, 60)


def test_parameters_below_a_cell_magic():
    """A parameter in a timed cell is replaced, and the cell is still timed."""
    [(_, changed)] = with_parameters([(1, "%%time\nn = 5")], {"n": 50})
    assert changed.splitlines()[0] == "%%time"
    assert run([changed.partition("\n")[2]])["n"] == 50


def test_parameters_beside_a_magic():
    """A line magic beside a parameter is still run."""
    [(_, changed)] = with_parameters([(1, "%matplotlib inline\nn = 5\n!ls")], {"n": 50})
    assert "'matplotlib', 'inline'" in changed and "system('ls')" in changed and "n = 50" in changed


@pytest.mark.parametrize(
    "code",
    [
        "x = n * 2   # comment,   spaces",
        "def f():\n    n = 5\n    return n",
        "class Net:\n    n = 5",
        "f = lambda n: n",
        "f(n=5)",
        "number = 5",
        "'n = 5'",
        "# n = 5",
        "x = [n for n in range(3)]",
        "n == 5",
        "def n(): pass",
        "n = (",
        "%%bash\nn=5",
        "!n=5",
        "import n",
        "x  =  1",
        "",
    ],
)
def test_cells_that_assign_no_parameter(code):
    """A cell that assigns no parameter at top level stays, layout and comments included."""
    assert with_parameters([(1, code)], {"n": 50}) == [(1, code)]


def test_functions_keep_their_own_names():
    """A name within a function or class of the same cell keeps its own value."""
    code = "n = 5\ndef f():\n    n = 7\n    return n\nclass Net:\n    n = 8\ng = lambda: [n := 9]"
    [(_, changed)] = with_parameters([(1, code)], {"n": 50})
    namespace = run([changed])
    assert (namespace["n"], namespace["f"](), namespace["Net"].n, namespace["g"]()) == (50, 7, 8, [9])


@pytest.mark.parametrize("terms", [500, 1000])
def test_a_cell_with_an_endless_expression(terms):
    """A cell with an expression of a thousand terms raises no error; it comes back, changed or not."""
    code = "n = 5\nx = " + " + ".join(["0"] * terms)
    [(number, _)] = with_parameters([(1, code)], {"n": 50})
    assert number == 1


def test_an_annotation_alone():
    """`n: int` assigns nothing and stays."""
    [(_, changed)] = with_parameters([(1, "n: int")], {"n": 50})
    assert "n" not in run([changed])


def test_no_parameters():
    """Without other values, every cell stays as it is."""
    cells = [(1, "n  =  5"), (2, "m = (")]
    assert with_parameters(cells, {}) == cells


def test_a_parameter_that_is_passed_on_keeps_its_new_value():
    """`start = torch.tensor(start)` does not assign the parameter. It uses the value it already has."""
    (_, first), (_, second) = with_parameters(
        [(1, "start = [1.0]"), (2, "start = tensor(start)")], {"start": [2.0]}
    )
    assert (first, second) == ("start = [2.0]", "start = tensor(start)")
