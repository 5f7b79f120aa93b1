"""The use case of the search: inputs that would catch survivors, and what a notebook leaves open."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.course.mistakes import SOLUTION
from grader.engine import local
from grader.model.report import Report
from grader.model.task import Task
from grader.proof import search
from grader.proof.validation import ALTERNATIVE, Case


def searched(grading: local.Grading, cases: Sequence[Case], survivors: Sequence[Case]) -> list[str]:
    """What a search found for one assignment, a sentence each.

    `cases` are the assignment's cases, of which the right answers count, and `survivors` the mutants that no
    check noticed. Everything is called with the first seed.
    """
    right = {case.label: case for case in reversed(cases) if case.kind in (SOLUTION, ALTERNATIVE)}
    if SOLUTION not in right:
        return []
    calls = search.recorded(_graded(grading, right[SOLUTION], search.recording))
    if not calls:
        return []

    def answers(case: Case) -> list[search.Asked]:
        return search.answers(_graded(grading, case, lambda task: search.asking(task, calls)), calls)

    known = {label: answers(case) for label, case in reversed(right.items())}
    found = []
    for case in survivors:
        if words := search.caught_by(answers(case), list(known.values())):
            found.append(f"a check would notice {case.name}: {words}")
    for label, others in known.items():
        if label != SOLUTION:
            for words in search.left_open(known[SOLUTION], others):
                found.append(f"the notebook leaves open what {words} (the solution, the {label})")
    return found


def _graded(grading: local.Grading, case: Case, change: Callable[[Task], Task]) -> Report:
    """The report of a case whose grading was changed."""
    task = change(grading.task(case.assignment, case.name[:40], case.content, case.seed))
    [report] = grading.reports([lambda: task])
    return report
