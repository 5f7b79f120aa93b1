"""The register: what the facts in a gradebook amount to now, for every student and assignment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from grader.classroom.rescoring import rescored
from grader.classroom.standing import marks
from grader.course.course import Course
from grader.course.settings import Settings
from grader.course.terms import with_offset
from grader.exchange.names import caseless, folder_names
from grader.gradebook.attempts import Filed
from grader.gradebook.filing import source_of
from grader.gradebook.store import Gradebook
from grader.model.mark import Attempt, Mark, Override
from grader.model.report import Report

Pair = tuple[str, str]  # a student and an assignment


@dataclass(frozen=True)
class Entry:
    """One student and assignment: the report on the attempt that counts, in short."""

    report: Report  # without cells and traces
    row: int  # of the report, in the gradebook
    identity: str  # of the report, in any gradebook
    mark: Mark

    @property
    def pair(self) -> Pair:
        """The student and the assignment."""
        return self.report.student, self.report.assignment


@dataclass(frozen=True)
class Facts:
    """What a gradebook holds on a course's assignments, without those that it does not have any more."""

    course: Course
    filed: Mapping[Pair, Sequence[Filed]]
    attempts: Mapping[Pair, Sequence[Attempt]]  # their reports in short, with today's words and points
    overrides: Sequence[Override]
    identities: Mapping[int, str]  # of reports, by row

    @cached_property
    def marks(self) -> list[Mark]:
        """A mark for each student and assignment."""
        return marks(self.course, self.attempts, self.overrides)

    @cached_property
    def entries(self) -> list[Entry]:
        """An entry for each student and assignment with a report, sorted."""
        found = (
            self._entry(mark) for mark in sorted(self.marks, key=lambda one: (one.student, one.assignment))
        )
        return [entry for entry in found if entry is not None]

    def _entry(self, mark: Mark) -> Entry | None:
        filed = self.filed.get((mark.student, mark.assignment), ())
        told = self.attempts.get((mark.student, mark.assignment), ())
        graded = [place for place, attempt in enumerate(told) if attempt.report is not None]
        if not graded:
            return None
        counts = (mark.attempt or 0) - 1
        # The newest one that is graded is shown until the one that counts is.
        place = counts if counts in graded else graded[-1]
        report, row = told[place].report, filed[place].report_id
        assert report is not None and row is not None
        return Entry(replace(report, source=source_of(filed[place])), row, self.identities[row], mark)


def facts(course: Course, book: Gradebook) -> Facts:
    """The facts in a gradebook. Nothing is run: reports have the words and points that checks have now."""
    summaries = book.summaries()
    filed = {pair: found for pair, found in book.attempts().items() if pair[1] in course.assignments}
    zone = (course.settings or Settings()).zone
    attempts = {}
    for (student, name), found in filed.items():
        assignment = course.assignments[name]
        reports = [summaries.get(each.report_id or 0) for each in found]
        attempts[student, name] = tuple(
            Attempt(
                number,
                each.submission_sha256,
                with_offset(each.submitted_at, zone),
                report and rescored(report, assignment),
            )
            for number, (each, report) in enumerate(zip(found, reports), 1)
        )
    overrides = [each for each in book.overrides() if each.assignment in course.assignments]
    return Facts(course, filed, attempts, overrides, book.identities())


def folders_of(known: Facts, here: Mapping[str, str], more: Collection[str] = ()) -> dict[str, str]:
    """The folder for files of each student in the gradebook and in `more`.

    `here` has those in the folder of submissions. Names that a file system may confuse get digits.
    """
    kept = {each.student: each.folder for filed in known.filed.values() for each in filed}
    students = sorted({*kept, *here, *more})
    usual = folder_names(students)
    chosen = {student: here.get(student) or kept.get(student) or usual[student] for student in students}
    users = Counter(map(caseless, chosen.values()))
    return {
        student: folder if student in here or users[caseless(folder)] == 1 else usual[student]
        for student, folder in chosen.items()
    }
