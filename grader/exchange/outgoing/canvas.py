"""Canvas: the gradebook's CSV, as its GradebookExporter writes it and its GradebookImporter reads it.

`Student, ID, [SIS User ID], SIS Login ID, [Integration ID], [Root Account], Section`, then assignments as
`Title (123)`, then totals that are only read. Below the headings come a row about posting and one that
begins with `Points Possible`.
"""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.exchange.outgoing.template import GradeColumn, Layout, number
from grader.exchange.sheet import Sheet

_TITLE = re.compile(r"(.*)\s\((\d+)\)", re.DOTALL)
_KEYS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")


def layout(sheet: Sheet, name: str) -> Layout:
    """Where students and grades stand in a gradebook of Canvas. Raises UsageError if it is none."""
    headings = sheet.headings()
    sections = [
        at for at, each in enumerate(headings[:12]) if "Section" in each or each in ("班级", "分组", "节")
    ]
    if (
        len(headings) < 3
        or not ("Student" in headings[0] or headings[0] in ("学生", "學生"))
        or "ID" not in headings[1]
    ):
        raise UsageError(
            f"{name} is not a gradebook of Canvas: its first columns must be Student and ID. "
            "In Canvas: Grades, Export, Export Entire Gradebook."
        )
    start = max(sections, default=1)
    columns = {
        at: found[1] for at, each in enumerate(headings) if at > start and (found := _TITLE.fullmatch(each))
    }
    above = _rows_above(sheet)
    # Its first cell says "Points Possible" in the language of whoever exported it.
    possible = next((row for row in reversed(above) if any(_number(sheet, row, at) for at in columns)), 0)
    grades = tuple(
        GradeColumn(at, title, _number(sheet, possible, at) if possible else None)
        for at, title in columns.items()
    )
    keys = tuple(at for at, each in enumerate(headings[: start + 1]) if each in _KEYS or at == 1)
    return Layout(keys, (0,), grades, first=len(above) + 1, fixed=("EX", "N/A"))


def _rows_above(sheet: Sheet) -> range:
    """The rows between the headings and the first student, who is the first to have an ID."""
    row = 1
    while row < len(sheet.rows) and not sheet.value(row, 1):
        row += 1
    return range(1, row)


def _number(sheet: Sheet, row: int, column: int) -> float | None:
    return number(sheet.value(row, column))
