"""What counts for one student and one assignment: computed from facts, never stored.

The facts are attempts, the reports on them, and what people set by hand. `grader.classroom.standing` makes
marks of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.model.report import Report

# The statuses of a mark beside a report's outcomes.
PENDING, MISSING = "pending", "missing"


@dataclass(frozen=True)
class Attempt:
    """One submission of a student for an assignment, in the order of handing in."""

    number: int  # from 1
    submission_sha256: str
    submitted_at: str | None  # ISO 8601 with offset; None if nothing says when
    report: Report | None  # the report that stands for it now; None while it is not graded


@dataclass(frozen=True)
class Late:
    """What lateness costs."""

    by_s: int  # seconds after the due date with extension; grace is not counted off
    percent: float  # of the points; 0 within grace
    rule: str  # "in_time", "grace", "none" (lateness costs nothing), "per_day", "steps" or "cut_off"


@dataclass(frozen=True)
class Override:
    """Points that a person set in place of computed ones, or for a question that is marked by hand.

    The newest for a target counts. Without points it takes older ones back; its comment still stands.
    """

    student: str
    assignment: str
    check: str | None  # a check's or manual question's id; None: the total
    points: float | None
    comment: str
    by: str
    at: str  # ISO 8601 with offset
    # Of the answer that was read, for a manual question: another answer is pending again. "" for any answer.
    answer_sha256: str = ""


@dataclass(frozen=True)
class Mark:
    """What one student has for one assignment."""

    student: str
    assignment: str
    # "graded", "rejected", "internal", "missing" (nothing was handed in), or "pending": a manual question is
    # open, or the attempt that counts is not graded yet.
    status: str
    raw: float | None  # points of checks and manual questions, overrides of single checks included
    max_score: float
    late: Late | None  # None if the assignment has no due date, or nothing says when it was handed in
    override: Override | None  # of the total
    final: float | None  # what counts; None where the status is not graded and no total is set by hand
    attempt: int | None  # the number of the attempt that counts
    attempts: int  # how many there are
    submitted_at: str | None  # of the attempt that counts
    manual: Mapping[str, float | None]  # points by a manual question's id; None while pending
    computed: float | None = None  # what counts unless a total is set by hand


def newest(overrides: Sequence[Override], check: str | None, answer_sha256: str = "") -> Override | None:
    """What was last set for a check, a question or the total; None if nothing was, or if it was taken back.

    `overrides` are one student's for one assignment, in the order in which they were set. `answer_sha256` is
    of the answer to the question: what was set for another answer does not count.
    """
    fitting = ("", answer_sha256)
    found = next(
        (each for each in reversed(overrides) if each.check == check and each.answer_sha256 in fitting), None
    )
    return found if found and found.points is not None else None


def by_pair(overrides: Iterable[Override]) -> dict[tuple[str, str], list[Override]]:
    """Overrides by student and assignment, each pair's in the given order."""
    found: dict[tuple[str, str], list[Override]] = {}
    for override in overrides:
        found.setdefault((override.student, override.assignment), []).append(override)
    return found
