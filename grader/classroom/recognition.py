"""Whether known mistakes are recognized: each where it was made, and none elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from grader.classroom.diagnosis import KnownAnswers, diagnose
from grader.course.course import Assignment
from grader.course.mistakes import SOLUTION
from grader.errors import Problem
from grader.model.report import GRADED, Report
from grader.proof.decoys import EMPTY
from grader.proof.validation import DECOY, MISTAKE, NULL, STUB, Case

Graded = Sequence[tuple[Case, Report]]


def unrecognized(assignment: Assignment, graded: Graded) -> list[Problem]:
    """The mistakes that can't be told from other answers, and the answers that are taken for one.

    `graded` are the cases of one assignment that were graded with the same seed, and their reports.
    """
    known = known_answers(assignment, graded)
    if known is None:
        return []
    problems = []
    for case, report in graded:
        if report.outcome != GRADED:
            continue
        found = {result.mistake for result in diagnose(report, known).checks if result.mistake}
        # A mistake without an answer, which only the source shows, is taken for nothing.
        answers = any(known.failed_traces(case.name).values()) if case.kind == MISTAKE else False
        if answers and known.can_be_named(case.name) and case.name not in found:
            problems.append(Problem(case.file, 0, _why(case, report, known)))
        problems += [
            Problem(case.file, 0, f"the {case.label} is taken for the mistake {name}: {REMEDY}")
            for name in sorted(found - {case.holds})
        ]
    return problems


REMEDY = (
    "let a check get an answer that nothing else gives, or set `named = false`, so that no report names it"
)


def known_answers(assignment: Assignment, graded: Graded) -> KnownAnswers | None:
    """The known answers among graded cases, as a class is compared with. None if there is no solution."""
    by_kind = {(case.kind, case.name): report for case, report in graded}
    solution = by_kind.get((SOLUTION, SOLUTION))
    if solution is None:
        return None
    decoys = {
        name: report
        for (kind, name), report in by_kind.items()
        if kind in (STUB, DECOY) or (kind == NULL and name in EMPTY)
    }
    mistakes = {name: report for (kind, name), report in by_kind.items() if kind == MISTAKE}
    return KnownAnswers(solution, mistakes, decoys, {each.name: each for each in assignment.mistakes})


def _why(case: Case, report: Report, known: KnownAnswers) -> str:
    """Why a mistake is not recognized where it was made, and what to do."""
    like = known.sharing(case.name)
    rivals = f" can't be told from {', '.join(like)}" if like else " is not recognized"
    return f"the mistake{rivals}: no check gets a distinctive answer from it; {REMEDY}"
