"""The gradebook keeps what was handed in and every report, and finds those that still hold."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.errors import StorageError, UsageError
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text
from grader.model.file import Beside, File, LeftOut, Obstacle
from grader.model.mark import Override
from grader.model.report import INTERNAL, REJECTED, Report, SourceFile
from reports import CHECKS, FULL, PROVENANCE, report, results


@pytest.fixture
def book(tmp_path: Path) -> Any:
    with Gradebook(tmp_path / "new" / "out") as made:
        yield made


def handed_in(student: str = "amy", content: bytes | None = b"{}", **others: Any) -> HandedIn:
    """A notebook that was handed in, by its content's hash."""
    digest = hashlib.sha256(content or b"why").hexdigest()
    return HandedIn(student, others.pop("assignment", "linreg"), digest, content, **others)


def on(attempt: HandedIn, **others: Any) -> Report:
    """A report on what was handed in."""
    return report(
        attempt.student,
        attempt.assignment,
        submission_sha256=attempt.submission_sha256,
        beside=attempt.beside,
        **others,
    )


def found(book: Gradebook, wanted: Report, **changes: Any) -> Report | None:
    return book.get(
        wanted.student,
        wanted.assignment,
        changes.get("sha256", wanted.submission_sha256),
        changes.get("provenance", wanted.provenance),
        changes.get("beside"),
        changes.get("known", False),
    )


def test_a_report_comes_back(tmp_path: Path) -> None:
    """A report that was kept comes back equal, also after the gradebook was closed."""
    attempt = HandedIn(FULL.student, FULL.assignment, FULL.submission_sha256, b"{}")
    with Gradebook(tmp_path / "new" / "out") as book:
        book.see([attempt])
        row = book.add(FULL)
        assert found(book, FULL) == book.report(row) == FULL
    with Gradebook(tmp_path / "new" / "out") as book:
        assert found(book, FULL) == FULL and book.reports() == [FULL]


def test_a_summary(book: Gradebook) -> None:
    """In short, a report has neither cells nor traces; filled, it is whole again."""
    book.see([HandedIn(FULL.student, FULL.assignment, FULL.submission_sha256, b"{}")])
    row = book.add(FULL)
    short = book.summaries()[row]
    assert short.execution.cells == () and {result.trace for result in short.checks} == {()}
    assert short.checks[1].message == FULL.checks[1].message and short != FULL
    assert book.fill(short, row) == FULL


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "0ther"},
        {"beside": Beside(("data.csv",), (), "0ther")},
        *[
            {"provenance": replace(PROVENANCE, **{name: value})}
            for name, value in {
                "grader": "0.2.0",
                "rubric_sha256": "0ther",
                "verdict_sha256": "0ther",
                "environment": {"python": "3.12.0", "torch": "2.13.0"},
                "seed": 1,
                "sandbox": "none",
                "memory": "control group",
                "rubric": "public",
            }.items()
            if name != "verdict_sha256"
        ],
    ],
    ids=str,
)
def test_a_report_holds_for_what_it_depends_on(book: Gradebook, change: dict[str, Any]) -> None:
    """A kept report is found again only for the same submission, rubric, environment, seed and sandbox."""
    book.add(FULL)
    assert found(book, FULL) is not None
    assert found(book, FULL, **change) is None


def test_somebody_elses_report(book: Gradebook) -> None:
    """A report is one student's for one assignment."""
    book.add(FULL)
    assert found(book, replace(FULL, student="bob")) is None
    assert found(book, replace(FULL, assignment="convnet")) is None


def test_a_report_holds_for_the_files_beside_the_notebook(book: Gradebook) -> None:
    """It comes back with what lay there, and only for the same files."""
    left = (LeftOut(Obstacle.TOO_LARGE, 1, ("film.mp4",)),)
    beside = Beside(("data.csv",), left, "f11e5")
    book.add(replace(FULL, beside=beside))
    assert found(book, FULL, beside=beside) == replace(FULL, beside=beside)
    assert found(book, FULL) is found(book, FULL, beside=replace(beside, sha256="0ther")) is None


def test_known_answers_are_kept_apart(book: Gradebook) -> None:
    """Reports on the course's own answers are found again, but do not belong to the class.

    Their names may be students' names, too.
    """
    solution = report("solution", checks=results(), submission_sha256="s0l")
    book.add(solution, known=True)
    book.see([handed_in("solution")])
    book.add(on(handed_in("solution")))
    assert found(book, solution) is None and found(book, on(handed_in("solution")), known=True) is None
    assert found(book, solution, known=True) == solution
    assert book.reports() == [on(handed_in("solution"))]


@pytest.mark.parametrize(("outcome", "kept"), [(INTERNAL, False), (REJECTED, True)])
def test_internal_ones_are_graded_again(book: Gradebook, outcome: str, kept: bool) -> None:
    """An internal report is not found again, but stands until there is another. A rejected one holds."""
    book.see([handed_in()])
    broken = on(handed_in(), outcome=outcome, checks=(), score=None)
    book.add(broken)
    assert (found(book, broken) is not None) is kept and book.reports() == [broken]
    book.add(on(handed_in()))
    assert book.reports() == ([broken] if kept else [on(handed_in())])


def test_one_report_for_what_depends_on_the_same(book: Gradebook) -> None:
    """A second report under the same key is not kept, unless it was asked for; then the new one stands."""
    book.see([handed_in()])
    first = book.add(on(handed_in()))
    other = on(handed_in(), execution=replace(FULL.execution, wall_s=9.0))
    assert book.add(other) == first and book.reports() == [on(handed_in())]
    assert book.add(other, again=True) != first and book.reports() == [other]
    assert len(book.reports_of("amy", "linreg")) == 2


def test_attempts(book: Gradebook) -> None:
    """What differs from the newest is a new attempt; the same bytes again are not."""
    one, two = handed_in(content=b"one"), handed_in(content=b"two")
    assert [book.see([each]) for each in (one, one, two, two, one)] == [1, 0, 1, 0, 1]
    attempts = book.attempts()["amy", "linreg"]
    assert [each.submission_sha256 for each in attempts] == [
        each.submission_sha256 for each in (one, two, one)
    ]
    book.add(on(one))
    assert [each.report_id is not None for each in book.attempts()["amy", "linreg"]] == [True, False, True]
    assert book.contents(attempts[1]) == (b"two", None, ())


def test_times_decide_where_they_are_known(book: Gradebook) -> None:
    """Attempts are in the order of handing in, whenever they arrive; the same one again is not a new one."""
    late = handed_in(content=b"late", submitted_at="2026-11-02T10:00:00+08:00")
    early = handed_in(content=b"early", submitted_at="2026-11-01T10:00:00+08:00")
    assert book.see([late, early, replace(late, submitted_at="2026-11-02T02:00:00+00:00")]) == 2
    assert [book.contents(each)[0] for each in book.attempts()["amy", "linreg"]] == [b"early", b"late"]
    again = replace(early, submitted_at="2026-11-03T10:00:00+08:00")
    assert book.see([again]) == 1


def test_a_time_that_is_learned_later(book: Gradebook) -> None:
    """An attempt that was found without a time gets the one that is known now."""
    assert book.see([handed_in()]) == 1
    assert book.see([handed_in(submitted_at="2026-11-02T10:00:00+08:00")]) == 0
    (attempt,) = book.attempts()["amy", "linreg"]
    assert attempt.submitted_at == "2026-11-02T10:00:00+08:00"


def test_files_beside_a_notebook_are_kept(book: Gradebook) -> None:
    """An attempt can be graded again from the gradebook alone; equal contents are kept once."""
    files = (File("data.csv", b"1,2"), File("more/data.csv", b"1,2"))
    beside = Beside(("data.csv", "more/data.csv"), (), "f11e5")
    source = SourceFile("a (1).ipynb", ("a.ipynb",), "similar_name")
    book.see([handed_in(files=files, beside=beside, source=source, folder="amy-01")])
    (attempt,) = book.attempts()["amy", "linreg"]
    assert book.contents(attempt) == (b"{}", None, files)
    assert book.beside(attempt) == beside and attempt.folder == "amy-01"
    why = handed_in("bob", None, problem=Text("no notebook", "没有笔记本"))
    book.see([why])
    assert book.contents(book.attempts()["bob", "linreg"][0]) == (None, why.problem, ())


def test_what_people_set_stays(book: Gradebook) -> None:
    """Points by hand are added, never changed, and come back in order."""
    one = Override("amy", "linreg", "test_line", 1.5, "half right", "kim", "2026-11-02T10:00:00+00:00")
    two = Override("amy", "linreg", None, None, "taken back", "kim", "2026-11-03T10:00:00+00:00", "an5wer")
    book.set_by_hand([one])
    book.set_by_hand([two])
    assert book.overrides() == book.overrides("amy", "linreg") == [one, two]
    assert book.overrides("bob") == book.overrides("amy", "convnet") == []


def test_diagnoses_stay(book: Gradebook) -> None:
    """A diagnosis takes the place of an older one of the same report."""
    row = book.add(on(handed_in()))
    book.keep_diagnoses({row: ("old", {"test_line": "sign"})})
    book.keep_diagnoses({row: ("new", {})})
    assert book.diagnoses() == {row: ("new", {})}


def test_a_student_is_forgotten(book: Gradebook) -> None:
    """Attempts, bytes, reports, diagnoses and points are gone; what others hold too stays for them."""
    book.see([handed_in(content=b"same"), handed_in("bob", b"same"), handed_in(content=b"own")])
    for student in ("amy", "bob"):
        row = book.add(on(handed_in(student, b"same")))
        book.keep_diagnoses({row: ("known", {"test_line": "sign"})})
        book.set_by_hand([Override(student, "linreg", None, 3, "", "kim", "2026-11-02T10:00:00+00:00")])
    assert book.forget("amy", "convnet") == (0, 0, 0)
    assert book.forget("amy", "linreg") == (2, 1, 1)
    assert list(book.attempts()) == [("bob", "linreg")] and len(book.diagnoses()) == 1
    assert [each.student for each in book.overrides()] == ["bob"]
    assert book.contents(book.attempts()["bob", "linreg"][0])[0] == b"same"
    with sqlite3.connect(book.folder / "gradebook.sqlite") as database:
        assert database.execute("SELECT count(*) FROM contents").fetchone() == (1,)
    database.close()


def test_reports_are_sorted_and_chosen(book: Gradebook) -> None:
    """Reports come by student and assignment, all of them or those asked for."""
    pairs = [("zoë", "a"), ("amy", "b"), ("amy", "a"), ("Bob", "a")]
    for student, assignment in pairs:
        book.see([handed_in(student, assignment=assignment)])
        book.add(on(handed_in(student, assignment=assignment)))
    assert [(each.student, each.assignment) for each in book.reports()] == sorted(pairs)
    assert [
        (each.student, each.assignment)
        for each in book.reports([("zoë", "a"), ("amy", "a"), ("nobody", "a")])
    ] == [("amy", "a"), ("zoë", "a")]
    assert book.reports([]) == []


def test_kept_at_once(book: Gradebook, tmp_path: Path) -> None:
    """A report is on disk as soon as it was added, whatever becomes of the process."""
    book.see([handed_in()])
    book.add(on(handed_in()))
    shutil.copytree(book.folder, tmp_path / "copy")
    with Gradebook(tmp_path / "copy") as other:
        assert other.reports() == [on(handed_in())]


def test_two_at_once(book: Gradebook) -> None:
    """Two may have it open; who writes waits for the other's report."""
    with Gradebook(book.folder) as other, book._writing():
        waiting = threading.Thread(target=other.see, args=([handed_in("bob")],))
        waiting.start()
        waiting.join(0.1)
        assert waiting.is_alive() and other.attempts() == {}
    waiting.join()
    assert list(book.attempts()) == [("bob", "linreg")]


def test_a_disk_that_is_full(book: Gradebook) -> None:
    """It is said in words; what was kept before is there."""
    book.see([handed_in()])
    with book._writing() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match="full.* Finished work is kept"):
        book.see([handed_in("bob", bytes(range(256)) * 4000)])
    assert list(book.attempts()) == [("amy", "linreg")]


def test_no_gradebook(tmp_path: Path) -> None:
    """A file that is no database is refused by name, and stays as it is."""
    path = tmp_path / "gradebook.sqlite"
    path.write_bytes(b"my notes, which are no database at all\n" * 30)
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"gradebook\.sqlite is not a gradebook"):
        Gradebook(tmp_path)
    assert path.read_bytes() == before


def test_checks_of_these_tests() -> None:
    """The reports of these tests are worth ten points, as a course's are."""
    assert sum(check.points for check in CHECKS) == 10
