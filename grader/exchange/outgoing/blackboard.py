"""Blackboard: the grade center's download. Columns carry their number: `HW1 [Total Pts: 10 Score] |123456`.

It is a text file in UTF-16 with tabs, whose name ends in `.xls`, or a CSV.
"""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.exchange.outgoing.template import GradeColumn, Layout, number
from grader.exchange.sheet import Sheet

_GRADE = re.compile(r"(?P<title>.+?)\s*\[(?P<about>[^\]]*)\]\s*\|\s*(?P<number>\d+)\s*", re.DOTALL)
_TOTALS = re.compile(r"(?:Weighted )?Total|Running Total|(?:加权)?总计|總計", re.IGNORECASE)
USER = ("Username", "用户名", "使用者名稱", "User Name")
KEYS = (*USER, "Student ID", "学生 ID", "学号", "學號")
NAMES = (("First Name", "名字", "名"), ("Last Name", "姓氏", "姓"))


def layout(sheet: Sheet, name: str) -> Layout:
    """Where students and grades stand in a download of Blackboard. Raises UsageError if it is none."""
    headings = sheet.headings()
    grades = tuple(
        GradeColumn(at, found["title"], _most(found["about"]))
        for at, each in enumerate(headings)
        if (found := _GRADE.fullmatch(each)) and not _TOTALS.fullmatch(found["title"])
    )
    keys = tuple(at for at, each in enumerate(headings) if each in KEYS)
    if not keys or not grades:
        raise UsageError(
            f"{name} is not a download of Blackboard's grade center: it needs a column Username, and columns "
            "like `HW1 [Total Pts: 10 Score] |123456`. In Blackboard: Grade Center, Work Offline, Download."
        )
    names = tuple(at for wanted in NAMES for at, each in enumerate(headings) if each in wanted)
    return Layout(keys, names, grades)


def _most(about: str) -> float | None:
    found = re.search(r"\d+(?:[.,]\d+)?", about)
    return number(found[0]) if found else None
