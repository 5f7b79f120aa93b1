"""What the validation showed of each assignment and of a whole course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.course.course import Assignment, Course
from grader.course.mistakes import SOLUTION
from grader.errors import Problem
from grader.model.report import GRADED, Report
from grader.proof.prices import Price
from grader.proof.validation import (
    ALTERNATIVE,
    MEANING,
    MISTAKE,
    MUTANT,
    MUTANTS,
    NULL,
    PART,
    STUB,
    VARIANT,
    Case,
    caught,
    judge,
)

# The share of mutants, equivalent ones not counted, that must be noticed over all assignments and in each;
# and that of mutants of meaning in each.
REQUIRED, REQUIRED_OF_EACH, REQUIRED_OF_MEANING = 0.95, 0.90, 0.95
HEADINGS = (
    "assignment",
    "checks",
    "full marks",
    "variants",
    "stub",
    "null answers",
    "mistakes caught",
    "mutants caught",
    "meaning",
    "equivalent",
    "seconds",
    "",
)
# The columns of HEADINGS that hold numbers.
NUMBERS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 problem", "2 problems", "2 mutants of meaning"."""
    first, space, rest = noun.partition(" ")
    return f"{number} {noun}" if number == 1 else f"{number} {first}s{space}{rest}"


def enough(caught: int, total: int, required: float) -> bool:
    """Whether a rubric notices as many mutants as it must."""
    return caught >= required * total


def _too_few(notices: str, noticed: int, total: int, required: float, noun: str = "mutant") -> str:
    return f"{notices} {noticed} of {counted(total, noun)}; at least {required:.0%} are required"


@dataclass(frozen=True)
class Judgement:
    """What the report of one case showed."""

    case: Case
    problems: tuple[Problem, ...]
    # Whether it is a mutant, not listed as equivalent, that no check noticed.
    survived: bool
    seconds: float
    # The points that it earned; None if it was not graded.
    score: float | None = None

    @classmethod
    def of(cls, case: Case, report: Report, seconds: float) -> Judgement:
        """The judgement of a case by its report. `seconds`: how long its grading took."""
        survived = case.kind in MUTANTS and case.equivalent is None and not caught(report)
        score = report.score if report.outcome == GRADED else None
        return cls(case, tuple(judge(case, report)), survived, seconds, score)


@dataclass(frozen=True)
class Tally:
    """What was shown of one assignment."""

    assignment: Assignment
    # The rubric's file, which a problem names if the rubric notices too few mutants.
    rubric: str
    # Problems found before anything was graded.
    inspected: tuple[Problem, ...]
    # In the order in which they came.
    judgements: tuple[Judgement, ...]
    # What an author could write better, although the rubric holds.
    advice: tuple[Problem, ...] = ()

    @classmethod
    def of(
        cls,
        course: Course,
        assignment: Assignment,
        inspected: Sequence[Problem],
        judgements: Sequence[Judgement],
        advice: Sequence[Problem] = (),
    ) -> Tally:
        """The tally of an assignment of `course`."""
        rubric = course.relative(assignment.rubric_files[-1])
        return cls(assignment, rubric, tuple(inspected), tuple(judgements), tuple(advice))

    def count(self, *kinds: str) -> tuple[int, int]:
        """How many cases of these kinds ended as they must, and how many there are.

        Mutants that are listed as equivalent do not count.
        """
        judgements = [
            each for each in self.judgements if each.case.kind in kinds and each.case.equivalent is None
        ]
        return sum(not each.problems and not each.survived for each in judgements), len(judgements)

    def fraction(self, *kinds: str) -> str:
        """The two numbers of `count` as text: "3/4"."""
        return "{}/{}".format(*self.count(*kinds))

    @property
    def survivors(self) -> list[Case]:
        """The mutants that no check noticed."""
        return [each.case for each in self.judgements if each.survived and not each.problems]

    @property
    def equivalent(self) -> list[Case]:
        """The mutants that are listed as equivalent."""
        return [each.case for each in self.judgements if each.case.equivalent is not None]

    @property
    def seconds(self) -> float:
        """The time of all gradings together."""
        return sum(each.seconds for each in self.judgements)

    @property
    def prices(self) -> list[Price]:
        """What each known mistake and each unwritten part leaves of the points."""
        prices = []
        for kind in (MISTAKE, PART):
            for each in sorted(self.judgements, key=lambda judgement: judgement.case.name):
                if each.case.kind == kind and each.score is not None:
                    case, possible = each.case, self.assignment.max_score
                    name = self.assignment.name
                    prices.append(Price(name, case.label, case.file, each.score, possible, case.costs))
        return prices

    @property
    def problems(self) -> list[Problem]:
        """Everything that does not hold, in the order in which it was found."""
        problems = [*self.inspected, *(problem for each in self.judgements for problem in each.problems)]
        for kind, required, noun in (
            (MUTANT, REQUIRED_OF_EACH, "mutant"),
            (MEANING, REQUIRED_OF_MEANING, "mutant of meaning"),
        ):
            noticed, total = self.count(kind)
            if not enough(noticed, total, required):
                message = _too_few("notices", noticed, total, required, noun)
                problems.append(Problem(self.rubric, 0, message))
        return problems

    @property
    def row(self) -> list[str]:
        """The assignment's row of the table below HEADINGS."""
        return [
            self.assignment.name,
            str(len(self.assignment.checks)),
            self.fraction(SOLUTION, ALTERNATIVE),
            self.fraction(VARIANT),
            "0" if self.count(STUB) == (1, 1) else "FAILED",
            self.fraction(NULL),
            self.fraction(MISTAKE),
            self.fraction(MUTANT),
            self.fraction(MEANING),
            str(len(self.equivalent)),
            f"{self.seconds:.1f}",
            "FAILED" if self.problems else "ok",
        ]

    def as_data(self) -> dict[str, object]:
        """Everything as JSON data."""
        return {
            "checks": len(self.assignment.checks),
            "seeds": list(self.count(SOLUTION)),
            "alternatives": list(self.count(ALTERNATIVE)),
            "variants": list(self.count(VARIANT)),
            "stub": list(self.count(STUB)),
            "null_answers": list(self.count(NULL)),
            "mistakes": list(self.count(MISTAKE)),
            "mutants": list(self.count(MUTANT)),
            "meaning": list(self.count(MEANING)),
            "survivors": [
                {"name": case.name, "diff": case.mutant.diff} for case in self.survivors if case.mutant
            ],
            "equivalent": [
                {"name": case.name, "reason": case.equivalent.reason}
                for case in self.equivalent
                if case.equivalent
            ],
            "prices": [price.as_data() for price in self.prices],
            "seconds": round(self.seconds, 2),
            "problems": [str(problem) for problem in self.problems],
            "advice": [str(problem) for problem in self.advice],
        }


@dataclass(frozen=True)
class Validation:
    """What was shown of a course."""

    # The course's folder, as problems name it.
    course: str
    # By the assignment's name.
    tallies: dict[str, Tally]
    # From the first grading to the last.
    seconds: float
    # What a search found, a sentence each, by the assignment's name.
    found: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # What the files of the course as a whole show.
    inspected: tuple[Problem, ...] = ()

    @property
    def notebooks(self) -> int:
        """How many notebooks were graded."""
        return sum(len(tally.judgements) for tally in self.tallies.values())

    @property
    def mutants(self) -> tuple[int, int]:
        """How many mutants were noticed, and how many there are, equivalent ones not counted."""
        return self.count(MUTANT)

    def count(self, kind: str) -> tuple[int, int]:
        """How many cases of a kind ended as they must in all assignments, and how many there are."""
        counts = [tally.count(kind) for tally in self.tallies.values()]
        return sum(noticed for noticed, _ in counts), sum(total for _, total in counts)

    @property
    def problems(self) -> list[Problem]:
        """Everything that does not hold: each assignment's problems, sorted, then the course's own."""
        problems = [problem for tally in self.tallies.values() for problem in sorted(set(tally.problems))]
        problems += self.inspected
        noticed, total = self.mutants
        if not enough(noticed, total, REQUIRED):
            message = _too_few("the rubrics notice", noticed, total, REQUIRED)
            problems.append(Problem(self.course, 0, message))
        return problems

    @property
    def prices(self) -> list[Price]:
        """What each known mistake and each unwritten part leaves of the points."""
        return [price for tally in self.tallies.values() for price in tally.prices]

    @property
    def warnings(self) -> list[Problem]:
        """What an author should look at, although the course is valid."""
        advice = [each for tally in self.tallies.values() for each in tally.advice]
        return advice + [warning for price in self.prices for warning in price.warnings]

    @property
    def summary(self) -> str:
        """One line on all of it."""
        parts = [f"{counted(self.notebooks, 'notebook')} graded in {self.seconds:.0f} s"]
        noticed, total = self.mutants
        if total:
            parts.append(f"mutants caught: {noticed} of {total}, {noticed / total:.1%}")
        noticed, total = self.count(MEANING)
        if total:
            parts.append(f"mutants of meaning: {noticed} of {total}, {noticed / total:.1%}")
        right, total = self.count(VARIANT)
        if total:
            parts.append(f"variants with full marks: {right} of {total}")
        count = len(self.problems)
        parts.append(counted(count, "problem") if count else "the course is valid")
        return "; ".join(parts)

    def as_data(self) -> dict[str, object]:
        """Everything as JSON data, by assignment."""
        return {
            name: tally.as_data() | ({"found": list(self.found[name])} if name in self.found else {})
            for name, tally in self.tallies.items()
        }
