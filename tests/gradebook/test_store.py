"""The gradebook keeps every report, finds those that still hold, and what it writes is whole or not there."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import sqlite3
from dataclasses import replace

import pytest
from reports import CHECKS, FULL, PROVENANCE, report, results

from grader import files
from grader.errors import UsageError
from grader.exchange.grades_csv import grades_csv, harmless
from grader.exchange.results_jsonl import record, results_jsonl
from grader.files import write
from grader.gradebook.store import Gradebook, key_of
from grader.model.report import FAILED, INTERNAL, NOT_ATTEMPTED, NOT_RUN, REJECTED


def found(book: Gradebook, wanted, **changes):
    return book.get(
        wanted.student,
        wanted.assignment,
        changes.get("sha256", wanted.submission_sha256),
        changes.get("provenance", wanted.provenance),
        changes.get("known", False),
    )


# ---- kept reports


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


def test_known_answers_are_kept_apart(tmp_path):
    """Reports on the course's own answers are found again like others, by a name that may be a student's, and are no part of the class."""
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
    """A report without a verdict of ours is not found again, but listed until there is another; a rejected one holds."""
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


# ---- records


def test_a_record_is_the_contract():
    """A line of results.jsonl has exactly the contract's keys, in its order, and values."""
    assert json.dumps(record(FULL), ensure_ascii=False) == json.dumps(
        {
            "schema": 1,
            "student": "zoë",
            "assignment": "linreg",
            "submission_sha256": "5ub",
            "outcome": "graded",
            "score": 2,
            "max_score": 10,
            "reason": None,
            "execution": {
                "status": "cell_error",
                "cell": 2,
                "message": "NameError: name 'w' is not defined",
                "wall_s": 0.61,
                "cpu_s": 0.55,
                "sessions": 3,
            },
            "checks": [
                {
                    "id": "test_line",
                    "title": "The line is close",
                    "visibility": "public",
                    "verdict": "passed",
                    "points": 2,
                    "max_points": 2,
                    "message": None,
                    "hint": None,
                    "mistake": None,
                },
                {
                    "id": "test_other",
                    "title": "Another line as well",
                    "visibility": "hidden",
                    "verdict": "failed",
                    "points": 0,
                    "max_points": 2.5,
                    "message": "assert nan <= 0.5 (test_hidden.py:12)",
                    "hint": None,
                    "mistake": "not-cleared",
                },
                {
                    "id": "test_last",
                    "title": "The last one",
                    "visibility": "hidden",
                    "verdict": "not_run",
                    "points": 0,
                    "max_points": 5.5,
                    "message": "depends on test_other",
                    "hint": "Look again.",
                    "mistake": None,
                },
            ],
            "provenance": {
                "grader": "0.1.0",
                "rubric_sha256": "c0ffee",
                "environment": {"python": "3.11.7", "torch": "2.13.0"},
                "seed": 0,
                "sandbox": "bubblewrap",
                "memory": "watchdog",
            },
        },
        ensure_ascii=False,
    )


@pytest.mark.parametrize(
    ("word", "hint"), [(FAILED, True), (NOT_RUN, True), (NOT_ATTEMPTED, True), ("passed", False)]
)
def test_hints_in_records(word, hint):
    """A hint is there for a check that did not pass."""
    assert record(report(checks=results(test_line=word)))["checks"][0]["hint"] == (
        "Are the gradients cleared?" if hint else None
    )


def test_a_record_without_a_score():
    """An internal report has the score null, not zero."""
    line = results_jsonl([report(outcome=INTERNAL, checks=(), score=None, reason="no disk")])
    assert '"score": null' in line and json.loads(line)["reason"] == "no disk"


def test_results_are_one_line_each():
    """results.jsonl has one line a report, in order, whatever is in a message."""
    text = results_jsonl([report("amy", reason="two\nlines\u2028three"), report("zoë")])
    assert text.endswith("\n") and text.count("\n") == 2
    assert [json.loads(line)["student"] for line in text[:-1].split("\n")] == ["amy", "zoë"]


# ---- grades.csv


def test_grades():
    """One row a student, one column an assignment; nothing where nothing was handed in or no score could be given."""
    class_ = [
        report("zoë", "b", score=7.5),
        report("amy", "a", score=10),
        report("amy", "b", outcome=INTERNAL, score=None),
        report("zoë", "other", score=3),
        report("bob", "a", checks=(), score=0),
    ]
    assert grades_csv(class_, ["a", "b"]) == "student,a,b\namy,10,\nbob,0,\nzoë,,7.5\n"
    assert grades_csv([], ["a"]) == "student,a\n"


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://x","y")', "＝1+1", "＋1", "－1", "＠SUM(A1)"],
)
def test_names_that_are_formulas(name):
    """A student's name that a spreadsheet would compute is text there (attack J09)."""
    assert harmless(name) == "'" + name
    [_, [cell, score]] = csv.reader(io.StringIO(grades_csv([report(name, "a")], ["a"]), newline=""))
    assert (cell, score) == ("'" + name, "10")


@pytest.mark.parametrize("name", ["\rx", "\r=1+1", "amy\r=1+1", "amy\r\n=1+1"])
def test_names_that_hold_a_carriage_return(name):
    """A carriage return in a name begins no row, so that nothing after it can be a formula (attack J09)."""
    text = grades_csv([report(name, "a")], ["a"])
    assert harmless("\rx") == "'\rx"
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == 2
    assert len(list(csv.reader(io.StringIO(text.replace("\r", "\n"), newline="")))) == 2


@pytest.mark.parametrize("separator", [";", "\t"])
def test_names_that_hold_another_separator(separator):
    """Where a spreadsheet ends cells at semicolons or tabs, a name is one cell all the same, and what follows in it is no formula."""
    text = grades_csv([report(f"amy{separator}=1+1{separator}", "a")], ["a"])
    [_, row] = csv.reader(io.StringIO(text), delimiter=separator)
    assert not [cell for cell in row if cell.startswith("=")]
    assert list(csv.reader(io.StringIO(text)))[1] == [f"amy{separator}=1+1{separator}", "10"]


@pytest.mark.parametrize("name", ["amy", "o'neil", "a=1", "张伟", "1-2", 'say "hi"', "a,b", "two\nlines", ""])
def test_names_that_are_not(name):
    """Any other name is as it was, quoted where CSV needs it."""
    assert harmless(name) == name
    assert list(csv.reader(io.StringIO(grades_csv([report(name, "a")], ["a"]), newline="")))[1] == [
        name,
        "10",
    ]


# ---- writing


def test_writing(tmp_path):
    """A file is written with its folders, to the letter, readable by others, and in place of an older one."""
    path = tmp_path / "a" / "b" / "x.txt"
    write(path, "one\r\ntwo\n三\n")
    assert path.read_bytes() == "one\r\ntwo\n三\n".encode()
    write(path, "new", encoding="utf-8-sig")
    assert path.read_bytes() == b"\xef\xbb\xbfnew"
    assert [each.name for each in path.parent.iterdir()] == ["x.txt"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o644


class FullDisk(io.StringIO):
    """A file that takes a little and then no more."""

    def __init__(self, handle: int, *_: object, **__: object) -> None:
        super().__init__()
        self.handle = handle

    def write(self, text: str) -> int:
        os.write(self.handle, text[:3].encode())
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        if not self.closed:
            os.close(self.handle)
        super().close()


@pytest.mark.parametrize("fails", ["write", "chmod", "replace", "interrupt", "encode"])
@pytest.mark.parametrize("older", [True, False], ids=["older", "new"])
def test_a_write_that_fails(tmp_path, monkeypatch, fails, older):
    """A write that fails leaves the old file as it was, or none, and no temporary one."""
    path = tmp_path / "x.txt"
    if older:
        path.write_text("old")

    def fail(*_: object, **__: object):
        raise KeyboardInterrupt if fails == "interrupt" else OSError(errno.EIO, "Input/output error")

    if fails == "write":
        monkeypatch.setattr(files.os, "fdopen", FullDisk)
    elif fails != "encode":
        monkeypatch.setattr(files.os, "replace" if fails == "interrupt" else fails, fail)
    with pytest.raises((OSError, KeyboardInterrupt, UnicodeEncodeError)):
        write(path, "new text\ud800" if fails == "encode" else "new text")
    monkeypatch.undo()
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == (
        [("x.txt", "old")] if older else []
    )


def test_checks_of_these_tests():
    """The reports of these tests are worth ten points, as a course's are."""
    assert sum(check.points for check in CHECKS) == 10
