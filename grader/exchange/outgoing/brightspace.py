"""Brightspace: the export of grades, with points.

`OrgDefinedId, Username, …, <item> Points Grade <…>, …, End-of-Line Indicator`.
"""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.exchange.outgoing.template import GradeColumn, Layout, number
from grader.exchange.sheet import Cell, Sheet

_GRADE = re.compile(r"(?P<title>.+?) Points Grade(?:\s*<(?P<more>.*)>)?\s*", re.DOTALL)
_MOST = re.compile(r"MaxPoints:\s*([\d.,]+)")
KEYS = ("OrgDefinedId", "Username", "Email")
NAMES = ("First Name", "Last Name")


def layout(sheet: Sheet, name: str) -> Layout:
    """Where students and grades stand in an export of Brightspace. Raises UsageError if it is none."""
    headings = sheet.headings()
    keys = tuple(at for at, each in enumerate(headings) if each in KEYS)
    grades = tuple(
        GradeColumn(at, found["title"], _most(found["more"] or ""))
        for at, each in enumerate(headings)
        if (found := _GRADE.fullmatch(each))
    )
    if not keys or not grades:
        raise UsageError(
            f"{name} is not an export of Brightspace with points: it needs a column OrgDefinedId or "
            "Username, and columns that end in Points Grade. In Brightspace: Grades, Export, Both keys, "
            "Points grade."
        )
    _without_marks(sheet, keys)
    names = tuple(at for wanted in NAMES for at, each in enumerate(headings) if each == wanted)
    return Layout(keys, names, grades)


def _without_marks(sheet: Sheet, keys: tuple[int, ...]) -> None:
    """Read `#amy` as `amy`: the sign makes spreadsheets take logins for text."""
    for row in sheet.rows[1:]:
        for at in keys:
            if at < len(row) and row[at].value.startswith("#"):
                row[at] = Cell(row[at].value[1:], row[at].start, row[at].end)


def _most(more: str) -> float | None:
    found = _MOST.search(more)
    return number(found[1]) if found else None
