"""Grades a class: what the gradebook does not hold yet, then a diagnosis, then the files."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from grader.classroom.diagnosis import KnownAnswers, diagnose
from grader.classroom.progress import OnProgress, Progress, ignore
from grader.classroom.publishing import publish
from grader.course.course import Assignment, Course
from grader.course.mistakes import SOLUTION, known_answers
from grader.course.stub import read_notebook
from grader.engine.choice import engine_for
from grader.engine.engine import Engine
from grader.errors import CourseError, UsageError
from grader.exchange.beside import NOTHING_BESIDE, FilesBeside, files_beside
from grader.exchange.folder import discover
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import FAILED, GRADED, REJECTED, Report
from grader.model.status import SandboxKind
from grader.model.task import Task
from grader.notebook.notebook import Notebook, Unreadable
from grader.notebook.submission import Submission, fingerprint
from grader.proof.decoys import decoys

GRADING, KNOWN_MISTAKES = "grading", "known mistakes"  # the phases that progress is reported in
DECOY = "decoy: "  # how the names of decoys begin among those of the known answers


@dataclass(frozen=True)
class GradedClass:
    """The result of grading a class."""

    reports: tuple[Report, ...]  # by student and assignment
    folders: dict[str, str]  # each student's folder name, by the student's name in the reports
    warnings: tuple[str, ...]  # what was skipped in the folder of submissions, and why
    unchanged: int  # reports that were in the gradebook already
    without: Mapping[str, Text] = field(default_factory=dict)  # students without any submission, and why


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
) -> GradedClass:
    """Grade every submission below `submissions`, and write the gradebook and all files under `out`.

    A submission that is graded already and unchanged is not graded again, so a run that was killed goes on
    where it was. `jobs` notebooks run at once, by default one for each processor. With `scheduler`, the
    address of a Dask scheduler, its machines grade, as many at once as each has threads. `on_note` is called
    at once with what a person should know before the end: what was skipped, what is graded already.

    Raises UsageError if the folders make no sense, MachineError if notebooks can't be sealed or a package is
    missing. A student's mistake is never an exception: it is in a report.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; --out needs a folder")
    if out.resolve() == submissions.resolve() or out.resolve().is_relative_to(submissions.resolve()):
        raise UsageError("--out lies inside the submissions; choose a folder beside them")
    course.environment.require()
    note = on_note or (lambda text: None)
    handed_in = discover(submissions, course.assignments, functools.cache(partial(_stub, course)))
    found = handed_in.submissions
    for warning in handed_in.warnings:
        note(Text.verbatim(f"note: {warning}"))
    assignments = course.assignments.values()
    engine = engine_for(scheduler, sandbox, jobs, assignments, course.environment, note)
    with Gradebook(out) as book, engine as grading:
        run = _Run(course, book, grading, seed, on_progress)
        waiting = [each for each in found if not run.is_graded(each)]
        unchanged = len(found) - len(waiting)
        if unchanged:
            note(
                _(
                    "{kept} of {all} submissions are graded already and unchanged",
                    kept=unchanged,
                    all=len(found),
                )
            )
        run.grade_all(waiting)
        kept = book.reports((each.student, each.assignment) for each in found)
        reports = run.diagnosed(
            [replace(each, source=handed_in.sources.get((each.student, each.assignment))) for each in kept]
        )
    publish(out, reports, course, handed_in.folders, lang, handed_in.without, skipped=handed_in.warnings)
    return GradedClass(
        tuple(reports), handed_in.folders, tuple(handed_in.warnings), unchanged, handed_in.without
    )


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


def content_of(submission: Submission) -> bytes | Unreadable:
    """A submission's bytes, or why there are none."""
    try:
        return submission.load()
    except Unreadable as error:
        return error


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

    def is_graded(self, submission: Submission) -> bool:
        """Whether the gradebook holds a report on this very content, by this rubric, on such a machine."""
        assignment = self.course.assignments[submission.assignment]
        provenance = self.grading.provenance(assignment, self.seed)
        content = content_of(submission)
        beside = self._beside(submission, content).record
        kept = self.book.get(
            submission.student, submission.assignment, fingerprint(content), provenance, beside
        )
        return kept is not None

    def grade_all(self, submissions: Sequence[Submission]) -> None:
        """Grade the submissions and keep each report as it comes."""
        tasks = [partial(self._task, submission) for submission in submissions]
        for _report in self._grade(tasks, GRADING):
            pass  # it is in the gradebook, from which all reports are read at the end

    def _task(self, submission: Submission) -> Task:
        assignment = self.course.assignments[submission.assignment]
        content = content_of(submission)
        beside = self._beside(submission, content)
        return self.grading.task(assignment, submission.student, content, self.seed, beside=beside)

    def _beside(self, submission: Submission, content: bytes | Unreadable) -> FilesBeside:
        """The files beside a submission; none if there is no notebook."""
        if isinstance(content, Unreadable):
            return NOTHING_BESIDE
        assignments = self.course.assignments
        own = assignments[submission.assignment]
        return files_beside(
            submission.path, content, own.name, assignments, own.limits.disk_mb, own.handed_out
        )

    def diagnosed(self, reports: list[Report]) -> list[Report]:
        """The reports, with known mistakes named.

        If checks failed, the solution, the known mistakes and the decoys are graded too, once: their answers
        are what a student's are compared with.
        """
        failed = {
            each.assignment for each in reports if any(check.verdict == FAILED for check in each.checks)
        }
        known = self._known_reports([name for name in self.course.assignments if name in failed])
        answers = {
            name: _known_answers(self.course.assignments[name], reports) for name, reports in known.items()
        }
        return [_diagnosed(report, answers.get(report.assignment)) for report in reports]

    def _known_reports(self, names: Sequence[str]) -> dict[str, dict[str, Report]]:
        """The reports on the course's own answers, by assignment and by the answer's name."""
        known: dict[str, dict[str, Report]] = {name: {} for name in names}
        waiting: list[Callable[[], Task]] = []
        for name in names:
            assignment = self.course.assignments[name]
            provenance = self.grading.provenance(assignment, self.seed)
            for answer, content in _contents(assignment).items():
                kept = self.book.get(answer, name, fingerprint(content), provenance, known=True)
                if kept:
                    known[name][answer] = kept
                else:
                    waiting.append(partial(self.grading.task, assignment, answer, content, self.seed))
        for report in self._grade(waiting, KNOWN_MISTAKES):
            known[report.assignment][report.student] = report
        return known

    def _grade(self, tasks: Sequence[Callable[[], Task]], phase: str) -> Iterator[Report]:
        """Grade the tasks and keep each report as it comes."""
        if not tasks:
            return
        self.on_progress(Progress(0, len(tasks), phase=phase))
        for done, report in enumerate(self.grading.reports(tasks), 1):
            self.book.add(report, known=phase == KNOWN_MISTAKES)
            words = f"{report.student} {report.assignment} {score_of(report).en}"
            self.on_progress(Progress(done, len(tasks), words, phase))
            yield report


def _contents(assignment: Assignment) -> dict[str, bytes]:
    """The course's own answers to an assignment by name, as notebooks to grade."""
    misleading = {DECOY + name: content for name, content in decoys(assignment).items()}
    return known_answers(assignment) | (misleading if assignment.mistakes else {})


def _known_answers(assignment: Assignment, reports: dict[str, Report]) -> KnownAnswers | None:
    """The reports on the course's own answers, by what they are. None if there is none on the solution."""
    declared = {mistake.name: mistake for mistake in assignment.mistakes}
    mistakes = {name: each for name, each in reports.items() if name in declared}
    misleading = {name.removeprefix(DECOY): each for name, each in reports.items() if name.startswith(DECOY)}
    return KnownAnswers(reports[SOLUTION], mistakes, misleading, declared) if SOLUTION in reports else None


def _diagnosed(report: Report, known: KnownAnswers | None) -> Report:
    return diagnose(report, known) if known else report
