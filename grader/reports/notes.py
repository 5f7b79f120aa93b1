"""What is to be said at the lines of a notebook: errors, causes, and what the checks met there."""

from __future__ import annotations

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import CellRun, CheckResult, Place, Report
from grader.model.status import Status
from grader.reports import sentences
from grader.reports.cells import Note
from grader.reports.priorities import has_raised


def notes_of(report: Report, staff: bool) -> dict[int, list[Note]]:
    """The notes by the number of their cell."""
    found: dict[int, list[Note]] = {}
    for run in report.execution.cells:
        if run.status is Status.CELL_ERROR:
            for cell, note in _of_error(run):
                found.setdefault(cell, []).append(note)
    marked = {(cell, note.line) for cell, notes in found.items() for note in notes}
    for cause in report.causes:
        if cause.cell is not None and cause.line is not None and (cause.cell, cause.line) not in marked:
            marked.add((cause.cell, cause.line))
            said = _("Line {line}: what is wrong here is told above.", line=cause.line)
            found.setdefault(cause.cell, []).append(Note(cause.line, said))
    for result in report.checks:
        place = place_told(result, report, staff)
        if place and place.line and has_raised(result) and (place.cell, place.line) not in marked:
            marked.add((place.cell, place.line))
            found.setdefault(place.cell, []).append(_of_check(result, place, staff))
    return found


def place_told(result: CheckResult, report: Report, staff: bool) -> Place | None:
    """Where to look when a check did not pass.

    A line at which code raises can depend on what a hidden check gave it. So the students of one submission
    are told one such line: the first.
    """
    place = result.place
    if place is None or place.line is None or staff or not has_raised(result):
        return place
    if result.check.visibility == "public":
        return place
    hidden = [each for each in report.checks if has_raised(each) and each.check.visibility != "public"]
    first = next((each.place for each in hidden if each.place), None)
    return place if place == first else None


def _of_error(run: CellRun) -> list[tuple[int, Note]]:
    """What is said at the line that raised an error, and at the line of the cell that called it."""
    at = run.origin or Place(run.number, run.line)
    if at.cell == run.number:
        if at.line is None or not _has(run, at.line):
            return []
        return [(at.cell, Note(at.line, _("Raised in line {line}.", line=at.line)))]
    called = _("Line {line}: raised here, called from cell {cell}.", line=at.line, cell=run.number)
    there = Note(at.line, called, run.error)
    line = run.line if run.line and _has(run, run.line) else None
    here = _("Raised in cell {number}, line {line}, which is called here.", number=at.cell, line=at.line)
    return [(at.cell, there), (run.number, Note(line, here))]


def _has(run: CellRun, line: int) -> bool:
    return 0 < line <= run.source.rstrip("\n").count("\n") + 1


def _of_check(result: CheckResult, place: Place, staff: bool) -> Note:
    """What is said at the line that raised an error when a check called it."""
    kind = sentences.python_error(dict(result.reason.words).get("kind", "")) if result.reason else ""
    if kind:
        said = _("Line {line}: {kind} was raised here when a check called it.", line=place.line, kind=kind)
    else:
        said = _("Line {line}: an error was raised here when a check called it.", line=place.line)
    is_shown = staff or result.check.visibility == "public"
    first = (result.message or "").split("\n")[0].removeprefix("the student's code raised ")
    return Note(place.line, said, Text.verbatim(first) if is_shown and first else None)
