"""What a notebook's code is seen to import, call, name and define, and how it is given other parameters."""

from __future__ import annotations

import time

import pytest

from grader.notebook.parameters import with_parameters
from grader.notebook.source import Source
from grader.notebook.syntax import TooLong, parse


def run(cells: list[str]) -> dict:
    """The names that cells define when they are run as plain Python."""
    namespace: dict = {}
    for cell in cells:
        exec(cell, namespace)
    return namespace


# ---- imports


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import torch", {"torch"}),
        ("import torch.nn", {"torch.nn"}),
        ("import torch.nn as nn, numpy as np", {"torch.nn", "numpy"}),
        ("from torch import nn", {"torch", "torch.nn"}),
        ("from torch import nn as net, optim", {"torch", "torch.nn", "torch.optim"}),
        ("from torch.nn import *", {"torch.nn"}),
        ("from . import helper", set()),
        ("def f():\n    import torch.optim", {"torch.optim"}),
        ("try:\n    import torch\nexcept ImportError:\n    import jax", {"torch", "jax"}),
        ("import importlib\nimportlib.import_module('torch.optim')", {"importlib", "torch.optim"}),
        (
            "from importlib import import_module\nimport_module('torch.optim')",
            {"importlib", "importlib.import_module", "torch.optim"},
        ),
        ("__import__('torch.optim')", {"torch.optim"}),
        ("import importlib\nimportlib.import_module(name)", {"importlib"}),
        ("__import__()", set()),
        ("'import torch'", set()),
        ("# import torch", set()),
        ("", set()),
    ],
)
def test_imports(code, found):
    """Imports are found in every form, at any depth, and text that only looks like one is not."""
    assert Source([code]).imports == found


def test_imports_by_another_name():
    """import_module is known under the name that it was imported by."""
    assert (
        "torch.optim" in Source(["from importlib import import_module as load\nload('torch.optim')"]).imports
    )


# ---- calls and names


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("import torch\ntorch.optim.SGD(p, lr=1)", "torch.optim.SGD"),
        ("import torch as t\nt.optim.SGD(p)", "torch.optim.SGD"),
        ("from torch import optim\noptim.SGD(p)", "torch.optim.SGD"),
        ("from torch import optim as o\no.SGD(p)", "torch.optim.SGD"),
        ("from torch.optim import SGD as S\nS(p)", "torch.optim.SGD"),
        ("import torch.optim as o\no.SGD(p)", "torch.optim.SGD"),
        ("import torch\no = torch.optim\no.SGD(p)", "torch.optim.SGD"),
        ("import torch\nt = torch\no = t.optim\ns = o.SGD\ns(p)", "torch.optim.SGD"),
        ("import torch\ngetattr(torch, 'optim').SGD(p)", "torch.optim.SGD"),
        ("import torch\ngetattr(torch.optim, 'SGD')(p)", "torch.optim.SGD"),
        ("import torch\ngetattr(getattr(torch, 'optim'), 'SGD')(p)", "torch.optim.SGD"),
        ("import importlib\nimportlib.import_module('torch.optim').SGD(p)", ".SGD"),
        ("loss.backward()", ".backward"),
        ("criterion(y, t).backward()", ".backward"),
        ("losses[0].backward()", ".backward"),
        ("(a + b).backward()", ".backward"),
        ("print(1)", "print"),
        ("f(g(1))", "g"),
        ("def f():\n    return [h(x) for x in y]", "h"),
        ("import torch\nw.grad.zero_()", ".zero_"),
        ("getattr(loss, 'backward')()", ".backward"),
        ("@decorated(1)\ndef f(): pass", "decorated"),
    ],
)
def test_calls(code, call):
    """What is called is known by its absolute name through any alias, and a method of some object by its last name."""
    assert call in Source([code]).calls


def test_a_call_in_a_later_cell():
    """An alias of one cell is seen through in another, wherever they stand."""
    assert "torch.optim.SGD" in Source(["o.SGD(p)", "x = 1", "import torch.optim as o"]).calls


def test_an_object_under_a_second_name():
    """A variable that holds another's object is no module: its methods are still known by their last name."""
    assert ".backward" in Source(["kept = loss\nkept.backward()"]).calls
    assert Source(["kept = loss\nloss.backward()"]).calls == {".backward"}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import torch\nnet = torch.nn.Linear", {"torch", "torch.nn", "torch.nn.Linear", "net"}),
        ("from torch import nn\nclass Net(nn.Module): pass", {"torch.nn", "torch.nn.Module"}),
        ("w.grad = None", {"w", ".grad"}),
        ("f().a.b", {"f", ".a", ".b"}),
    ],
)
def test_names(code, found):
    """Names are listed with all that hangs on them, whether used, assigned or inherited from."""
    assert Source([code]).names >= found - {"net"}


def test_what_is_not_a_name():
    """A keyword, a parameter and a text are no names that are used."""
    assert Source(["def f(optim=1): return 'SGD'", "g(lr=2)"]).names == {"g"}


# ---- definitions


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("w = 1", {"w"}),
        ("w, (b, *rest) = 1, (2, 3)", {"w", "b", "rest"}),
        ("w = b = 1", {"w", "b"}),
        ("w: float = 1.0", {"w"}),
        ("w += 1", {"w"}),
        ("for epoch in range(3):\n    loss = 1", {"epoch", "loss"}),
        ("def f():\n    inner = 1", {"f"}),
        ("class Net:\n    size = 1\n    def forward(self): pass", {"Net"}),
        ("async def f(): pass", {"f"}),
        ("if True:\n    a = 1\nelse:\n    b = 1", {"a", "b"}),
        ("with open('x') as f:\n    a = 1", {"a"}),
        (
            "try:\n    a = 1\nexcept Exception:\n    b = 1\nelse:\n    c = 1\nfinally:\n    d = 1",
            {"a", "b", "c", "d"},
        ),
        ("while False:\n    a = 1", {"a"}),
        ("print(1)", set()),
    ],
)
def test_defines(code, found):
    """Definitions at top level are listed, inside if, with, try and loops too, and none of a function's or class's own."""
    assert Source([code]).defines == found


# ---- uses


@pytest.mark.parametrize(
    ("code", "prefixes", "found"),
    [
        ("import torch\ntorch.nn.Linear(1, 1)", ["torch.nn"], ["torch.nn", "torch.nn.Linear"]),
        ("import torch.optim as o", ["torch.nn", "torch.optim"], ["torch.optim"]),
        ("import torch\ntorch.nnx(1)", ["torch.nn"], []),
        ("import torch\ntorch.rand(1)", ["torch.nn", "torch.optim"], []),
        ("import torch\ntorch.linalg.lstsq(a, b)", [".lstsq"], ["torch.linalg.lstsq"]),
        ("a.lstsq(b)", [".lstsq"], [".lstsq"]),
        ("lstsq = 1", [".lstsq"], []),
        ("from numpy.linalg import lstsq as fit\nfit(a)", [".lstsq"], ["numpy.linalg.lstsq"]),
        ("from torch import nn", ["torch.nn"], ["torch.nn"]),
        ("import torch\nloss.backward()", [], []),
        ("'torch.nn'", ["torch.nn"], []),
        ("import torch\ngetattr(torch, 'nn')", ["torch.nn"], ["torch.nn"]),
    ],
)
def test_uses(code, prefixes, found):
    """uses() finds a dotted name and what is below it, or a last name wherever it hangs, sorted; nothing that merely begins alike."""
    assert Source([code]).uses(*prefixes) == found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("for i in x: pass", True),
        ("def f():\n    while 1: pass", True),
        ("[i for i in x]", False),
        ("", False),
    ],
)
def test_loops(code, found):
    """A loop is found at any depth; a comprehension is none."""
    assert Source([code]).loops is found


# ---- what is not plain Python


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!ls -l",
        "!!ls",
        "files = !ls",
        "%time 1 + 1",
        "torch.rand?",
        "torch.rand??",
        "?torch",
        "%%time",
        "%pip install torch",
        "x = %who",
        "%load_ext autoreload\n%autoreload 2",
    ],
)
def test_magics_and_shell_lines(line):
    """A magic, a shell line or a question in a cell hides nothing else in it."""
    source = Source([f"{line}\nimport torch.optim as o\no.SGD(p)"])
    assert "torch.optim" in source.imports
    assert "torch.optim.SGD" in source.calls


@pytest.mark.parametrize("code", ["%%time\nimport os\nw = fit(x)", "\n%%capture out\nimport os\nw = fit(x)"])
def test_cells_that_are_timed_or_captured(code):
    """What stands below %%time or %%capture is code like any other."""
    source = Source([code])
    assert (source.imports, source.calls, source.defines) == ({"os"}, {"fit"}, {"w"})


@pytest.mark.parametrize("code", ["%%bash\nimport torch", "%%html\n<b>", "%%javascript\nalert(1)"])
def test_cells_in_another_language(code):
    """A cell in another language is no Python: nothing in it counts."""
    assert Source([code]).imports == set()


@pytest.mark.parametrize(
    "code",
    [
        "def (:",
        "import",
        "x = (",
        "print 'x'",
        "\0",
        "if 1:\nx",
        "'''",
        "(" * 5000,
        "-" * 5000 + "1",
        "x = " + "[" * 500,
        "\ud800",
        "0777",
        "return(",
    ],
)
def test_syntax_errors(code):
    """A cell with a syntax error is left out, and the others stay."""
    source = Source(["import torch", code, "w = 1"])
    assert parse(code) is None
    assert (source.imports, source.defines) == ({"torch"}, {"w"})


TOO_LONG = {
    "a thousand shell lines": "!ls\n" * 1000,
    "a thousand questions": "x?\n" * 1000,
    "a thousand magics": "%time\n" * 1000,
    "a thousand assignments": "y = !ls\n" * 1000,
    "quotes that end nowhere": "n = " + "\\'" * 40_000,
    "a notebook of a megabyte": "x = 1\n" * 200_000,
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_code_that_takes_too_long_to_look_at(name):
    """IPython takes minutes over it, or hours. What can't be looked at could be what is asked for, so nothing is said of the rest, in a moment."""
    begun = time.monotonic()
    with pytest.raises(TooLong):
        Source(["import torch", TOO_LONG[name]])
    assert with_parameters([(1, "n = 1"), (2, TOO_LONG[name])], {"n": 2}) == [
        (1, "n = 2"),
        (2, TOO_LONG[name]),
    ]
    assert time.monotonic() - begun < 4


def test_cells_share_one_budget():
    """Many cells take no longer than one: what each of them may have is not theirs together."""
    cell = "n = " + "\\'" * 1000
    assert Source([cell]).defines == set()
    with pytest.raises(TooLong):
        Source([cell] * 20)


def test_long_chains_of_attributes():
    """Three hundred chains of four hundred attributes are looked at in a moment; a name at the end of a sane one is seen through."""
    begun = time.process_time()  # other work on the machine does not count
    source = Source(
        ["import torch\n" + "\n".join([f"x = torch{'.a' * 400}"] * 300) + "\ntorch.nn.functional.relu(x)"]
    )
    assert "torch.nn.functional.relu" in source.calls and source.uses("torch.nn.functional.relu")
    assert time.process_time() - begun < 5


def test_no_cells():
    """A notebook without code has no names."""
    source = Source([])
    assert (source.imports, source.calls, source.names, source.defines, source.uses("torch")) == (
        set(),
        set(),
        set(),
        set(),
        [],
    )


# ---- other parameters


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
    """A parameter has its other value however it is assigned at top level, and what is computed from it follows."""
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
    """All else in the cell stays as it is."""
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
    """Several parameters at once, negative numbers, texts and containers all become what they are."""
    [(_, changed)] = with_parameters([(1, code)], values)
    namespace = run([changed])
    assert {name: namespace[name] for name in expected} == expected


@pytest.mark.parametrize("code", ["w, (b, n) = 3, (4, 5)", "w, *n = 1, 2, 3"])
def test_parameters_within_patterns(code):
    """A parameter that is deep within what is unpacked has its other value too."""
    [(_, changed)] = with_parameters([(1, code)], {"n": 50})
    assert run([changed])["n"] == 50


def test_two_parameters_in_one_chain():
    """Of parameters that are assigned together, each has its own value."""
    [(_, changed)] = with_parameters([(1, "n = m = 5")], {"n": 50, "m": 60})
    namespace = run([changed])
    assert (namespace["n"], namespace["m"]) == (50, 60)


def test_parameters_below_a_cell_magic():
    """In a cell that is timed a parameter is replaced, and it is timed still."""
    [(_, changed)] = with_parameters([(1, "%%time\nn = 5")], {"n": 50})
    assert changed.splitlines()[0] == "%%time"
    assert run([changed.partition("\n")[2]])["n"] == 50


def test_parameters_beside_a_magic():
    """In a cell with a line magic the magic is still run, and the parameter replaced."""
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
    """A cell that does not assign the parameter at top level is left to the letter, layout and comments included."""
    assert with_parameters([(1, code)], {"n": 50}) == [(1, code)]


def test_functions_keep_their_own_names():
    """A name within a function or class in the same cell is its own, and keeps its value."""
    code = "n = 5\ndef f():\n    n = 7\n    return n\nclass Net:\n    n = 8\ng = lambda: [n := 9]"
    [(_, changed)] = with_parameters([(1, code)], {"n": 50})
    namespace = run([changed])
    assert (namespace["n"], namespace["f"](), namespace["Net"].n, namespace["g"]()) == (50, 7, 8, [9])


@pytest.mark.parametrize("terms", [500, 1000])
def test_a_cell_with_an_endless_expression(terms):
    """A cell with an expression of a thousand terms is no error of ours: it comes back, changed or not."""
    code = "n = 5\nx = " + " + ".join(["0"] * terms)
    [(number, _)] = with_parameters([(1, code)], {"n": 50})
    assert number == 1


def test_an_annotation_alone():
    """`n: int` assigns nothing and stays so."""
    [(_, changed)] = with_parameters([(1, "n: int")], {"n": 50})
    assert "n" not in run([changed])


def test_no_parameters():
    """Without other values every cell is as it was."""
    cells = [(1, "n  =  5"), (2, "m = (")]
    assert with_parameters(cells, {}) == cells


def test_a_thousand_elifs():
    """A chain that is a thousand levels deep in the tree is read like any other code."""
    cell = (
        "if n == 0: pass\n" + "".join(f"elif n == {k}: pass\n" for k in range(1000)) + "else:\n    last = 1"
    )
    assert Source([cell]).defines == {"last"}


@pytest.mark.parametrize("cell", ['x = %"}\\', "%%", "!" * 50, "?" * 50, "%\\\n%"])
def test_lines_that_ipython_stumbles_over(cell):
    """What IPython can't translate is a cell without a tree, whatever it raises."""
    assert Source([cell, "y = 1"]).defines >= {"y"}


def test_a_parameter_that_is_passed_on_keeps_its_new_value():
    """`start = torch.tensor(start)` is no assignment of the parameter: it uses what the other one gave."""
    (_, first), (_, second) = with_parameters(
        [(1, "start = [1.0]"), (2, "start = tensor(start)")], {"start": [2.0]}
    )
    assert (first, second) == ("start = [2.0]", "start = tensor(start)")
