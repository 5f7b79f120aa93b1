"""A mistake is planted where its text occurs exactly once in the solution's code."""

from __future__ import annotations

import pytest

from courses import FILES, MISTAKE, SOLUTION, made
from grader.course.course import Mistake
from grader.course.mistakes import known_answers, mistaken
from grader.notebook.notebook import Notebook
from grader.notebook.reading import parse

MISTAKE_FILE = list(FILES)[3]


def planted(*replacements: tuple[str, str], solution: Notebook = SOLUTION) -> list[str]:
    return [cell.source for cell in mistaken(solution, Mistake("m", "m.toml", "M", (), replacements)).cells]


def test_a_mistake_is_planted():
    """The text is replaced in its cell. Everything else stays, tags included."""
    planted_cells = mistaken(SOLUTION, Mistake("m", "m.toml", "M", (), (("x / 2", "x * 2"),))).cells
    assert (
        planted_cells[2].source
        == SOLUTION.cells[2].source.replace("x / 2", "x * 2")
        != SOLUTION.cells[2].source
    )
    assert [planted_cells[place] for place in (0, 1, 3)] == [SOLUTION.cells[place] for place in (0, 1, 3)]


def test_several_replacements_in_turn():
    """A later replacement sees what an earlier one wrote."""
    assert "return x * 3 if" in planted(("x / 2", "x * 2"), ("x * 2", "x * 3"))[2]
    assert planted(("n = 8", "n = 9"), ("halve(n)", "n"))[1::2] == [
        "n = 9",
        "result = n\nprint('the result of this notebook is', result)",
    ]


def test_newlines_around_a_replacement():
    """Newlines at the ends of TOML's multi-line strings are not part of the text."""
    assert planted(("\nn = 8\n", "\nn = 9\n"))[1] == "n = 9"
    assert planted(("\nresult = halve(n)\nprint('the", "\nresult = 1\nprint('the"))[3].startswith(
        "result = 1\nprint"
    )


@pytest.mark.parametrize(
    ("replacements", "message"),
    [
        ((), "replaces nothing"),
        ((("y / 2", "x"),), "occurs 0 times"),
        ((("halve", "x"),), "occurs 2 times"),
        ((("result", "x"),), "occurs 3 times"),
        (((" prose ", "x"),), "occurs 0 times"),
        ((("\n", "x"),), "is blank"),
        ((("n = 8", "n = 9"), ("n = 8", "n = 7")), "occurs 0 times"),
    ],
)
def test_mistakes_that_can_not_be_planted(replacements, message):
    """A text that does not occur exactly once in the code is refused; prose does not count."""
    with pytest.raises(ValueError, match=message):
        planted(*replacements)


def test_known_answers(tmp_path):
    """The solution and every mistake that can be planted are known answers."""
    other = MISTAKE_FILE.replace("doubles", "broken")
    found = known_answers(made(tmp_path, {other: MISTAKE.replace("x / 2", "x // 2")}).assignments["halve"])
    assert list(found) == ["solution", "doubles"]
    assert parse(found["solution"]) == SOLUTION and "x * 2 if" in parse(found["doubles"]).cells[2].source
