"""All files from the gradebook alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses import made
from grader.classroom.reporting import require_gradebook, write_reports
from grader.errors import UsageError
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from reports import report


def test_every_file_is_made(tmp_path: Path) -> None:
    """Without any submission at hand; again nothing is written."""
    course, out = made(tmp_path / "course"), tmp_path / "out"
    with Gradebook(out) as book:
        book.see([HandedIn("amy", "halve", "5ub", b"{}", folder="amy-01")])
        book.add(report("amy", "halve", checks=(), score=7))
    (entry,) = write_reports(course, out)
    assert entry.report.student == "amy"
    made_files = {
        path: path.stat().st_mtime_ns for path in out.rglob("*") if path.suffix in (".html", ".csv")
    }
    assert (out / "students/amy-01/halve.html") in made_files and (out / "staff/index.html") in made_files
    write_reports(course, out)
    assert {path: path.stat().st_mtime_ns for path in made_files} == made_files


def test_pages_of_who_was_forgotten_are_gone(tmp_path: Path) -> None:
    """Files that were made earlier and are of nobody now are removed."""
    course, out = made(tmp_path / "course"), tmp_path / "out"
    with Gradebook(out) as book:
        for student in ("amy", "bob"):
            book.see([HandedIn(student, "halve", "5ub", b"{}")])
            book.add(report(student, "halve", checks=(), score=7))
        write_reports(course, out)
        book.forget("amy")
    write_reports(course, out)
    assert sorted(path.name for path in (out / "students").iterdir()) == ["bob"]
    assert "amy" not in (out / "grades.csv").read_text(encoding="utf-8")


def test_no_gradebook(tmp_path: Path) -> None:
    """A folder without one is refused; a URL needs no folder."""
    with pytest.raises(UsageError, match="there is no gradebook in"):
        require_gradebook(tmp_path)
    require_gradebook(tmp_path, "postgresql://x/y")
