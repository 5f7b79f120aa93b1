"""Writes the files under --out: records, grades, the pages to hand back and the pages for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader import files
from grader.course.course import Course
from grader.exchange.grades_csv import grades_csv
from grader.exchange.results_jsonl import results_jsonl
from grader.language.catalogue import Text
from grader.model.report import Report
from grader.reports import html


def publish(
    out: Path,
    reports: Sequence[Report],
    course: Course,
    folders: Mapping[str, str],
    lang: str,
    without: Mapping[str, Text] | None = None,
) -> None:
    """Write everything under `out` but the gradebook itself.

    `folders` holds each student's folder name, by the student's name in the reports. `lang` ("en" or "zh") is
    the language that pages show first. `without` holds students of whom nothing can be graded, and why not:
    they have rows in the tables of the class and no pages of their own.
    """
    assignments = course.assignments
    without = without or {}
    files.write(out / "results.jsonl", results_jsonl(reports))
    # utf-8-sig: Excel needs the byte order mark to show names in Chinese.
    files.write(out / "grades.csv", grades_csv(reports, list(assignments), without), encoding="utf-8-sig")
    for report in reports:
        assignment, folder = assignments[report.assignment], folders[report.student]
        files.write(
            out / "students" / folder / f"{report.assignment}.html",
            html.student_page(report, assignment, lang),
        )
        files.write(
            out / "staff" / report.assignment / f"{folder}.html",
            html.staff_page(report, assignment, lang, folder),
        )
    files.write(
        out / "staff" / "index.html",
        html.staff_index(reports, list(assignments.values()), lang, folders, without),
    )
