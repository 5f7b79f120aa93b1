"""Each answer is left unwritten by itself, under the name of what it makes."""

from __future__ import annotations

from grader.course.stub import PLACEHOLDER
from grader.proof.unwritten import unwritten
from support import notebook_of

BEGIN, END = "### BEGIN SOLUTION\n", "### END SOLUTION\n"
NET = (
    "class Net:\n    def forward(self, x):\n        ### BEGIN SOLUTION\n"
    "        return x\n        ### END SOLUTION\n"
)
FIT = "def fit(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n"
LINE = f"{BEGIN}### STUB w, b = fit(...)\nw, b = fit(1)\n{END}print(w)"
LOOP = f"{BEGIN}for step in range(3):\n    w = w - 1\n{END}"
CLASS = f"{BEGIN}class Own:\n    pass\n{END}"
MAGIC = f"%matplotlib inline\n{BEGIN}x = 1\n{END}"


def test_names():
    """A part is named after its function or method, after what it assigns, or else after its cell."""
    parts = unwritten(notebook_of("n = 1", NET, FIT, LINE, LOOP, CLASS, MAGIC, LOOP + LOOP, FIT))
    assert list(parts) == [
        *("Net.forward", "fit", "w, b", "cell 5", "Own", "cell 7", "cell 8", "cell 8 (2)", "fit (2)")
    ]


def test_content():
    """One answer is as the stub has it, all others as in the solution."""
    parts = unwritten(notebook_of(NET, LINE))
    net, line = ([cell.source for cell in parts[name].cells] for name in ("Net.forward", "w, b"))
    assert PLACEHOLDER in net[0] and "w, b = fit(1)" in net[1]
    assert "return x" in line[0] and "w, b = fit(...)\n" in line[1] and "fit(1)" not in line[1]


def test_two_answers_in_a_cell():
    """Each of them is left unwritten by itself."""
    parts = unwritten(notebook_of(f"{BEGIN}a = 1\n{END}{BEGIN}b = 2\n{END}"))
    assert "a = 1" not in parts["a"].cells[0].source and "b = 2" in parts["a"].cells[0].source
    assert "a = 1" in parts["b"].cells[0].source and "b = 2" not in parts["b"].cells[0].source


def test_a_single_answer():
    """Without its only answer, a solution is the stub."""
    assert unwritten(notebook_of("n = 1", FIT)) == {}
