"""Sheets of answers that a person marks, as CSV: out for any spreadsheet, and back in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from grader.errors import Problem, UsageError
from grader.exchange.grades_csv import FORMULA_STARTS, csv_table
from grader.language.tables import NotCsv, decoded, lines
from grader.model.marking import Given, Sheet

NEEDED = ("key", "points")
COLUMNS = ("key", "student", "question", "answer", "points", "max_points", "comment")
MAX_BYTES = 64 << 20
NUMBER = re.compile(r"\d+(?:[.,]\d*)?|[.,]\d+")
DASHES = ("-", "–", "—", "'-")


def marking_csv(sheet: Sheet) -> str:
    """A sheet as CSV, without names if it hides them."""
    columns = [name for name in COLUMNS if not (sheet.hides_names and name == "student")]
    rows = []
    for row in sheet.rows:
        values = {
            "key": sheet.key(row),
            "student": row.student,
            "question": sheet.question,
            "answer": row.text,
            "points": row.points,
            "max_points": sheet.max_points,
            "comment": row.comment,
        }
        rows.append([values[name] for name in columns])
    return csv_table(columns, rows)


def read_marking_csv(name: str, content: bytes) -> list[Given]:
    """The rows of a sheet that came back, but for those in which nothing was filled in.

    Further columns are left unread. `name` is the file's. Raises UsageError with every problem.
    """
    try:
        if len(content) > MAX_BYTES:
            raise NotCsv(0, f"is larger than {MAX_BYTES >> 20} MB")
        table = lines(decoded(content))
    except NotCsv as error:
        raise UsageError(str(Problem(name, error.line, str(error)))) from None
    headings = [cell.strip().lower() for cell in table[0][1]] if table else []
    missing = [each for each in NEEDED if each not in headings]
    if missing:
        columns = " and no column ".join(map(repr, missing))
        raise UsageError(str(Problem(name, 1, f"is no sheet of `grader mark`: it has no column {columns}")))
    problems: list[Problem] = []
    found = list(_given(name, headings, table[1:], problems))
    if problems:
        raise UsageError("\n".join(map(str, ["nothing was taken:", *problems])))
    return found


def _given(
    name: str, headings: list[str], table: list[tuple[int, list[str]]], problems: list[Problem]
) -> Iterator[Given]:
    for line, cells in table:
        values = dict(zip(headings, (cell.strip() for cell in cells)))
        written, comment = values.get("points", ""), _plain(values.get("comment", ""))
        takes_back = written in DASHES
        points = None if takes_back or not written else _number(written)
        if points is None and written and not takes_back:
            problems.append(Problem(name, line, f"column 'points': {written!r} is not a number"))
        elif written or comment:
            yield Given(name, line, values.get("key", ""), points, comment, takes_back)


def _number(text: str) -> float | None:
    """A number of points, with a decimal point or a decimal comma."""
    if not NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if math.isfinite(value) else None


def _plain(text: str) -> str:
    """A text without the apostrophe that keeps spreadsheets from computing it."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text
