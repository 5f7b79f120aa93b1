"""Verdicts, points and reports: the values that grading ends in.

Nothing starts from "passed": a check earns its points only by the verdict `passed`, and a declared
check without a result makes the whole report `internal`, without a score.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.language.catalogue import Text
from grader.model.file import Beside
from grader.model.picture import Picture
from grader.model.status import MemoryKeeper, RubricScope, SandboxKind, Status

PASSED, FAILED, NOT_RUN, NOT_ATTEMPTED = "passed", "failed", "not_run", "not_attempted"
VERDICTS = (PASSED, FAILED, NOT_RUN, NOT_ATTEMPTED)

# How the words of a trace begin that tell a name of the notebook's for which a check asked.
ASKED = "get "

# In a provenance's environment: what every report names, and in place of a version that of a module which the
# course declares absent.
ALWAYS = ("python", "torch", "numpy", "ipykernel")
ABSENT = "absent"

GRADED, REJECTED, INTERNAL = "graded", "rejected", "internal"
OUTCOMES = (GRADED, REJECTED, INTERNAL)


@dataclass(frozen=True)
class Check:
    """One test of a rubric as its author declared it."""

    id: str  # the test function's name
    points: float
    title: Text
    visibility: str  # "public" or "hidden"
    hint: Text | None = None
    depends: tuple[str, ...] = ()  # ids of checks that must pass before this one is run


@dataclass(frozen=True)
class Reason:
    """Why a check did not pass, for the student: the code of a sentence, and words to put into it.

    It holds nothing hidden. The words are names that the assignment itself uses, names of Python's own
    exceptions, numbers of cells, and titles of checks.
    """

    code: str
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Cause:
    """Why something in a notebook went wrong, where it lies: the code of a sentence, and words for it.

    It is found in the notebook's code and in how its cells ran, never in what a rubric asked.
    """

    code: str
    cell: int | None = None  # as a reader counts code cells, from 1; None if it lies in none
    line: int | None = None  # of that cell, from 1
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Place:
    """A line of a student's notebook, or a whole cell."""

    cell: int  # as a reader counts code cells, from 1
    line: int | None = None  # of that cell, from 1


@dataclass(frozen=True)
class Difference:
    """What a check compared and found to differ, as text."""

    what: str  # "w", "shape of out", "losses[3]"
    got: str
    wanted: str
    tolerance: str = ""  # "" if there is none
    others: int = 0  # more elements that differ


@dataclass(frozen=True)
class CheckResult:
    """The result of one check for one submission."""

    check: Check
    verdict: str
    message: str | None = None  # for staff: the rubric's assertion or the student's exception
    reason: Reason | None = None  # for the student
    trace: tuple[str, ...] = ()  # the session's answers, in short: see grader.rubric.trace
    mistake: str = ""  # the name of a known mistake with the same answers
    difference: Difference | None = None  # for staff, and for the student of a public check
    place: Place | None = None  # where in the notebook to look; None if nothing tells
    asked: tuple[str, ...] = ()  # the notebook's names that the check asked for, also beyond the trace's end
    picture: Picture | None = None  # of a public check: what the notebook computed
    undrawn: str = ""  # why a picture was declared and there is none; for authors

    @property
    def points(self) -> float:
        """The points earned: all of the check's, or none."""
        return self.check.points if self.verdict == PASSED else 0

    @property
    def names_asked(self) -> list[str]:
        """The notebook's names that the check asked for, in order."""
        return [word.removeprefix(ASKED) for word in self.trace if word.startswith(ASKED)]


class OutputKind(StrEnum):
    """What an output of a cell is."""

    STDOUT = "stdout"
    STDERR = "stderr"
    TEXT = "text"  # a result or a display
    ERROR = "error"
    IMAGE = "image"


@dataclass(frozen=True)
class Output:
    """One output of a cell, reduced to what can be shown safely."""

    kind: OutputKind
    text: str = ""  # for "error": the traceback without colors; for "image": its alt text
    data: str = ""  # for "image": base64 of a PNG or JPEG whose size was checked
    mime: str = ""  # for "image": image/png or image/jpeg


@dataclass(frozen=True)
class CellRun:
    """One code cell as it ran."""

    number: int  # as a reader counts code cells, from 1
    source: str
    status: Status
    outputs: tuple[Output, ...] = ()
    error: Text | None = None  # "NameError: name 'w' is not defined"
    line: int | None = None  # of the source, from 1: where the student's own code raised
    truncated: bool = False  # some output was longer than a report keeps
    given: bool = False  # the cell is as the student was given it, and held nothing to be written
    # Where the error was raised: the deepest of the student's own lines, which may be in another cell.
    origin: Place | None = None


@dataclass(frozen=True)
class TextCell:
    """A text cell of a notebook, between its code cells."""

    after: int  # the number of the code cell before it; 0 if there is none
    source: str
    given: bool = False


@dataclass(frozen=True)
class Execution:
    """How the notebook ran."""

    status: Status = Status.OK  # the worst that happened
    cell: int | None = None  # the first cell with that status
    message: Text | None = None
    wall_s: float = 0.0  # of the first run
    cpu_s: float = 0.0  # of all sessions, reruns included
    sessions: int = 0  # reruns included
    cells: tuple[CellRun, ...] = ()
    texts: tuple[TextCell, ...] = ()


@dataclass(frozen=True)
class Provenance:
    """What a report depends on."""

    grader: str
    rubric_sha256: str
    environment: Mapping[str, str]
    seed: int
    sandbox: SandboxKind
    memory: MemoryKeeper = MemoryKeeper.WATCHDOG
    rubric: RubricScope = RubricScope.FULL
    # Of what verdicts depend on: the rubric without titles, hints and points. Empty in older reports.
    verdict_sha256: str = ""

    @property
    def inputs(self) -> str:
        """What hidden inputs are drawn from, beside the seed.

        A rubric whose titles or points changed asks what it asked before, so that older reports still hold.
        """
        return self.verdict_sha256 or self.rubric_sha256

    @property
    def absent(self) -> tuple[str, ...]:
        """The modules that the course declares absent."""
        return tuple(name for name, version in self.environment.items() if version == ABSENT)

    @property
    def packages(self) -> dict[str, str]:
        """The versions of the packages that the course requires, by name."""
        own = {**self.environment}
        for name in (*ALWAYS, *self.absent):
            own.pop(name, None)
        return own


@dataclass(frozen=True)
class SourceFile:
    """Which of a student's files was graded, and which were not."""

    file: str | None  # below the student's folder, printable; None if none could be chosen
    left: tuple[str, ...] = ()
    recognized: str = "name"  # by what: "name", "similar_name" or "content"
    # Why this one, if there was a choice: "worked_on", "readable", "newest", "name", "place" or "same".
    chosen: str | None = None


@dataclass(frozen=True)
class Answer:
    """The answer to a question that a person marks."""

    id: str  # the question's
    text: str  # empty if it is as it was handed out

    @property
    def sha256(self) -> str:
        """By which points given for this very answer are known from those for another one."""
        return hashlib.sha256(self.text.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True)
class Report:
    """The result of grading one submission."""

    student: str
    assignment: str
    submission_sha256: str
    outcome: str
    score: float | None
    max_score: float
    reason: Text | None  # why it was rejected, or what of ours broke
    execution: Execution
    checks: tuple[CheckResult, ...]
    provenance: Provenance
    source: SourceFile | None = None
    causes: tuple[Cause, ...] = ()  # of what went wrong, in the order of the cells
    beside: Beside | None = None  # what else lay in the notebook's folder; None if nothing did
    answers: tuple[Answer, ...] = ()  # that a person marks, in the order of the notebook

    def answer(self, question: str) -> Answer | None:
        """The answer to a question; None if its cell was not found."""
        return next((each for each in self.answers if each.id == question), None)


def total(results: Sequence[CheckResult]) -> float:
    """The points earned; whole numbers stay whole."""
    return tidy(sum(result.points for result in results))


def tidy(points: float) -> float:
    """`8.0` as `8`, without binary rounding errors behind the sixth digit."""
    rounded = round(points, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def missing(declared: Sequence[Check], results: Sequence[CheckResult]) -> list[str]:
    """The ids of declared checks that have no result."""
    seen = {result.check.id for result in results}
    return [check.id for check in declared if check.id not in seen]
