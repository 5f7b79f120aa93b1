"""The course's own answers, graded as students' are, and what students' reports show beside them."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.classroom.diagnosis import KnownAnswers, diagnose
from grader.classroom.register import Entry
from grader.course.course import Assignment, Course
from grader.course.mistakes import SOLUTION, known_answers
from grader.gradebook.keys import key_of
from grader.gradebook.store import Gradebook
from grader.model.report import FAILED, Provenance, Report
from grader.model.task import Task
from grader.notebook.submission import fingerprint
from grader.proof.decoys import decoys

DECOY = "decoy: "  # how the names of decoys begin among those of the known answers
BATCH = 100  # diagnoses that are kept in one transaction


@dataclass(frozen=True)
class Circumstances:
    """What an assignment's answers were graded under. Only answers that share it can be compared."""

    assignment: Assignment
    provenance: Provenance

    @functools.cached_property
    def contents(self) -> dict[str, bytes]:
        """The course's own answers by name, as notebooks to grade."""
        return _contents(self.assignment)

    @functools.cached_property
    def sha256(self) -> str:
        """Of what a diagnosis depends on, beside the report. The answers need not be made for it."""
        assignment = self.assignment
        mistakes = [(each.name, each.named, each.error, each.replacements) for each in assignment.mistakes]
        whole = hashlib.sha256(json.dumps([key_of("", self.provenance), mistakes]).encode())
        solution = assignment.solution.read_bytes() if assignment.solution else b""
        for content in (solution, assignment.stub_content):
            whole.update(hashlib.sha256(content).digest())
        return whole.hexdigest()

    def key(self, content: bytes) -> str:
        """The key of the report on one of these answers."""
        return key_of(fingerprint(content), self.provenance)


class Diagnoses:
    """Names the known mistakes in reports. What was found is kept in the gradebook."""

    def __init__(self, course: Course, book: Gradebook) -> None:
        self.course = course
        self.book = book
        self.kept = book.diagnoses()
        self._circumstances: dict[tuple[str, str], Circumstances] = {}

    def named(self, entry: Entry) -> Entry:
        """The entry, with the mistakes that were found in its report before."""
        mistakes = self.kept.get(entry.row, ("", {}))[1]
        if not mistakes:
            return entry
        checks = tuple(
            replace(result, mistake=mistakes.get(result.check.id, "")) for result in entry.report.checks
        )
        return replace(entry, report=replace(entry.report, checks=checks))

    def circumstances(self, report: Report) -> Circumstances:
        """What a report was graded under."""
        key = report.assignment, key_of("", report.provenance)
        if key not in self._circumstances:
            assignment = self.course.assignments[report.assignment]
            self._circumstances[key] = Circumstances(assignment, report.provenance)
        return self._circumstances[key]

    def open(self, entries: Iterable[Entry]) -> list[Entry]:
        """The entries with failed checks that were not compared with the course's answers as they are now."""
        return [
            entry
            for entry in entries
            if any(check.verdict == FAILED for check in entry.report.checks)
            and self.kept.get(entry.row, ("",))[0] != self.circumstances(entry.report).sha256
        ]

    def missing(self, entries: Iterable[Entry]) -> list[tuple[Circumstances, str, bytes]]:
        """The known answers that have to be graded before these entries can be diagnosed."""
        return [
            (each, name, content)
            for each in self._of(entries)
            for name, content in each.contents.items()
            if self.book.row_of(name, each.assignment.name, [each.key(content)], known=True) is None
        ]

    def find(self, entries: Sequence[Entry]) -> None:
        """Compare the entries' reports with the known answers, and keep what is found."""
        for circumstances in self._of(entries):
            known = self._known(circumstances)
            found: dict[int, tuple[str, Mapping[str, str]]] = {}
            for entry in entries:
                if self.circumstances(entry.report) is not circumstances:
                    continue
                mistakes: dict[str, str] = {}
                if known is not None:
                    report = diagnose(self.book.fill(entry.report, entry.row), known)
                    mistakes = {each.check.id: each.mistake for each in report.checks if each.mistake}
                found[entry.row] = circumstances.sha256, mistakes
                if len(found) >= BATCH:
                    self._keep(found)
                    found = {}
            self._keep(found)

    def _keep(self, found: Mapping[int, tuple[str, Mapping[str, str]]]) -> None:
        self.book.keep_diagnoses(found)
        self.kept |= {row: (sha256, dict(mistakes)) for row, (sha256, mistakes) in found.items()}

    def _of(self, entries: Iterable[Entry]) -> list[Circumstances]:
        found = [self.circumstances(entry.report) for entry in entries]
        return list({id(each): each for each in found}.values())

    def _known(self, circumstances: Circumstances) -> KnownAnswers | None:
        """The reports on the course's answers, by what they are. None if there is none on the solution."""
        assignment = circumstances.assignment
        reports = {}
        for name, content in circumstances.contents.items():
            keys = [circumstances.key(content)]
            row = self.book.row_of(name, assignment.name, keys, known=True)
            if row is not None:
                reports[name] = self.book.report(row)
        declared = {mistake.name: mistake for mistake in assignment.mistakes}
        mistakes = {name: each for name, each in reports.items() if name in declared}
        misleading = {
            name.removeprefix(DECOY): each for name, each in reports.items() if name.startswith(DECOY)
        }
        if SOLUTION not in reports:
            return None
        return KnownAnswers(reports[SOLUTION], mistakes, misleading, declared)


def tasks_for(
    missing: Iterable[tuple[Circumstances, str, bytes]], task: Callable[..., Task]
) -> Iterator[Callable[[], Task]]:
    """How the tasks for known answers are made. `task` makes one of an assignment's name, bytes and seed."""

    def made(circumstances: Circumstances, name: str, content: bytes) -> Task:
        provenance = circumstances.provenance
        found = task(circumstances.assignment, name, content, provenance.seed)
        return replace(found, provenance=provenance)

    for circumstances, name, content in missing:
        yield partial(made, circumstances, name, content)


def _contents(assignment: Assignment) -> dict[str, bytes]:
    """The course's own answers to an assignment by name, as notebooks to grade."""
    misleading = {DECOY + name: content for name, content in decoys(assignment).items()}
    return known_answers(assignment) | (misleading if assignment.mistakes else {})
