"""A notebook is given other values for its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import pytest
import torch

from grader.inside import likeness
from grader.notebook import parameters
from grader.notebook.parameters import with_parameters


def changed_cells(cells: Sequence[tuple[int, str]], values: Mapping[str, object]) -> list[tuple[int, str]]:
    """The cells with other values."""
    return with_parameters(cells, values).cells


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
    [(number, changed), after] = changed_cells([(3, code), (4, "twice = 2 * n")], {"n": 50})
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
    [(_, changed)] = changed_cells([(1, code)], {"n": 50})
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
    [(_, changed)] = changed_cells([(1, code)], values)
    namespace = run([changed])
    assert {name: namespace[name] for name in expected} == expected


@pytest.mark.parametrize("code", ["w, (b, n) = 3, (4, 5)", "w, *n = 1, 2, 3"])
def test_parameters_within_patterns(code):
    """A parameter deep within an unpacked pattern is replaced too."""
    [(_, changed)] = changed_cells([(1, code)], {"n": 50})
    assert run([changed])["n"] == 50


def test_two_parameters_in_one_chain():
    """Each of several parameters that are assigned together gets its own value."""
    [(_, changed)] = changed_cells([(1, "n = m = 5")], {"n": 50, "m": 60})
    namespace = run([changed])
    assert (namespace["n"], namespace["m"]) == (50, 60)


def test_parameters_below_a_cell_magic():
    """A parameter in a timed cell is replaced, and the cell is still timed."""
    [(_, changed)] = changed_cells([(1, "%%time\nn = 5")], {"n": 50})
    assert changed.splitlines()[0] == "%%time"
    assert run([changed.partition("\n")[2]])["n"] == 50


def test_parameters_beside_a_magic():
    """A line magic beside a parameter is still run."""
    [(_, changed)] = changed_cells([(1, "%matplotlib inline\nn = 5\n!ls")], {"n": 50})
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
    assert changed_cells([(1, code)], {"n": 50}) == [(1, code)]


def test_functions_keep_their_own_names():
    """A name within a function or class of the same cell keeps its own value."""
    code = "n = 5\ndef f():\n    n = 7\n    return n\nclass Net:\n    n = 8\ng = lambda: [n := 9]"
    [(_, changed)] = changed_cells([(1, code)], {"n": 50})
    namespace = run([changed])
    assert (namespace["n"], namespace["f"](), namespace["Net"].n, namespace["g"]()) == (50, 7, 8, [9])


@pytest.mark.parametrize("terms", [500, 1000])
def test_a_cell_with_an_endless_expression(terms):
    """A cell with an expression of a thousand terms raises no error; it comes back, changed or not."""
    code = "n = 5\nx = " + " + ".join(["0"] * terms)
    [(number, _)] = changed_cells([(1, code)], {"n": 50})
    assert number == 1


def test_an_annotation_alone():
    """`n: int` assigns nothing and stays."""
    [(_, changed)] = changed_cells([(1, "n: int")], {"n": 50})
    assert "n" not in run([changed])


def test_no_parameters():
    """Without other values, every cell stays as it is."""
    cells = [(1, "n  =  5"), (2, "m = (")]
    assert changed_cells(cells, {}) == cells


def test_a_parameter_that_is_passed_on_keeps_its_new_value():
    """`start = torch.tensor(start)` does not assign the parameter. It uses the value it already has."""
    (_, first), (_, second) = changed_cells(
        [(1, "start = [1.0]"), (2, "start = tensor(start)")], {"start": [2.0]}
    )
    assert (first, second) == ("start = [2.0]", "start = tensor(start)")


NEW = [-1.5, 4.0]


def again(*cells: str, **values: object) -> dict:
    """The names that the cells define when they are run with other values."""
    numbered = list(enumerate(cells, 1))
    return run(["import numpy as np, torch", *(code for _, code in changed_cells(numbered, values))])


def is_same(found: object, expected: object) -> bool:
    """Whether two values are of one kind, dtype and shape, and hold the same numbers."""
    if isinstance(expected, torch.Tensor):
        assert isinstance(found, torch.Tensor)
        alike = (found.dtype, found.requires_grad) == (expected.dtype, expected.requires_grad)
        return type(found) is type(expected) and alike and torch.equal(found, expected)
    if isinstance(expected, np.ndarray):
        assert isinstance(found, np.ndarray)
        return found.dtype == expected.dtype and np.array_equal(found, expected)
    return type(found) is type(expected) and found == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[2.0, -3.4]", NEW),
        ("(2.0, -3.4)", tuple(NEW)),
        ("[[2.0], [-3.4]]", [[-1.5], [4.0]]),
        ("[2.0, -3.4][:]", NEW),
        ("tuple([2.0, -3.4])", tuple(NEW)),
        ("list((2.0, -3.4))", NEW),
        ("[float(v) for v in '2.0 -3.4'.split()]", NEW),
        ("[1.0 * 2, -3.4]", NEW),
        ("torch.tensor([2.0, -3.4])", torch.tensor(NEW)),
        ("torch.tensor((2.0, -3.4))", torch.tensor(NEW)),
        ("torch.tensor(data=[2.0, -3.4])", torch.tensor(NEW)),
        ("torch.as_tensor([2.0, -3.4], dtype=torch.float64)", torch.tensor(NEW, dtype=torch.float64)),
        ("torch.tensor([2.0, -3.4]).reshape(2, 1)", torch.tensor([[-1.5], [4.0]])),
        ("torch.tensor([2.0, -3.4]).view(-1, 1).double()", torch.tensor([[-1.5], [4.0]]).double()),
        ("torch.tensor([2.0, -3.4])[:, None]", torch.tensor([[-1.5], [4.0]])),
        ("torch.tensor([[2.0, -3.4]]).T", torch.tensor([[-1.5], [4.0]])),
        ("torch.tensor([[2.0], [-3.4]])", torch.tensor([[-1.5], [4.0]])),
        ("torch.FloatTensor([2, -3.4]).to(torch.float64)", torch.tensor(NEW).double()),
        ("torch.Tensor([2, -3])", torch.tensor(NEW)),
        ("torch.tensor([2, -3])", torch.tensor(NEW)),
        ("torch.tensor([2, -3]).long()", torch.tensor(NEW)),
        ("torch.tensor([2.0, -3.4]) * torch.ones(2)", torch.tensor(NEW)),
        ("torch.cat([torch.tensor([2.0]), torch.tensor([-3.4])])", torch.tensor(NEW)),
        ("torch.tensor([2.0, -3.4], requires_grad=True)", torch.tensor(NEW, requires_grad=True)),
        ("torch.nn.Parameter(torch.tensor([2.0, -3.4]))", torch.nn.Parameter(torch.tensor(NEW))),
        ("torch.nn.Parameter(torch.zeros(2) + 1)", torch.nn.Parameter(torch.tensor(NEW))),
        ("torch.from_numpy(np.array([2.0, -3.4], dtype='f'))", torch.tensor(NEW)),
        ("np.array([2.0, -3.4])", np.array(NEW)),
        ("np.asarray([2.0, -3.4], np.float32)", np.array(NEW, np.float32)),
        ("np.array([2.0, -3.4]).astype('f4')[None, :]", np.array([NEW], np.float32)),
        ("np.r_[2.0, -3.4]", np.array(NEW)),
        ("np.linspace(2.0, -3.4, 2)", np.array(NEW)),
        ("np.array([2.0, -3.4]).reshape(2, 1) if True else None", np.array([[-1.5], [4.0]])),
    ],
)
def test_a_list_stays_what_the_student_made_of_it(written: str, expected: object) -> None:
    """A list of numbers becomes the student's own container, dtype and shape."""
    assert is_same(again(f"w = {written}", w=NEW)["w"], expected)
    assert is_same(again(f"w: object = {written}", w=NEW)["w"], expected)
    assert is_same(again(f"k, w = 1, {written}", w=NEW)["w"], expected)


@pytest.mark.parametrize(
    ("written", "new", "expected"),
    [
        ("3.0", -2.0, -2.0),
        ("-3.0", 2, 2.0),
        ("3", -2.5, -2.5),
        ("1e-1", 0.5, 0.5),
        ("10 ** -2", 0.5, 0.5),
        ("2 * 250", 7, 7),
        ("int(5e2)", 7, 7),
        ("int(5e2)", 7.5, 7.5),
        ("round(500.2)", 7, 7),
        ("max(500, 20)", 7, 7),
        ("float('3')", -2.0, -2.0),
        ("float(3)", -2, -2.0),
        ("np.float64(3.0)", -2.5, np.float64(-2.5)),
        ("np.float32('3.0')", -2.5, np.float32(-2.5)),
        ("np.int64(3)", 4, np.int64(4)),
        ("np.sqrt(9.0)", 2, np.float64(2.0)),
        ("torch.tensor(3.0)", -2, torch.tensor(-2.0)),
        ("torch.tensor([3.0])", -2.0, torch.tensor([-2.0])),
        ("torch.tensor([[3.0]], dtype=torch.float64)", -2.0, torch.tensor([[-2.0]]).double()),
        ("torch.full((1, 1), 3.0)", -2.0, torch.tensor([[-2.0]])),
        ("torch.tensor(3.0).item()", -2.0, -2.0),
        ("np.array([3.0])", -2.0, np.array([-2.0])),
        ("__import__('decimal').Decimal('3.5')", 2.5, Decimal("2.5")),
        ("[3.0]", -2.0, [-2.0]),
        ("'adam'", "sgd", "sgd"),
        ("True", False, False),
        ("{'a': 1}", {"b": 2}, {"b": 2}),
        ("[]", [1, [2]], [1, [2]]),
        ("[[0.5, 0.25], [1.0, 2.0]]", [[1.0, 2.0, 3.0]] * 2, [[1.0, 2.0, 3.0]] * 2),
        ("[[0.5, 0.25], [1.0, 2.0]]", 1.0, 1.0),
        ("[1.0, 2.0]", [[1.0], [2.0]], [[1.0], [2.0]]),
    ],
)
def test_other_values_stay_what_the_student_made_of_them(written, new, expected):
    """A number or a text becomes the student's own kind; a deeper list is the author's own."""
    assert is_same(again(f"p = {written}", p=new)["p"], expected)


@pytest.mark.parametrize(
    "later",
    [
        "start = torch.tensor(start)",
        "start: torch.Tensor = torch.tensor(start)",
        "given = start\nstart = torch.tensor(given)",
        "start, rate = torch.tensor(start), rate",
        "start, other = (torch.tensor(v) for v in (start, start))",
        "copy = [*start]\ndel start\nstart = torch.tensor(copy)",
        "def made():\n    return torch.tensor(start)\nstart = made()",
        "if isinstance(start, list):\n    start = torch.tensor(start)",
        "for _ in range(2):\n    start = torch.as_tensor(start)",
        "start = torch.tensor(start)\nstart += 0",
    ],
)
def test_a_parameter_that_is_passed_on(later: str) -> None:
    """What a student makes of a parameter later keeps its new value, in whatever way it is written."""
    assert is_same(again("start = [2.0, -3.4]\nrate = 0.1", later, start=NEW)["start"], torch.tensor(NEW))


@pytest.mark.parametrize(
    ("later", "n"),
    [
        ("n = 0\nfor _ in x:\n    n += 1", 7),
        ("for i in range(2):\n    n = 0\n    n = n + 1", 1),
        ("for n in range(3):\n    pass", 2),
        ("n = 100", 100),
        ("m, n = 1, 0", 0),
        ("n = len(x) + 1", 8),
        ("n = None", None),
        ("n += 1", 8),
        ("n = 500", 7),
        ("n = int(5e2)", 7),
        ("n = float([500][0])", 500.0),
        ("if True:\n    n = 500", 7),
        ("m = n = 500", 7),
    ],
)
def test_a_name_that_is_used_again(later: str, n: object) -> None:
    """Once a parameter was used, its name may count or hold something else, but not the same value."""
    found = again("n = 500", "x = list(range(n))", later, n=7)
    assert (len(found["x"]), found["n"]) == (7, n)


@pytest.mark.parametrize(
    "cells",
    [
        ["n = 4", "n = 5", "x = [0] * n"],
        ["for n in range(3):\n    pass", "n = 5", "x = [0] * n"],
        ["if False:\n    n = 5\n    x = [0] * n\nelse:\n    n = 6\n    x = [0] * n"],
        ["try:\n    n = int('a')\nexcept ValueError:\n    n = 5", "x = [0] * n"],
        ["match 3:\n    case 3:\n        n = 5", "x = [0] * n"],
        ["x = [0] * (n := 5)"],
        ["if (n := 5) > 3:\n    x = [0] * n"],
        ["def setup():\n    global n\n    n = 5\nsetup()", "x = [0] * n"],
        ["class P:\n    n: int = 5\nn = P.n", "x = [0] * n"],
        ["p = dict(n=5)", "n = p['n']", "x = [0] * n"],
        ["from typing import Final\nn: Final = 5", "x = [0] * n"],
        ["m = 5", "n = m", "x = [0] * n"],
        ["def f(n):\n    return n\nn = 4\ng = lambda n: n\nn = 5", "x = [0] * n"],
        ["n = 5\ndel n", "n = 5", "x = [0] * n"],
        ["n, *rest = [5, 1]", "x = [0] * n"],
        ["(m, [n, k]) = 1, (5, 2)", "x = [0] * n"],
    ],
)
def test_where_a_parameter_has_its_value_from(cells: list[str]) -> None:
    """Whatever uses the parameter finds the new value, wherever the notebook assigns it."""
    found = again(*cells, n=7)
    assert (len(found["x"]), found["n"]) == (7, 7)


def test_parameters_that_follow_from_another() -> None:
    """A parameter that is computed from another follows it, unless it has a new value of its own."""
    cells = ["b0 = a0 = 1.0\nc0 = 2 * a0"]
    assert [again(*cells, a0=3.0)[name] for name in ("a0", "b0", "c0")] == [3.0, 3.0, 6.0]
    assert [again(*cells, a0=3.0, c0=5.0)[name] for name in ("a0", "b0", "c0")] == [3.0, 3.0, 5.0]


def test_everything_else_happens_as_it_did() -> None:
    """An expression without a literal to replace is computed as before, with all that it does besides."""
    found = again("seen = []", "n = seen.append(1) or len(seen) + 4", n=7)
    assert (found["n"], found["seen"]) == (7, [1])


def test_a_parameter_in_a_timed_line() -> None:
    """`%time n = 5` assigns the parameter, and is still timed."""
    [(_, changed)] = changed_cells([(1, "%time n = 5")], {"n": 50})
    assert changed == "get_ipython().run_line_magic('time', 'n = 50')"


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        (["n = 5"], ()),
        (["n = torch.tensor(5)"], ()),
        (["k = 5", "x = [0] * n"], ("n",)),
        (["def f():\n    n = 5"], ("n",)),
        (["class P:\n    n = 5"], ("n",)),
        (["def f(n=5):\n    pass"], ("n",)),
        (["number = 5"], ("n",)),
        (["n = 5 +"], ()),
        (["k = 5 +"], ("n",)),
        (["for n in range(5):\n    pass"], ()),
        (["with open('f') as n:\n    pass"], ()),
        (["import math as n"], ()),
        (["def n():\n    pass"], ()),
        (["exec('n = 5')"], ()),
        (["globals()['n'] = 5"], ()),
        (["%%writefile values.py\nn = 5", "from values import *"], ()),
        (["%%bash\nn=5"], ("n",)),
        (["%time n +"], ("n",)),
        (["[n for n in range(5)]"], ("n",)),
    ],
)
def test_parameters_that_no_cell_assigns(cells: list[str], missing: tuple[str, ...]) -> None:
    """A parameter that no cell assigns is named, unless a cell that can't be read may assign it."""
    assert with_parameters(list(enumerate(cells)), {"n": 7}).unassigned == missing


def test_a_parameter_in_a_cell_that_is_left_out() -> None:
    """A cell that will not run may assign it, so nothing is said."""
    assert with_parameters([(1, "k = 1")], {"n": 7}, ["n = 5\nexit()"]).unassigned == ()
    assert with_parameters([(1, "k = 1")], {"n": 7}, ["number = 5\nexit()"]).unassigned == ("n",)


def test_the_name_of_the_conversion() -> None:
    """Cells find the function that converts values by the name that it has in every session."""
    assert f"'{likeness.NAME}'" in parameters.LIKE and parameters.LIKE.endswith(likeness.like.__name__)
