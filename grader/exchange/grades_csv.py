"""One row a student, one column an assignment."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from grader.model.report import Report


def grades_csv(reports: Sequence[Report], assignments: Sequence[str]) -> str:
    """One row a student, one column an assignment; empty where nothing was handed in or no score could be given."""
    scores: dict[str, dict[str, float | None]] = {}
    for report in reports:
        scores.setdefault(report.student, {})[report.assignment] = report.score
    text = io.StringIO()
    table, quoted = (
        csv.writer(text, lineterminator="\n"),
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL),
    )
    table.writerow(["student", *assignments])
    for student, row in sorted(scores.items()):
        cells = (row.get(assignment) for assignment in assignments)
        # A spreadsheet may take a semicolon or a tab, which csv leaves unquoted, for the end of a cell, and a carriage return for that of a row.
        (quoted if re.search("[;\t]", student) else table).writerow(
            [harmless(student).replace("\r", " "), *("" if score is None else score for score in cells)]
        )
    return text.getvalue()


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return (
        "'" + text
        if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
        else text
    )
