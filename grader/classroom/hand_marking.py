"""Marks by hand, with a gradebook and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader import files
from grader.classroom.marking import Taken, set_by_hand, sheets, take_in
from grader.classroom.register import Facts, facts, folders_of
from grader.classroom.reporting import require_gradebook, write_reports
from grader.course.course import Course
from grader.errors import UsageError
from grader.exchange.marking_sheet import MAX_BYTES, marking_csv, read_marking_csv
from grader.gradebook.store import Gradebook
from grader.model.mark import Override
from grader.model.marking import Given, Sheet
from grader.reports.html import marking_page

FOLDER = "marking"


@dataclass(frozen=True)
class Written:
    """A sheet as it was written."""

    sheet: Sheet
    page: Path
    csv: Path

    @property
    def record(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {
            "assignment": self.sheet.assignment,
            "question": self.sheet.question,
            "answers": len(self.sheet.rows),
            "to_be_marked": self.sheet.open_rows,
            "page": str(self.page),
            "csv": str(self.csv),
        }


def write_sheets(
    course: Course,
    out: Path,
    *,
    assignments: Sequence[str] = (),
    hides_names: bool = False,
    gradebook: str | None = None,
    lang: str = "en",
) -> list[Written]:
    """Write a sheet for each question below `out`, as a page and as CSV. Older ones are replaced."""
    require_gradebook(out, gradebook)
    with Gradebook(out, gradebook) as book:
        known = facts(course, book)
    folders = folders_of(known, {})
    written = []
    for sheet in _sheets(course, known, assignments, hides_names):
        assignment = course.assignments[sheet.assignment]
        question = next(each for each in assignment.questions if each.id == sheet.question)
        path = out / FOLDER / f"{sheet.assignment}-{sheet.question}"
        found = Written(sheet, path.with_suffix(".html"), path.with_suffix(".csv"))
        files.write(found.page, marking_page(sheet, assignment, question, lang, folders))
        # Excel needs the byte order mark to show Chinese.
        files.write(found.csv, marking_csv(sheet), encoding="utf-8-sig")
        written.append(found)
    return written


def read_sheets(
    course: Course,
    out: Path,
    paths: Sequence[Path],
    *,
    by: str,
    at: str,
    gradebook: str | None = None,
    lang: str = "en",
) -> Taken:
    """Take points and comments from sheets that came back, keep them, and write all files anew.

    Raises UsageError, with every problem, if a file can't be right; then nothing is taken.
    """
    given = [row for path in paths for row in _given(path)]
    require_gradebook(out, gradebook)
    with Gradebook(out, gradebook) as book:
        taken = take_in(_sheets(course, facts(course, book)), given, by, at)
        book.set_by_hand(taken.overrides)
    if taken.overrides:
        write_reports(course, out, gradebook=gradebook, lang=lang)
    return taken


def set_points(
    course: Course,
    out: Path,
    student: str,
    assignment: str,
    check: str | None,
    points: float | None,
    comment: str,
    *,
    by: str,
    at: str,
    gradebook: str | None = None,
    lang: str = "en",
) -> Override:
    """Set points for a check, a question or the total, or take them back, and write all files anew."""
    require_gradebook(out, gradebook)
    with Gradebook(out, gradebook) as book:
        known = facts(course, book)
        override = set_by_hand(course, known.attempts, student, assignment, check, points, comment, by, at)
        book.set_by_hand([override])
    write_reports(course, out, gradebook=gradebook, lang=lang)
    return override


def _sheets(
    course: Course, known: Facts, assignments: Sequence[str] = (), hides_names: bool = False
) -> list[Sheet]:
    return sheets(
        course, known.marks, known.attempts, known.overrides, assignments=assignments, hides_names=hides_names
    )


def _given(path: Path) -> list[Given]:
    """The rows of a sheet. Raises UsageError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} can't be read ({error.strerror})") from None
    return read_marking_csv(path.name, content)
