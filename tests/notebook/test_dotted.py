"""Names are followed to what they stand for, through star imports and written modules too."""

from __future__ import annotations

import ast

import pytest
import torch  # noqa: F401  (a rubric's process has loaded it)

from grader.notebook.dotted import getattr_call
from grader.notebook.source import Source

HELPER = "%%writefile helper.py\nimport torch.optim as o\nfrom torch import nn\ndef solve(x): return o.SGD(x)"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from torch.optim import *\nSGD(p)", {"torch.optim.SGD"}),
        ("from torch.optim import *\nS = SGD\nS(p)", {"torch.optim.SGD"}),
        ("from numpy.linalg import *\nlstsq(a, b)", {"numpy.linalg.lstsq"}),
        # The name comes from the module that has it.
        ("from torch import *\nfrom torch.nn import *\nzeros(1)", {"torch.zeros"}),
        ("from torch.nn import *\nfrom torch import *\nLinear(1, 1)", {"torch.nn.Linear"}),
        ("from d2l_of_old import *\nfit(a)", {"d2l_of_old.fit"}),
        # Python's own, and the notebook's own.
        ("from d2l_of_old import *\nprint(1)", {"print"}),
        ("from numpy.linalg import *\ndef solve(a): pass\nsolve(a)", {"solve"}),
        ("from torch import *\nfit(a)", {"fit"}),
    ],
)
def test_star_imports(code, found):
    """A name that a star import brings is known by the module that it is from."""
    calls = Source([code]).calls
    assert calls == found


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("import helper\nhelper.o.SGD(p)", "torch.optim.SGD"),
        ("from helper import *\no.SGD(p)", "torch.optim.SGD"),
        ("from helper import nn as n\nn.Linear(1, 1)", "torch.nn.Linear"),
        ("from helper import *\nsolve(p)", "helper.solve"),
        ("import helper as h\nh.solve(p)", "helper.solve"),
    ],
)
def test_written_modules(code, call):
    """What a written module has imported is followed through it."""
    assert call in Source([HELPER, code]).calls


def test_getattr_call():
    """Only a call with a written name is followed."""
    calls = ast.parse("getattr(a, 'b'); getattr(a, b); getattr(a); f('a', 'b')").body
    assert [bool(getattr_call(each.value)) for each in calls] == [True, False, False, False]
