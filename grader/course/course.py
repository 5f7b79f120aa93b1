"""A course and its assignments, as values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from grader.course.environment import Environment
from grader.course.manual import Question
from grader.course.problems import did_you_mean, relative_to
from grader.course.settings import Settings
from grader.course.verdicts import verdict_sha256
from grader.errors import UsageError
from grader.language.catalogue import Text
from grader.model.file import Entry, File
from grader.model.limits import Limits
from grader.model.report import Check, tidy
from grader.model.task import Rubric

PUBLIC, HIDDEN = "test_public.py", "test_hidden.py"
EQUIVALENT, UNWRITTEN = "equivalent.toml", "unwritten.toml"


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that students give: the solution with some of its text replaced."""

    name: str
    # The file that describes it, as problems name it.
    path: str
    title: Text
    # The ids of exactly the checks that it must not pass.
    fails: tuple[str, ...]
    # Old text and new text.
    replacements: tuple[tuple[str, str], ...]
    hint: Text | None = None
    # Whether a report may name it.
    named: bool = True
    # Text of an error that nothing but this mistake raises; empty if there is none.
    error: str = ""
    # Why it costs more than half of the points; empty if it doesn't.
    costs: str = ""


@dataclass(frozen=True)
class Equivalent:
    """A change to the solution that leaves it right, so that no check should notice it."""

    # A line of the solution and what becomes of it, both without their indentation.
    line: str
    becomes: str
    reason: str


@dataclass(frozen=True)
class Assignment:
    """One assignment with its rubric."""

    name: str
    title: Text
    statement: Text
    # Its folder below assignments/.
    folder: Path
    # Its folder below solutions/; None if only the public part is at hand.
    staff: Path | None
    checks: tuple[Check, ...]
    limits: Limits = field(default_factory=Limits)
    mistakes: tuple[Mistake, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()
    # Why it costs more than half of the points to leave a part of the stub unwritten, by the part's name.
    unwritten: Mapping[str, str] = field(default_factory=dict)
    # What sessions find in their working folder, and what reruns find in its place.
    handed_out: tuple[Entry, ...] = ()
    other: tuple[Entry, ...] = ()
    # Questions that a person marks.
    questions: tuple[Question, ...] = ()
    # Of every file that a report depends on, the solution and the mistakes included.
    rubric_sha256: str = ""

    @property
    def rubric_files(self) -> tuple[Path, ...]:
        """The rubric's files, in the order in which they run."""
        public = self.folder / PUBLIC
        return (public, self.staff / HIDDEN) if self.staff else (public,)

    @cached_property
    def rubric(self) -> Rubric:
        """The rubric by content, so that it can be sent to any machine that grades.

        Raises OSError if a file can't be read.
        """
        files = tuple(File(path.name, path.read_bytes()) for path in self.rubric_files)
        return Rubric(files, self.checks, self.handed_out, self.other)

    @cached_property
    def texts_sha256(self) -> str:
        """Of all that its pages are made from, beside the reports."""
        return hashlib.sha256(self.rubric_sha256.encode() + self.stub_content).hexdigest()

    @cached_property
    def verdict_sha256(self) -> str:
        """Of what verdicts depend on: everything but the words and the points of its checks.

        Raises OSError if a file can't be read.
        """
        return verdict_sha256(self.rubric.files, self.limits, self.handed_out, self.other, self.stub_content)

    @property
    def max_score(self) -> float:
        """The points of all its checks."""
        return tidy(sum(check.points for check in self.checks))

    @property
    def max_points(self) -> float:
        """The points of all its checks and of the questions that a person marks."""
        return tidy(self.max_score + sum(question.points for question in self.questions))

    @property
    def stub(self) -> Path:
        """The notebook that students start from."""
        return self.folder / f"{self.name}.ipynb"

    @cached_property
    def stub_content(self) -> bytes:
        """The stub as it stands in its file; empty if there is none."""
        try:
            return self.stub.read_bytes()
        except OSError:
            return b""

    @property
    def solution(self) -> Path | None:
        """The authored notebook; None if only the public part is at hand."""
        return self.staff / "solution.ipynb" if self.staff else None

    @property
    def alternatives(self) -> list[Path]:
        """Right answers in other styles, by name."""
        return sorted((self.staff / "alternatives").glob("*.ipynb")) if self.staff else []


@dataclass(frozen=True)
class Course:
    """A folder with `assignments/` and, for staff, `solutions/`."""

    root: Path
    assignments: dict[str, Assignment]
    # What `course.toml` says; None if there is none.
    settings: Settings | None = None

    @property
    def environment(self) -> Environment:
        """The packages that the course relies on."""
        return self.settings.environment if self.settings else Environment()

    def relative(self, path: Path) -> str:
        """A path as problems name it."""
        return relative_to(path, self.root)

    def select(self, names: Sequence[str]) -> list[Assignment]:
        """The named assignments, in the order of the names; all if none is named.

        Raises UsageError, with the nearest name, for an unknown one.
        """
        for name in names:
            if name not in self.assignments:
                known = f". There are: {', '.join(self.assignments)}"
                raise UsageError(
                    f"there is no assignment {name!r}{did_you_mean(name, self.assignments, known)}"
                )
        return [self.assignments[name] for name in names] if names else list(self.assignments.values())
