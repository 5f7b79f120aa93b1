"""The figures of a class. Each is defined here once; the terminal, the pages and the files show it.

What was not graded has no points: a rejected file and an internal error are in no mean, no total and no
distribution, and neither is what was not handed in.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.model.mark import PENDING, Attempt, Mark
from grader.model.report import GRADED, NOT_ATTEMPTED, NOT_RUN, OUTCOMES, Report, tidy

LOW_SHARE = 0.5  # less of the points than this is a reason to help
MOST_OF_A_MESSAGE = 300  # characters: by its message, the same error is recognized in several checks
BINS = 10  # of a distribution, beside the one for full marks

# Why somebody needs help.
LOW, UNTOUCHED, STOPPED, NO_GAIN = "low", "untouched", "stopped", "no_gain"


@dataclass(frozen=True)
class Result:
    """What one student has for one assignment: the report, and the mark if there is one."""

    report: Report
    mark: Mark | None = None
    attempts: tuple[Attempt, ...] = ()  # in order; empty if only the newest is known

    @property
    def student(self) -> str:
        """The student's name."""
        return self.report.student

    @property
    def points(self) -> float | None:
        """The points that count; None if there are none: what was not graded is not a zero."""
        if self.mark is not None:
            return self.mark.final
        return self.report.score if self.report.outcome == GRADED else None

    @property
    def max_score(self) -> float:
        """The points that could be had."""
        return self.mark.max_score if self.mark is not None else self.report.max_score

    @property
    def is_full(self) -> bool:
        """Whether it has all points."""
        return self.points is not None and self.points >= self.max_score

    @property
    def is_pending(self) -> bool:
        """Whether it waits for a person's marks."""
        return self.mark is not None and self.mark.status == PENDING

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was written: no check found an answer to look at, though the notebook ran."""
        verdicts = {result.verdict for result in self.report.checks}
        return (
            self.report.outcome == GRADED
            and not self.is_stopped
            and NOT_ATTEMPTED in verdicts
            and verdicts <= {NOT_ATTEMPTED, NOT_RUN}
        )

    @property
    def is_stopped(self) -> bool:
        """Whether a cell ended the session: too long, too much memory or output, a crash."""
        return self.report.outcome == GRADED and self.report.execution.status.ends_session

    @property
    def gain(self) -> float | None:
        """The points that the last attempt has more than the one before it; None without two graded ones."""
        scores = [one.report.score for one in self.attempts if one.report and one.report.outcome == GRADED]
        if len(scores) < 2 or scores[-1] is None or scores[-2] is None:
            return None
        return tidy(scores[-1] - scores[-2])

    @property
    def needs(self) -> tuple[str, ...]:
        """Why the student may need help with it; empty if nothing says so."""
        if self.is_full or self.points is None:
            return ()
        no_gain = self.gain is not None and self.gain <= 0
        is_low = self.points < LOW_SHARE * self.max_score
        found = (
            (is_low, LOW),
            (self.is_untouched, UNTOUCHED),
            (self.is_stopped, STOPPED),
            (no_gain, NO_GAIN),
        )
        return tuple(why for holds, why in found if holds)


@dataclass(frozen=True)
class StudentFigures:
    """One student over all assignments."""

    name: str
    results: Mapping[str, Result]  # by assignment

    @property
    def points(self) -> float | None:
        """The points of everything that was graded; None if nothing was."""
        found = [one.points for one in self.results.values() if one.points is not None]
        return tidy(sum(found)) if found else None

    @property
    def max_score(self) -> float:
        """The points that could be had in what was graded."""
        return tidy(sum(one.max_score for one in self.results.values() if one.points is not None))

    @property
    def share(self) -> float | None:
        """The share of these points that the student has, from 0 to 1; None if nothing was graded."""
        return None if self.points is None or not self.max_score else self.points / self.max_score

    @cached_property
    def needs_help(self) -> bool:
        """Whether this student needs help: few points, or work not begun, stopped or stuck."""
        is_low = self.share is not None and self.share < LOW_SHARE
        return is_low or any(set(one.needs) - {LOW} for one in self.results.values())


@dataclass(frozen=True)
class Bin:
    """How many submissions have at least `low` and less than `high` points; `high` is None for full marks."""

    low: float
    high: float | None
    count: int


@dataclass(frozen=True)
class AssignmentFigures:
    """One assignment over the class."""

    name: str
    results: tuple[Result, ...]  # by student
    missing: tuple[str, ...] = ()  # who handed in nothing

    @cached_property
    def graded(self) -> tuple[Result, ...]:
        """The submissions that have points."""
        return tuple(one for one in self.results if one.points is not None)

    @property
    def points(self) -> list[float]:
        """Their points, the fewest first."""
        return sorted(one.points for one in self.graded if one.points is not None)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many submissions ended how."""
        return {name: sum(one.report.outcome == name for one in self.results) for name in OUTCOMES}

    @property
    def mean(self) -> float | None:
        """The mean of the points."""
        return statistics.fmean(self.points) if self.graded else None

    @property
    def median(self) -> float | None:
        """Half of the submissions have at most as many points."""
        return statistics.median(self.points) if self.graded else None

    @property
    def max_score(self) -> float:
        """The points that could be had."""
        return max((one.max_score for one in self.results), default=0)

    @property
    def full(self) -> int:
        """How many have all points."""
        return sum(one.is_full for one in self.graded)

    @property
    def distribution(self) -> tuple[Bin, ...]:
        """The submissions by their points, in ten equal steps and one for full marks."""
        counts = [0] * (BINS + 1)
        for one in self.graded:
            share = (one.points or 0) / one.max_score if one.max_score else 1.0
            # A millionth: 0.3 of the points may be a hair less than three tenths of them.
            counts[min(max(int(share * BINS + 1e-6), 0), BINS)] += 1
        edges = [tidy(self.max_score * number / BINS) for number in range(BINS + 1)]
        return tuple(Bin(low, high, count) for low, high, count in zip(edges, [*edges[1:], None], counts))

    @property
    def pending(self) -> tuple[str, ...]:
        """Whose answers wait for a person's marks."""
        return tuple(one.student for one in self.results if one.is_pending)

    @property
    def seconds(self) -> float | None:
        """How long the first run of a notebook took, in the middle of the class."""
        found = [one.report.execution.wall_s for one in self.graded]
        return statistics.median(found) if found else None

    @property
    def slowest(self) -> Result | None:
        """The submission whose run took longest."""
        return max(self.graded, key=lambda one: one.report.execution.wall_s, default=None)

    @property
    def mistakes(self) -> dict[str, tuple[str, ...]]:
        """The known mistakes that were recognized, with their students: the most common first."""
        found: dict[str, list[str]] = {}
        for one in self.results:
            for name in sorted({check.mistake for check in one.report.checks if check.mistake}):
                found.setdefault(name, []).append(one.student)
        return {
            name: tuple(found[name]) for name in sorted(found, key=lambda each: (-len(found[each]), each))
        }


@dataclass(frozen=True)
class ClassFigures:
    """A class: every student and every assignment of which something was handed in."""

    students: tuple[StudentFigures, ...]  # by name
    assignments: tuple[AssignmentFigures, ...]
    without: Mapping[str, object] = field(default_factory=dict)  # who has no report, and why if it is known

    @property
    def results(self) -> list[Result]:
        """Everything that was handed in, by student and assignment."""
        return [one for student in self.students for one in student.results.values()]

    @property
    def outcomes(self) -> dict[str, int]:
        """How many submissions ended how."""
        return {name: sum(one.report.outcome == name for one in self.results) for name in OUTCOMES}

    @property
    def need_help(self) -> list[StudentFigures]:
        """Who needs help, the lowest share of the points first."""
        found = [one for one in self.students if one.needs_help]
        return sorted(found, key=lambda one: (1.0 if one.share is None else one.share, one.name))


def of_class(
    reports: Iterable[Report],
    names: Sequence[str],
    *,
    without: Mapping[str, object] | Iterable[str] = (),
    marks: Mapping[tuple[str, str], Mark] | None = None,
    attempts: Mapping[tuple[str, str], Sequence[Attempt]] | None = None,
) -> ClassFigures:
    """The figures of a class.

    `names`: the course's assignments in their order; one that nobody handed in is left out, unless nobody
    handed in anything. `without`: students who may have no report, with the reason if it is known: the
    roster's, and those with nothing that can be graded. `marks` and `attempts` are by student and assignment.

    Reports are taken one by one and without their notebooks, so that a large class fits into memory.
    """
    marks, attempts = marks or {}, attempts or {}
    reasons = dict(without) if isinstance(without, Mapping) else dict.fromkeys(without)
    found: dict[str, dict[str, Result]] = {}
    for report in reports:
        pair = report.student, report.assignment
        tries = tuple(replace(one, report=one.report and slim(one.report)) for one in attempts.get(pair, ()))
        found.setdefault(report.student, {})[report.assignment] = Result(slim(report), marks.get(pair), tries)
    handed_in = {name for own in found.values() for name in own}
    columns = [name for name in names if name in handed_in or not handed_in]
    columns += sorted(handed_in - set(names))
    everybody = sorted({*found, *reasons})
    students = tuple(
        StudentFigures(name, {each: own[each] for each in columns if each in own})
        for name in everybody
        for own in [found.get(name, {})]
    )
    assignments = tuple(
        AssignmentFigures(
            name,
            tuple(one.results[name] for one in students if name in one.results),
            tuple(one.name for one in students if name not in one.results),
        )
        for name in columns
    )
    return ClassFigures(
        students, assignments, {name: why for name, why in reasons.items() if name not in found}
    )


def slim(report: Report) -> Report:
    """A report without its notebook, its traces and the rest of long messages."""
    checks = tuple(
        replace(one, message=one.message and one.message[:MOST_OF_A_MESSAGE], trace=(), difference=None)
        for one in report.checks
    )
    return replace(report, execution=replace(report.execution, cells=()), checks=checks)
