"""What differs between two states of a class, by student, assignment and check."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.exchange.results_jsonl import record
from grader.gradebook.store import Gradebook

RESULTS = "results.jsonl"
Records = Mapping[tuple[str, str], Mapping[str, Any]]  # by student and assignment


@dataclass(frozen=True)
class CheckChange:
    """A check that went otherwise, or is worth something else. None where there is no such check."""

    id: str
    before: tuple[str, float] | None  # the verdict, and the points
    after: tuple[str, float] | None


@dataclass(frozen=True)
class Change:
    """What changed for one student and assignment."""

    student: str
    assignment: str
    before: Mapping[str, Any] | None  # the record; None if there was none
    after: Mapping[str, Any] | None
    checks: tuple[CheckChange, ...]

    @property
    def record(self) -> dict[str, Any]:
        """The change as JSON values."""
        return {
            "student": self.student,
            "assignment": self.assignment,
            "before": self.before and _short(self.before),
            "after": self.after and _short(self.after),
            "checks": [
                {"id": each.id, "before": _told(each.before), "after": _told(each.after)}
                for each in self.checks
            ],
        }


def compare(before: str, after: str) -> list[Change]:
    """What changed, by student and assignment.

    Each is a folder that `grade` wrote, or a gradebook: its file or its URL. A folder tells what was
    published there; a gradebook has the newest attempts as they were graded, without what lateness costs and
    without points set by hand.

    Raises UsageError if there is no such thing.
    """
    return list(_changes(records_of(before), records_of(after)))


def records_of(place: str) -> Records:
    """The records of a folder's results.jsonl, or of a gradebook's reports."""
    path = Path(place)
    if "://" in place or path.is_file():
        url = place if "://" in place else f"sqlite:///{path}"
        with Gradebook(path.parent, url) as book:
            attempts, summaries = book.attempts(), book.summaries()
        newest = ([each.report_id for each in own if each.report_id] for own in attempts.values())
        found = (record(summaries[rows[-1]]) for rows in newest if rows)
    else:
        results = path / RESULTS
        try:
            found = (json.loads(line) for line in results.read_text(encoding="utf-8").splitlines())
            return {(each["student"], each["assignment"]): each for each in found}
        except FileNotFoundError:
            raise UsageError(
                f"there is no {RESULTS} in {place}; name a folder that `grader grade` was given as --out"
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{results} can't be read: {error}") from None
    return {(each["student"], each["assignment"]): each for each in found}


def _changes(before: Records, after: Records) -> Iterator[Change]:
    for pair in sorted({*before, *after}):
        old, new = before.get(pair), after.get(pair)
        checks = tuple(_checks(old or {}, new or {})) if old and new else ()
        if checks or old is None or new is None or _counts(old) != _counts(new):
            yield Change(*pair, old, new, checks)


def _checks(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[CheckChange]:
    then, now = (
        {each["id"]: (each["verdict"], each["points"]) for each in one["checks"]} for one in (old, new)
    )
    for name in [*now, *(name for name in then if name not in now)]:
        if then.get(name) != now.get(name):
            yield CheckChange(name, then.get(name), now.get(name))


def _counts(whole: Mapping[str, Any]) -> dict[str, Any]:
    """What makes a change. Records of earlier versions don't say which attempt they are of."""
    return {name: value for name, value in _short(whole).items() if name != "attempt"}


def _short(whole: Mapping[str, Any]) -> dict[str, Any]:
    """What a change tells of a record."""
    has_mark = "final_score" in whole
    return {
        "outcome": whole["outcome"],
        "score": whole["final_score"] if has_mark else whole["score"],
        "max_score": whole["final_max_score"] if has_mark else whole["max_score"],
        "attempt": whole.get("attempt"),
        "submission_sha256": whole["submission_sha256"],
    }


def _told(value: tuple[str, float] | None) -> dict[str, Any] | None:
    return None if value is None else {"verdict": value[0], "points": value[1]}
