"""What can go wrong that is nobody's submission: a broken course, a broken machine, wrong usage.

A student's mistake is never an exception: it is a value in a report.
"""

from __future__ import annotations

from dataclasses import dataclass


class GraderError(Exception):
    """Something a person has to mend before grading can go on; printed without a trace. Exit code 2."""


class UsageError(GraderError):
    """The command line asks for something that can't be done."""


class MachineError(GraderError):
    """The machine lacks a protection or a program; the message names the cause and the remedy."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong with a course: where, and what to do about it."""

    file: str
    line: int  # from 1; 0 where the whole file is meant
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}"


class CourseError(GraderError):
    """The course is broken. Carries every problem found, so that they can be mended in one go."""

    def __init__(self, problems: list[Problem]):
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        lines = [f"the course has {count} problem{'s' if count != 1 else ''}:"]
        super().__init__("\n".join(lines + [f"  {problem}" for problem in self.problems]))
