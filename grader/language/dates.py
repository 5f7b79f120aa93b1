"""Dates and times as people read them."""

from __future__ import annotations

from datetime import datetime

from grader.language.catalogue import Text
from grader.language.catalogue import say as _

PATTERNS = {"en": "d MMMM y, HH:mm", "zh": "y年M月d日 HH:mm"}


def shown(moment: datetime) -> Text:
    """A time by the clock of its own zone, with the zone: "1 December 2026, 23:59 (Asia/Shanghai)"."""
    from babel.dates import format_datetime

    texts = {
        lang: f"{format_datetime(moment.replace(tzinfo=None), pattern, locale=lang)} ({moment.tzinfo})"
        for lang, pattern in PATTERNS.items()
    }
    return Text(**texts)


def lasting(seconds: int) -> Text:
    """A length of time in its two largest units: "2 days 3 h", "15 min"."""
    minutes = -(-seconds // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        *([_("{count} days", count=days) if days > 1 else _("1 day")] if days else []),
        *([_("{count} h", count=hours)] if hours else []),
        *([_("{count} min", count=minutes)] if minutes or not (days or hours) else []),
    ][:2]
    return Text(" ".join(part.en for part in parts), " ".join(part.zh for part in parts))
