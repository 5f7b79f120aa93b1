"""Answers that a person marks are found in whatever became of the notebook."""

from __future__ import annotations

from grader.notebook.answers import MAX_ANSWERS, MAX_CHARACTERS, answers, marked
from grader.notebook.notebook import Cell, Notebook

MARK = "Why?\n\n<!-- answer: why -->"
STUB = Notebook((
    Cell("markdown", f"{MARK}\n*Write your answer here.*", id="why"),
    Cell("code", "# answer: how\n# Write your answer here.", id="how"),
))  # fmt: skip


def found(*cells: Cell) -> dict[str, str]:
    return answers(Notebook(cells), STUB)


def test_marks() -> None:
    """What stands below a line with a mark is the answer, in text and in code, however the mark is spaced."""
    assert marked(f"{MARK}\nBecause.\n") == ("why", MARK, "Because.\n")
    assert marked("  <!--answer:why-->\nBecause.") == ("why", "  <!--answer:why-->", "Because.")
    assert marked("### Answer: how-2") == ("how-2", "### Answer: how-2", "")
    assert marked("the answer: why") is None and marked("x = 1  # answer: how") is None


def test_answers() -> None:
    """Each answer by its name. One that is as it was handed out is empty."""
    own = found(Cell("markdown", f"{MARK}\n\nBecause *a*.\n\n"), STUB.cells[1])
    assert own == {"why": "Because *a*.", "how": ""}
    assert found(Cell("code", "x = 1")) == {}


def test_a_cell_of_another_kind() -> None:
    """A text cell that became code, or the other way round, still holds the answer."""
    assert found(Cell("code", f"{MARK}\nBecause."), Cell("raw", "# answer: how\nx")) == {
        "why": "Because.", "how": "x"
    }  # fmt: skip


def test_a_lost_mark() -> None:
    """A cell whose mark was deleted is found by its id, unless another cell has the mark."""
    assert found(Cell("markdown", "Because.", id="why")) == {"why": "Because."}
    other = Cell("markdown", f"{MARK}\nBecause.", id="new")
    assert found(Cell("markdown", "Notes.", id="why"), other) == {"why": "Because."}


def test_copied_cells() -> None:
    """Both copies count, each text once; an untouched copy adds nothing."""
    cells = [Cell("markdown", f"{MARK}\n{text}") for text in ("One.", "Two.", "One.")]
    assert found(*cells, STUB.cells[0]) == {"why": "One.\n\nTwo."}


def test_bounds() -> None:
    """A book for an answer is cut off, and thousands of marks are not all read."""
    assert len(found(Cell("markdown", f"{MARK}\n{'x' * 100_000}"))["why"]) == MAX_CHARACTERS
    many = [Cell("markdown", f"<!-- answer: a{number} -->\nx") for number in range(1000)]
    assert len(found(*many)) == MAX_ANSWERS
