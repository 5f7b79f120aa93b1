"""A diagnosis is kept, and found out again only if what it depends on has changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from courses import MISTAKE, MISTAKE_FILE, made
from grader.classroom import known
from grader.classroom.known import Diagnoses, tasks_for
from grader.classroom.register import Entry, facts
from grader.course.course import Assignment, Course
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.report import FAILED, CheckResult
from grader.model.task import Task
from reports import PROVENANCE, report

NOW = replace(PROVENANCE, verdict_sha256="c0de")


@pytest.fixture
def book(tmp_path: Path) -> Any:
    with Gradebook(tmp_path / "out") as opened:
        yield opened


def failing(course: Course, book: Gradebook) -> Entry:
    """The entry of a student who fails everything."""
    checks = tuple(CheckResult(check, FAILED) for check in course.assignments["halve"].checks)
    book.see([HandedIn("amy", "halve", "5ub", b"{}")])
    book.add(report("amy", "halve", checks=checks, score=0, provenance=NOW))
    return facts(course, book).entries[0]


def test_known_answers_are_graded_once(tmp_path: Path, book: Gradebook) -> None:
    """The solution, the mistakes and the decoys, under the provenance of the report, unless they are kept."""
    course = made(tmp_path / "course")
    entry = failing(course, book)
    missing = Diagnoses(course, book).missing([entry])
    names = [name for _, name, _ in missing]
    assert names[:2] == ["solution", "doubles"] and all(name.startswith(known.DECOY) for name in names[2:])
    tasks = [make() for make in tasks_for(missing, a_task)]
    assert [task.student for task in tasks] == names and all(task.provenance == NOW for task in tasks)
    sha256 = known.fingerprint(missing[0][2])
    book.add(report("solution", "halve", submission_sha256=sha256, provenance=NOW), known=True)
    assert len(Diagnoses(course, book).missing([entry])) == len(names) - 1


def a_task(assignment: Assignment, name: str, content: bytes, seed: int) -> Task:
    """A task as the engine makes it: under the provenance of now."""
    return Task(name, assignment.name, "", content, None, assignment.rubric, assignment.limits, PROVENANCE)


def test_what_was_found_is_kept(tmp_path: Path, book: Gradebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named in the entry, by this run and the next; a changed mistake opens the question again."""
    course = made(tmp_path / "course")
    entry = failing(course, book)
    diagnoses = Diagnoses(course, book)
    assert diagnoses.open([entry]) == [entry] and diagnoses.named(entry) is entry

    def found(whole: Any, _: Any) -> Any:
        return replace(whole, checks=tuple(replace(each, mistake="doubles") for each in whole.checks))

    monkeypatch.setattr(known, "diagnose", found)
    monkeypatch.setattr(Diagnoses, "_known", lambda *_: object())
    diagnoses.find([entry])
    for each in (diagnoses, Diagnoses(course, book)):
        assert {result.mistake for result in each.named(entry).report.checks} == {"doubles"}
        assert each.open([entry]) == []
    hint = made(tmp_path / "hint", {MISTAKE_FILE: MISTAKE.replace("The other way", "Another way")})
    assert Diagnoses(hint, book).open([entry]) == []
    other = made(tmp_path / "other", {MISTAKE_FILE: MISTAKE.replace("x * 2", "x * 3")})
    assert Diagnoses(other, book).open([entry]) == [entry]


def test_without_the_solution_nothing_is_named(tmp_path: Path, book: Gradebook) -> None:
    """A report whose circumstances nobody can make again stays without a diagnosis."""
    course = made(tmp_path / "course")
    entry = failing(course, book)
    diagnoses = Diagnoses(course, book)
    diagnoses.find([entry])
    assert diagnoses.open([entry]) == [] and diagnoses.named(entry) is entry
