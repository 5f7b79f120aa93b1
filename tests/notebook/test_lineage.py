"""The part of a notebook that leads to a name, without what only compares, prints or draws."""

from __future__ import annotations

import pytest

from grader.notebook.source import Source

LSTSQ = "import numpy as np\n"


@pytest.mark.parametrize(
    "code",
    [
        "w = np.linalg.lstsq(x, y)",
        "w, b = np.linalg.lstsq(x, y)",
        "%time w = np.linalg.lstsq(x, y)",
        "a = np.linalg.lstsq(x, y)\nw = a[0]",
        "def fit(x): return np.linalg.lstsq(x, x)\nw = fit(x)",
        "fit = lambda x: np.linalg.lstsq(x, x)\nw = fit(x)",
        "class Fit:\n    def __call__(self): return np.linalg.lstsq(x, x)\nfit = Fit()\nw = fit()",
        "from functools import partial\nfit = partial(np.linalg.lstsq, x)\nw = fit(y)",
        "found = {}\nfound['w'] = np.linalg.lstsq(x, y)\nw = found['w']",
        "found = []\nfound.append(np.linalg.lstsq(x, y))\nw = found[0]",
        "class S: pass\ns = S()\ns.w = np.linalg.lstsq(x, y)\nw = s.w",
        "def fill(into): into.append(np.linalg.lstsq(x, y))\nfound = []\nfill(found)\nw = found[0]",
        "def fit():\n    global w\n    w = np.linalg.lstsq(x, y)\nfit()",
        "for i in range(3):\n    w = np.linalg.lstsq(x, y)",
        "if (w := np.linalg.lstsq(x, y)): pass",
        "with f() as a:\n    w = np.linalg.lstsq(x, y)",
        "try:\n    w = 1\nexcept ValueError:\n    w = np.linalg.lstsq(x, y)",
        "w = 0\nw += np.linalg.lstsq(x, y)",
    ],
)
def test_what_leads_there(code):
    """Every way in which a value reaches the name is followed."""
    assert Source([LSTSQ + code]).behind("w").uses(".lstsq") == ["numpy.linalg.lstsq"]


@pytest.mark.parametrize(
    "code",
    [
        "best = np.linalg.lstsq(x, y)\nprint(best - w)",
        "print('w', w, 'best', np.linalg.lstsq(x, y))",
        "assert abs(w - np.linalg.lstsq(x, y)) < 1",
        "def compare(w): print(w - np.linalg.lstsq(x, y))\ncompare(w)",
        "import matplotlib.pyplot as plt\nplt.plot(w, np.linalg.lstsq(x, y))",
        "%timeit w = np.linalg.lstsq(x, y)",
        "def closed_form(): return np.linalg.lstsq(x, y)",
        "if abs(w - np.linalg.lstsq(x, y)) > 1: print('far')",
        "w: np.linalg.lstsq = 1",
        "from numpy.linalg import lstsq",
    ],
)
def test_what_does_not(code):
    """A comparison, a print, a plot, an annotation and an import lead nowhere."""
    assert Source([LSTSQ + "w = 1\n" + code]).behind("w").uses(".lstsq") == []


def test_helpers_that_only_say():
    """A function that is only called to report something is not part of the work. One that changes is."""
    report = "import torch\ndef report(step, w):\n    if step == 0: print(torch.tensor(w))\n"
    moves = "import torch\ndef report(step, w):\n    w.data = torch.tensor(step)\n"
    train = "def train(w):\n    for i in x:\n        w -= 1\n        report(i, w)\n    return w\n"
    assert Source([report + train]).behind("train").uses("torch") == []
    assert Source([moves + train]).behind("train").uses("torch") == ["torch", "torch.tensor"]


def test_names_of_functions_are_their_own():
    """The arguments of a function are not the notebook's variables of the same name."""
    source = Source(["import torch\nw = torch.rand(1)\ndef train(w): return w - 1"])
    assert source.behind("train").uses("torch") == []


def test_written_modules():
    """Of a written module counts what is used of it."""
    written = "%%writefile helper.py\nimport torch\ndef fit(x): return x\ndef other(x): return torch.rand(1)"
    for code in (
        "import helper\nw = helper.{}(1)",
        "from helper import {} as f\nw = f(1)",
        "from helper import *\nw = {}(1)",
    ):
        assert Source([written, code.format("fit")]).behind("w").uses("torch") == []
        assert Source([written, code.format("other")]).behind("w").uses("torch") == ["torch", "torch.rand"]


def test_imports_within():
    """An import in a function that leads there counts, one at top level only if it is used."""
    assert Source(["import torch\ndef fit(): return 1"]).behind("fit").imports == set()
    assert Source(["def fit():\n    import torch"]).behind("fit").imports == {"torch"}
