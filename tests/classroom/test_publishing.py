"""Everything under --out is made from the reports, and students' pages hold nothing hidden."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from courses import made
from grader.classroom.publishing import publish
from grader.course.settings import Settings
from grader.course.terms import Release, Terms
from grader.language.catalogue import Text
from grader.model.mark import Attempt, Mark
from grader.model.report import FAILED, GRADED, CheckResult, Execution, Report
from grader.model.roster import Student
from reports import PROVENANCE

SECRET = "hidden-secret-0.25"


def test_every_file(tmp_path: Path) -> None:
    """For each report a page for the student and one for staff; the class's page, records and grades."""
    course = made(tmp_path / "course")
    checks = tuple(
        CheckResult(check, FAILED, f"assert {SECRET}") for check in course.assignments["halve"].checks
    )
    report = Report("amy/x", "halve", "00", GRADED, 0, 10, None, Execution(), checks, PROVENANCE)
    publish(tmp_path / "out", [report], course, {"amy/x": "amy_x-0123"}, "zh")
    found = {
        path.relative_to(tmp_path / "out").as_posix()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert found == {
        ".made.json",
        "results.jsonl",
        "grades.csv",
        "students/amy_x-0123/halve.html",
        "students/amy_x-0123/index.html",
        "staff/halve/index.html",
        "staff/halve/amy_x-0123.html",
        "staff/index.html",
    }
    student = (tmp_path / "out/students/amy_x-0123/halve.html").read_text(encoding="utf-8")
    staff = (tmp_path / "out/staff/halve/amy_x-0123.html").read_text(encoding="utf-8")
    assert student.count(SECRET) == 1 and staff.count(SECRET) == 3  # one check of three is public
    assert 'lang="zh-Hans"' in student
    with open(tmp_path / "out" / "grades.csv", encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["student", "halve"], ["amy/x", "0"]]


def test_what_is_known_of_the_class_is_shown(tmp_path: Path) -> None:
    """Marks and attempts reach the pages, and so does what was skipped and what the course says of itself."""
    made_of = made(tmp_path / "course")
    settings = Settings(Text("Deep learning", "深度学习"), "teacher@example.org")
    course = replace(made_of, settings=settings)
    checks = tuple(CheckResult(check, FAILED) for check in course.assignments["halve"].checks)
    report = Report("amy", "halve", "00", GRADED, 0, 10, None, Execution(), checks, PROVENANCE)
    mark = Mark("amy", "halve", "graded", 0, 10, None, None, 7.25, 2, 2, "2026-11-27T10:00:00+08:00", {})
    attempts = [Attempt(number, str(number), None, report) for number in (1, 2)]
    pair = "amy", "halve"
    out = tmp_path / "out"
    publish(
        *(out, [report], course, {"amy": "amy"}, "en"),
        skipped=["x: a link"],
        marks={pair: mark},
        attempts={pair: attempts},
    )
    index = (out / "staff/index.html").read_text(encoding="utf-8")
    student = (out / "students/amy/index.html").read_text(encoding="utf-8")
    assert "7.25" in index and "x: a link" in index and "Deep learning" in index
    for words in (
        "7.25",
        "Attempt 2 of 2 counts.",
        "As many points",
        "mailto:teacher@example.org",
        "27 November 2026",
    ):
        assert words in student


def test_the_roster_is_the_class(tmp_path: Path) -> None:
    """Who is on the roster and handed in nothing has a row in the tables, by name, and no pages."""
    settings = Settings(students=(Student("amy", "Amy Adams"), Student("bob", "Bob Brown")))
    course = replace(made(tmp_path / "course"), settings=settings)
    report = Report("amy", "halve", "00", GRADED, 0, 10, None, Execution(), (), PROVENANCE)
    publish(tmp_path / "out", [report], course, {"amy": "amy"}, "en")
    index = (tmp_path / "out/staff/index.html").read_text(encoding="utf-8")
    assert "Bob Brown" in index and "no assignment at all" in index
    with open(tmp_path / "out" / "grades.csv", encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["student", "halve"], ["amy", "0"], ["bob", ""]]
    assert not (tmp_path / "out/students/bob").exists()


def test_published_again(tmp_path: Path) -> None:
    """A second time with the same reports leaves the same files."""
    course = made(tmp_path / "course")
    report = Report("amy", "halve", "00", GRADED, 0, 10, None, Execution(), (), PROVENANCE)
    contents = []
    for _ in range(2):
        publish(tmp_path / "out", [report], course, {"amy": "amy"}, "en")
        contents.append({path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()})
    assert contents[0] == contents[1]


def test_a_student_without_a_report_has_a_row(tmp_path: Path) -> None:
    """They stand in the tables of the class, and have no pages of their own."""
    course = made(tmp_path / "course")
    report = Report("amy", "halve", "00", GRADED, 0, 10, None, Execution(), (), PROVENANCE)
    reason = Text("The student's folder is empty.", "该学生的文件夹是空的。")
    folders = {"amy": "amy", "bob": "bob"}
    publish(tmp_path / "out", [report], course, folders, "en", {"bob": reason})
    index = (tmp_path / "out/staff/index.html").read_text(encoding="utf-8")
    assert "The student&#39;s folder is empty." in index and reason.zh in index
    with open(tmp_path / "out" / "grades.csv", encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["student", "halve"], ["amy", "0"], ["bob", ""]]
    assert not (tmp_path / "out/students/bob").exists()


def test_results_that_are_held_back(tmp_path: Path) -> None:
    """Until it was due for everyone, nothing of a result is in the folder of a student; then it is."""
    due = datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
    terms = Terms(due, release=Release.AFTER_DUE, extensions={"bo": due + timedelta(days=2)})
    course = replace(made(tmp_path / "course"), settings=Settings(terms={"halve": terms}))
    checks = tuple(CheckResult(check, FAILED) for check in course.assignments["halve"].checks)
    report = Report("amy", "halve", "00", GRADED, 0, 10, None, Execution(), checks, PROVENANCE)
    out = tmp_path / "out"
    page, index = out / "students/amy/halve.html", out / "students/amy/index.html"
    staff = out / "staff/halve/amy.html"

    def published(now: datetime) -> None:
        publish(out, [report], course, {"amy": "amy"}, "en", now=now)

    published(due + timedelta(days=1))
    assert not page.exists() and staff.exists() and "students/amy" not in staff.read_text(encoding="utf-8")
    held_back = index.read_text(encoding="utf-8")
    assert "The results come on 3 December 2026, 23:59 (UTC)" in held_back
    assert "0</b>" not in held_back and "The half of 8 is 4" not in held_back
    published(due + timedelta(days=2))
    assert page.exists() and "students/amy/halve.html" in staff.read_text(encoding="utf-8")
    assert "halve.html" in index.read_text(encoding="utf-8")
    published(due)
    assert not page.exists()
