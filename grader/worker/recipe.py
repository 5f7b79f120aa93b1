"""Grade one submission: the recipe.

Read, run, ask the rubric, score. No file is opened here and no format is known; what a student did
wrong is a value in the report, and what of ours broke makes the outcome `internal`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import socket
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.course.marks import STUB_MESSAGE
from grader.model.report import (
    GRADED,
    INTERNAL,
    PASSED,
    REJECTED,
    VERDICTS,
    CellRun,
    Check,
    CheckResult,
    Reason,
    Report,
    missing,
)
from grader.model.task import Task, report
from grader.notebook import reading as notebooks
from grader.notebook.notebook import Notebook, Unreadable
from grader.notebook.source import Source
from grader.notebook.syntax import TooLong
from grader.worker.clock import Clock
from grader.worker.examination import Examination, Findings
from grader.worker.session import Opening, Run, run

LEFT_OUT = (
    "timed_out",
    "out_of_memory",
    "died",
    "too_much_output",
    "protocol",
    "not_run",
)  # cells that ended a session, or came too late


class Lost(Exception):
    """The rubric's process ended before it was done, by its own doing or by the system's. Carries the report that says so."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.reason)
        self.report = report


async def grade(task: Task, rubric: socket.socket) -> Report:
    """The report on one submission. `rubric` is the line to a waiting rubric process (grader.rubric.process.serve).

    Raises OSError where no session can be had, and Lost: faults that may be the machine's, to be tried again.
    """
    brief(task, rubric)
    try:
        if task.problem is not None:
            raise Unreadable(task.problem)
        notebook = notebooks.parse(task.content)
    except Unreadable as error:
        return report(task, REJECTED, reason=error.text.en, reason_zh=error.text.zh)
    opening, clock = Opening(task.sandbox, task.limits, task.provenance.seed), Clock(task.limits)
    first = await run(notebook, opening, clock=clock)
    findings = await examine(task, notebook, opening, clock, first, rubric)
    execution = replace(
        first.execution,
        sessions=first.execution.sessions + findings.sessions,
        cpu_s=round(first.execution.cpu_s, 3),
    )
    results = judged(task.checks, findings)
    if findings.faults or missing(task.checks, results):
        unsaid = [f"{name} gave no verdict" for name in missing(task.checks, results)]
        broken = report(task, INTERNAL, "\n".join([*findings.faults, *unsaid]), execution)
        if findings.lost:
            raise Lost(broken)
        return broken
    return report(task, GRADED, None, execution, results)


def brief(task: Task, rubric: socket.socket) -> None:
    """Tell the rubric's process what to draw its inputs from, so that it gets ready while the notebook runs."""
    secret = hashlib.sha256(f"{task.provenance.seed}/{task.provenance.rubric_sha256}".encode()).hexdigest()
    rubric.sendall(json.dumps({"secret": secret, "brief": task.brief}).encode() + b"\n")


async def examine(
    task: Task, notebook: Notebook, opening: Opening, clock: Clock, first: Run, rubric: socket.socket
) -> Findings:
    """Let the rubric ask."""
    opened = 0
    left_out = {cell.number: cell for cell in first.execution.cells if cell.status in LEFT_OUT}

    async def open_session(parameters: Mapping[str, Any] | None) -> Run:
        nonlocal opened
        opened += 1
        again = replace(opening, heard=False, seed=opening.seed + opened if parameters else opening.seed)
        return await run(notebook, again, parameters, left_out, clock)

    subject = {
        "cells": [cell.source for _, cell in notebook.code],
        "unwritten": unwritten(first.execution.cells),
    }
    return await Examination(rubric, task.limits, open_session, first).conduct(subject)


def unwritten(cells: Sequence[CellRun]) -> list[str]:
    """Names that the notebook was to define and whose cells never got beyond the stub's placeholder."""
    names: set[str] = set()
    for cell in cells:
        error = cell.error or ""
        known = re.search(r"name '(\w+)' is not defined", error)
        if error == f"NotImplementedError: {STUB_MESSAGE}" or (known and known[1] in names):
            with contextlib.suppress(TooLong):
                names |= Source([cell.source]).defines
    return sorted(names)


def judged(checks: Sequence[Check], findings: Findings) -> tuple[CheckResult, ...]:
    """The rubric's words as results, in the order in which the checks are declared."""
    results = []
    titles = {check.id: check.title for check in checks}
    for check in checks:
        said = findings.verdicts.get(check.id)
        if said is None or said.get("verdict") not in VERDICTS:
            continue
        words = {key: value for key, value in said["words"].items() if isinstance(value, str)}
        if said["code"] == "depends":
            words["needs"] = ", ".join(titles.get(name, name) for name in said["words"].get("needs", []))
        reason = None if said["verdict"] == PASSED else Reason(said["code"], tuple(sorted(words.items())))
        results.append(
            CheckResult(check, said["verdict"], said["message"], reason, tuple(said.get("trace", ())))
        )
    return tuple(results)
