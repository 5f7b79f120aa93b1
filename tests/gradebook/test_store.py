"""The gradebook keeps every report and finds those that still hold."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest

from grader.errors import UsageError
from grader.gradebook.store import Gradebook, key_of
from grader.model.file import Beside, LeftOut, Obstacle
from grader.model.report import INTERNAL, REJECTED
from reports import CHECKS, FULL, PROVENANCE, report, results


def found(book: Gradebook, wanted, **changes):
    return book.get(
        wanted.student,
        wanted.assignment,
        changes.get("sha256", wanted.submission_sha256),
        changes.get("provenance", wanted.provenance),
        changes.get("beside"),
        changes.get("known", False),
    )


def test_a_report_comes_back(tmp_path):
    """A report that was kept comes back equal, also after the gradebook was closed."""
    with Gradebook(tmp_path / "new" / "out") as book:
        book.add(FULL)
        assert found(book, FULL) == FULL
    with Gradebook(tmp_path / "new" / "out") as book:
        assert found(book, FULL) == FULL
        assert book.reports() == [FULL]


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
                "environment": {"python": "3.12.0", "torch": "2.13.0"},
                "seed": 1,
                "sandbox": "none",
                "memory": "control group",
                "rubric": "public",
            }.items()
        ],
    ],
    ids=str,
)
def test_a_report_holds_for_what_it_depends_on(tmp_path, change):
    """A kept report is found again only for the same submission, rubric, environment, seed and sandbox."""
    with Gradebook(tmp_path) as book:
        book.add(FULL)
        assert found(book, FULL) is not None
        assert found(book, FULL, **change) is None


def test_somebody_elses_report(tmp_path):
    """A report is one student's for one assignment."""
    with Gradebook(tmp_path) as book:
        book.add(FULL)
        assert found(book, replace(FULL, student="bob")) is None
        assert found(book, replace(FULL, assignment="convnet")) is None


def test_a_report_holds_for_the_files_beside_the_notebook(tmp_path):
    """It comes back with what lay there, and only for the same files. Without any, the key is the old one."""
    left = (LeftOut(Obstacle.TOO_LARGE, 1, ("film.mp4",)),)
    beside = Beside(("data.csv",), left, "f11e5")
    with Gradebook(tmp_path) as book:
        book.add(replace(FULL, beside=beside))
        assert found(book, FULL, beside=beside) == replace(FULL, beside=beside)
        assert found(book, FULL) is found(book, FULL, beside=replace(beside, sha256="0ther")) is None
    assert key_of("5ub", PROVENANCE) == key_of("5ub", PROVENANCE, None) != key_of("5ub", PROVENANCE, beside)


def test_known_answers_are_kept_apart(tmp_path):
    """Reports on the course's own answers are found again, but do not belong to the class.

    Their names may be students' names, too.
    """
    solution = report("solution", checks=results(), submission_sha256="s0l")
    with Gradebook(tmp_path) as book:
        book.add(solution, known=True)
        book.add(FULL)
        assert found(book, solution) is None and found(book, FULL, known=True) is None
        assert found(book, solution, known=True) == solution
        assert (
            found(book, solution, known=True, sha256="0ther")
            is found(book, solution, known=True, provenance=replace(PROVENANCE, seed=1))
            is None
        )
        assert book.reports() == book.reports([("solution", "linreg"), (FULL.student, "linreg")]) == [FULL]
        book.add(report("solution"))
        assert found(book, solution, known=True) == solution


def test_a_gradebook_from_before_known_answers(tmp_path):
    """A gradebook that holds no table of known answers is given one, and keeps what it has."""
    with Gradebook(tmp_path) as book:
        book.add(FULL)
    with sqlite3.connect(tmp_path / "gradebook.sqlite") as database:
        database.execute("DROP TABLE known")
    database.close()
    with Gradebook(tmp_path) as book:
        assert book.reports() == [FULL]
        book.add(report(), known=True)
        assert found(book, report(), known=True) == report()


def test_the_key_does_not_depend_on_order():
    """The same environment in another order is the same."""
    other = replace(PROVENANCE, environment=dict(reversed(PROVENANCE.environment.items())))
    assert key_of("a", PROVENANCE) == key_of("a", other) != key_of("b", PROVENANCE)


@pytest.mark.parametrize(("outcome", "kept"), [(INTERNAL, False), (REJECTED, True)])
def test_internal_ones_are_graded_again(tmp_path, outcome, kept):
    """An internal report is not found again, but listed until there is another. A rejected one holds."""
    broken = report(outcome=outcome, checks=(), score=None)
    with Gradebook(tmp_path) as book:
        book.add(broken)
        assert (found(book, broken) is not None) is kept
        assert book.reports() == [broken]
        book.add(report())
        assert book.reports() == [report()] == [found(book, broken)]


def test_a_report_takes_the_place_of_an_older_one(tmp_path):
    """There is one report for a student and an assignment: the latest."""
    with Gradebook(tmp_path) as book:
        book.add(report(submission_sha256="old"))
        book.add(report(submission_sha256="new"))
        assert [each.submission_sha256 for each in book.reports()] == ["new"]
        assert found(book, report(submission_sha256="old")) is None


def test_reports_are_sorted_and_chosen(tmp_path):
    """Reports come by student and assignment, all of them or those asked for."""
    pairs = [("zoë", "a"), ("amy", "b"), ("amy", "a"), ("Bob", "a")]
    with Gradebook(tmp_path) as book:
        for student, assignment in pairs:
            book.add(report(student, assignment))
        assert [(each.student, each.assignment) for each in book.reports()] == sorted(pairs)
        assert [
            (each.student, each.assignment)
            for each in book.reports([("zoë", "a"), ("amy", "a"), ("nobody", "a")])
        ] == [("amy", "a"), ("zoë", "a")]
        assert book.reports([]) == []


def test_kept_at_once(tmp_path):
    """A report is in the file as soon as it was added, whatever becomes of the process."""
    book = Gradebook(tmp_path)
    book.add(FULL)
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "gradebook.sqlite").write_bytes((tmp_path / "gradebook.sqlite").read_bytes())
    with Gradebook(copy) as other:
        assert other.reports() == [FULL]
    book.close()


def test_two_at_once(tmp_path):
    """A second opener is refused in words, and may open it when the first has closed."""
    with Gradebook(tmp_path) as book:
        with pytest.raises(UsageError, match="another grader is writing"):
            Gradebook(tmp_path)
        book.add(FULL)
    with Gradebook(tmp_path) as book:
        assert book.reports() == [FULL]


def test_no_gradebook(tmp_path):
    """A file that is no database is refused by name, and stays as it is."""
    path = tmp_path / "gradebook.sqlite"
    path.write_bytes(b"my notes, which are no database at all\n" * 30)
    before = path.read_bytes()
    with pytest.raises(UsageError, match=r"gradebook\.sqlite is not a gradebook"):
        Gradebook(tmp_path)
    assert path.read_bytes() == before


def test_a_folder_in_the_gradebooks_place(tmp_path):
    """What can't be opened as a gradebook at all is refused in words, too."""
    (tmp_path / "gradebook.sqlite").mkdir()
    with pytest.raises(UsageError, match=r"gradebook\.sqlite"):
        Gradebook(tmp_path)


def test_another_programs_database(tmp_path):
    """A database with other tables of that name is refused in words before anything is graded."""
    with sqlite3.connect(tmp_path / "gradebook.sqlite") as other:
        other.execute("CREATE TABLE reports (id INTEGER)")
    other.close()
    with pytest.raises(UsageError, match="is not a gradebook"):
        Gradebook(tmp_path)


def test_checks_of_these_tests():
    """The reports of these tests are worth ten points, as a course's are."""
    assert sum(check.points for check in CHECKS) == 10
