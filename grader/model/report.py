"""Verdicts and points: the values that a grading ends in.

Nothing starts from "passed": a check earns its points only by the verdict `passed`, and a declared
check without a result makes the whole report `internal`, without a score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PASSED, FAILED, NOT_RUN, NOT_ATTEMPTED = "passed", "failed", "not_run", "not_attempted"
VERDICTS = (PASSED, FAILED, NOT_RUN, NOT_ATTEMPTED)

GRADED, REJECTED, INTERNAL = "graded", "rejected", "internal"
OUTCOMES = (GRADED, REJECTED, INTERNAL)

# From harmless to worst; `Execution.status` is the worst that happened.
STATUSES = ("ok", "cell_error", "too_much_output", "timed_out", "out_of_memory", "died", "protocol")


@dataclass(frozen=True)
class Check:
    """One test of a rubric as its author declared it."""

    id: str  # the test function's name
    points: float
    title: str
    visibility: str  # "public" or "hidden"
    zh: str = ""
    hint: str = ""
    zh_hint: str = ""
    depends: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why a check did not pass, for the student: a code that is put into plain language when shown, and its words.

    Nothing hidden is in it: the words are names that the assignment itself uses, Python's own
    exception names and titles of checks.
    """

    code: str
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CheckResult:
    """What became of one check for one submission."""

    check: Check
    verdict: str
    message: str | None = None  # for staff: the rubric's assertion, the student's exception
    reason: Reason | None = None  # for the student
    trace: tuple[str, ...] = ()  # what the student's code answered, in short: see grader.diagnosis
    mistake: str = ""  # the name of a known mistake that answers the same

    @property
    def points(self) -> float:
        return self.check.points if self.verdict == PASSED else 0


@dataclass(frozen=True)
class Output:
    """One output of a cell, reduced to what can be shown safely."""

    kind: str  # "stdout", "stderr", "text" (a result or display), "error" or "image"
    text: str = ""  # for "error": the traceback without colours; for "image": its alt text
    data: str = ""  # for "image": base64 of a PNG or JPEG whose size was checked
    mime: str = ""  # for "image": image/png or image/jpeg


@dataclass(frozen=True)
class CellRun:
    """One code cell as it ran."""

    number: int  # as a reader counts code cells, from 1
    source: str
    status: str  # one of STATUSES, or "not_run"
    outputs: tuple[Output, ...] = ()
    error: str | None = None  # "NameError: name 'w' is not defined"
    line: int | None = None  # of the source, from 1: where the student's own code raised
    truncated: bool = False  # outputs were cut
    error_zh: str = ""  # the error in Chinese, where the words are ours


@dataclass(frozen=True)
class Execution:
    """How the notebook ran."""

    status: str = "ok"
    cell: int | None = None  # the first cell with that status
    message: str | None = None
    wall_s: float = 0.0
    cpu_s: float = 0.0
    sessions: int = 0
    cells: tuple[CellRun, ...] = ()
    message_zh: str = ""  # the message in Chinese, where the words are ours


@dataclass(frozen=True)
class Provenance:
    """What a report depends on."""

    grader: str
    rubric_sha256: str
    environment: Mapping[str, str]
    seed: int
    sandbox: str  # "bubblewrap" or "none"
    memory: str = "watchdog"  # or "control group": what kept the sessions' memory limit
    rubric: str = "full"  # or "public": what a student's own run of the public checks used


@dataclass(frozen=True)
class Report:
    """The result of grading one submission."""

    student: str
    assignment: str
    submission_sha256: str
    outcome: str
    score: float | None
    max_score: float
    reason: str | None  # why it was rejected, or what of ours broke
    execution: Execution
    checks: tuple[CheckResult, ...]
    provenance: Provenance
    reason_zh: str = ""  # the same in Chinese where it was rejected


def total(results: Sequence[CheckResult]) -> float:
    """The points earned; whole numbers stay whole."""
    return tidy(sum(result.points for result in results))


def tidy(points: float) -> float:
    """`8.0` as `8`, and no binary dust behind the sixth digit."""
    rounded = round(points, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def missing(declared: Sequence[Check], results: Sequence[CheckResult]) -> list[str]:
    """The ids of declared checks that have no result."""
    seen = {result.check.id for result in results}
    return [check.id for check in declared if check.id not in seen]
