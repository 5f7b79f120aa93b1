"""Grades and feedback leave in other systems' formats."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from courses import made
from downloads import notebook, written, zipped
from grader.classroom.exporting import Wishes, export
from grader.course.course import Course
from grader.errors import UsageError
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.mark import Override
from grader.model.report import FAILED, PASSED, CellRun, CheckResult, Execution, Reason
from grader.model.status import Status
from reports import report

GRADEBOOK = (
    "Student,ID,SIS Login ID,Section,Halve a number (7),Current Score\n"
    "    Points Possible,,,,100,\nLee,1,amy,S,,\nX,2,bo,S,,\n"
)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return made(tmp_path / "course")


@pytest.fixture
def out(course: Course, tmp_path: Path) -> Path:
    """A folder of grades in which amy has everything and bo 3 of 10 points."""
    checks = course.assignments["halve"].checks
    full = tuple(CheckResult(check, PASSED) for check in checks)
    some = (full[0], *(CheckResult(check, FAILED, None, Reason("assertion")) for check in checks[1:]))
    ran = Execution(cells=(CellRun(1, "x = 1", Status.OK),))
    with Gradebook(tmp_path / "out") as book:
        for student, results in (("amy", full), ("bo", some)):
            book.see([HandedIn(student, "halve", "5ub", b"{}")])
            book.add(report(student, "halve", checks=results, execution=ran))
    folder = tmp_path / "out"
    for student in ("amy", "bo"):
        written(folder / "students" / student / "halve.html", f"<p>{student}</p>".encode())
    return folder


def made_by(course: Course, out: Path, format_: str, **others) -> str:
    return export(course, out, Wishes(format_, **others)).content.decode()


def test_texts(course, out):
    """Each format of text goes to standard output."""
    rows = list(csv.DictReader(io.StringIO(made_by(course, out, "csv"))))
    assert [(row["student"], row["final"]) for row in rows] == [("amy", "10"), ("bo", "3")]
    assert [each["final"] for each in json.loads(made_by(course, out, "json"))["marks"]] == [10, 3]
    assert made_by(course, out, "nbgrader").count("\n") == 3
    assert 'classname="halve.bo"' in made_by(course, out, "junit")
    github = export(course, out, Wishes("github"))
    assert github.content.count(b"::error ") == 2 and "| bo | 3/10 |" in github.summary


TERMS = """timezone = "Asia/Shanghai"
roster = "roster.csv"
[assignment.halve]
due = 2026-12-01T23:59:00
late = { per_day = 10, most = 50 }
"""


def test_what_counts(tmp_path):
    """Lateness, points set by hand and whoever is missing are in the table, by the course's terms."""
    files = {"course.toml": TERMS, "roster.csv": "id,name\namy,Lee\nbo,X\ncy,Y\n"}
    course = made(tmp_path / "course", files)
    full = tuple(CheckResult(check, PASSED) for check in course.assignments["halve"].checks)
    with Gradebook(tmp_path / "out") as book:
        for student in ("amy", "bo"):
            when = "2026-12-02T20:00:00"  # by the clock of the course
            book.see([HandedIn(student, "halve", "5ub", b"{}", submitted_at=when)])
            book.add(report(student, "halve", checks=full))
        book.set_by_hand([Override("bo", "halve", None, 9.5, "ill", "staff", "2026-12-03T10:00:00+08:00")])
    rows = list(csv.DictReader(io.StringIO(made_by(course, tmp_path / "out", "csv"))))
    columns = ("student", "raw", "late", "override", "final", "status")
    assert [[row[each] for each in columns] for row in rows] == [
        ["amy", "10", "10", "", "9", "graded"],
        ["bo", "10", "10", "9.5", "9.5", "graded"],
        ["cy", "", "", "", "", "missing"],
    ]


def test_a_file(course, out, tmp_path):
    """With --to a file is written; a table for spreadsheets has a byte order mark."""
    to = tmp_path / "sub" / "grades.csv"
    exported = export(course, out, Wishes("csv", to=to))
    assert exported.written == to and to.read_bytes().startswith(b"\xef\xbb\xbfstudent,")
    with pytest.raises(UsageError, match="is a folder"):
        export(course, out, Wishes("csv", to=tmp_path))


def test_a_template(course, out, tmp_path):
    """A gradebook is filled in, and what a person should know is told."""
    template = written(tmp_path / "canvas.csv", GRADEBOOK.encode())
    exported = export(course, out, Wishes("canvas", template))
    assert exported.content.decode() == GRADEBOOK.replace("amy,S,", "amy,S,100").replace("bo,S,", "bo,S,30")
    notes = [note.en for note in exported.notes]
    assert notes == [
        "2 grades written",
        "halve stands in the column “Halve a number”",
        "halve: converted from 10 points to the 100 that count there",
    ]
    with pytest.raises(UsageError, match="--template"):
        export(course, out, Wishes("canvas"))


def test_feedback(course, out, tmp_path):
    """Each student's page goes back under the names of the download."""
    download = zipped({f"{name}_{name}_1_assignsubmission_file/x": b"" for name in ("q",)} | {
        f"{name}_{number}_assignsubmission_file/halve.ipynb": notebook("x = 1")
        for name, number in (("amy", 11), ("bo", 12), ("cy", 13))
    })  # fmt: skip
    to = tmp_path / "feedback.zip"
    exported = export(course, out, Wishes("feedback", written(tmp_path / "d.zip", download), to))
    with zipfile.ZipFile(to) as archive:
        pages = {name: archive.read(name) for name in archive.namelist()}
    assert pages == {
        "amy_11_assignsubmission_file_/halve.html": b"<p>amy</p>",
        "bo_12_assignsubmission_file_/halve.html": b"<p>bo</p>",
    }
    assert [note.en for note in exported.notes] == [
        "2 pages for Moodle",
        "no page for: cy_13_assignsubmission_file/halve.ipynb",
    ]


def test_gradescope(course, out, tmp_path):
    """Results are a file for each submission; a single file only if there is one submission."""
    export(course, out, Wishes("gradescope", to=tmp_path / "results"))
    assert json.loads((tmp_path / "results" / "halve" / "bo.json").read_text())["score"] == 3
    for to in (None, tmp_path / "results.json"):
        with pytest.raises(UsageError, match="name a folder"):
            export(course, out, Wishes("gradescope", to=to))


def test_archives(course, out, tmp_path):
    """What is no text needs a file."""
    for format_ in ("dolos", "gradescope-autograder"):
        to = tmp_path / f"{format_}.zip"
        assert export(course, out, Wishes(format_, to=to)).written == to and zipfile.is_zipfile(to)
        with pytest.raises(UsageError, match="--to FILE"):
            export(course, out, Wishes(format_))


def test_without_a_gradebook(course, tmp_path):
    """A folder without a gradebook is an error, and none is made."""
    with pytest.raises(UsageError, match="no gradebook"):
        export(course, tmp_path / "nowhere", Wishes("csv"))
    assert not (tmp_path / "nowhere").exists()


def test_an_unknown_assignment(course, out):
    """An unknown assignment is named with the nearest one."""
    with pytest.raises(UsageError, match="did you mean 'halve'"):
        export(course, out, Wishes("csv", assignments=("halv",)))
