"""`grader import`: a learning management system's download becomes a folder of submissions."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from grader.classroom.importing import IMPORTING, Intake, Row, take_in
from grader.cli.display import note, table
from grader.cli.progress_bar import progress_bar
from grader.course.loader import load
from grader.language.catalogue import choose
from grader.language.catalogue import say as _

MAX_ROWS = 40  # of the table of what was found; of more, what is new is counted
MAX_LISTED = 100  # lines on what is unclear


def run(options: argparse.Namespace) -> int:
    """Import a download, or show what would be imported."""
    lang = choose(options.lang)
    course = load(options.course, need_stubs=False)
    with progress_bar({IMPORTING: _("importing")[lang]}, options.quiet, options.verbose) as show_progress:
        intake = take_in(
            course,
            options.archive,
            options.submissions,
            dry_run=options.dry_run,
            rules=options.map,
            roster=options.roster,
            assignment=options.assignment or "",
            worksheet=options.worksheet,
            on_progress=show_progress,
        )
    if options.json:
        print(json.dumps(as_data(intake), ensure_ascii=False))
        return 0
    show(intake, lang)
    if options.dry_run:
        note(_("Nothing was written (--dry-run).")[lang])
    return 0


def as_data(intake: Intake) -> dict[str, object]:
    """The result as JSON values."""
    return {
        "system": intake.system,
        "found": [asdict(row) for row in intake.rows],
        "unclear": [
            {"file": each.file, "student": each.student, "why": each.why.en} for each in intake.unclear
        ],
        "absent": list(intake.absent),
    }


def show(intake: Intake, lang: str) -> None:
    """Print what was found, what is unclear, and a summary."""
    print(_("a download of {system}", system=intake.system)[lang])
    if len(intake.rows) <= MAX_ROWS:
        headings = (_("student"), _("assignment"), _("attempt"), _("file"))
        rows = [_cells(row, lang) for row in intake.rows]
    else:
        headings = (_("assignment"), _("new"), _("handed in before"), _("late"))
        rows = _figures(intake.rows)
    if rows:
        numbers = range(1, len(headings)) if len(intake.rows) > MAX_ROWS else ()
        table([heading[lang] for heading in headings], rows, numbers)
        print()
    unclear = _("unclear")
    for each in intake.unclear[:MAX_LISTED]:
        place = ": ".join(filter(None, (each.student, each.file)))
        print(f"{unclear[lang]}: {place}: {each.why[lang]}")
    if (more := len(intake.unclear) - MAX_LISTED) > 0:
        print(_("… and {count} more (--json lists all)", count=more)[lang])
    strangers = sorted({row.student for row in intake.rows if not row.is_listed})
    if strangers:
        print(_("not in the roster: {names}", names=", ".join(strangers))[lang])
    if intake.absent:
        print(_("in the roster, and nothing found: {names}", names=", ".join(intake.absent))[lang])
    known = len(intake.rows) - intake.new
    print(
        _(
            "{new} new attempts, {known} handed in before, {late} late, {unclear} unclear",
            new=intake.new,
            known=known,
            late=sum(row.late for row in intake.rows),
            unclear=len(intake.unclear),
        )[lang]
    )
    if intake.unclear:
        print(_("A map says whose a file is, and for what: --map FILE, with file,student,assignment.")[lang])


def _figures(rows: Sequence[Row]) -> list[list[str]]:
    """A row for each assignment, of a class too large to list."""
    found = []
    for name in sorted({row.assignment for row in rows}):
        own = [row for row in rows if row.assignment == name]
        new = sum(row.attempt is not None for row in own)
        found.append([name, str(new), str(len(own) - new), str(sum(row.late for row in own))])
    return found


def _cells(row: Row, lang: str) -> list[str]:
    """A row of the table."""
    words = _("handed in before")[lang] if row.attempt is None else str(row.attempt)
    late, left = _("late"), _("not taken: {names}", names=", ".join(row.left))
    words += f" ({late[lang]})" if row.late else ""
    # A folder that the system made tells the student's name once more, and leaves no room for the file's.
    file = row.file.rpartition("/")[2] + (f" ({left[lang]})" if row.left else "")
    return [row.student, row.assignment, words, file]
