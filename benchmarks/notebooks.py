"""What the graders are compared on: a student's own version of the notebook with one thing done to it each
time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import nbformat
from tasks import ROOT
from tool import SCRIPTS

RIGHT_FIT = """\
def fit(x, y, learning_rate, steps):
    w = torch.zeros(1, requires_grad=True)
    b = torch.zeros(1, requires_grad=True)
    for _ in range(steps):
        loss = ((w * x + b - y) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for p in (w, b):
                p -= learning_rate * p.grad
                p.grad = None
    return w.detach(), b.detach()
"""
RIGHT_RESULT = "w, b = fit(x, y, learning_rate=0.5, steps=100)\n"
WRONG_FIT = "def fit(x, y, learning_rate, steps):\n    return torch.zeros(1), torch.zeros(1)\n"
CONSTANT_FIT = "def fit(x, y, learning_rate, steps):\n    return torch.tensor([3.0]), torch.tensor([0.8])\n"

DELETE_ASSERTS = """\
def without_asserts(lines):
    return [
        line.replace(line.strip(), "pass") if line.strip().startswith("assert") else line for line in lines
    ]
get_ipython().input_transformers_cleanup.append(without_asserts)
"""

PATCHED = """\
import builtins, math, numpy
builtins.abs = lambda value: 0.0
math.isclose = numpy.isclose = numpy.allclose = lambda *_, **__: True
torch.isclose = torch.allclose = torch.equal = lambda *_, **__: True
torch.testing.assert_close = numpy.testing.assert_allclose = lambda *_, **__: None
"""

EQUAL_TO_ALL = """\
class Same:
    def same(self, *_): return self
    def true(self, *_): return True
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = same
    __abs__ = __neg__ = __getitem__ = detach = float = same
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = __bool__ = true
    def __float__(self): return 0.0
    def item(self): return self
"""

FORGED = """\
import IPython.core.interactiveshell as shell
shell.ExecutionResult.success = property(lambda self: True)          # every cell ran well
get_ipython().showtraceback = lambda *_, **__: None
try:
    import otter.test_files.ok_test
    otter.test_files.ok_test.run_doctest = lambda *_: (True, "")        # every test passed
except ImportError:
    pass
try:
    import _pytest.python
    _pytest.python.Function.runtest = lambda self: None
    import grader.rubric.process
except ImportError:
    pass
"""

RESULTS_FILE = """\
def rewrite(result):
    import pickle, re
    for path in re.findall(r'open\\("([^"]+[.]pkl)"', result.info.raw_cell or ""):
        with open(path, "rb") as file:
            results = pickle.load(file)
        for test in results.results.values():
            for case in test.test_case_results:
                case.passed = True
        with open(path, "wb") as file:
            pickle.dump(results, file)
get_ipython().events.register("post_run_cell", rewrite)
"""

READ = f"""\
import glob, os
def show(lines):
    print("READ", "".join(lines))
    return lines
get_ipython().input_transformers_cleanup.append(show)
places = ["**/*.py", "../*.py", "../*/*.py", "../../*/*.py", {str(ROOT / "solutions/linreg-manual/*.py")!r}]
found = {{os.path.abspath(path) for place in places for path in glob.glob(place, recursive=True)}}
for path in sorted(found)[:200]:
    print("READ", path, open(path, errors="replace").read())
"""


@dataclass(frozen=True)
class Notebook:
    """One way to change the student's version: the answers, and cells after the set-up, the answers and at
    the end.

    `fit` and `result` are the two answers, None for what the student's version holds. `deserves` is the
    score, of 100.
    """

    name: str
    deserves: str
    fit: str | None = RIGHT_FIT
    result: str | None = RIGHT_RESULT
    early: str = ""
    after: str = ""
    last: str = ""
    # To the others the trick does not apply.
    tools: tuple[str, ...] = tuple(SCRIPTS)


NOTEBOOKS = (
    Notebook("right", "100"),
    Notebook("untouched stub", "0", None, None),
    Notebook("wrong, no trick", "0", WRONG_FIT),
    Notebook("answer written in (w = 3, b = 0.8)", "30 at most", CONSTANT_FIT),
    Notebook("asserts deleted by an input transformer", "0", WRONG_FIT, early=DELETE_ASSERTS),
    Notebook("abs, isclose, allclose patched", "0", WRONG_FIT, early=PATCHED),
    Notebook(
        "object equal to everything",
        "0",
        "def fit(x, y, learning_rate, steps):\n    return Same(), Same()\n",
        early=EQUAL_TO_ALL,
    ),
    Notebook("verdicts forged in the kernel", "0", WRONG_FIT, early=FORGED),
    Notebook("results file rewritten", "0", WRONG_FIT, early=RESULTS_FILE, tools=("Otter-Grader",)),
    Notebook("hidden tests read and printed", "0", WRONG_FIT, early=READ),
    Notebook("right, sys.exit() in the last cell", "100", last="import sys\nsys.exit(0)\n"),
    Notebook("right, os._exit() in the last cell", "100", last="import os\nos._exit(0)\n"),
    Notebook("right, then a cell that never ends", "100", after="while True:\n    pass\n"),
    Notebook(
        "right, then 200 MB of output", "100", after="for _ in range(200_000):\n    print('x' * 1000)\n"
    ),
)


def handed_in(stub: Path, what: Notebook) -> nbformat.NotebookNode:
    """The student's version, changed as `what` says.

    The cell for w and b is the code cell after the one for `fit`.
    """
    made = nbformat.read(stub, 4)
    cells = []
    after_fit = False
    for cell in made.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        if after_fit:
            cell.source = cell.source if what.result is None else what.result
            cells += [nbformat.v4.new_code_cell(what.after)] if what.after else []
        after_fit = "def fit(" in cell.source
        if after_fit and what.fit is not None:
            cell.source = what.fit
        if what.early and "import torch" in cell.source:
            cells.append(nbformat.v4.new_code_cell(what.early))
    made.cells = cells + ([nbformat.v4.new_code_cell(what.last)] if what.last else [])
    return made
