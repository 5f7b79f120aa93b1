"""Submissions in a folder become attempts; what is filed already is read and left."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.classroom.collecting import collect, content_and_beside, content_of, handed_in
from grader.course.course import Course
from grader.course.loader import load
from grader.exchange.attempts import Handed, StudentAttempts
from grader.exchange.folder import discover
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text
from grader.model.file import File
from grader.notebook.notebook import Unreadable
from grader.notebook.submission import Submission, fingerprint
from support import hand_in


@pytest.fixture
def course(small_course: Path) -> Course:
    return load(small_course)


def collected(course: Course, folder: Path, book: Gradebook) -> list[tuple[str, str]]:
    found = discover(folder, course.assignments)
    return collect(course, folder, found.submissions, found.sources, book)


def test_what_is_new_is_filed(course: Course, tmp_path: Path) -> None:
    """With its bytes, the files beside it and where it was found; again only if it has changed."""
    folder = tmp_path / "class"
    notebook = hand_in(folder, "amy", "n = 5")
    (notebook.parent / "data.csv").write_bytes(b"1,2")
    with Gradebook(tmp_path / "out") as book:
        for _ in range(2):
            assert collected(course, folder, book) == [("amy", "double")]
            (attempt,) = book.attempts()["amy", "double"]
        content, beside = content_and_beside(book, attempt)
        assert content == notebook.read_bytes() and beside.files == (File("data.csv", b"1,2"),)
        assert beside.record == book.beside(attempt) and attempt.folder == "amy"
        assert attempt.origin == "folder: double.ipynb" and attempt.submitted_at is None
        hand_in(folder, "amy", "n = 6")
        collected(course, folder, book)
        assert len(book.attempts()["amy", "double"]) == 2


def test_what_an_import_has_kept(course: Course, tmp_path: Path) -> None:
    """Earlier attempts come with their times; the newest, which lies in its place, is one of them."""
    student = StudentAttempts(tmp_path / "class" / "amy")
    contents = [hand_in(tmp_path / "x", "amy", f"n = {number}").read_bytes() for number in range(3)]
    times = [f"2026-11-0{number + 1}T10:00:00+08:00" for number in range(3)]
    student.add(
        [Handed("double", *pair[:1], submitted_at=pair[1]) for pair in zip(contents, times)], times[0]
    )
    with Gradebook(tmp_path / "out") as book:
        for _ in range(2):
            collected(course, tmp_path / "class", book)
            attempts = book.attempts()["amy", "double"]
            assert [each.submitted_at for each in attempts] == times
            assert [book.contents(each)[0] for each in attempts] == contents
        newest = hand_in(tmp_path / "class", "amy", "n = 9").read_bytes()
        collected(course, tmp_path / "class", book)
        assert book.contents(book.attempts()["amy", "double"][-1])[0] == newest


def test_no_notebook(course: Course, tmp_path: Path) -> None:
    """The reason is filed in place of bytes."""
    why = Text("two files", "两个文件")
    submission = Submission("amy", "double", "amy", tmp_path, why)
    assert isinstance(content_of(submission), Unreadable)
    found = handed_in(course, submission)
    assert (found.content, found.problem) == (None, why)
    assert found.submission_sha256 == fingerprint(Unreadable(why))
    with Gradebook(tmp_path / "out") as book:
        book.see([found])
        content, beside = content_and_beside(book, book.attempts()["amy", "double"][0])
    assert isinstance(content, Unreadable) and content.text == why and beside.record is None
