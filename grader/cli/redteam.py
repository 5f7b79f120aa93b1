"""`grader redteam`: what every known cheat earns."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable

from grader.cli.display import note, progress, table
from grader.course import loader as course
from grader.course.course import Assignment
from grader.course.mistakes import SOLUTION
from grader.engine import local as batch
from grader.errors import CourseError, Problem
from grader.model.report import Report
from grader.model.task import Task
from grader.proof import redteam
from grader.proof.redteam import CHEAT, Attempt, Outcome
from grader.proof.validation import STUB


def run(options: argparse.Namespace) -> int:
    the_course = course.load(options.course)
    chosen = {assignment.name: assignment for assignment in the_course.select(options.tasks)}
    redteam.named(options.cheats)
    attempts: list[Attempt] = []
    problems: list[Problem] = []
    for assignment in chosen.values():
        try:
            attempts += redteam.plan(assignment, options.cheats)
        except CourseError as error:
            problems += error.problems
    begun = time.monotonic()
    found: dict[str, list[Outcome]] = {name: [] for name in chosen}
    with batch.Grading(options.sandbox, options.jobs) as grading:
        for attempt, report in _graded(grading, attempts, options.seed, options.quiet):
            found[attempt.assignment.name].append(redteam.outcome(attempt, report))
    for name, assignment in chosen.items():
        where = the_course.relative(assignment.folder)
        problems += [Problem(where, 0, words) for words in _problems(assignment, found[name])]
    if options.json:
        data = {name: _as_data(assignment, found[name]) for name, assignment in chosen.items()}
        json.dump(data, sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        for name, assignment in chosen.items():
            _tell(assignment, found[name])
    for problem in problems:
        note(str(problem))
    count = sum(attempt.kind == CHEAT for attempt in attempts)
    summary = f"{count} cheats tried, {len(attempts)} notebooks graded in {time.monotonic() - begun:.0f} s"
    note(
        f"{summary}; {len(problems)} problems" if problems else f"{summary}; none earns anything hidden",
        options.quiet and not problems,
    )
    return 1 if problems else 0


def _graded(
    grading: batch.Grading, attempts: list[Attempt], seed: int, quiet: bool
) -> list[tuple[Attempt, Report]]:
    """Every attempt with its report, in the order of the attempts."""

    def maker(name: str, attempt: Attempt) -> Callable[[], Task]:
        return lambda: grading.task(attempt.assignment, name, attempt.content, seed)

    found: dict[int, Report] = {}
    with progress(len(attempts), "cheating", quiet) as step:
        for report in grading.grade(maker(str(number), attempt) for number, attempt in enumerate(attempts)):
            attempt = attempts[int(report.student)]
            found[int(report.student)] = report
            step(f"{attempt.assignment.name}: {attempt.name}")
    return [(attempt, found[number]) for number, attempt in enumerate(attempts)]


def _problems(assignment: Assignment, outcomes: list[Outcome]) -> list[str]:
    """What must not be, a sentence each."""
    without = redteam.untouched(outcomes)
    visibility = {check.id: check.visibility for check in assignment.checks}
    found = []
    for each in outcomes:
        if each.fault:
            found.append(f"{each.attempt.name!r} was not graded: {each.fault.splitlines()[0]}")
        elif each.attempt.kind == SOLUTION:
            found += [
                f"the solution itself does not pass {check}: that no cheat does proves nothing"
                for check in visibility
                if check not in each.passed
            ]
        found += [
            f"{each.attempt.name!r} passes {check} ({visibility[check]}): {each.attempt.tries}"
            for check in redteam.gained(each, without)
        ]
    return found


def _tell(assignment: Assignment, outcomes: list[Outcome]) -> None:
    """The table of attack by check."""
    without = redteam.untouched(outcomes)
    print(f"\n{assignment.name}")
    rows = []
    for each in outcomes:
        bad = redteam.gained(each, without)
        marks = [
            "PASSES" if check.id in bad else "passes" if check.id in each.passed else "·"
            for check in assignment.checks
        ]
        name = (
            each.attempt.name
            if each.attempt.kind in (SOLUTION, STUB, CHEAT)
            else f"{each.attempt.kind}: {each.attempt.name}"
        )
        rows.append(
            [name, *marks, "not graded" if each.fault else "" if each.status == "ok" else each.status]
        )
    table(
        [
            "",
            *(f"{check.id.removeprefix('test_')} ({check.visibility})" for check in assignment.checks),
            "run",
        ],
        rows,
    )


def _as_data(assignment: Assignment, outcomes: list[Outcome]) -> dict[str, object]:
    without = redteam.untouched(outcomes)
    worth = {check.id: check.points for check in assignment.checks}
    hidden = {check.id for check in assignment.checks if check.visibility == "hidden"}
    return {
        "checks": {
            check.id: {"visibility": check.visibility, "points": check.points} for check in assignment.checks
        },
        "attempts": [
            {
                "name": each.attempt.name,
                "kind": each.attempt.kind,
                "tries": each.attempt.tries,
                "passed": each.passed,
                "gained": redteam.gained(each, without),
                "hidden_points": sum(worth[check] for check in each.passed if check in hidden),
                "status": each.status,
                "fault": each.fault,
            }
            for each in outcomes
        ],
        "problems": _problems(assignment, outcomes),
    }
