"""Dates and times as people read them."""

from __future__ import annotations

from datetime import datetime

from grader.language.catalogue import Text

PATTERNS = {"en": "d MMMM y, HH:mm", "zh": "y年M月d日 HH:mm"}


def shown(moment: datetime) -> Text:
    """A time by the clock of its own zone, with the zone: "1 December 2026, 23:59 (Asia/Shanghai)"."""
    from babel.dates import format_datetime

    texts = {
        lang: f"{format_datetime(moment.replace(tzinfo=None), pattern, locale=lang)} ({moment.tzinfo})"
        for lang, pattern in PATTERNS.items()
    }
    return Text(**texts)
