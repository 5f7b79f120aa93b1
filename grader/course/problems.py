"""The problems of a course, gathered while it is read."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from grader.errors import CourseError, Problem


def relative_to(path: Path, root: Path) -> str:
    """A path as problems name it: from the course's root if it is below that."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """The end of a message about an unknown name: the nearest known one, or `otherwise` if none is near."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]!r}?" if near else otherwise


class Problems:
    """Every problem found so far in the course below `root`, so that all of them are reported together."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._found: list[Problem] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: Path, message: str, line: int = 0) -> None:
        """Note a problem with a file, or with one of its lines, counted from 1."""
        self._found.append(Problem(self.relative(path), line, message))

    def concern(self, path: Path) -> bool:
        """Whether a problem was found in this file."""
        return any(problem.file == self.relative(path) for problem in self._found)

    def relative(self, path: Path) -> str:
        """A path as problems name it."""
        return relative_to(path, self.root)

    def raise_if_any(self) -> None:
        """Raise CourseError with all problems if there is one."""
        if self._found:
            raise CourseError(self._found)
