"""One row a student and assignment: points, what lateness costs, what was set by hand, what counts."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exchange.grades_csv import csv_table
from grader.model.mark import Mark

# Scripts rely on them: more may be added behind them.
COLUMNS = (
    "student",
    "assignment",
    "raw",
    "late",
    "override",
    "final",
    "status",
    "max",
    "attempt",
    "attempts",
    "submitted_at",
    "late_by_s",
    "comment",
)


def marks_csv(marks: Sequence[Mark]) -> str:
    """The marks as CSV. `late` is the per cent that lateness costs, `override` the points set by hand.

    A cell is empty where there is nothing to say. `final` is empty where nothing counts yet.
    """
    return csv_table(COLUMNS, (_row(mark) for mark in marks))


def _row(mark: Mark) -> list[str | float | None]:
    late, override = mark.late, mark.override
    return [
        mark.student,
        mark.assignment,
        mark.raw,
        late.percent if late else None,
        override.points if override else None,
        mark.final,
        mark.status,
        mark.max_score,
        mark.attempt,
        mark.attempts,
        mark.submitted_at,
        late.by_s if late else None,
        override.comment if override else None,
    ]
