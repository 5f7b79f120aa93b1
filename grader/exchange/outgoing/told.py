"""What other systems are told of one submission: a mark, and what a student may read of each check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.model.mark import Mark


@dataclass(frozen=True)
class ToldCheck:
    """One check, in words that its student may read."""

    id: str
    title: str
    verdict: str  # as in a report
    points: float
    most: float
    words: str = ""  # why it did not pass, and a hint; "" if it passed


@dataclass(frozen=True)
class Told:
    """One submission, in words that its student may read."""

    mark: Mark
    checks: tuple[ToldCheck, ...] = ()
    notices: tuple[str, ...] = ()  # what is said before all else
    file: str = ""  # below the student's folder
    seconds: float = 0.0
    code: str = ""  # the code cells, one after the other


def by_assignment(told: Sequence[Told]) -> dict[str, list[Told]]:
    """The submissions of each assignment."""
    found: dict[str, list[Told]] = {}
    for each in told:
        found.setdefault(each.mark.assignment, []).append(each)
    return found
