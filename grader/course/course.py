"""A course and its assignments, as values."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import UsageError
from grader.model.limits import Limits
from grader.model.report import Check, tidy

PUBLIC, HIDDEN, EQUIVALENT = "test_public.py", "test_hidden.py", "equivalent.toml"


@dataclass(frozen=True)
class Mistake:
    """A planted wrong answer: the solution with some of its text replaced."""

    name: str
    path: str
    title: str
    fails: tuple[str, ...]  # ids of exactly the checks that it must not pass
    replacements: tuple[tuple[str, str], ...]
    zh_title: str = ""
    hint: str = ""
    zh_hint: str = ""


@dataclass(frozen=True)
class Equivalent:
    """A change to the solution after which it is still right, so that no check should notice it."""

    line: str  # of the solution, and what becomes of it, both without their indentation
    becomes: str
    reason: str


@dataclass(frozen=True)
class Assignment:
    """One task with its rubric."""

    name: str
    title: str
    statement: str
    folder: Path  # below assignments/
    staff: Path | None  # below solutions/; None where only the public part is at hand
    checks: tuple[Check, ...]
    limits: Limits = field(default_factory=Limits)
    zh_title: str = ""
    zh_statement: str = ""
    mistakes: tuple[Mistake, ...] = ()
    equivalents: tuple[Equivalent, ...] = ()
    rubric_sha256: str = ""

    @property
    def files(self) -> tuple[Path, ...]:
        """The rubric's files, in the order in which they run."""
        return tuple(
            path for path in (self.folder / PUBLIC, self.staff / HIDDEN if self.staff else None) if path
        )

    @property
    def max_score(self) -> float:
        return tidy(sum(check.points for check in self.checks))

    @property
    def stub(self) -> Path:
        return self.folder / f"{self.name}.ipynb"

    @property
    def solution(self) -> Path | None:
        return self.staff / "solution.ipynb" if self.staff else None

    @property
    def alternatives(self) -> list[Path]:
        """Right answers in other styles."""
        return sorted((self.staff / "alternatives").glob("*.ipynb")) if self.staff else []


@dataclass(frozen=True)
class Course:
    """A folder with `assignments/` and, for staff, `solutions/`."""

    root: Path
    assignments: dict[str, Assignment]

    def relative(self, path: Path) -> str:
        return relative_to(path, self.root)

    def select(self, names: Sequence[str]) -> list[Assignment]:
        """The named assignments, all where none is named. UsageError, with the nearest name, for an unknown one."""
        for name in names:
            if name not in self.assignments:
                near = difflib.get_close_matches(name, self.assignments, 1)
                known = ", ".join(self.assignments)
                raise UsageError(
                    f"there is no assignment {name!r}"
                    + (f"; did you mean {near[0]!r}?" if near else f". There are: {known}")
                )
        return [self.assignments[name] for name in names] if names else list(self.assignments.values())


def relative_to(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
