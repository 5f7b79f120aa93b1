"""What a page shows of a notebook beside its code."""

from __future__ import annotations

from cells import cell
from grader.course.stub import PLACEHOLDER
from grader.model.report import Execution, Place, TextCell
from grader.notebook.notebook import Cell, Notebook
from grader.worker.transcript import MAX_TEXT, MAX_TEXTS, transcript

STUB = Notebook(
    (Cell("markdown", "# Fit"), Cell("code", "import torch"), Cell("code", f"def fit():\n    {PLACEHOLDER}"))
)


def test_text_cells_keep_their_places() -> None:
    """A text cell is told by the code cell before it, and whether the student was given it."""
    notebook = Notebook((
        Cell("markdown", "# Fit\n"), Cell("code", "x"), Cell("raw", "raw"), Cell("markdown", " "),
        Cell("markdown", "My idea"),
    ))  # fmt: skip
    assert transcript(Execution(), notebook, STUB).texts == (
        TextCell(0, "# Fit", True),
        TextCell(1, "My idea"),
    )


def test_texts_are_bounded() -> None:
    """However much text a notebook holds, a report keeps a little of it."""
    notebook = Notebook(tuple(Cell("markdown", "x" * 10**6) for _ in range(50)))
    texts = transcript(Execution(), notebook, STUB).texts
    assert {len(each.source) for each in texts} == {MAX_TEXT}
    assert sum(len(each.source) for each in texts) == MAX_TEXTS


def test_given_cells_are_those_without_an_answer() -> None:
    """A cell of the stub that holds nothing to be written is given; one with a placeholder is not."""
    run = Execution(
        cells=(cell(1, "import torch\n"), cell(2, f"def fit():\n    {PLACEHOLDER}"), cell(3, "y"))
    )
    assert [each.given for each in transcript(run, Notebook(()), STUB).cells] == [True, False, False]


def test_nothing_is_known_to_be_given_where_the_stub_is_the_notebook() -> None:
    """A student who checks the file that was handed out has the stub no more."""
    shown = transcript(Execution(cells=(cell(1, "import torch"),)), STUB, STUB)
    assert not any(each.given for each in (*shown.cells, *shown.texts))


def test_where_an_error_was_raised() -> None:
    """An error in a function is at home in the cell with that function, also below `%%time`."""
    frames = "Cell In[2], line 1\nCell In[1], line 2, in fit(x)\nFile torch/nn.py:7"
    timed = "File <timed exec>:1\n"
    run = Execution(
        cells=(
            cell(1, "def fit(x):\n    return x / 0"),
            cell(2, "fit(1)", "ZeroDivisionError: d", 1, frames),
            cell(3, "%%time\n1 / 0", "ZeroDivisionError: d", None, timed),
        )
    )
    origins = [each.origin for each in transcript(run, Notebook(()), STUB).cells]
    assert origins == [None, Place(1, 2), Place(3, 2)]
