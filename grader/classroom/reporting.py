"""Writes the files under --out from the gradebook alone. Nothing is graded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.classroom.known import Diagnoses
from grader.classroom.publishing import publish
from grader.classroom.register import Entry, Facts, facts, folders_of
from grader.course.course import Course
from grader.errors import UsageError
from grader.gradebook.database import NAME
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text


def require_gradebook(out: Path, gradebook: str | None = None) -> None:
    """Raise UsageError if there is no gradebook in the folder, and none is named by its URL."""
    if gradebook is None and not (out / NAME).is_file():
        raise UsageError(
            f"there is no gradebook in {out}; name the folder that `grader grade` was given as --out"
        )


def write_reports(
    course: Course, out: Path, *, gradebook: str | None = None, lang: str = "en"
) -> list[Entry]:
    """Write everything under `out` anew from the gradebook, as far as it has changed. What counts now.

    Raises UsageError if there is no gradebook.
    """
    require_gradebook(out, gradebook)
    if course.settings:
        course.settings.require_roster()
    with Gradebook(out, gradebook) as book:
        known = facts(course, book)
        diagnoses = Diagnoses(course, book)
        found = [diagnoses.named(entry) for entry in known.entries]
        write_files(out, known, found, book, lang)
    return found


def write_files(
    out: Path,
    known: Facts,
    found: Sequence[Entry],
    book: Gradebook,
    lang: str,
    here: Mapping[str, str] | None = None,
    without: Mapping[str, Text] | None = None,
    skipped: Sequence[str] = (),
) -> dict[str, str]:
    """Write everything under `out`. Each student's folder name, by name.

    `here`: the folder names of the students in the folder of submissions. `without`: those of whom nothing
    can be graded, and why not. `skipped`: what there was not taken.
    """
    folders = folders_of(known, here or {}, without or {})
    publish(
        out,
        [entry.report for entry in found],
        known.course,
        folders,
        lang,
        without,
        skipped,
        {(mark.student, mark.assignment): mark for mark in known.marks},
        known.attempts,
        overrides=known.overrides,
        rows={entry.pair: (entry.row, entry.identity) for entry in found},
        book=book,
    )
    return folders
