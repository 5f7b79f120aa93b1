"""One grading as plain data: what it depends on, and the report that it ends in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

from grader.language.catalogue import Text
from grader.model.file import Beside, Entry, File, digest
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
    """A rubric as it travels: its files by content, in the order in which they run, and its checks.

    Also the files that it gives to notebooks. `other` are those that reruns find in place of files that are
    handed out under the same names.
    """

    files: tuple[File, ...]
    checks: tuple[Check, ...]
    handed_out: tuple[Entry, ...] = ()
    other: tuple[Entry, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """The hash of all files, hexadecimal. It tells whether a machine has collected the rubric already."""
        parts = [digest(files) for files in (self.files, self.handed_out, self.other) if files]
        return parts[0] if len(parts) == 1 else hashlib.sha256("".join(parts).encode()).hexdigest()

    @property
    def max_score(self) -> float:
        """The points of all checks."""
        return tidy(sum(check.points for check in self.checks))


@dataclass(frozen=True)
class Task:
    """Everything that one grading depends on.

    It can travel to another process or machine, since it names no socket, and no path but large files'.
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
    files: tuple[File, ...] = ()  # that lay beside the notebook, for the working folder of each session
    beside: Beside | None = None  # the record of what lay beside the notebook; None if nothing did


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
