"""The figures of a rubric's checks over a class: how hard each is, and what it tells about students."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from grader.model.report import FAILED, GRADED, NOT_ATTEMPTED, PASSED, Check
from grader.reports.figures import Result

# A correlation of fewer submissions, or with fewer on one side, says more about chance than about a check.
MIN_SUBMISSIONS, MIN_ON_A_SIDE = 20, 3
WEAK = 0.1  # below: a check separates hardly anybody

TOGETHER = 0.8  # of all who fail one of two checks fail both: they are said to fail together
MIN_TOGETHER = 3  # students


@dataclass(frozen=True)
class CheckFigures:
    """One check over the class. Only graded submissions count."""

    check: Check
    students: dict[str, tuple[str, ...]]  # by verdict
    separation: float | None  # see `separation`; None if there are too few, or all the same

    @property
    def of(self) -> int:
        """How many submissions the check looked at."""
        return sum(len(names) for names in self.students.values())

    @property
    def passed(self) -> int:
        """How many passed."""
        return len(self.students.get(PASSED, ()))

    @property
    def share(self) -> float:
        """The share that passed, from 0 to 1."""
        return self.passed / self.of if self.of else 0.0

    @property
    def tells_nothing(self) -> bool:
        """Whether all of enough submissions passed, or all failed, so that it separates nobody."""
        return self.of >= MIN_SUBMISSIONS and self.passed in (0, self.of)


@dataclass(frozen=True)
class Together:
    """Checks that fail for the same students."""

    checks: tuple[Check, ...]
    both: int  # students who failed all of them
    either: int  # students who failed at least one


def of_checks(results: Sequence[Result]) -> tuple[CheckFigures, ...]:
    """The checks of one assignment, the hardest first."""
    checks: dict[str, Check] = {}
    students: dict[str, dict[str, list[str]]] = {}  # by check and verdict
    sides: dict[str, list[bool]] = {}  # whether it passed, in every submission
    rest: dict[str, list[float]] = {}  # the points of all other checks
    for one in results:
        if one.report.outcome == GRADED:
            for each in one.report.checks:
                name = each.check.id
                checks[name] = each.check
                students.setdefault(name, {}).setdefault(each.verdict, []).append(one.student)
                sides.setdefault(name, []).append(each.verdict == PASSED)
                rest.setdefault(name, []).append((one.report.score or 0) - each.points)
    found = [
        CheckFigures(
            check,
            {verdict: tuple(names) for verdict, names in students[name].items()},
            separation(sides[name], rest[name]),
        )
        for name, check in checks.items()
    ]
    return tuple(sorted(found, key=lambda one: one.share))


def separation(sides: Sequence[bool], rest: Sequence[float]) -> float | None:
    """The point-biserial correlation of passing a check with the points of all other checks.

    From -1 to 1; below 0, those who fail the check do better elsewhere than those who pass it. None where
    there are too few submissions on either side, or all have the same points elsewhere.
    """
    passes = sum(sides)
    if len(sides) < MIN_SUBMISSIONS or min(passes, len(sides) - passes) < MIN_ON_A_SIDE:
        return None
    try:
        return statistics.correlation([float(side) for side in sides], rest)
    except statistics.StatisticsError:  # all points elsewhere are the same
        return None


def together(results: Sequence[Result]) -> tuple[Together, ...]:
    """Groups of checks that fail for the same students.

    Submissions that passed nothing are left out: there, everything fails together. So is a check that was not
    run because it waits for another one.
    """
    failing: dict[str, set[str]] = {}
    checks: dict[str, Check] = {}
    for one in results:
        verdicts = {each.check.id: each.verdict for each in one.report.checks}
        checks |= {each.check.id: each.check for each in one.report.checks}
        if PASSED in verdicts.values():
            for name, verdict in verdicts.items():
                if verdict in (FAILED, NOT_ATTEMPTED):
                    failing.setdefault(name, set()).add(one.student)
    found, left = [], [name for name in checks if len(failing.get(name, ())) >= MIN_TOGETHER]
    while left:
        group = [left.pop(0)]
        for name in list(left):
            if all(_alike(failing[name], failing[other]) for other in group):
                group.append(name)
                left.remove(name)
        if len(group) > 1:
            sets = [failing[name] for name in group]
            both, either = set.intersection(*sets), set.union(*sets)
            found.append(Together(tuple(checks[name] for name in group), len(both), len(either)))
    return tuple(found)


def _alike(one: set[str], other: set[str]) -> bool:
    both = len(one & other)
    return both >= MIN_TOGETHER and both >= TOGETHER * len(one | other)
