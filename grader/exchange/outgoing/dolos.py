"""A ZIP file for Dolos, which compares programs: the code of every submission, and who wrote it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from grader.exchange.grades_csv import csv_table
from grader.exchange.outgoing.reproducible_zip import add
from grader.exchange.outgoing.told import Told
from grader.model.roster import Student

COLUMNS = ("filename", "full_name", "id", "status", "label", "created_at")


def dolos(told: Sequence[Told], folders: Mapping[str, str], students: Mapping[str, Student]) -> bytes:
    """`info.csv` and a Python file for each submission. `folders` holds the students' folder names."""
    rows = []
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in told:
            mark = each.mark
            if not each.code:
                continue
            name = f"{mark.assignment}/{folders[mark.student]}.py"
            student = students.get(mark.student)
            rows.append(
                [
                    name,
                    (student and student.name) or mark.student,
                    mark.student,
                    mark.status,
                    mark.assignment,
                    mark.submitted_at,
                ]
            )
            add(archive, name, each.code.encode("utf-8", "replace"))
        add(archive, "info.csv", csv_table(COLUMNS, rows).encode())
    return content.getvalue()
