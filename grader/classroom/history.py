"""What a gradebook knows of one student's work on one assignment, from the first attempt to the last word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.classroom.reporting import require_gradebook
from grader.course.problems import did_you_mean
from grader.errors import UsageError
from grader.gradebook.attempts import Filed
from grader.gradebook.store import Gradebook
from grader.model.mark import Override
from grader.model.report import Report

HANDED_IN, GRADED, BY_HAND = "handed_in", "graded", "by_hand"  # the kinds of events


@dataclass(frozen=True)
class Event:
    """One thing that happened: an attempt, a report, or points that a person set."""

    at: str | None  # ISO 8601; None if nothing says when
    attempts: tuple[int, ...] = ()  # that it is about, by number
    attempt: Filed | None = None
    report: Report | None = None  # in short, as it was made
    stands: bool = False  # whether the report is the one that stands for its attempts now
    override: Override | None = None

    @property
    def kind(self) -> str:
        """What happened."""
        return HANDED_IN if self.attempt else GRADED if self.report else BY_HAND

    @property
    def record(self) -> dict[str, Any]:
        """The event as JSON values."""
        record: dict[str, Any] = {"event": self.kind, "at": self.at, "attempts": list(self.attempts)}
        if self.attempt is not None:
            record |= {
                "submission_sha256": self.attempt.submission_sha256,
                "submitted_at": self.attempt.submitted_at,
                "origin": self.attempt.origin,
            }
        if self.report is not None:
            record |= {
                "outcome": self.report.outcome,
                "score": self.report.score,
                "max_score": self.report.max_score,
                "rubric_sha256": self.report.provenance.rubric_sha256,
                "grader": self.report.provenance.grader,
                "seed": self.report.provenance.seed,
                "stands": self.stands,
            }
        if self.override is not None:
            record |= {
                "check": self.override.check,
                "points": self.override.points,
                "comment": self.override.comment,
                "by": self.override.by,
            }
        return record


def history(out: Path, student: str, assignment: str, *, gradebook: str | None = None) -> list[Event]:
    """Everything on a student and an assignment, the earliest first.

    Raises UsageError if there is no gradebook, or if it knows nothing of them.
    """
    require_gradebook(out, gradebook)
    with Gradebook(out, gradebook) as book:
        attempts = book.attempts()
        filed, overrides = attempts.get((student, assignment), []), book.overrides(student, assignment)
        if not filed and not overrides:
            raise UsageError(_unknown(student, assignment, attempts))
        reports = book.reports_of(student, assignment)
    events = [
        Event(each.submitted_at or each.seen_at, (number,), attempt=each)
        for number, each in enumerate(filed, 1)
    ]
    for row, made_at, report in reports:
        about = [
            (number, each.report_id == row)
            for number, each in enumerate(filed, 1)
            if each.submission_sha256 == report.submission_sha256
        ]
        stands = any(stands for _, stands in about)
        events.append(Event(made_at, tuple(number for number, _ in about), report=report, stands=stands))
    events += [Event(each.at, override=each) for each in overrides]
    return sorted(events, key=lambda event: event.at or "")


def _unknown(student: str, assignment: str, pairs: Iterable[tuple[str, str]]) -> str:
    """What to say of a student or an assignment that the gradebook does not know."""
    own = sorted(name for who, name in pairs if who == student)
    if own:
        return (
            f"the gradebook has nothing of {student} for {assignment!r}"
            f"{did_you_mean(assignment, own, '; there are: ' + ', '.join(own))}"
        )
    return f"the gradebook has no student {student!r}{did_you_mean(student, {who for who, _ in pairs}, '')}"
