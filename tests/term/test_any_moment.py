"""A gradebook outlives a process that is killed before any statement, and a disk that is full at any page.

What was finished is there, once and whole, and the same work done again ends as if nothing had happened.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import event

from grader.errors import StorageError
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.file import Beside, File
from grader.model.mark import Override
from reports import report

STUDENTS = ("amy", "ben", "cat")
CONTENTS = [random.Random(seed).randbytes(20_000) for seed in range(3)]  # which no zlib makes smaller
BESIDE = Beside(("data.csv",), (), "f11e5")


def handed_in(student: str, content: bytes) -> HandedIn:
    files = (File("data.csv", b"1,2" * 500),)
    return HandedIn(student, "linreg", sha256_of(content), content, files=files, beside=BESIDE)


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def work(book: Gradebook) -> None:
    """What a term does to a gradebook; done again, it changes nothing."""
    for number, content in enumerate(CONTENTS):
        filed = book.attempts()
        waiting = [each for each in STUDENTS if len(filed.get((each, "linreg"), ())) <= number]
        book.see([handed_in(student, content) for student in waiting])
        for student in STUDENTS:
            sha256 = sha256_of(content)
            row = book.add(report(student, submission_sha256=sha256, beside=BESIDE))
            book.keep_diagnoses({row: ("known", {"test_line": "sign"})})
    book.add(report("solution", submission_sha256="s0l"), known=True)
    if not book.overrides("amy"):
        book.set_by_hand([Override("amy", "linreg", None, 9, "", "kim", "2026-11-02T10:00:00+00:00")])


def state(book: Gradebook) -> list[object]:
    """All that a gradebook holds, without times."""
    return [
        [
            (each.student, each.submission_sha256, each.report_id is not None, book.contents(each))
            for filed in book.attempts().values()
            for each in filed
        ],
        [[each for _, _, each in book.reports_of(student, "linreg")] for student in STUDENTS],
        sorted(value for value in book.diagnoses().values()),
        book.overrides(),
        book.get("solution", "linreg", "s0l", report().provenance, known=True),
    ]


@pytest.fixture
def undisturbed(tmp_path: Path) -> list[object]:
    with Gradebook(tmp_path / "undisturbed") as book:
        work(book)
        once = state(book)
        work(book)
        assert state(book) == once
    return once


def dies_before(statement: int, folder: Path) -> bool:
    """Do the work in a process that is killed before it sends that statement. Whether it was."""
    child = os.fork()
    if child == 0:
        try:
            left = [statement]

            def count(*_: object) -> None:
                left[0] -= 1
                if left[0] == 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            with Gradebook(folder) as book:
                for name in ("before_cursor_execute", "commit"):
                    event.listen(book._engine, name, count)
                work(book)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_killed_before_any_statement(tmp_path: Path, undisturbed: list[object]) -> None:
    """For every statement and every commit: no report is lost, doubled or torn, and the work goes on."""
    kills = 0
    while dies_before(kills + 1, tmp_path / "out"):
        kills += 1
        with Gradebook(tmp_path / "out") as book:
            for filed in book.attempts().values():
                for attempt in filed:
                    assert sha256_of(book.contents(attempt)[0] or b"") == attempt.submission_sha256
            work(book)
            assert state(book) == undisturbed
        shutil.rmtree(tmp_path / "out")
    print(f"\n{kills} kills")
    assert kills >= 100


def test_a_disk_that_is_full_at_any_page(tmp_path: Path, undisturbed: list[object]) -> None:
    """However little room there is, the error says so; with room again the work ends as it would have."""
    pages, full = 0, 0
    while True:
        pages += 1
        folder = tmp_path / str(pages)
        with Gradebook(folder) as book:
            limit(book, lambda now, more=pages: now + more)
            try:
                work(book)
                break
            except StorageError as error:
                assert "full" in str(error) and "Finished work is kept" in str(error)
                full += 1
            limit(book, lambda now: 1 << 20)
            work(book)
            assert state(book) == undisturbed
        shutil.rmtree(folder)
    print(f"\nfull {full} times")
    assert full >= 5


def limit(book: Gradebook, most: Callable[[int], int]) -> None:
    """Let the database have this many pages at most, by how many it has."""

    def set_limit(connection: object, _: object = None, __: object = None) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        (now,) = cursor.execute("PRAGMA page_count").fetchone()
        if not fixed:
            fixed.append(most(now))
        cursor.execute(f"PRAGMA max_page_count = {fixed[0]}")

    fixed: list[int] = []
    with book._reading() as connection:
        set_limit(connection.connection)
    event.listen(book._engine, "checkout", set_limit)
