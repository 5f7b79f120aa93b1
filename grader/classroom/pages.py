"""Makes the pages of submissions, many at once where there are many."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from grader import files
from grader.classroom.shelf import Shelf
from grader.course.course import Course
from grader.gradebook.store import Gradebook
from grader.model.report import Report
from grader.reports import html
from grader.reports.arithmetic import Standing

ALONE = 200  # pages that one process makes sooner than others would have started
PORTION = 50  # pages that are handed to a process at once


@dataclass(frozen=True)
class Page:
    """A page of one submission, and what it is made from."""

    name: str  # of the file, below --out
    inputs: str  # the hash of what it is made from
    report: Report  # in short, if it has a row in the gradebook
    folder: str  # the student's; for staff's page "" if the student has no page yet
    row: int | None  # of the report in the gradebook; None if it is whole
    staff: bool
    standing: Standing | None = None


class PageMaker:
    """Makes pages below one folder. `book` holds what a report in short leaves out."""

    def __init__(self, out: Path, course: Course, lang: str, book: Gradebook | None) -> None:
        self.out = out
        self.course = course
        self.lang = lang
        self.book = book
        self._last: tuple[str, Report] | None = None  # a report's two pages are made one after the other

    def make(self, pages: Sequence[Page], shelf: Shelf) -> None:
        """Make those that are not there as they should be."""
        waiting = [page for page in pages if not shelf.is_current(page.name, page.inputs)]
        shelf.begin(page.name for page in waiting)
        processes = os.cpu_count() or 1
        if len(waiting) <= ALONE or processes == 1 or self.book is None:
            for page in waiting:
                self.write(page)
        else:
            self._make_together(waiting, self.book, processes)
        for page in waiting:
            shelf.note(page.name, page.inputs)

    def write(self, page: Page) -> None:
        """Make one page."""
        assignment = self.course.assignments[page.report.assignment]
        report = self._whole(page)
        text = (
            html.staff_page(report, assignment, self.lang, page.folder, page.standing)
            if page.staff
            else html.student_page(report, assignment, self.lang, page.standing)
        )
        files.write(self.out / page.name, text)

    def _whole(self, page: Page) -> Report:
        if page.row is None or self.book is None:
            return page.report
        if self._last is None or self._last[0] != page.inputs:
            self._last = page.inputs, self.book.fill(page.report, page.row)
        return self._last[1]

    def _make_together(self, waiting: Sequence[Page], book: Gradebook, processes: int) -> None:
        start = (self.out, self.course, self.lang, book.folder, book.url)
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(processes, context, initializer=_start, initargs=start)
        try:
            for _ in pool.map(_write, _portions(waiting)):
                pass
        finally:
            pool.shutdown(cancel_futures=True)


def _portions(pages: Sequence[Page]) -> Iterator[Sequence[Page]]:
    return (pages[at : at + PORTION] for at in range(0, len(pages), PORTION))


_maker: list[PageMaker] = []  # in a process that makes pages: its own


def _start(out: Path, course: Course, lang: str, folder: Path, url: str) -> None:
    _maker.append(PageMaker(out, course, lang, Gradebook(folder, url)))


def _write(pages: Sequence[Page]) -> None:
    for page in pages:
        _maker[0].write(page)
