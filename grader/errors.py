"""Errors that no submission causes: a broken course, machine or command line.

A student's mistake is never an exception. It is a value in a report.
"""

from __future__ import annotations

from dataclasses import dataclass


class GraderError(Exception):
    """Something that a person has to fix before grading can go on. No traceback is printed; exit code 2."""

    def _render_traceback_(self) -> list[str]:
        """What Jupyter shows in place of a traceback."""
        return [f"grader: {self}"]


class UsageError(GraderError):
    """The command line asks for something that can't be done."""


class MachineError(GraderError):
    """The machine lacks a protection or a program. The message names the cause and the remedy."""


class StorageError(GraderError):
    """The gradebook can't be written or read: a full disk, a server that is gone. The message says so."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with a course: where it is and what to do about it."""

    file: str
    line: int  # from 1; 0 for the whole file
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class CourseError(GraderError):
    """The course is broken. Carries every problem found, so that all of them can be fixed at once."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        lines = [f"the course has {count} problem{'s' if count != 1 else ''}:"]
        super().__init__("\n".join(lines + [f"  {problem}" for problem in self.problems]))
