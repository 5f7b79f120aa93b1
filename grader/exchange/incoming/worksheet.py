"""Moodle's grading worksheet beside a download: whose a participant's number is, and when work came in.

Times stand there in the language and by the clock of whoever exported it. English and Chinese are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from grader.exchange.incoming.delivery import Delivery, Identity
from grader.exchange.outgoing import moodle
from grader.exchange.people import name_forms
from grader.exchange.sheet import Sheet

_SUBMITTED = re.compile(
    r"(?:last modified|最近更改|最后修改|最後修改|最近修改).*[(（](?:submission|提交|繳交)", re.IGNORECASE
)
_CHINESE = re.compile(
    r"(\d{4})年(\d{1,2})月(\d{1,2})日.*?(上午|下午|凌晨|早上|中午|晚上)?\s*(\d{1,2}):(\d{2})(?::\d{2})?\s*(AM|PM)?",
    re.IGNORECASE,
)
_ENGLISH = re.compile(
    r"(\d{1,2})\s+([A-Z][a-z]+)\s+(\d{4}),?\s+(\d{1,2}):(\d{2})(?::\d{2})?\s*([AP]M)?", re.IGNORECASE
)
_HALVES = {"上午": "AM", "凌晨": "AM", "早上": "AM", "中午": "PM", "下午": "PM", "晚上": "PM"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Listed:
    """A row of a worksheet."""

    student: Identity
    submitted_at: str | None  # ISO 8601, without an offset


def listed(sheet: Sheet, name: str) -> dict[str, Listed]:
    """The rows of a worksheet by participant's number. Raises UsageError if it is none."""
    layout = moodle.layout(sheet, name)
    headings = sheet.headings()
    when = next((at for at, each in enumerate(headings) if _SUBMITTED.match(each)), -1)
    *keys, number = layout.keys
    found = {}
    for row in range(1, len(sheet.rows)):
        told = [value for each in keys if (value := sheet.value(row, each))]
        email = next((each for each in told if "@" in each), "")
        login = next((each for each in told if "@" not in each), "")
        student = Identity(sheet.value(row, 1), sheet.value(row, number), login, email)
        found[student.number] = Listed(student, time_of(sheet.value(row, when)))
    return found


def completed(deliveries: Iterable[Delivery], rows: Mapping[str, Listed]) -> list[Delivery]:
    """Deliveries with what a worksheet tells of their students, and of their times."""
    found = []
    for delivery in deliveries:
        student = delivery.students[0]
        row = rows.get(student.number)
        # The number of a group may be a participant's as well; then the name is another one.
        if row is not None and (not student.name or name_forms(student.name) & name_forms(row.student.name)):
            when = delivery.submitted_at or row.submitted_at
            delivery = replace(delivery, students=(row.student,), submitted_at=when)
        found.append(delivery)
    return found


def time_of(text: str) -> str | None:
    """`Sunday, 1 December 2024, 9:26 PM` and `2024年12月1日 星期日 21:26` in ISO 8601; None for the rest."""
    if found := _CHINESE.search(text):
        year, month, day, half, hour, minute, western = found.groups()
        half = _HALVES.get(half or "", (western or "").upper())
    elif found := _ENGLISH.search(text):
        day, word, year, hour, minute, western = found.groups()
        half = (western or "").upper()
        if word[:3].lower() not in _MONTHS:
            return None
        month = str(_MONTHS.index(word[:3].lower()) + 1)
    else:
        return None
    clock = int(hour) % 12 + 12 * (half == "PM") if half else int(hour)
    try:
        return datetime(int(year), int(month), int(day), clock, int(minute)).isoformat()
    except ValueError:
        return None
