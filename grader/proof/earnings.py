"""What the red team's attempts earned, and what of that they must not earn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from grader.course.course import Assignment
from grader.course.mistakes import SOLUTION
from grader.errors import Problem
from grader.model.report import GRADED, PASSED, Report
from grader.model.status import Status
from grader.proof.redteam import CHEAT, Attempt
from grader.proof.tally import counted
from grader.proof.validation import NULL, STUB


@dataclass(frozen=True)
class Earnings:
    """What one attempt earned."""

    attempt: Attempt
    # The ids of the checks that it passed.
    passed: tuple[str, ...]
    # How the notebook ran: what became of the cells that cheat.
    status: Status
    # Why it was not graded; empty if it was.
    fault: str = ""


def earned(attempt: Attempt, report: Report) -> Earnings:
    """What an attempt earned, by its report."""
    reason = report.reason.en if report.reason else ""
    fault = "" if report.outcome == GRADED else f"{report.outcome}: {reason}"
    passed = tuple(result.check.id for result in report.checks if result.verdict == PASSED)
    return Earnings(attempt, passed, report.execution.status, fault)


def passed_without_cheating(earnings: Collection[Earnings]) -> set[str]:
    """The ids of the checks that the stub or a null answer passes."""
    return {check for each in earnings if each.attempt.kind in (STUB, NULL) for check in each.passed}


def gained(earnings: Earnings, without: Collection[str]) -> list[str]:
    """The ids of the checks that an attempt passes and must not pass.

    That is every hidden check. It is also every public check that is not passed `without` cheating, except
    for a cheat that only knows what the public checks ask, since students have them.
    """
    attempt = earnings.attempt
    if attempt.kind == SOLUTION:
        return []
    visibility = {check.id: check.visibility for check in attempt.assignment.checks}
    cheats = attempt.kind == CHEAT and not attempt.knows
    return [
        check
        for check in earnings.passed
        if visibility[check] == "hidden" or (cheats and check not in without)
    ]


@dataclass(frozen=True)
class AssignmentEarnings:
    """What every attempt at one assignment earned, in the order of the attempts."""

    assignment: Assignment
    # The assignment's folder as problems name it.
    place: str
    attempts: tuple[Earnings, ...]

    def gained(self, earnings: Earnings) -> list[str]:
        """The ids of the checks that one of these attempts passes and must not pass."""
        return gained(earnings, passed_without_cheating(self.attempts))

    @property
    def successful(self) -> list[Attempt]:
        """The attempts that pass what they must not."""
        return [each.attempt for each in self.attempts if self.gained(each)]

    @property
    def headings(self) -> list[str]:
        """The headings of the table of attempts by checks."""
        checks = (
            f"{check.id.removeprefix('test_')} ({check.visibility})" for check in self.assignment.checks
        )
        return ["", *checks, "run"]

    @property
    def rows(self) -> list[list[str]]:
        """The rows of that table, one for each attempt. PASSES in capitals marks what was gained."""
        return [self._row(each) for each in self.attempts]

    def _row(self, earnings: Earnings) -> list[str]:
        attempt, bad = earnings.attempt, self.gained(earnings)
        name = attempt.name if attempt.kind in (SOLUTION, STUB, CHEAT) else f"{attempt.kind}: {attempt.name}"
        marks = [
            "PASSES" if check.id in bad else "passes" if check.id in earnings.passed else "·"
            for check in self.assignment.checks
        ]
        run = "not graded" if earnings.fault else "" if earnings.status == Status.OK else earnings.status
        return [name, *marks, run]

    @property
    def problems(self) -> list[Problem]:
        """What must not be: attempts without a grade, a solution that fails, and points that were gained."""
        return [Problem(self.place, 0, message) for message in self._messages()]

    def _messages(self) -> list[str]:
        visibility = {check.id: check.visibility for check in self.assignment.checks}
        messages = []
        for each in self.attempts:
            name = each.attempt.name
            if each.fault:
                messages.append(f"{name!r} was not graded: {each.fault.splitlines()[0]}")
            elif each.attempt.kind == SOLUTION:
                messages += [
                    f"the solution itself does not pass {check}: that cheats fail it too proves nothing"
                    for check in visibility
                    if check not in each.passed
                ]
            messages += [
                f"{name!r} passes {check} ({visibility[check]}): {each.attempt.tries}"
                for check in self.gained(each)
            ]
        return messages

    def as_data(self) -> dict[str, object]:
        """Everything as JSON data."""
        points = {check.id: check.points for check in self.assignment.checks}
        hidden = {check.id for check in self.assignment.checks if check.visibility == "hidden"}
        return {
            "checks": {
                check.id: {"visibility": check.visibility, "points": check.points}
                for check in self.assignment.checks
            },
            "attempts": [
                {
                    "name": each.attempt.name,
                    "kind": each.attempt.kind,
                    "tries": each.attempt.tries,
                    "passed": each.passed,
                    "gained": self.gained(each),
                    "hidden_points": sum(points[check] for check in each.passed if check in hidden),
                    "status": each.status,
                    "fault": each.fault,
                }
                for each in self.attempts
            ],
            "problems": self._messages(),
        }


@dataclass(frozen=True)
class RedTeamResult:
    """What the red team found in a course."""

    # By the assignment's name.
    assignments: dict[str, AssignmentEarnings]
    # Problems with files that can't be read, which keep an assignment from being attempted.
    unreadable: tuple[Problem, ...]
    seconds: float

    @property
    def problems(self) -> list[Problem]:
        """Everything that must not be."""
        return [
            *self.unreadable,
            *(problem for each in self.assignments.values() for problem in each.problems),
        ]

    @property
    def attempts(self) -> list[Attempt]:
        """Every notebook that was graded."""
        return [each.attempt for earnings in self.assignments.values() for each in earnings.attempts]

    @property
    def cheats(self) -> int:
        """How many of the attempts were cheats."""
        return sum(attempt.kind == CHEAT for attempt in self.attempts)

    @property
    def summary(self) -> str:
        """One line on all of it."""
        parts = [
            f"{counted(self.cheats, 'cheat')} tried",
            f"{counted(len(self.attempts), 'notebook')} graded in {self.seconds:.0f} s",
        ]
        count = len(self.problems)
        found = counted(count, "problem") if count else "none earns anything hidden"
        return f"{', '.join(parts)}; {found}"

    def as_data(self) -> dict[str, object]:
        """Everything as JSON data, by assignment."""
        return {name: each.as_data() for name, each in self.assignments.items()}
