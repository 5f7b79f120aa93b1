"""A cross is a notebook with an accident on top: a missing import, a stopped cell, another name."""

from __future__ import annotations

from grader.notebook.notebook import Cell, Notebook
from grader.proof.crosses import NO_IMPORTS, RENAMED, STOPPED, crosses
from grader.proof.decoys import UNTRAINED

NOTEBOOK = Notebook(
    (
        Cell("code", "import math\nn = 1"),
        Cell("code", "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"),
        Cell("code", "class M:\n    ### BEGIN SOLUTION\n    def g(self): pass\n    ### END SOLUTION"),
        Cell("code", "def given():\n    pass"),
        Cell("code", "a = 1\n### BEGIN SOLUTION\nfor x in a:\n    b = 2\n### END SOLUTION\nc = 3"),
        Cell("code", "%time x\n### BEGIN SOLUTION\nz = 1\n### END SOLUTION"),
    )
)  # fmt: skip


def differences(crossed: Notebook) -> dict[int, str]:
    pairs = enumerate(zip(NOTEBOOK.cells, crossed.cells))
    return {place: new.source for place, (old, new) in pairs if old != new}


def test_accidents():
    """Each accident hits every place that it can hit, and nothing else."""
    found = {name: differences(crossed) for name, crossed in crosses(NOTEBOOK).items()}
    assert found == {
        NO_IMPORTS: {0: "n = 1"},
        STOPPED: {4: "a = 1\nraise ValueError('stopped')\nfor x in a:\n    b = 2\nc = 3"},
        RENAMED: {1: "def f_2(x):\n    return x", 2: "class M_2:\n\n    def g(self):\n        pass"},
        UNTRAINED: {4: "a = 1\nfor x in ():\n    b = 2\nc = 3"},
    }


def test_each_place_by_itself():
    """Functions are renamed and raise one by one; what would be a repetition is left out."""
    found = {name: differences(crossed) for name, crossed in crosses(NOTEBOOK, each=True).items()}
    assert list(found)[4:] == ["M renamed", "M raises", "f renamed", "f raises"]
    assert found["f renamed"] == {1: "def f_2(x):\n    return x"}
    assert found["f raises"] == {1: "def f(x):\n    raise ValueError('stopped')"}
    assert found["M raises"] == {2: "class M:\n\n    def g(self):\n        raise ValueError('stopped')"}


def test_nothing_to_hit():
    """An accident that changes nothing is left out."""
    assert crosses(Notebook((Cell("code", "n = 1"), Cell("markdown", "import this")))) == {}
