"""Grades a class: what the gradebook does not hold yet, then a diagnosis, then the files."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import overload

from grader.classroom.collecting import collect, content_and_beside
from grader.classroom.known import Diagnoses, tasks_for
from grader.classroom.progress import OnProgress, Progress, ignore
from grader.classroom.register import Entry, Facts, facts
from grader.classroom.reporting import write_files
from grader.course.course import Course
from grader.course.problems import did_you_mean
from grader.course.stub import read_notebook
from grader.engine.choice import engine_for
from grader.engine.engine import Engine
from grader.errors import CourseError, UsageError
from grader.exchange.folder import Found, discover
from grader.gradebook.attempts import Filed
from grader.gradebook.keys import keys_of
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.mark import Attempt
from grader.model.report import GRADED, REJECTED, Report
from grader.model.status import SandboxKind
from grader.model.task import Task
from grader.notebook.notebook import Notebook

GRADING, KNOWN_MISTAKES = "grading", "known mistakes"  # the phases that progress is reported in


@dataclass(frozen=True)
class GradedClass:
    """The result of grading a class."""

    # By student and assignment: of everyone in the gradebook, the report that counts.
    reports: Sequence[Report]
    folders: dict[str, str]  # each student's folder name, by the student's name in the reports
    warnings: tuple[str, ...]  # what was skipped in the folder of submissions, and why
    unchanged: int  # submissions that were graded already
    without: Mapping[str, Text] = field(default_factory=dict)  # students without any submission, and why
    entries: Sequence[Entry] = ()  # the same reports in short, which are in memory, with what counts
    # Every attempt in order, its report in short, by student and assignment.
    attempts: Mapping[tuple[str, str], Sequence[Attempt]] = field(default_factory=dict)


def grade(
    course: Course,
    submissions: Path,
    out: Path,
    *,
    seed: int = 0,
    sandbox: str = SandboxKind.BUBBLEWRAP,
    jobs: int | None = None,
    scheduler: str | None = None,
    lang: str = "en",
    on_progress: OnProgress = ignore,
    on_note: Callable[[Text], None] | None = None,
    students: Sequence[str] = (),
    assignments: Sequence[str] = (),
    force: bool = False,
    gradebook: str | None = None,
) -> GradedClass:
    """Grade every submission below `submissions`, and write the gradebook and all files under `out`.

    A submission that is graded already and unchanged is not graded again, so a run that was killed goes on
    where it was. All files are made from the whole gradebook: who is not in the folder now, but was before,
    stays. What was handed in before is graded again, too, if its rubric or the machine's packages changed.

    `jobs` notebooks run at once, by default one for each processor. With `scheduler`, the address of a Dask
    scheduler, its machines grade, as many at once as each has threads. `students` and `assignments` are the
    only ones that are looked at, if they are given. `force` grades them again though nothing has changed.
    `gradebook` is the URL of a database in place of the file in `out`. `on_note` is called at once with what
    a person should know before the end: what was skipped, what is graded already.

    Raises UsageError if the folders make no sense, MachineError if notebooks can't be sealed or a package is
    missing, StorageError if the gradebook can't be written. A student's mistake is never an exception: it is
    in a report.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; --out needs a folder")
    if out.resolve() == submissions.resolve() or out.resolve().is_relative_to(submissions.resolve()):
        raise UsageError("--out lies inside the submissions; choose a folder beside them")
    course.select(assignments)
    course.environment.require()
    if course.settings:
        course.settings.require_roster()
    note = on_note or (lambda text: None)
    handed_in = discover(submissions, course.assignments, functools.cache(partial(_stub, course)))
    _note_all(handed_in.warnings, note)
    with Gradebook(out, gradebook) as book:
        scope = Scope.of(students, assignments, handed_in, book)
        diagnoses = Diagnoses(course, book)
        every = course.assignments.values()
        try:
            with engine_for(scheduler, sandbox, jobs, every, course.environment, note) as grading:
                run = _Run(course, book, grading, seed, on_progress)
                unchanged = run.grade_what_is_new(submissions, handed_in, scope, force, note)
                known = facts(course, book)
                run.diagnose(known.entries, diagnoses)
        except KeyboardInterrupt:
            _write(out, facts(course, book), book, lang, diagnoses, handed_in)
            raise
        found, folders, without = _write(out, known, book, lang, diagnoses, handed_in)
    reports = ReportsOnDisk(out, gradebook, found)
    return GradedClass(reports, folders, tuple(handed_in.warnings), unchanged, without, found, known.attempts)


def _note_all(warnings: Sequence[str], note: Callable[[Text], None]) -> None:
    for warning in warnings:
        note(Text.verbatim(f"note: {warning}"))


def _write(
    out: Path, known: Facts, book: Gradebook, lang: str, diagnoses: Diagnoses, handed_in: Found
) -> tuple[list[Entry], dict[str, str], dict[str, Text]]:
    """Write all files from what the gradebook holds now. An interrupted run does so, too."""
    found = [diagnoses.named(entry) for entry in known.entries]
    graded = {entry.report.student for entry in found}
    without = {student: why for student, why in handed_in.without.items() if student not in graded}
    folders = write_files(out, known, found, book, lang, handed_in.folders, without, handed_in.warnings)
    return found, folders, without


def _stub(course: Course, name: str) -> Notebook | None:
    """An assignment's stub, by which a renamed notebook is recognized; None if it can't be read."""
    try:
        return read_notebook(course.assignments[name].stub)
    except CourseError:
        return None


def score_of(report: Report) -> Text:
    """The score, or why there is none, in a word."""
    if report.outcome == GRADED and report.score is not None:
        return Text.verbatim(f"{report.score:g}/{report.max_score:g}")
    return _("rejected") if report.outcome == REJECTED else _("internal")


class ReportsOnDisk(Sequence[Report]):
    """The reports that count, whole, each read from the gradebook when it is asked for."""

    def __init__(self, out: Path, gradebook: str | None, found: Sequence[Entry]) -> None:
        self.out = out
        self.gradebook = gradebook
        self.found = found

    def __len__(self) -> int:
        return len(self.found)

    @overload
    def __getitem__(self, index: int) -> Report: ...

    @overload
    def __getitem__(self, index: slice) -> ReportsOnDisk: ...

    def __getitem__(self, index: int | slice) -> Report | ReportsOnDisk:
        if isinstance(index, slice):
            return ReportsOnDisk(self.out, self.gradebook, self.found[index])
        entry = self.found[index]
        with Gradebook(self.out, self.gradebook) as book:
            return book.fill(entry.report, entry.row)

    def __iter__(self) -> Iterator[Report]:
        with Gradebook(self.out, self.gradebook) as book:
            for entry in self.found:
                yield book.fill(entry.report, entry.row)


@dataclass(frozen=True)
class Scope:
    """The students and assignments that a run looks at; empty for all."""

    students: frozenset[str] = frozenset()
    assignments: frozenset[str] = frozenset()

    @classmethod
    def of(cls, students: Sequence[str], assignments: Sequence[str], found: Found, book: Gradebook) -> Scope:
        """The scope that is asked for. Raises UsageError for a student whom nothing is known of."""
        known = {*found.folders, *(student for student, _ in book.attempts())} if students else set()
        for name in students:
            if name not in known:
                near = did_you_mean(name, sorted(known), "")
                raise UsageError(
                    f"there is no student {name!r} in the folder or in the gradebook{near or '.'}"
                )
        return cls(frozenset(students), frozenset(assignments))

    def holds(self, student: str, assignment: str) -> bool:
        """Whether the run looks at this student's attempts at this assignment."""
        return (not self.students or student in self.students) and (
            not self.assignments or assignment in self.assignments
        )


class _Run:
    """One run over a class, with what all its steps need."""

    def __init__(
        self, course: Course, book: Gradebook, grading: Engine, seed: int, on_progress: OnProgress
    ) -> None:
        self.course = course
        self.book = book
        self.grading = grading
        self.seed = seed
        self.on_progress = on_progress

    def grade_what_is_new(
        self, folder: Path, handed_in: Found, scope: Scope, force: bool, note: Callable[[Text], None]
    ) -> int:
        """File what was handed in, and grade every attempt without a report that holds.

        How many of the submissions were graded already.
        """
        looked_at = [each for each in handed_in.submissions if scope.holds(each.student, each.assignment)]
        pairs = collect(self.course, folder, looked_at, handed_in.sources, self.book)
        filed = self.book.attempts()
        waiting = self._waiting(filed, scope, force)
        new = {each.pair for each in waiting if each is filed[each.pair][-1]}
        unchanged = sum(pair not in new for pair in pairs)
        if unchanged:
            note(
                _(
                    "{kept} of {all} submissions are graded already and unchanged",
                    kept=unchanged,
                    all=len(pairs),
                )
            )
        earlier = len(waiting) - len(new & set(pairs))
        if earlier:
            note(_("{count} submissions from earlier are graded again: something has changed", count=earlier))
        for _report in self._grade(self._tasks(waiting, force), len(waiting), GRADING, force):
            pass  # it is in the gradebook, from which all reports are read at the end
        return unchanged

    def _waiting(
        self, filed: Mapping[tuple[str, str], Sequence[Filed]], scope: Scope, force: bool
    ) -> list[Filed]:
        """The attempts to grade. For others, the report that holds now is made to stand."""
        valid = self.book.valid()
        waiting: list[Filed] = []
        standing: dict[int, int] = {}
        for (student, name), attempts in filed.items():
            if name not in self.course.assignments or not scope.holds(student, name):
                continue
            for attempt in attempts:
                keys = self._keys(attempt)
                rows = [valid[student, name, key] for key in keys if (student, name, key) in valid]
                if rows and not (force and attempt.stored):
                    if attempt.report_id != rows[0]:
                        standing[attempt.id] = rows[0]
                elif attempt.stored:  # else its bytes are not known, and the report that it has stays
                    waiting.append(attempt)
        self.book.stand(standing)
        return waiting

    def _keys(self, attempt: Filed) -> tuple[str, ...]:
        assignment = self.course.assignments[attempt.assignment]
        provenance = self.grading.provenance(assignment, self.seed)
        return keys_of(attempt.submission_sha256, provenance, self.book.beside(attempt))

    def _tasks(self, waiting: Sequence[Filed], force: bool) -> Iterator[Callable[[], Task]]:
        """How the tasks are made. What another grader has graded in the meantime is left out."""
        for attempt in waiting:
            keys = self._keys(attempt)
            if not force and (row := self.book.row_of(attempt.student, attempt.assignment, keys)):
                self.book.stand({attempt.id: row})
                continue
            yield partial(self._task, attempt)

    def _task(self, attempt: Filed) -> Task:
        content, beside = content_and_beside(self.book, attempt)
        assignment = self.course.assignments[attempt.assignment]
        return self.grading.task(assignment, attempt.student, content, self.seed, beside=beside)

    def diagnose(self, found: list[Entry], diagnoses: Diagnoses) -> None:
        """Find out which known mistakes the entries' reports show.

        If checks failed, the solution, the known mistakes and the decoys are graded too, once: their answers
        are what a student's are compared with. A report from other circumstances than today's, of which the
        bytes are not known, keeps the diagnosis that it has.
        """
        now = [entry for entry in found if self._is_of_now(entry.report)]
        waiting = diagnoses.open(now)
        missing = diagnoses.missing(waiting)
        tasks = tasks_for(missing, self.grading.task)
        for _report in self._grade(tasks, len(missing), KNOWN_MISTAKES):
            pass
        diagnoses.find(waiting)

    def _is_of_now(self, report: Report) -> bool:
        """Whether a report would come out the same if it were made now."""
        provenance = self.grading.provenance(self.course.assignments[report.assignment], self.seed)
        return bool({*keys_of("", provenance)} & {*keys_of("", report.provenance)})

    def _grade(
        self, tasks: Iterator[Callable[[], Task]], count: int, phase: str, again: bool = False
    ) -> Iterator[Report]:
        """Grade the tasks and keep each report as it comes."""
        if not count:
            return
        self.on_progress(Progress(0, count, phase=phase))
        for done, report in enumerate(self.grading.reports(tasks), 1):
            self.book.add(report, known=phase == KNOWN_MISTAKES, again=again)
            words = f"{report.student} {report.assignment} {score_of(report).en}"
            self.on_progress(Progress(done, count, words, phase))
            yield report
