"""The names that answers define are found, whatever defines them, and can be bound to something else."""

from __future__ import annotations

from grader.notebook.notebook import Cell, Notebook
from grader.proof.answers import answer_names, other_names, parameter_names, with_answers_bound
from support import SOLUTION, notebook_of

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
NOTEBOOK = Notebook(
    (
        Cell("code", "import torch\nn = 3", ("parameters",)),
        Cell("markdown", "Words."),
        Cell("code", f"%matplotlib inline\n{BEGIN}\nmagic = 1\n{END}"),
        Cell(
            "code",
            f"class Net(Module):\n    def f(self, x):\n        {BEGIN}\n        return x\n        {END}",
        ),
        Cell("code", f"def pair(x):\n    {BEGIN}\n    return x, y\n    {END}\ndef given(x):\n    return x"),
        Cell("code", f"{BEGIN}\nw, b = pair(n)\nfor step in range(3):\n    w += step\n{END}\nlast = w"),
    )
)


def test_names_of_answers() -> None:
    """Given names and names in cells with magics do not count."""
    assert answer_names(notebook_of(*SOLUTION)) == {"double"}
    assert answer_names(NOTEBOOK) == {"Net", "pair", "w", "b", "step"}


def test_names_of_parameters() -> None:
    """Only cells with the tag define parameters, and all other names are the others."""
    assert parameter_names(NOTEBOOK) == {"n"}
    assert other_names(NOTEBOOK) == {"Net", "pair", "given", "w", "b", "step", "last"}


def test_names_are_bound_where_answers_define_them() -> None:
    """Each name keeps its cell, so that the cells after it use the new value. Given code stays."""
    cells = [with_answers_bound(cell.source, "thing({name!r})") for _, cell in NOTEBOOK.code]
    assert cells[:2] == [cell.source for _, cell in NOTEBOOK.code][:2]
    assert cells[2:] == [
        "Net = thing('Net')",
        "pair = thing('pair')\ndef given(x):\n    return x",
        "w = thing('w')\nb = thing('b')\nstep = thing('step')\nw = thing('w')\nlast = w",
    ]
