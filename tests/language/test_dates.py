"""Dates are written as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from grader.language.catalogue import Text
from grader.language.dates import lasting, shown


def test_the_clock_on_the_wall() -> None:
    """A time is shown by the clock of its own zone, in both languages, with the zone."""
    due = datetime(2026, 12, 1, 23, 59)
    assert shown(due.replace(tzinfo=ZoneInfo("Asia/Shanghai"))) == Text(
        "1 December 2026, 23:59 (Asia/Shanghai)", "2026年12月1日 23:59 (Asia/Shanghai)"
    )
    assert shown(due.replace(tzinfo=timezone(timedelta(hours=-5)))).en == "1 December 2026, 23:59 (UTC-05:00)"
    assert shown(due.replace(tzinfo=UTC)).en == "1 December 2026, 23:59 (UTC)"


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (1, "1 min", "1 分钟"),
        (900, "15 min", "15 分钟"),
        (3600, "1 h", "1 小时"),
        (86_400, "1 day", "1 天"),
        (97_201, "1 day 3 h", "1 天 3 小时"),
        (900_000, "10 days 10 h", "10 天 10 小时"),
    ],
)
def test_lengths(seconds: int, en: str, zh: str) -> None:
    """A length of time has its two largest units; a minute that has begun counts."""
    assert lasting(seconds) == Text(en, zh)
