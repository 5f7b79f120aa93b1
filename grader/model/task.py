"""One grading as plain data: what it depends on, and the value it ends in."""

from __future__ import annotations

from dataclasses import dataclass

from grader.language.catalogue import Text
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
from grader.sandbox.address import SandboxAddress


@dataclass(frozen=True)
class Task:
    """All that one grading depends on, as plain data: it travels to another process, or another machine."""

    student: str
    assignment: str
    sha256: str  # of the content; of the problem where there is none
    content: bytes
    problem: Text | None  # why there is no content
    files: tuple[str, ...]  # the rubric's
    checks: tuple[Check, ...]
    limits: Limits
    provenance: Provenance
    sandbox: SandboxAddress | None
    brief: bool = False  # stop at the first check that does not pass


def report(
    task: Task,
    outcome: str,
    reason: str | None = None,
    execution: Execution | None = None,
    results: tuple[CheckResult, ...] = (),
    reason_zh: str = "",
) -> Report:
    """The value that grading ends in. Points come from results alone; without them there are none, or no score at all."""
    score = None if outcome == INTERNAL else total(results)
    if outcome == REJECTED:
        results = tuple(CheckResult(check, NOT_RUN, None, Reason("rejected")) for check in task.checks)
    return Report(
        task.student,
        task.assignment,
        task.sha256,
        outcome,
        score,
        tidy(sum(check.points for check in task.checks)),
        reason,
        execution or Execution(),
        results,
        task.provenance,
        reason_zh,
    )
