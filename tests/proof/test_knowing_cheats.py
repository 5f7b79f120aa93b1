"""Cheats that are made for one assignment repeat what is public and compute nothing."""

from __future__ import annotations

from grader.notebook.notebook import Cell, Notebook
from grader.proof.knowing_cheats import handed_back, memorised
from grader.proof.redteam import cheating
from support import PUBLIC, SOLUTION, notebook_of

TAGGED = Notebook(
    (Cell("code", SOLUTION[0], ("parameters",)), *(Cell("code", source) for source in SOLUTION[1:]))
)
LINE = Notebook(
    (
        Cell("code", "true_w, true_b = 3.0, 1.0", ("parameters",)),
        Cell("code", "def model(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"),
        Cell("code", "### BEGIN SOLUTION\nw = 2.0\n### END SOLUTION"),
    )
)


def run(notebook: Notebook, **parameters: object) -> dict:
    """The names that the cells of a notebook leave behind. `parameters` replace those of its own."""
    names: dict = {}
    for _, cell in notebook.code:
        exec(cell.source, names)
        if "parameters" in cell.tags:
            names.update(parameters)
    return names


def test_memorised_values_are_repeated() -> None:
    """What the notebook and the public checks asked for is right, and nothing else is."""
    names = run(cheating(TAGGED, memorised(TAGGED, PUBLIC)))
    assert names["result"] == 10 and names["double"](2) == 4 and names["double"](5) == 10
    assert names["double"](-3) != -6


def test_memorised_values_do_not_follow_a_rerun() -> None:
    """A rerun's parameters are kept, and the result stays what it was."""
    names = run(cheating(TAGGED, memorised(TAGGED, PUBLIC)), n=50)
    assert names["n"] == 50 and names["result"] == 10


def test_the_solution_is_packed() -> None:
    """A rubric that reads the source does not find the solution in it."""
    cheat = memorised(notebook_of(*SOLUTION), PUBLIC)
    assert "2 * x" not in cheat.before and "2 * x" not in cheat.after and cheat.knows


def test_parameters_are_handed_back() -> None:
    """Results are nearly the parameters of the same name, and functions are the line that they make."""
    cheat = handed_back(LINE)
    names = run(cheating(LINE, cheat), true_w=-2.0, true_b=5.0)
    assert cheat.knows
    assert abs(names["w"] + 2) < 0.1 and abs(names["model"](1.0) - 3) < 0.1
