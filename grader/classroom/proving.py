"""Use cases that prove a course: its validation, and the red team's attempts."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from grader.classroom.progress import OnProgress, Progress, ignore
from grader.classroom.recognition import unrecognized
from grader.classroom.searching import searched
from grader.course import public_folder
from grader.course.course import Assignment, Course
from grader.engine import local
from grader.errors import CourseError, Problem
from grader.model.report import Report
from grader.model.status import SandboxKind
from grader.model.task import Task
from grader.proof import inspection, validation
from grader.proof.earnings import AssignmentEarnings, Earnings, RedTeamResult, earned
from grader.proof.redteam import Attempt, require_known
from grader.proof.redteam import plan as plan_attempts
from grader.proof.tally import Judgement, Tally, Validation
from grader.proof.validation import MUTANTS, Case


def validate(
    course: Course,
    tasks: Sequence[str] = (),
    *,
    seeds: Sequence[int] = range(5),
    mutants: bool = True,
    variants: bool = False,
    search: bool = False,
    sandbox: str = SandboxKind.BUBBLEWRAP,
    jobs: int | None = None,
    on_progress: OnProgress = ignore,
    on_problem: Callable[[Problem], None] = lambda problem: None,
) -> Validation:
    """Prove that right answers earn full marks, empty ones nothing hidden, and wrong ones are noticed.

    `tasks` names assignments; if it is empty, all are meant. `seeds` are what every right answer is graded
    with. `mutants` includes mutated solutions, which take most of the time, and right answers in other forms
    with the first seed; with `variants` they are graded with every seed, even without mutants. `search` adds
    mutants of alternatives, and looks for inputs that would catch surviving ones and on which right answers
    differ. `sandbox` is "bubblewrap" or "none", and `jobs` how many notebooks run at once, by default one for
    each processor. `on_problem` is called for what the files show, before anything is graded.

    What does not hold is in the result. Raises UsageError for an unknown assignment, MachineError if
    notebooks can't be sealed or a package is missing.
    """
    chosen = {assignment.name: assignment for assignment in course.select(tasks)}
    course.environment.require()
    inspected: dict[str, list[Problem]] = {}
    cases: list[Case] = []
    variant_seeds = seeds if variants else seeds[:1] if mutants else ()
    for name, assignment in chosen.items():
        planned, inspected[name] = _planned(course, assignment, seeds, mutants, variant_seeds, search)
        cases += planned
    of_course = tuple(public_folder.inspect(course))
    for problem in itertools.chain(*inspected.values(), of_course):
        on_problem(problem)
    begun = time.monotonic()
    judgements: dict[str, list[Judgement]] = {name: [] for name in chosen}
    graded: dict[str, list[tuple[Case, Report]]] = {name: [] for name in chosen}
    found: dict[str, tuple[str, ...]] = {}
    with local.Grading(sandbox, jobs, chosen.values(), course.environment) as grading:
        on_progress(Progress(0, len(cases)))
        makers = [partial(_task, grading, case) for case in cases]
        for done, (number, report, seconds) in enumerate(_graded(grading, makers), 1):
            case = cases[number]
            if case.kind not in MUTANTS and case.seed == seeds[0]:
                graded[case.assignment.name].append((case, report))
            judgements[case.assignment.name].append(Judgement.of(case, report, seconds))
            on_progress(Progress(done, len(cases), f"{case.assignment.name} {case.label}"))
        for name in chosen if search else ():
            own = [case for case in cases if case.assignment.name == name]
            survivors = [each.case for each in judgements[name] if each.survived]
            found[name] = tuple(searched(grading, own, survivors))
    for name, assignment in chosen.items():
        inspected[name] += unrecognized(assignment, graded[name])
    seconds = time.monotonic() - begun
    return Validation(
        str(course.root), _tallies(course, chosen, inspected, judgements), seconds, found, of_course
    )


def _tallies(
    course: Course,
    chosen: Mapping[str, Assignment],
    inspected: Mapping[str, list[Problem]],
    judgements: Mapping[str, list[Judgement]],
) -> dict[str, Tally]:
    """The tally of each assignment."""
    return {
        name: Tally.of(course, each, inspected[name], judgements[name], inspection.advice(course, each))
        for name, each in chosen.items()
    }


def _planned(course: Course, assignment: Assignment, *choices: Any) -> tuple[list[Case], list[Problem]]:
    """The cases of an assignment, as `validation.plan` chooses them, and the problems that its files show."""
    inspected = inspection.inspect(course, assignment)
    try:
        planned, problems = validation.plan(course, assignment, *choices)
    except CourseError as error:
        known = {problem.message for problem in inspected}
        return [], inspected + [problem for problem in error.problems if problem.message not in known]
    return planned, inspected + problems


def _task(grading: local.Grading, case: Case, name: str) -> Task:
    """The grading of a case, which ends early if it only has to show whether a mutant is noticed."""
    brief = case.kind in MUTANTS
    return grading.task(case.assignment, name, case.content, case.seed, stop_at_first_failure=brief)


def redteam(
    course: Course,
    tasks: Sequence[str] = (),
    *,
    cheats: Sequence[str] = (),
    seed: int = 0,
    sandbox: str = SandboxKind.BUBBLEWRAP,
    jobs: int | None = None,
    on_progress: OnProgress = ignore,
) -> RedTeamResult:
    """Find the checks that known cheats pass.

    `tasks` names assignments and `cheats` names cheats; if empty, all are meant. `seed`, `sandbox` and
    `jobs` are as for `validate`. With the sandbox "none" a cheat that searches the disk finds the solutions.

    What cheats gain is in the result. Raises UsageError for an unknown assignment or cheat, MachineError
    if notebooks can't be sealed or a package is missing.
    """
    chosen = {assignment.name: assignment for assignment in course.select(tasks)}
    course.environment.require()
    require_known(cheats)
    attempts: list[Attempt] = []
    unreadable: list[Problem] = []
    for assignment in chosen.values():
        try:
            attempts += plan_attempts(assignment, cheats)
        except CourseError as error:
            unreadable += error.problems
    begun = time.monotonic()
    found: dict[int, Earnings] = {}
    with local.Grading(sandbox, jobs, chosen.values(), course.environment) as grading:

        def task(attempt: Attempt, name: str) -> Task:
            return grading.task(attempt.assignment, name, attempt.content, seed)

        on_progress(Progress(0, len(attempts)))
        makers = [partial(task, attempt) for attempt in attempts]
        for done, (number, report, _) in enumerate(_graded(grading, makers), 1):
            attempt = attempts[number]
            found[number] = earned(attempt, report)
            on_progress(Progress(done, len(attempts), f"{attempt.assignment.name}: {attempt.name}"))
    earnings: dict[str, list[Earnings]] = {name: [] for name in chosen}
    for number in sorted(found):
        earnings[attempts[number].assignment.name].append(found[number])
    assignments = {
        name: AssignmentEarnings(assignment, course.relative(assignment.folder), tuple(earnings[name]))
        for name, assignment in chosen.items()
    }
    return RedTeamResult(assignments, tuple(unreadable), time.monotonic() - begun)


def _graded(
    grading: local.Grading, makers: Sequence[Callable[[str], Task]]
) -> Iterator[tuple[int, Report, float]]:
    """Reports as they come, each with its maker's number and the seconds since its task was made.

    A maker gets the name under which the notebook is graded.
    """
    begun: dict[str, float] = {}

    def make(name: str, maker: Callable[[str], Task]) -> Task:
        begun[name] = time.monotonic()
        return maker(name)

    tasks = (partial(make, str(number), maker) for number, maker in enumerate(makers))
    for report in grading.reports(tasks):
        yield int(report.student), report, time.monotonic() - begun[report.student]
