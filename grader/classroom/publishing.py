"""Writes the files under --out: records, grades, the pages to hand back and the pages for staff."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from grader import files
from grader.course.course import Course
from grader.course.settings import Settings
from grader.exchange.grades_csv import grades_csv
from grader.exchange.results_jsonl import results_jsonl
from grader.language.catalogue import Text
from grader.model.mark import Attempt, Mark
from grader.model.report import Report
from grader.reports import html
from grader.reports.figures import of_class


def publish(
    out: Path,
    reports: Sequence[Report],
    course: Course,
    folders: Mapping[str, str],
    lang: str,
    without: Mapping[str, Text] | None = None,
    skipped: Sequence[str] = (),
    marks: Mapping[tuple[str, str], Mark] | None = None,
    attempts: Mapping[tuple[str, str], Sequence[Attempt]] | None = None,
) -> None:
    """Write everything under `out` but the gradebook itself.

    `folders` holds each student's folder name, by the student's name in the reports. `lang` ("en" or "zh") is
    the language that pages show first. `without` holds students of whom nothing can be graded, and why not:
    they have rows in the tables of the class and no pages of their own. `skipped`: what in the folder of
    submissions was not taken, and why. `marks` and `attempts` are by student and assignment; without them the
    reports alone count.
    """
    assignments = course.assignments
    settings = course.settings or Settings()
    # Whoever is on the roster is in the class, with or without a submission.
    expected: dict[str, Text | None] = {each.id: None for each in settings.students} | dict(without or {})
    files.write(out / "results.jsonl", results_jsonl(reports))
    # utf-8-sig: Excel needs the byte order mark to show names in Chinese.
    files.write(out / "grades.csv", grades_csv(reports, list(assignments), expected), encoding="utf-8-sig")
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
    figures = of_class(reports, list(assignments), without=expected, marks=marks, attempts=attempts)
    due = [name for name in assignments if settings.terms_of(name).due]
    open_tasks = {*due, *(task.name for task in figures.assignments if task.results)}
    for student in figures.students:
        if student.results:
            page = html.student_index(student, assignments, lang, settings, open_tasks)
            files.write(out / "students" / folders[student.name] / "index.html", page)
    for task in figures.assignments:
        if task.results:
            page = html.staff_assignment(task, assignments[task.name], lang, folders)
            files.write(out / "staff" / task.name / "index.html", page)
    index = html.staff_index(figures, assignments, lang, folders, skipped, settings)
    files.write(out / "staff" / "index.html", index)
