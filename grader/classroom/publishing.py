"""Writes the files under --out: records, grades, the pages to hand back and the pages for staff."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.classroom.pages import Page, PageMaker
from grader.classroom.shelf import Shelf, inputs_of
from grader.course.course import Course
from grader.course.settings import Settings
from grader.exchange.grades_csv import grades_csv
from grader.exchange.results_jsonl import lines
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text
from grader.model.codec import to_data
from grader.model.mark import Attempt, Mark, Override
from grader.model.report import Report
from grader.reports import html
from grader.reports.arithmetic import Standing
from grader.reports.figures import of_class

Pair = tuple[str, str]  # a student and an assignment


def publish(
    out: Path,
    reports: Sequence[Report],
    course: Course,
    folders: Mapping[str, str],
    lang: str,
    without: Mapping[str, Text] | None = None,
    skipped: Sequence[str] = (),
    marks: Mapping[Pair, Mark] | None = None,
    attempts: Mapping[Pair, Sequence[Attempt]] | None = None,
    *,
    overrides: Sequence[Override] = (),
    rows: Mapping[Pair, tuple[int, str]] | None = None,
    book: Gradebook | None = None,
    now: datetime | None = None,
) -> None:
    """Write everything under `out` but the gradebook itself. What has not changed is left as it is.

    `folders` holds each student's folder name, by the student's name in the reports. `lang` ("en" or "zh") is
    the language that pages show first. `without` holds students of whom nothing can be graded, and why not:
    they have rows in the tables of the class and no pages of their own. `skipped`: what in the folder of
    submissions was not taken, and why. `marks` and `attempts` are by student and assignment; without them the
    reports alone count. `overrides` are what people set, in the order in which they did.

    With `book`, reports are given in short, and `rows` has the row of each in the gradebook, and what tells
    it from every other report. Without, they are whole. Students' pages that `course.toml` holds back until
    after `now`, by default this moment, are not there.
    """
    files = _Files(out, reports, course, folders, lang, marks or {}, attempts or {}, overrides, rows or {})
    files.held_back = files.settings.held_back(now or datetime.now(UTC))
    files.write(book, without or {}, skipped)


class _Files:
    """The files of one class, with what they are made from."""

    def __init__(
        self,
        out: Path,
        reports: Sequence[Report],
        course: Course,
        folders: Mapping[str, str],
        lang: str,
        marks: Mapping[Pair, Mark],
        attempts: Mapping[Pair, Sequence[Attempt]],
        overrides: Sequence[Override],
        rows: Mapping[Pair, tuple[int, str]],
    ) -> None:
        self.out = out
        self.reports = reports
        self.course = course
        self.settings = course.settings or Settings()
        self.folders = folders
        self.lang = lang
        self.marks = marks
        self.attempts = attempts
        self.rows = rows
        self.shelf = Shelf(out)
        self.held_back: Mapping[str, datetime] = {}
        self.overrides: dict[Pair, list[Override]] = {}
        for each in overrides:
            self.overrides.setdefault((each.student, each.assignment), []).append(each)

    def write(self, book: Gradebook | None, without: Mapping[str, Text], skipped: Sequence[str]) -> None:
        """Write everything."""
        # Whoever is on the roster is in the class, with or without a submission.
        expected: dict[str, Text | None] = {each.id: None for each in self.settings.students} | dict(without)
        names = list(self.course.assignments)
        pages = [page for report in self.reports for page in self._pages(report)]
        told = [page.inputs for page in pages if page.staff]
        self.shelf.write(
            "results.jsonl",
            inputs_of(told),
            lambda: (line.encode() for line in lines(self.reports, self.marks)),
        )
        self.shelf.write(
            "grades.csv",
            inputs_of(told, names, sorted(expected), {f"{a}/{b}": m for (a, b), m in self.marks.items()}),
            # The mark in front is what Excel needs to show names in Chinese.
            lambda: [grades_csv(self.reports, names, expected, self.marks).encode("utf-8-sig")],
        )
        PageMaker(self.out, self.course, self.lang, book).make(pages, self.shelf)
        inputs = inputs_of(
            told, names, self.folders, expected, skipped, self.settings, self.lang, self.held_back
        )
        self._write_class(inputs, expected, skipped)
        self.shelf.clear()

    def _pages(self, report: Report) -> Iterator[Page]:
        """The pages of one submission."""
        name, folder = report.assignment, self.folders[report.student]
        pair = report.student, name
        row, identity = self.rows.get(pair, (None, None))
        mark = self.marks.get(pair)
        terms, set_by_hand = self.settings.terms_of(name), tuple(self.overrides.get(pair, ()))
        standing = Standing(mark, terms, set_by_hand) if mark else None
        # The report's own row says the rest: neither its cells nor its checks need to be looked at.
        inputs = inputs_of(
            identity or to_data(report),
            [result.mistake for result in report.checks],
            report.source,
            standing,
            [
                (each.number, each.submitted_at, each.submission_sha256)
                for each in self.attempts.get(pair, ())
            ],
            folder,
            self.lang,
            self.course.assignments[name].texts_sha256,
            self.settings.title,
            self.settings.contact,
        )
        page = f"students/{folder}/{name}.html"
        if name in self.held_back:
            inputs, page = inputs_of(inputs, "held back"), ""
        else:
            yield Page(page, inputs, report, folder, row, False, standing)
        # Staff's page leads to the student's, if there is one.
        yield Page(f"staff/{name}/{folder}.html", inputs, report, folder if page else "", row, True, standing)

    def _write_class(self, inputs: str, expected: Mapping[str, Text | None], skipped: Sequence[str]) -> None:
        """Write the pages on the class, on each assignment, and the first page of each student."""
        reports = {(report.student, report.assignment) for report in self.reports}
        students = sorted({student for student, _ in reports})
        wanted = [f"students/{self.folders[student]}/index.html" for student in students]
        wanted += [f"staff/{task}/index.html" for task in sorted({task for _, task in reports})]
        wanted.append("staff/index.html")
        if all([self.shelf.is_current(name, inputs) for name in wanted]):
            return
        assignments, lang = self.course.assignments, self.lang
        figures = of_class(
            self.reports,
            list(assignments),
            without=expected,
            marks=self.marks or None,
            attempts=self.attempts or None,
        )
        due = [name for name in assignments if self.settings.terms_of(name).due]
        open_tasks = {*due, *(task.name for task in figures.assignments if task.results)}
        for student in figures.students:
            if student.results:
                page = html.student_index(
                    student, assignments, lang, self.settings, open_tasks, self.held_back
                )
                self._put(f"students/{self.folders[student.name]}/index.html", inputs, page)
        for task in figures.assignments:
            if task.results:
                page = html.staff_assignment(task, assignments[task.name], lang, self.folders)
                self._put(f"staff/{task.name}/index.html", inputs, page)
        page = html.staff_index(figures, assignments, lang, self.folders, skipped, self.settings)
        self._put("staff/index.html", inputs, page)

    def _put(self, name: str, inputs: str, page: str) -> None:
        self.shelf.write(name, inputs, lambda: [page.encode()])
