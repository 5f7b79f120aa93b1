"""What a notebook's code is seen to import, call, name and define."""

from __future__ import annotations

import pytest

from grader.notebook.source import Source


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
    """Imports are found in every form and at any depth. Text that only looks like one is not."""
    assert Source([code]).imports == found


def test_imports_by_another_name():
    """import_module is recognised under any name that it was imported by."""
    assert (
        "torch.optim" in Source(["from importlib import import_module as load\nload('torch.optim')"]).imports
    )


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
    """A call has its absolute name through any alias; a method of some object has its last name."""
    assert call in Source([code]).calls


def test_a_call_in_a_later_cell():
    """An alias from one cell is resolved in all others, earlier and later."""
    assert "torch.optim.SGD" in Source(["o.SGD(p)", "x = 1", "import torch.optim as o"]).calls


def test_an_object_under_a_second_name():
    """A second name for an object is no module: its methods still go by their last name."""
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
    """Names are listed with their attributes, whether used, assigned or inherited from."""
    assert Source([code]).names >= found - {"net"}


def test_what_is_not_a_name():
    """Keywords, parameters and strings are not names that are used."""
    assert Source(["def f(optim=1): return 'SGD'", "g(lr=2)"]).names == {"g"}


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
    """Definitions at top level are listed, also within if, with, try and loops, but not within functions."""
    assert Source([code]).defines == found


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
    """uses() finds a dotted name and all below it, or a last name anywhere, but no similar beginnings."""
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
    """A loop is found at any depth. A comprehension is not a loop."""
    assert Source([code]).loops is found


def test_long_chains_of_attributes():
    """Three hundred chains of four hundred attributes take a moment; a short chain is resolved."""
    source = Source(
        ["import torch\n" + "\n".join([f"x = torch{'.a' * 400}"] * 300) + "\ntorch.nn.functional.relu(x)"]
    )
    assert "torch.nn.functional.relu" in source.calls and source.uses("torch.nn.functional.relu")


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
