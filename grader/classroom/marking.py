"""Marks by hand: sheets of answers out, points and comments in. Pure functions over plain values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.course.course import Assignment, Course
from grader.course.problems import did_you_mean
from grader.errors import Problem, UsageError
from grader.model.mark import Attempt, Mark, Override, by_pair, newest
from grader.model.marking import Answered, Given, Sheet
from grader.model.report import GRADED, tidy

Attempts = Mapping[tuple[str, str], Sequence[Attempt]]


def sheets(
    course: Course,
    marks: Sequence[Mark],
    attempts: Attempts,
    overrides: Sequence[Override] = (),
    *,
    assignments: Sequence[str] = (),
    hides_names: bool = False,
) -> list[Sheet]:
    """A sheet for each question: the answers in the attempts that count, by student.

    `assignments` are the only ones, if they are given. A sheet that hides names is in an order that says
    nothing about them.
    """
    found = []
    own_overrides = by_pair(overrides)
    for assignment in course.select(assignments):
        own = [each for each in marks if each.assignment == assignment.name]
        for question in assignment.questions:
            rows = tuple(_rows(own, question.id, attempts, own_overrides))
            sheet = Sheet(assignment.name, question.id, question.points, rows, hides_names)
            found.append(replace(sheet, rows=tuple(sorted(rows, key=sheet.key))) if hides_names else sheet)
    return found


def _rows(
    marks: Sequence[Mark],
    question: str,
    attempts: Attempts,
    overrides: Mapping[tuple[str, str], Sequence[Override]],
) -> Iterator[Answered]:
    for mark in sorted(marks, key=lambda each: each.student):
        pair = (mark.student, mark.assignment)
        counted = next((each for each in attempts.get(pair, ()) if each.number == mark.attempt), None)
        report = counted.report if counted else None
        if report is None or report.outcome != GRADED:
            continue
        answer = report.answer(question)
        digest = answer.sha256 if answer else ""
        given = newest(overrides.get(pair, ()), question, digest)
        yield Answered(
            mark.student,
            report.submission_sha256,
            answer.text if answer else "",
            answer is not None,
            digest,
            given.points if given else None,
            given.comment if given else "",
        )


@dataclass(frozen=True)
class Taken:
    """What came in with sheets."""

    overrides: tuple[Override, ...]  # to be kept
    unchanged: int  # rows that say what is known already
    stale: tuple[Given, ...]  # rows of answers that are not there any more
    without_points: tuple[Given, ...]  # rows with a comment alone


def take_in(known: Sequence[Sheet], given: Sequence[Given], by: str, at: str) -> Taken:
    """Points and comments from sheets that came back, as facts to keep.

    `known` are the sheets as they would go out now. Raises UsageError, with every problem, if a row can't be
    right; then nothing is to be kept.
    """
    rows = {sheet.key(row): (sheet, row) for sheet in known for row in sheet.rows}
    problems: list[Problem] = []
    seen: dict[str, Given] = {}
    new, unchanged, stale, without_points = [], 0, [], []
    for each in given:
        if each.key not in rows:
            stale.append(each)
            continue
        sheet, row = rows[each.key]
        other = seen.setdefault(each.key, each)
        if (other.points, other.comment, other.takes_back) != (each.points, each.comment, each.takes_back):
            message = f"says something else on {each.key} than {other.file}:{other.line}"
            problems.append(Problem(each.file, each.line, message))
        elif other is not each:
            continue
        elif each.points is None and not each.takes_back:
            without_points.append(each)
        elif each.points is not None and each.points > sheet.max_points:
            message = f"{each.points:g} points are more than the {sheet.max_points:g} of {sheet.question!r}"
            problems.append(Problem(each.file, each.line, message))
        elif each.points == row.points and (each.takes_back or each.comment == row.comment):
            unchanged += 1
        else:
            pair = (row.student, sheet.assignment)
            new.append(Override(*pair, sheet.question, each.points, each.comment, by, at, row.answer_sha256))
    if problems:
        raise UsageError("\n".join(map(str, ["nothing was taken:", *problems])))
    return Taken(tuple(new), unchanged, tuple(stale), tuple(without_points))


def set_by_hand(
    course: Course,
    attempts: Attempts,
    student: str,
    assignment: str,
    check: str | None,
    points: float | None,
    comment: str,
    by: str,
    at: str,
) -> Override:
    """Points in place of computed ones, for a check, a question or the total (None), as a fact to keep.

    Without points it takes older ones back. Points for a question stand whatever is answered. Raises
    UsageError for an unknown name, for points that no one can have, and for points without a reason.
    """
    (own,) = course.select([assignment])
    roster = course.settings.students if course.settings else ()
    students = {name for name, _ in attempts} | {each.id for each in roster}
    if student not in students:
        near = did_you_mean(student, sorted(students), "")
        raise UsageError(f"nothing is known of a student {student!r}{near}")
    if check is not None:
        _require_check(own, check)
    if points is not None and not (math.isfinite(points) and points >= 0):
        raise UsageError(f"{points:g} points can't be given: a number from 0 on is needed")
    if points is not None and not comment.strip():
        raise UsageError("points that are set by hand need a reason, which the student reads: --comment")
    exact = None if points is None else tidy(points)
    return Override(student, assignment, check, exact, comment.strip(), by, at)


def _require_check(assignment: Assignment, check: str) -> None:
    names = [*(each.id for each in assignment.checks), *(each.id for each in assignment.questions)]
    if check not in names:
        hint = did_you_mean(check, names, f". There are: {', '.join(names)}")
        raise UsageError(f"{assignment.name} has no check or question {check!r}{hint}")
