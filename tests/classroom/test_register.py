"""What the facts in a gradebook amount to, and where a student's files lie."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from courses import made
from grader.classroom.register import Facts, facts, folders_of
from grader.course.course import Course
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.mark import Override
from grader.model.report import SourceFile
from reports import report


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return made(tmp_path / "course")


@pytest.fixture
def book(tmp_path: Path) -> Any:
    with Gradebook(tmp_path / "out") as opened:
        yield opened


def hand_in(book: Gradebook, student: str, sha256: str, score: float | None = None, **others: Any) -> None:
    """An attempt, with a report if it has a score."""
    assignment = others.pop("assignment", "halve")
    book.see([HandedIn(student, assignment, sha256, b"{}", **others)])
    if score is not None:
        book.add(report(student, assignment, submission_sha256=sha256, checks=(), score=score))


def test_the_newest_attempt_counts(course: Course, book: Gradebook) -> None:
    """Each pair has an entry with the report that counts, where it was found, and its mark."""
    source = SourceFile("halve (1).ipynb")
    hand_in(book, "bob", "one", 4)
    hand_in(book, "amy", "one", 8)
    hand_in(book, "amy", "two", 5, source=source)
    amy, bob = facts(course, book).entries
    assert (amy.report.student, amy.report.score, amy.report.source) == ("amy", 5, source)
    assert (amy.mark.attempt, amy.mark.attempts, amy.mark.final) == (2, 2, 0)
    assert bob.pair == ("bob", "halve") and amy.identity != bob.identity


def test_an_attempt_that_is_not_graded_yet(course: Course, book: Gradebook) -> None:
    """The newest graded one is shown until then; a student without any report has no entry."""
    hand_in(book, "amy", "one", 8)
    hand_in(book, "amy", "two")
    hand_in(book, "bob", "one")
    (amy,) = facts(course, book).entries
    assert amy.report.score == 8 and amy.mark.status == "pending"


def test_what_the_course_does_not_have_any_more(course: Course, book: Gradebook) -> None:
    """It has no entry and no mark, but stays in the gradebook."""
    hand_in(book, "amy", "one", 8, assignment="gone")
    book.set_by_hand([Override("amy", "gone", None, 1, "", "kim", "2026-11-02T10:00:00+00:00")])
    known = facts(course, book)
    assert known.entries == [] and known.attempts == {} and known.marks == []
    assert list(book.attempts()) == [("amy", "gone")]


def test_a_total_by_hand(course: Course, book: Gradebook) -> None:
    """What people set is in the mark."""
    hand_in(book, "amy", "one", 8)
    book.set_by_hand([Override("amy", "halve", None, 9.5, "oral", "kim", "2026-11-02T10:00:00+00:00")])
    assert facts(course, book).entries[0].mark.final == 9.5


def known(**folders: str) -> Facts:
    """Facts of which the folders are known."""
    filed = {
        (name, "halve"): [SimpleNamespace(student=name, folder=folder)] for name, folder in folders.items()
    }
    return Facts(None, filed, {}, [], {})  # type: ignore[arg-type]


def test_folders() -> None:
    """A student keeps the folder, with or without a submission now; names that look alike get digits."""
    assert folders_of(known(amy="amy", bob="bob-01"), {"amy": "amy"}, ["cat"]) == {
        "amy": "amy",
        "bob": "bob-01",
        "cat": "cat",
    }
    alike = folders_of(known(Amy="Amy"), {"amy": "amy"})
    assert alike["amy"] == "amy" and alike["Amy"] not in ("Amy", "amy")
    assert folders_of(known(zoë=""), {}) == {"zoë": "zoë"}
