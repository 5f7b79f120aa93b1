"""grades.csv: one row per student, one column per assignment, and a note on what has no score."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from grader.language.catalogue import Text
from grader.model.report import REJECTED, Report

NOTE = "note"  # the last column
# A spreadsheet takes a cell with such a start for a formula; some also do with the full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def grades_csv(
    reports: Sequence[Report], assignments: Sequence[str], without: Mapping[str, Text] | None = None
) -> str:
    """The scores of a class as CSV. `without`: students who have no report, and why not.

    A cell is empty if nothing was submitted, or if no notebook was graded: a zero would say that the work is
    worth nothing. The last column says why.
    """
    scores: dict[str, dict[str, float | None]] = {student: {} for student in without or {}}
    notes: dict[str, list[str]] = defaultdict(list)
    for student, why in (without or {}).items():
        notes[student].append(why.en)
    for report in reports:
        row = scores.setdefault(report.student, {})
        row[report.assignment] = None if report.outcome == REJECTED else report.score
        if row[report.assignment] is None:
            reason = f" ({report.reason.en})" if report.reason and report.outcome == REJECTED else ""
            notes[report.student].append(f"{report.assignment}: {report.outcome}{reason}")
    rows = (
        [student, *map(row.get, assignments), " ".join(" · ".join(notes[student]).split()) or None]
        for student, row in sorted(scores.items())
    )
    return csv_table(["student", *assignments, NOTE], rows)


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
