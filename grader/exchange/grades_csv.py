"""grades.csv: one row per student, one column per assignment."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from grader.model.report import Report

# A spreadsheet takes a cell with such a start for a formula; some also do with the full-width forms.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def grades_csv(reports: Sequence[Report], assignments: Sequence[str]) -> str:
    """The scores of a class as CSV.

    A cell is empty if nothing was submitted or no score could be given.
    """
    scores: dict[str, dict[str, float | None]] = {}
    for report in reports:
        scores.setdefault(report.student, {})[report.assignment] = report.score
    text = io.StringIO()
    plain = csv.writer(text, lineterminator="\n")
    quoted = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(["student", *assignments])
    for student, row in sorted(scores.items()):
        cells = (row.get(assignment) for assignment in assignments)
        # csv leaves semicolons and tabs unquoted, but a spreadsheet may end a cell there. It may also end a
        # row at a carriage return.
        table = quoted if re.search("[;\t]", student) else plain
        name = without_formula(student).replace("\r", " ")
        table.writerow([name, *("" if score is None else score for score in cells)])
    return text.getvalue()


def without_formula(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe is put before what looks like one."""
    return "'" + text if text.startswith(FORMULA_STARTS) else text
