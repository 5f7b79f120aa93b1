"""Grade one submission: the recipe.

Read the notebook, run it, let the rubric ask, add up the points. The recipe opens no file and knows no
format. What a student did wrong is a value in the report. A fault of ours makes the outcome `internal`.
"""

from __future__ import annotations

import contextlib
import hashlib
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.language.catalogue import Text
from grader.model.codec import from_data
from grader.model.file import Entry, File, with_others
from grader.model.picture import Picture
from grader.model.report import (
    GRADED,
    INTERNAL,
    PASSED,
    REJECTED,
    VERDICTS,
    Answer,
    Check,
    CheckResult,
    Difference,
    Reason,
    Report,
    missing,
)
from grader.model.status import Status
from grader.model.task import Rubric, Task, report
from grader.notebook import reading
from grader.notebook.answers import answers
from grader.notebook.notebook import Notebook, Unreadable
from grader.notebook.syntax import TooLong
from grader.protocol import examination as protocol
from grader.sandbox.address import SandboxAddress
from grader.sandbox.cgroup import Removals
from grader.worker.clock import Clock
from grader.worker.examination import Examination, Findings
from grader.worker.notebook_run import NotebookRun, run_notebook
from grader.worker.placeholder import unwritten
from grader.worker.reasons import explained
from grader.worker.session import Opening
from grader.worker.transcript import transcript


class RubricLost(Exception):
    """The rubric's process exited early or was killed. Carries the report that says so."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.reason)
        self.report = report


async def grade(
    task: Task, rubric: socket.socket, sandbox: SandboxAddress | None, removals: Removals | None = None
) -> Report:
    """The report on one submission.

    `rubric` leads to a rubric's process that waits for a submission (grader.rubric.process.serve). `sandbox`
    is where sealed sessions are forked; None runs the notebook unprotected. `removals` removes control groups
    that could not be removed at once. Raises OSError if no session can be opened, and RubricLost; the
    machine may have caused either, so both are worth a retry.
    """
    brief(task, rubric)
    try:
        if task.problem is not None:
            raise Unreadable(task.problem)
        notebook = reading.parse(task.content)
    except Unreadable as error:
        return report(task, REJECTED, error.text)
    opening = Opening(
        sandbox,
        task.limits,
        task.provenance.seed,
        removals=removals,
        handed_out=task.rubric.handed_out,
        beside=task.files,
        absent=task.provenance.absent,
    )
    clock = Clock(task.limits)
    first = await run_notebook(notebook, opening, clock=clock)
    stub = stub_of(task)
    findings = await ask_rubric(task, notebook, stub, opening, clock, first, rubric)
    execution = replace(
        transcript(first.execution, notebook, stub),
        sessions=first.execution.sessions + findings.sessions,
        cpu_s=round(first.execution.cpu_s + findings.cpu_s, 3),
    )
    results = results_of(task.rubric.checks, findings)
    unsaid = [f"{check} gave no verdict" for check in missing(task.rubric.checks, results)]
    if findings.faults or unsaid:
        broken = report(task, INTERNAL, Text.verbatim("\n".join([*findings.faults, *unsaid])), execution)
        if findings.rubric_lost:
            raise RubricLost(broken)
        return broken
    causes, results = explained(notebook, stub, first.execution.cells, results)
    marked = tuple(Answer(name, text) for name, text in answers(notebook, stub).items())
    return replace(report(task, GRADED, None, execution, results), causes=causes, answers=marked)


def stub_of(task: Task) -> Notebook:
    """The notebook that the student started from; an empty one if the task has none."""
    try:
        return reading.parse(task.stub)
    except Unreadable:
        return Notebook(())


def brief(task: Task, rubric: socket.socket) -> None:
    """Send the rubric's process what its inputs are drawn from. It gets ready while the notebook runs."""
    secret = hashlib.sha256(f"{task.provenance.seed}/{task.provenance.inputs}".encode()).hexdigest()
    rubric.sendall(protocol.encode(protocol.Briefing(secret, task.stop_at_first_failure)))


async def ask_rubric(
    task: Task,
    notebook: Notebook,
    stub: Notebook,
    opening: Opening,
    clock: Clock,
    first: NotebookRun,
    rubric: socket.socket,
) -> Findings:
    """Let the rubric judge the notebook; open the sessions that it asks for."""
    reruns = 0
    # Cells that ended a session in the first run, or were not run for lack of time, are left out of reruns.
    left_out = {
        cell.number: cell
        for cell in first.execution.cells
        if cell.status.ends_session or cell.status is Status.NOT_RUN
    }

    async def open_session(parameters: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> NotebookRun:
        nonlocal reruns
        reruns += 1
        again = replace(
            opening, records_output=False, seed=opening.seed + reruns if parameters else opening.seed
        )
        if parameters is not None:
            given = [File(name, content) for name, content in files.items()]
            again = replace(again, handed_out=for_rerun(task.rubric, given))
        return await run_notebook(notebook, again, parameters, left_out, clock)

    not_written: list[str] = []
    with contextlib.suppress(TooLong):
        not_written = unwritten(first.execution.cells, stub)
    subject = protocol.Subject(cells=[cell.source for _, cell in notebook.code], unwritten=not_written)
    return await Examination(rubric, task.limits, open_session, first).serve(subject)


def for_rerun(rubric: Rubric, given: Sequence[File]) -> tuple[Entry, ...]:
    """The files that a rerun finds: those handed out, the rubric's other ones in their place, and `given`."""
    return with_others(with_others(rubric.handed_out, rubric.other), given)


def results_of(checks: Sequence[Check], findings: Findings) -> tuple[CheckResult, ...]:
    """The rubric's verdicts as results, in the order in which the checks are declared."""
    results = []
    titles = {check.id: check.title.en for check in checks}
    for check in checks:
        found = findings.verdicts.get(check.id)
        if found is None or found.verdict not in VERDICTS:
            continue
        words = {key: value for key, value in found.words.items() if isinstance(value, str)}
        if again := found.words.get("values" if check.visibility == "public" else "again"):
            words["values" if check.visibility == "public" else "again"] = ", ".join(again)
        if found.code == "depends":
            words["needs"] = ", ".join(titles.get(name, name) for name in found.words.get("needs", []))
        reason = None if found.verdict == PASSED else Reason(found.code, tuple(sorted(words.items())))
        results.append(
            CheckResult(
                check,
                found.verdict,
                found.message,
                reason,
                tuple(found.trace),
                difference=Difference(**found.difference) if found.difference else None,
                # Whatever a process says: a hidden check has none.
                picture=from_data(Picture | None, found.picture) if check.visibility == "public" else None,
                undrawn=found.undrawn,
                asked=tuple(found.asked),
            )
        )
    return tuple(results)
