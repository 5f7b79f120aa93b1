"""What counts: from attempts, terms, and what people set by hand, to one mark a student and assignment.

Pure functions over plain values. What they compute is told to instructors in docs/terms.md.

1. A file that could not be read never takes the place of one that could, nor one that came too late to earn
   anything the place of one that did not.
2. Of the others, the last counts, or the last before the deadline if there is one, or the one that is worth
   most. An attempt that is not marked in full yet is worth what it can still come to, so that no mark stands
   that could still be bettered.
3. Its points are those of its checks and of the questions that a person marked, less what lateness costs.
4. A total that a person set replaces all that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import floor

from grader.course.course import Assignment, Course
from grader.course.terms import Counts, LateRule, Terms, moment
from grader.model.mark import MISSING, PENDING, Attempt, Late, Mark, Override, by_pair, newest
from grader.model.report import GRADED, INTERNAL, REJECTED, Report, tidy

DAY_S = 86_400
IN_TIME = ("in_time", "grace")  # the rules by which an attempt is not late


def marks(
    course: Course, attempts: Mapping[tuple[str, str], Sequence[Attempt]], overrides: Sequence[Override] = ()
) -> list[Mark]:
    """A mark for each student and assignment of the course, sorted by student, in the course's order.

    `attempts` are by student and assignment, `overrides` in the order in which they were given. Students are
    those of the attempts, of the overrides and of the roster.
    """
    by_hand = by_pair(overrides)
    settings = course.settings
    roster = [each.id for each in settings.students] if settings else []
    students = {student for student, _ in (*attempts, *by_hand)} | set(roster)
    return [
        mark(
            student,
            assignment,
            settings.terms_of(name) if settings else Terms(),
            attempts.get((student, name), ()),
            by_hand.get((student, name), ()),
        )
        for student in sorted(students)
        for name, assignment in course.assignments.items()
    ]


def mark(
    student: str,
    assignment: Assignment,
    terms: Terms,
    attempts: Sequence[Attempt],
    overrides: Sequence[Override] = (),
) -> Mark:
    """What one student has for one assignment. `attempts` are in the order of handing in."""
    worths = [_worth(each, assignment, terms.due_for(student), terms, overrides) for each in attempts]
    counted = _counted(worths, terms) if worths else None
    total = newest(overrides, None)
    status = counted.status if counted else MISSING
    computed = counted.final if counted and status == GRADED else None
    return Mark(
        student,
        assignment.name,
        status,
        counted.raw if counted else None,
        assignment.max_points,
        counted.late if counted else None,
        total and replace(total, points=tidy(total.points or 0)),
        tidy(total.points or 0) if total else computed,
        counted.attempt.number if counted else None,
        len(attempts),
        counted.attempt.submitted_at if counted else None,
        counted.manual if counted else dict.fromkeys(each.id for each in assignment.questions),
        computed,
    )


@dataclass(frozen=True)
class _Worth:
    """What one attempt is worth."""

    attempt: Attempt
    status: str
    late: Late | None
    raw: float | None  # so far, if a question is open
    open: float  # points that it can still get
    manual: Mapping[str, float | None]

    @property
    def kept(self) -> float:
        """The share of the points that lateness leaves."""
        return 1 - self.late.percent / 100 if self.late else 1

    @property
    def final(self) -> float | None:
        """What it comes to; None if it has no points."""
        return None if self.raw is None else less(self.raw, self.late)

    @property
    def most(self) -> float:
        """What it can come to."""
        return less((self.raw or 0) + self.open, self.late)


def _worth(
    attempt: Attempt,
    assignment: Assignment,
    due: datetime | None,
    terms: Terms,
    overrides: Sequence[Override],
) -> _Worth:
    report = attempt.report
    late = lateness(attempt.submitted_at, due, terms)
    manual = {
        question.id: _points_for(overrides, question.id, report) if report else None
        for question in assignment.questions
    }
    if report is None or report.outcome == INTERNAL:
        status = PENDING if report is None else INTERNAL
        return _Worth(attempt, status, late, None, assignment.max_points, manual)
    if report.outcome == REJECTED:
        return _Worth(attempt, REJECTED, late, None, 0, manual)
    waiting = tidy(sum(each.points for each in assignment.questions if manual[each.id] is None))
    raw = checked_points(report, overrides) + sum(points or 0 for points in manual.values())
    return _Worth(attempt, PENDING if waiting else GRADED, late, tidy(raw), waiting, manual)


def checked_points(report: Report, overrides: Sequence[Override]) -> float:
    """The points of a report's checks, those in their place that a person set."""
    total = 0.0
    for result in report.checks:
        override = newest(overrides, result.check.id)
        total += override.points if override and override.points is not None else result.points
    return total


def _counted(worths: Sequence[_Worth], terms: Terms) -> _Worth:
    """The attempt that counts."""
    good = [each for each in worths if each.status != REJECTED] or worths
    good = [each for each in good if each.kept > 0] or good
    if terms.counts is Counts.BEST:
        return max(good, key=lambda each: (each.most, each.attempt.number))
    if terms.counts is Counts.LAST_BEFORE_DEADLINE:
        good = [each for each in good if each.late is None or each.late.rule in IN_TIME] or good
    return good[-1]


def _points_for(overrides: Sequence[Override], question: str, report: Report) -> float | None:
    """The points that a person gave for this very answer, or for any; None if nobody did."""
    answer = report.answer(question)
    override = newest(overrides, question, answer.sha256 if answer else "")
    return override.points if override else None


def less(points: float, late: Late | None) -> float:
    """Points less what lateness costs, rounded to hundredths where it costs anything, halves up."""
    if late is None or late.percent == 0:
        return tidy(points)
    kept = points * (1 - late.percent / 100)
    return tidy(floor(kept * 100 + 0.5 + 1e-9) / 100)


def lateness(submitted_at: str | None, due: datetime | None, terms: Terms) -> Late | None:
    """What an attempt's lateness costs. None if nothing is due, or if nothing says when it was handed in.

    `submitted_at` is ISO 8601; without an offset it is by the clock by which the assignment is due.
    """
    if due is None or submitted_at is None:
        return None
    submitted = datetime.fromisoformat(submitted_at)
    if submitted.tzinfo is None:
        submitted = submitted.replace(tzinfo=due.tzinfo)
    by_s = _seconds(moment(due), submitted)
    if by_s <= 0:
        return Late(0, 0, "in_time")
    if by_s <= terms.grace_minutes * 60:
        return Late(by_s, 0, "grace")
    rule = terms.late
    if rule.cut_off:
        return Late(by_s, 100, "cut_off")
    if rule.steps:
        step = next((each for each in rule.steps if _seconds(each.end(due), submitted) <= 0), None)
        return Late(by_s, step.percent if step else 100, "steps")
    if rule.per_day:
        return Late(by_s, _of_days(submitted, due, by_s, rule), "per_day")
    return Late(by_s, 0, "none")


def _of_days(submitted: datetime, due: datetime, by_s: int, rule: LateRule) -> float:
    """What the days cost that have begun."""
    # A day may have 25 hours, and never so many that this would be too large.
    days = max(1, by_s // DAY_S)
    while _seconds(moment(due, days), submitted) > 0:
        days += 1
    return min(rule.most, tidy(rule.per_day * days))


def _seconds(start: datetime, end: datetime) -> int:
    """Whole seconds from one moment, in UTC, to another; parts of a second cost nobody anything."""
    return floor((end - start).total_seconds())
