"""A notebook as it ran, as it is shown."""

from __future__ import annotations

import pytest

from grader.language.catalogue import Text
from grader.model.report import CellRun, Execution, Output, OutputKind, Place, TextCell
from grader.model.status import Status
from grader.reports.cells import MAX_BYTES, CellView, Note, Part, notebook_view, place_view
from pages import PIXEL

IMPORTS = CellRun(1, "import torch", Status.OK, given=True)
PLOT = Output(OutputKind.IMAGE, "<Figure>", PIXEL, "image/png")


def shown(
    *cells: CellRun, texts: tuple[TextCell, ...] = (), notes: dict[int, list[Note]] | None = None
) -> list[Part]:
    return list(notebook_view(Execution(cells=cells, texts=texts), notes or {}))


def only(cell: CellRun, *notes: Note) -> CellView:
    (part,) = shown(cell, notes={cell.number: list(notes)})
    assert part.cell is not None
    return part.cell


def test_cells_and_texts_are_in_their_order() -> None:
    """A text stands behind the code cell that it follows, or before the first."""
    parts = shown(
        CellRun(1, "a", Status.OK), CellRun(2, "b", Status.OK), texts=(TextCell(0, "One"), TextCell(1, "Two"))
    )
    assert [part.cell.number if part.cell else part.text and part.text.html for part in parts] == [
        "<p>One</p>\n", 1, "<p>Two</p>\n", 2
    ]  # fmt: skip


def test_what_was_given_is_folded() -> None:
    """Neighbors that were given are one part, named by their numbers and by the heading in them."""
    first, mine = shown(
        IMPORTS,
        CellRun(2, "n = 500", Status.OK, given=True),
        CellRun(3, "w = 1", Status.OK),
        texts=(TextCell(0, "# Fit a *line*", True), TextCell(1, "text", True)),
    )
    assert first.label == Text("Given: cells 1 to 2", "题目给出的第 1 至 2 个单元格")
    assert (first.heading, len(first.parts)) == ("Fit a line", 4) and mine.cell is not None
    assert shown(IMPORTS)[0].label == Text("Given: cell 1", "题目给出的第 1 个单元格")
    (text,) = shown(texts=(TextCell(0, "Fit", True),))
    assert text.label is not None and text.label.en == "Given: text"


@pytest.mark.parametrize(
    ("run", "notes"),
    [
        (CellRun(1, "import torch", Status.CELL_ERROR, given=True), []),
        (CellRun(1, "import torch", Status.OK, given=True), [Note(1, Text.verbatim("x"))]),
    ],
)
def test_what_needs_a_look_is_not_folded(run: CellRun, notes: list[Note]) -> None:
    """A given cell that failed, or about which something is to be said, is shown."""
    assert not only(run, *notes).is_folded


def test_the_output_of_given_code_is_shown() -> None:
    """Of a given cell that draws, the code is folded, and the picture is not."""
    (part,) = shown(CellRun(1, "plt.show()", Status.OK, (PLOT,), given=True))
    assert part.cell is not None and part.cell.is_folded and part.cell.outputs


@pytest.mark.parametrize("source", ["a = 1\r\nb = w\r\n", "a = 1\rb = w", "a = 1\nb = w\n\n"])
def test_lines_are_counted_as_python_does(source: str) -> None:
    """Any newline counts as one line; form feeds and Unicode separators are none."""
    view = only(CellRun(1, source, Status.CELL_ERROR), Note(2, Text.verbatim("x")))
    assert [(line.text, line.marked) for line in view.lines] == [("a = 1", False), ("b = w", True)]
    assert len(only(CellRun(1, "a = '\u2028\x0c'\nb = w", Status.OK)).lines) == 2


def test_jupyter_does_not_count_empty_cells() -> None:
    """Where its number is another one, it stands beside ours."""
    parts = shown(CellRun(1, "a", Status.OK), CellRun(2, " ", Status.OK), CellRun(3, "b", Status.OK))
    assert [part.cell and part.cell.jupyter for part in parts] == [None, None, 2]


def test_progress_bars_are_shown_as_they_ended() -> None:
    """After a carriage return a line is written anew, as on a terminal."""
    output = Output(OutputKind.STDERR, "  0%\r 50%\r100%\ndone\r\nlast\r")
    assert only(CellRun(1, "train()", Status.OK, (output,))).outputs[0].text == "100%\ndone\nlast"


def test_a_picture_has_a_text() -> None:
    """It is called what the code or the heading above calls it, not by its size."""
    _, part = shown(CellRun(1, "plt.show()", Status.OK, (PLOT,)), texts=(TextCell(0, "## Loss"),))
    assert part.cell is not None and part.cell.outputs[0].alt == Text(
        "Picture of cell 1: Loss", "第 1 个单元格的图：Loss"
    )


def test_a_page_does_not_grow_without_end() -> None:
    """What is too much is left out, and the page says so; what comes later and fits is there."""
    large = Output(OutputKind.IMAGE, "", "AAAA" * (MAX_BYTES // 5), "image/png")
    run = CellRun(1, "x", Status.OK, (large, large, Output(OutputKind.STDOUT, "<" * 20_000), PLOT))
    first, second, third, last = only(run).outputs
    assert first.source and last.source and not second.source
    assert isinstance(second.text, Text) and isinstance(third.text, Text)
    long = only(CellRun(1, "x = 1\n" * 100_000, Status.OK))
    assert long.is_cut and 1000 < len(long.lines) < 20_000


def test_places_in_words() -> None:
    """A place is a cell, or a line of one, and a link to it."""
    assert place_view(Place(4, 5)).words == Text("Cell 4, line 5", "第 4 个单元格第 5 行")
    assert [place_view(Place(4, 5)).link, place_view(Place(4)).link] == ["#cell-4-line-5", "#cell-4"]
