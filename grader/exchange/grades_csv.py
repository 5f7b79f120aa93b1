"""grades.csv: one row per student, one column per assignment."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from grader.model.mark import Mark
from grader.model.report import REJECTED, Report

# A spreadsheet takes a cell with such a start for a formula; some also do with the full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def grades_csv(
    reports: Sequence[Report],
    assignments: Sequence[str],
    without: Iterable[str] = (),
    marks: Mapping[tuple[str, str], Mark] | None = None,
) -> str:
    """What counts for each student of a class, as CSV. `without`: students who have no report.

    A cell is empty if nothing was submitted or no score could be given, or not yet. `marks` are by student
    and assignment; without them the reports' scores count.
    """
    scores: dict[str, dict[str, float | None]] = {student: {} for student in without}
    for report in reports:
        scores.setdefault(report.student, {})[report.assignment] = report.score
    for (student, name), mark in (marks or {}).items():
        # Scripts know a file that could not be read as a zero.
        if mark.final is not None or mark.status != REJECTED:
            scores.setdefault(student, {})[name] = mark.final
    rows = ([student, *map(row.get, assignments)] for student, row in sorted(scores.items()))
    return csv_table(["student", *assignments], rows)


def csv_table(header: Sequence[str], rows: Iterable[Sequence[str | float | None]]) -> str:
    """A table as CSV, in which a spreadsheet finds these cells and no others, and no formula.

    Texts in `rows` may come from strangers. None is an empty cell.
    """
    text = io.StringIO()
    plain = csv.writer(text, lineterminator="\n")
    quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(header)
    for row in rows:
        # csv leaves semicolons and tabs unquoted, but a spreadsheet may end a cell there. It may also end a
        # row at a carriage return.
        table = quoted if any(isinstance(cell, str) and re.search("[;\t]", cell) for cell in row) else plain
        table.writerow(["" if cell is None else _safe(cell) for cell in row])
    return text.getvalue()


def _safe(cell: str | float) -> str | float:
    return without_formula(cell).replace("\r", " ") if isinstance(cell, str) else cell


def without_formula(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe is put before what looks like one."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text
