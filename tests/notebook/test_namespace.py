"""What the notebook has made itself is not taken for a library's."""

from __future__ import annotations

import pytest

from grader.notebook.source import Source

WRITTEN = "%%writefile helper.py\nimport numpy\ndef solve(a): return numpy.linalg.inv(a)"


@pytest.mark.parametrize(
    "code",
    [
        "class Line:\n    def solve(self): pass\nLine().solve()",
        "class Line:\n    inv = 1\nLine.inv",
        "class Line:\n    inv: float = 1\nLine().inv",
        "class Line:\n    def __init__(self): self.inv = 1\n    def step(self): return self.inv",
        "s = Settings(); s.inv = 1 / 5; s.inv",
        "setattr(s, 'inv', 1); s.inv",
        "from types import SimpleNamespace\ns = SimpleNamespace(inv=1)\ns.inv",
        "from collections import namedtuple\nS = namedtuple('S', 'rate inv')\nS(1, 2).inv",
        "from collections import namedtuple\nS = namedtuple('S', ['rate', 'inv'])\nS(1, 2).inv",
        "S = type('S', (), {'inv': 1})\nS.inv",
        "def solve(a): pass\nsolve(1)",
        "inv = 1\ninv",
        "torch = 1\ntorch",
        "def f(torch): return torch",
    ],
)
def test_own_names(code):
    """Own attributes, methods and variables do not count as used, whatever they are called."""
    source = Source([code])
    assert source.uses("torch", ".solve", ".inv") == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("a.inv()", [".inv"]),
        ("class A:\n    def solve(self): return a.inv()\nA().solve()", [".inv"]),
        (
            "import numpy as np\nclass A:\n    def solve(self): return np.linalg.solve(a, b)",
            ["numpy.linalg.solve"],
        ),
        ("import torch\ntorch = torch", ["torch"]),
    ],
)
def test_names_of_libraries(code, found):
    """A library's function counts, although an own method may have the same name."""
    assert Source([code]).uses("torch", ".solve", ".inv") == found


@pytest.mark.parametrize(
    ("code", "imports"),
    [
        ("import helper", {"helper", "numpy"}),
        ("from helper import solve", {"helper", "helper.solve", "numpy"}),
        ("import importlib\nhelper = importlib.import_module('helper')", {"importlib", "helper", "numpy"}),
        ("%run helper.py", {"numpy"}),
        ("%run ./helper.py", {"numpy"}),
        ("x = 1", set()),
    ],
)
def test_written_modules(code, imports):
    """A module that a cell writes counts if it is imported or run."""
    source = Source([WRITTEN, code])
    assert source.imports == imports
    assert source.uses(".inv", ".solve") == (["numpy.linalg.inv"] if imports else [])


def test_modules_that_import_each_other():
    """A written module that is imported by another counts as well. Their loops are the notebook's."""
    source = Source(
        ["%%writefile lib/a.py\nimport b", "%%writefile b.py\nimport lib.a\nfor i in x: f(i)", "import lib.a"]
    )
    assert source.loops and "f" in source.calls and len(source.trees) == 5
    assert source.defines == set()


def test_an_own_method_is_still_a_name():
    """`names` and `calls` keep everything: who wants a `.backward` must not miss it."""
    source = Source(["class T:\n    def backward(self): self.loss.backward()"])
    assert ".backward" in source.calls and source.uses(".backward") == []
