"""A notebook as it ran, as it is shown: cells and texts in their order, the lines that went wrong marked.

Cells are numbered as a reader counts code cells, from 1. Jupyter shows the same number in brackets once all
cells have run from top to bottom, unless cells are empty: it counts only those that hold something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import CellRun, Execution, Output, OutputKind, Place, TextCell
from grader.model.status import Status
from grader.reports import sentences, text_cells
from grader.reports.highlight import highlighted
from grader.reports.picture_texts import picture_text

BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)")
IMAGES = ("image/png", "image/jpeg")
MAX_BYTES = 300_000  # of what a notebook puts into a page, so that a page stays below 400 kB
CELL_BYTES = 500  # about what a cell's own elements and its error take
MAX_NOTES = 6  # at one cell


@dataclass(frozen=True)
class PlaceView:
    """Where in the notebook something is: its words, and a link to it."""

    words: Text
    link: str


@dataclass(frozen=True)
class Note:
    """What is to be said about a line of a cell, or about the cell."""

    line: int | None
    text: Text
    error: Text | None = None  # Python's own words


@dataclass(frozen=True)
class Line:
    """A line of code: as text, as HTML with colors, and whether a note is about it."""

    text: str
    html: Markup
    marked: bool = False


@dataclass(frozen=True)
class OutputView:
    """One output: text of some kind, or an image with `source`, a data: URL, and `alt`, what it shows."""

    kind: OutputKind
    text: str | Text
    source: str = ""
    alt: Text | None = None


@dataclass(frozen=True)
class CellView:
    """One code cell as it ran."""

    number: int
    jupyter: int | None  # the number that Jupyter shows, if it is another one
    status: str
    word: Text
    lines: tuple[Line, ...]
    is_cut: bool  # whether there are more lines than are shown
    is_folded: bool  # whether its code is shown only on request: it was given
    sentence: Text | None
    error: Text | None
    notes: tuple[Note, ...]
    outputs: tuple[OutputView, ...]
    traceback: str
    truncated: bool


@dataclass(frozen=True)
class TextView:
    """One text cell."""

    html: Markup


@dataclass(frozen=True)
class Part:
    """A part of the notebook: a code cell, a text cell, or several that were given and are folded."""

    cell: CellView | None = None
    text: TextView | None = None
    label: Text | None = None  # of a folded part
    heading: str = ""  # that stands in it
    parts: tuple[Part, ...] = ()


class _Room:
    """How much a notebook may still put into its page."""

    def __init__(self) -> None:
        self.left = MAX_BYTES

    def take(self, size: int) -> bool:
        """Whether so many bytes still fit. If they do, they are taken."""
        if size > self.left:
            return False
        self.left -= size
        return True


def place_view(place: Place) -> PlaceView:
    """A place in words, with a link to its cell, or to its line, which a note marks."""
    anchor = f"#cell-{place.cell}"
    if place.line is None:
        return PlaceView(_("Cell {number}", number=place.cell), anchor)
    words = _("Cell {number}, line {line}", number=place.cell, line=place.line)
    return PlaceView(words, f"{anchor}-line-{place.line}")


def notebook_view(run: Execution, notes: Mapping[int, Sequence[Note]]) -> tuple[Part, ...]:
    """The notebook's cells in their order. `notes`: what is to be said about cells, by their numbers."""
    return tuple(_folded(_parts(run, notes)))


def _parts(run: Execution, notes: Mapping[int, Sequence[Note]]) -> Iterator[tuple[Part, bool]]:
    """Every cell as a part of its own, and whether it was given and there is nothing to say about it."""
    room, heading, executed = _Room(), "", 0
    texts: dict[int, list[TextCell]] = {}
    for text in run.texts:
        texts.setdefault(text.after, []).append(text)
    for number in range(len(run.cells) + 1):
        if number:
            cell = run.cells[number - 1]
            executed += bool(cell.source.strip())
            view = _cell(cell, executed, tuple(notes.get(cell.number, ()))[:MAX_NOTES], heading, room)
            yield Part(cell=view), view.is_folded and not view.outputs
        for text in texts.get(number, ()):
            heading = text_cells.heading_of(text.source) or heading
            html = text_cells.rendered(text.source)
            if room.take(len(html)):
                yield Part(text=TextView(html), heading=text_cells.heading_of(text.source)), text.given


def _folded(parts: Iterable[tuple[Part, bool]]) -> Iterator[Part]:
    """The parts, with neighbors that were given put together."""
    given: list[Part] = []
    for part, is_given in parts:
        if is_given:
            given.append(part)
            continue
        if given:
            yield _group(given)
            given = []
        yield part
    if given:
        yield _group(given)


def _group(parts: Sequence[Part]) -> Part:
    numbers = [part.cell.number for part in parts if part.cell]
    if not numbers:
        label = _("Given: text")
    elif len(numbers) == 1:
        label = _("Given: cell {number}", number=numbers[0])
    else:
        label = _("Given: cells {first} to {last}", first=numbers[0], last=numbers[-1])
    heading = next((part.heading for part in parts if part.heading), "")
    return Part(label=label, heading=heading, parts=tuple(parts))


def _cell(cell: CellRun, executed: int, notes: tuple[Note, ...], heading: str, room: _Room) -> CellView:
    room.left -= CELL_BYTES
    traceback = "\n".join(output.text for output in cell.outputs if output.kind is OutputKind.ERROR)
    marked = {note.line for note in notes}
    lines, is_cut = _lines(cell.source, marked, room)
    failed = cell.status is Status.CELL_ERROR
    return CellView(
        number=cell.number,
        jupyter=executed if cell.source.strip() and executed != cell.number else None,
        status=cell.status,
        word=sentences.status(cell.status),
        lines=lines,
        is_cut=is_cut,
        is_folded=cell.given and not notes and cell.status is Status.OK,
        sentence=None if failed else sentences.ended(cell.status, cell.number),
        error=_error(cell.error, room) if failed and cell.error else None,
        notes=notes,
        outputs=tuple(_outputs(cell, heading, room)),
        traceback=traceback if room.take(len(escape(traceback))) else "",
        truncated=cell.truncated,
    )


def _error(error: Text, room: _Room) -> Text:
    """An error in Python's own words, cut short if there is no room for it."""
    return error if room.take(len(escape(error.en))) else Text(error.en[:100] + "…", error.zh[:100] + "…")


def _lines(source: str, marked: set[int | None], room: _Room) -> tuple[tuple[Line, ...], bool]:
    """The lines of a cell as far as there is room for them, and whether there are more."""
    source = source.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    if not source.strip():
        return (), False
    found: list[Line] = []
    texts = source.split("\n")
    source = source[: max(room.left, 0)]  # no color for what is not shown
    for number, (text, html) in enumerate(zip(texts, highlighted(source)), 1):
        if not room.take(len(html) + 30):  # what its own element takes
            break
        found.append(Line(text, html, number in marked))
    return tuple(found), len(found) < len(texts)


def _outputs(cell: CellRun, heading: str, room: _Room) -> Iterator[OutputView]:
    outputs = [output for output in cell.outputs if output.kind is not OutputKind.ERROR]
    count = sum(output.kind is OutputKind.IMAGE for output in outputs)
    which = 0
    for output in outputs:
        which += output.kind is OutputKind.IMAGE
        is_image = output.kind is OutputKind.IMAGE
        alt = picture_text(cell.source, heading, cell.number, which, count) if is_image else None
        view = _output(output, alt)
        size = len(view.source) or len(escape(view.text))
        if room.take(size):
            yield view
        else:
            left_out = _("This is left out here, because the page would be too large.")
            yield OutputView(OutputKind.TEXT, left_out)


def _output(output: Output, alt: Text | None) -> OutputView:
    if output.kind is not OutputKind.IMAGE:
        return OutputView(output.kind, _overwritten(output.text))
    if output.mime in IMAGES and output.data and BASE64.fullmatch(output.data):
        return OutputView(OutputKind.IMAGE, "", f"data:{output.mime};base64,{output.data}", alt)
    return OutputView(OutputKind.TEXT, f"[{output.mime[:40]}] {output.text}")


def _overwritten(text: str) -> str:
    """Text as a terminal shows it: a carriage return begins the line again, as in a progress bar."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
