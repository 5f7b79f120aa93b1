"""Attempts: their order, and what is the same as before."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from grader.gradebook.attempts import Filed, HandedIn, in_order, now, same_as


def filed(number: int, content: str, submitted_at: str | None = None, **others: Any) -> Filed:
    values = {
        "student": "amy",
        "seen_at": f"2026-11-0{number}T00:00:00+00:00",
        "beside_sha256": "",
        "report_id": None,
    } | others
    return Filed(
        id=number,
        assignment="linreg",
        submission_sha256=content,
        submitted_at=submitted_at,
        origin="",
        stored="{}",
        source=None,
        folder="",
        **values,
    )


def test_in_the_order_of_handing_in() -> None:
    """By the time that is known, else by when it was met; what has no time at all comes first."""
    attempts = [
        filed(1, "c"),
        filed(2, "a", "2026-10-01T12:00:00+08:00"),
        filed(3, "b", "2026-10-01T05:00:00+00:00"),
        filed(4, "migrated", seen_at=None),
        filed(5, "x", student="Bob"),
    ]
    found = in_order(attempts)
    assert list(found) == [("Bob", "linreg"), ("amy", "linreg")]
    assert [each.submission_sha256 for each in found["amy", "linreg"]] == ["migrated", "a", "b", "c"]


@pytest.mark.parametrize(
    ("content", "beside", "submitted_at", "expected"),
    [
        ("b", "", None, 2),
        ("a", "", None, None),  # put back after another one: a new attempt
        ("b", "data", None, None),
        ("new", "", None, None),
        ("a", "", "2026-10-01T04:00:00+00:00", 1),
        ("a", "", "2026-10-02T04:00:00+00:00", None),
        ("b", "", "2026-10-02T04:00:00+00:00", 2),  # it had no time yet
    ],
)
def test_the_same_as_before(
    content: str, beside: str, submitted_at: str | None, expected: int | None
) -> None:
    """Where a time is known, it decides with the contents; elsewhere what differs from the newest is new."""
    from grader.model.file import Beside

    known = [filed(1, "a", "2026-10-01T12:00:00+08:00"), filed(2, "b")]
    found = same_as(
        HandedIn(
            "amy",
            "linreg",
            content,
            b"",
            beside=Beside(("x",), (), beside) if beside else None,
            submitted_at=submitted_at,
        ),
        known,
    )
    assert (found and found.id) == expected
    assert same_as(HandedIn("amy", "linreg", content, b""), []) is None


def test_the_time_of_day() -> None:
    """It is in UTC and says so."""
    moment = datetime.datetime.fromisoformat(now())
    assert moment.utcoffset() == datetime.timedelta(0) and moment.microsecond == 0
