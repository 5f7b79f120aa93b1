"""Moodle: the grading worksheet of one assignment, as its offline grading writes and reads it.

Its headings are in the language of whoever exports it, and their order is fixed: Identifier, Full name,
further columns, Status, Grade, Maximum Grade, …, Grade can be changed, Last modified (submission), …. Moodle
skips a row that was graded there after the dates in it, so nothing but the grade is touched.
"""

from __future__ import annotations

import re

from grader.errors import UsageError
from grader.exchange.outgoing.template import GradeColumn, Layout
from grader.exchange.sheet import Cell, Sheet

_IDENTIFIER = re.compile(r".*?(\d+)\s*")
# As Moodle's language packs have them.
GRADE = (
    "Grade",
    "成绩",
    "分数",
    "成績",
    "分數",
    "Bewertung",
    "Note",
    "Calificación",
    "評定",
    "Оценка",
    "Nota",
    "Valutazione",
)
MAXIMUM = (
    "Maximum Grade",
    "Maximum grade",
    "最高分",
    "最高成绩",
    "最高成績",
    "最大成绩",
    "Bestwertung",
    "Note maximale",
    "Calificación máxima",
    "Nota máxima",
    "Valutazione massima",
    "最大評点",
)
CHANGEABLE = (
    "Grade can be changed",
    "成绩可以更改",
    "成绩可以修改",
    "可以更改成绩",
    "成績可以被更改",
    "Bewertung kann geändert werden",
    "La note peut être modifiée",
    "La calificación puede ser cambiada",
)
KEYS = (
    "Email address",
    "ID number",
    "Username",
    "电子邮件地址",
    "邮箱地址",
    "Email地址",
    "学号",
    "编号",
    "用户名",
    "電子郵件信箱",
    "學號",
    "E-Mail-Adresse",
    "ID-Nummer",
    "Anmeldename",
)


def layout(sheet: Sheet, name: str) -> Layout:
    """Where students and grades stand in a worksheet of Moodle. Raises UsageError if it is none."""
    headings = sheet.headings()
    identified = [row for row in range(1, len(sheet.rows)) if _IDENTIFIER.fullmatch(sheet.value(row, 0))]
    grade, most = _column(headings, GRADE), _column(headings, MAXIMUM)
    if grade is None and most:
        grade = most - 1  # the order of the columns is fixed, whatever they are called
    if grade is None or not identified or len(headings) < 4:
        raise UsageError(
            f"{name} is not a grading worksheet of Moodle: there is no column Identifier with the "
            "participants' numbers, or none called Grade. In Moodle: the assignment, Submissions, Download "
            "grading worksheet (the assignment's feedback types must include Offline grading worksheet)."
        )
    _numbers_alone(sheet)
    # The participant's number comes last: it is another one in every assignment.
    keys = (*(at for at, each in enumerate(headings) if each in KEYS), 0)
    return Layout(keys, (1,), (GradeColumn(grade, ""),), most=most, locked=_column(headings, CHANGEABLE))


def _numbers_alone(sheet: Sheet) -> None:
    """Let identifiers be participants' numbers, as in names of downloads: `Participant 123` is 123."""
    for row in sheet.rows[1:]:
        if row and (found := _IDENTIFIER.fullmatch(row[0].value)):
            row[0] = Cell(found[1], row[0].start, row[0].end)


def _column(headings: list[str], names: tuple[str, ...]) -> int | None:
    wanted = {name.casefold() for name in names}
    return next((at for at, each in enumerate(headings) if each.casefold() in wanted), None)
