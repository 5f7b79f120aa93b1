"""One grading as plain data: what it depends on, and the report that it ends in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from grader.language.catalogue import Text
from grader.model.file import Beside, File, digest
from grader.model.limits import Limits
from grader.model.report import (
    INTERNAL,
    NOT_RUN,
    REJECTED,
    Check,
    CheckResult,
    Execution,
    Provenance,
    Reason,
    Report,
    tidy,
    total,
)
from grader.model.status import Status


@dataclass(frozen=True)
class Rubric:
    """A rubric as it travels: its files by content, in the order in which they run, and its checks."""

    files: tuple[File, ...]
    checks: tuple[Check, ...]

    @cached_property
    def sha256(self) -> str:
        """The hash of the files, hexadecimal. It tells whether a machine has collected the rubric already."""
        return digest(self.files)

    @property
    def max_score(self) -> float:
        """The points of all checks."""
        return tidy(sum(check.points for check in self.checks))


@dataclass(frozen=True)
class Task:
    """Everything that one grading depends on.

    It can travel to another process or machine, since it names no path and no socket.
    """

    student: str
    assignment: str
    sha256: str  # of the content, or of the problem if there is none
    content: bytes
    problem: Text | None  # why there is no content
    rubric: Rubric
    limits: Limits
    provenance: Provenance
    stop_at_first_failure: bool = False  # enough to know whether a mutant is caught
    stub: bytes = b""  # the notebook that the student started from
    files: tuple[File, ...] = ()  # what each session finds in its working folder, as a copy of its own
    beside: Beside | None = None  # which of them lay beside the notebook; None if nothing lay there


def report(
    task: Task,
    outcome: str,
    reason: Text | None = None,
    execution: Execution | None = None,
    results: tuple[CheckResult, ...] = (),
) -> Report:
    """The report that a task ends in.

    Points come only from `results`. With the outcome `internal` there is no score at all.
    """
    if outcome == REJECTED:
        results = tuple(CheckResult(check, NOT_RUN, None, Reason("rejected")) for check in task.rubric.checks)
    return Report(
        task.student,
        task.assignment,
        task.sha256,
        outcome,
        None if outcome == INTERNAL else total(results),
        task.rubric.max_score,
        reason,
        execution or Execution(Status.NOT_RUN if outcome == REJECTED else Status.OK),
        results,
        task.provenance,
        beside=task.beside,
    )
