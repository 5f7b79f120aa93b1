"""The red team's notebooks can be handed in, and every assignment gets all of them."""

from __future__ import annotations

import ast

import pytest

from courses import made
from grader.errors import CourseError, UsageError
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.reading import parse
from grader.notebook.writing import dump
from grader.proof.cheats import CHEATS
from grader.proof.null_answers import NAMES
from grader.proof.redteam import CHEAT, cheating, cheats, plan, require_known
from grader.proof.validation import MUTANT_LIMITS, NULL, STUB
from support import PUBLIC, SOLUTION, notebook_of

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SMALL = notebook_of(*SOLUTION)
RICH = Notebook(
    (
        Cell("code", "import torch\nn = 3", ("parameters",)),
        Cell("markdown", "Words."),
        Cell("code", f"%matplotlib inline\n{BEGIN}\nmagic = 1\n{END}"),
        Cell(
            "code",
            "class Net(torch.nn.Module):\n"
            f"    def __init__(self):\n        {BEGIN}\n        super().__init__()\n        {END}\n"
            f"    def forward(self, x):\n        {BEGIN}\n        return x\n        {END}",
        ),
        Cell(
            "code",
            f"def pair(x, *, y=2):\n    {BEGIN}\n    return x, y\n    {END}\ndef given(x):\n    return x",
        ),
        Cell("code", f"{BEGIN}\nw, b = pair(n)\nfor step in range(3):\n    w += step\n{END}\nprint(w)"),
    )
)
EVERY = list(cheats(SMALL, PUBLIC))


@pytest.mark.parametrize("solution", [SMALL, RICH], ids=["small", "rich"])
@pytest.mark.parametrize("number", range(len(EVERY)), ids=[cheat.name for cheat in EVERY])
def test_every_cheat_is_a_notebook(solution: Notebook, number: int) -> None:
    """It can be read back, its cells are Python, and the solution's own lines are not in it."""
    cheat = list(cheats(solution, PUBLIC))[number]
    notebook = parse(dump(cheating(solution, cheat)).encode())
    for _, cell in notebook.code:
        if "%matplotlib" not in cell.source:
            ast.parse(cell.source)
    assert len(notebook.code) == len(solution.code) + bool(cheat.before) + bool(cheat.after)
    text = "\n".join(cell.source for _, cell in notebook.code)
    assert "__NAMES__" not in text
    if solution is SMALL:
        assert "2 * x" not in text and "n = 5" in text


def test_two_cheats_are_made_for_the_assignment() -> None:
    """They come after the general ones, and no two cheats have the same name."""
    assert EVERY[: len(CHEATS)] == list(CHEATS)
    assert [cheat.name for cheat in EVERY[len(CHEATS) :]] == ["memorised values", "parameters handed back"]
    assert len({cheat.name for cheat in EVERY}) == len(EVERY)


def test_what_is_graded(tmp_path) -> None:
    """The solution is graded with the assignment's limits, all other notebooks with those of mutants."""
    assignment = made(tmp_path).assignments["halve"]
    solution, *others = plan(assignment)
    assert (solution.kind, solution.assignment) == ("solution", assignment)
    assert [attempt.kind for attempt in others] == [STUB, *[NULL] * len(NAMES), *[CHEAT] * len(EVERY)]
    for attempt in others:
        limits = attempt.assignment.limits
        assert {name: getattr(limits, name) for name in MUTANT_LIMITS} == MUTANT_LIMITS


def test_some_cheats_alone(tmp_path) -> None:
    """With names only those cheats are tried. The solution, the stub and the null answers always are."""
    attempts = plan(made(tmp_path).assignments["halve"], ["mock", "memorised values"])
    assert [attempt.name for attempt in attempts if attempt.kind == CHEAT] == ["mock", "memorised values"]
    assert len(attempts) == 2 + len(NAMES) + 2


def test_an_unknown_cheat_is_wrong_usage() -> None:
    """The nearest name is suggested, or all are listed where none is near."""
    require_known([cheat.name for cheat in EVERY])
    with pytest.raises(UsageError, match="did you mean 'mock'"):
        require_known(["mock", "moc"])
    with pytest.raises(UsageError, match="There are: equal to everything, "):
        require_known(["zzzzzzzz"])


def test_a_plan_with_unbalanced_marks(tmp_path):
    """Where an answer is not closed, it is unknown what a cheat has to leave out, and nothing is planned."""
    halve = made(tmp_path).assignments["halve"]
    halve.solution.write_text(dump(notebook_of("n = 1", f"{BEGIN}\nx = 1")), encoding="utf-8")
    with pytest.raises(CourseError, match="line 1: ### BEGIN SOLUTION without ### END SOLUTION"):
        plan(halve)
