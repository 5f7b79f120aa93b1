"""The CSV that `nbgrader export` writes, for scripts that read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.exchange.grades_csv import csv_table
from grader.model.mark import Mark
from grader.model.report import tidy
from grader.model.roster import Student

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


def nbgrader_csv(marks: Sequence[Mark], students: Mapping[str, Student], due: Mapping[str, str]) -> str:
    """The marks as nbgrader exports them. `due` holds each assignment's due date, where it has one."""
    return csv_table(
        COLUMNS, (_row(mark, students.get(mark.student), due.get(mark.assignment)) for mark in marks)
    )


def _row(mark: Mark, student: Student | None, due: str | None) -> list[str | float | None]:
    last, first = names(student.name) if student else ("", "")
    penalty = tidy(mark.raw * mark.late.percent / 100) if mark.late and mark.raw is not None else 0
    return [
        mark.assignment, due, mark.submitted_at, mark.student, last, first, student.email if student else "",
        mark.raw, penalty, mark.final, mark.max_score,
    ]  # fmt: skip


def names(name: str) -> tuple[str, str]:
    """The last name and the first names: `Zhang, Wei`, or `Wei Zhang`. A name of one word is a last name."""
    last, comma, first = name.partition(",")
    if not comma:
        first, _, last = name.rpartition(" ")
    return last.strip(), first.strip()
