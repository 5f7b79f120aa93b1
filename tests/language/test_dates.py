"""Dates are written as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from grader.language.catalogue import Text
from grader.language.dates import shown


def test_the_clock_on_the_wall() -> None:
    """A time is shown by the clock of its own zone, in both languages, with the zone."""
    due = datetime(2026, 12, 1, 23, 59)
    assert shown(due.replace(tzinfo=ZoneInfo("Asia/Shanghai"))) == Text(
        "1 December 2026, 23:59 (Asia/Shanghai)", "2026年12月1日 23:59 (Asia/Shanghai)"
    )
    assert shown(due.replace(tzinfo=timezone(timedelta(hours=-5)))).en == "1 December 2026, 23:59 (UTC-05:00)"
    assert shown(due.replace(tzinfo=UTC)).en == "1 December 2026, 23:59 (UTC)"
