"""`grader validate`: prove the course."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from grader.cli.display import note, progress, table
from grader.course import loader as course
from grader.course.course import Assignment
from grader.course.mistakes import SOLUTION
from grader.engine import local as batch
from grader.errors import CourseError, Problem
from grader.model.task import Task
from grader.proof import inspection, validation
from grader.proof.validation import (
    ALTERNATIVE,
    DEMANDED,
    DEMANDED_OF_EACH,
    MISTAKE,
    MUTANT,
    NULL,
    STUB,
    Trial,
    enough,
)


@dataclass
class Tally:
    """What was shown of one assignment: for each kind of trial, how many were as they must be, and of how many."""

    assignment: Assignment
    counts: dict[str, list[int]] = field(default_factory=lambda: {kind: [0, 0] for kind in validation.KINDS})
    survivors: list[Trial] = field(default_factory=list)
    equivalent: list[Trial] = field(default_factory=list)
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)

    def count(self, trial: Trial, good: bool) -> None:
        self.counts[trial.kind][0] += good
        self.counts[trial.kind][1] += 1

    def of(self, *kinds: str) -> str:
        counts = [self.counts[kind] for kind in kinds]
        return f"{sum(good for good, _ in counts)}/{sum(many for _, many in counts)}"


def run(options: argparse.Namespace) -> int:
    the_course = course.load(options.course)
    seeds = range(options.seed, options.seed + options.seeds)
    tallies = {assignment.name: Tally(assignment) for assignment in the_course.select(options.tasks)}
    trials: list[Trial] = []
    for tally in tallies.values():
        tally.problems += inspection.inspect(the_course, tally.assignment)
        try:
            planned, problems = validation.plan(the_course, tally.assignment, seeds, options.mutants)
            trials += planned
            tally.problems += problems
        except CourseError as error:
            tally.problems += error.problems
    begun = time.monotonic()
    with batch.Grading(options.sandbox, options.jobs) as grading:
        _try_all(grading, trials, tallies, options.quiet)
    for tally in tallies.values():
        good, many = tally.counts[MUTANT]
        if not enough(good, many, DEMANDED_OF_EACH):
            tally.problems.append(
                Problem(
                    the_course.relative(tally.assignment.files[-1]),
                    0,
                    f"notices {good} of {many} mutants; at least {DEMANDED_OF_EACH:.0%} are demanded",
                )
            )
    caught, of = (sum(tally.counts[MUTANT][place] for tally in tallies.values()) for place in (0, 1))
    problems = [problem for tally in tallies.values() for problem in sorted(set(tally.problems))]
    if not enough(caught, of, DEMANDED):
        problems.append(
            Problem(
                str(options.course),
                0,
                f"the rubrics notice {caught} of {of} mutants; at least {DEMANDED:.0%} are demanded",
            )
        )
    if options.json:
        json.dump(_as_data(tallies), sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        _tell(tallies, options.verbose)
    for problem in problems:
        note(str(problem))
    summary = f"{len(trials)} notebooks graded in {time.monotonic() - begun:.0f} s"
    if of:
        summary += f"; mutants caught: {caught} of {of}, {caught / of:.1%}"
    note(
        f"{summary}; {len(problems)} problems" if problems else f"{summary}; the course is valid",
        options.quiet and not problems,
    )
    return 1 if problems else 0


def _try_all(grading: batch.Grading, trials: list[Trial], tallies: dict[str, Tally], quiet: bool) -> None:
    """Grade every trial, each under a name of its own, and note what its report shows."""
    named = {f"{number}": trial for number, trial in enumerate(trials)}
    begun: dict[str, float] = {}

    def maker(name: str, trial: Trial) -> Callable[[], Task]:
        def make() -> Task:
            begun[name] = time.monotonic()
            return grading.task(trial.assignment, name, trial.content, trial.seed, brief=trial.kind == MUTANT)

        return make

    with progress(len(trials), "validating", quiet) as step:
        for report in grading.grade(maker(name, trial) for name, trial in named.items()):
            trial = named[report.student]
            tally = tallies[trial.assignment.name]
            problems = validation.examine(trial, report)
            tally.problems += problems
            tally.seconds += time.monotonic() - begun[report.student]
            step(f"{trial.assignment.name} {trial.called}")
            if trial.equivalent is not None:
                tally.equivalent.append(trial)
                continue
            survived = trial.kind == MUTANT and not validation.caught(report)
            if survived and not problems:
                tally.survivors.append(trial)
            tally.count(trial, not problems and not survived)


def _tell(tallies: dict[str, Tally], verbose: bool) -> None:
    """The table, then every mutant that nothing noticed."""
    table(
        [
            "assignment",
            "checks",
            "full marks",
            "stub",
            "null answers",
            "mistakes caught",
            "mutants caught",
            "equivalent",
            "seconds",
            "",
        ],
        (
            [
                name,
                str(len(tally.assignment.checks)),
                tally.of(SOLUTION, ALTERNATIVE),
                "0" if tally.counts[STUB] == [1, 1] else "FAILED",
                tally.of(NULL),
                tally.of(MISTAKE),
                tally.of(MUTANT),
                str(len(tally.equivalent)),
                f"{tally.seconds:.1f}",
                "FAILED" if tally.problems else "ok",
            ]
            for name, tally in tallies.items()
        ),
        numbers=(1, 2, 3, 4, 5, 6, 7, 8),
    )
    for name, tally in tallies.items():
        for trial in tally.survivors:
            assert trial.mutant is not None
            print(
                f"\n{name}: no check notices this ({trial.mutant.kind}, cell {trial.mutant.cell}, line {trial.mutant.number}):\n{trial.mutant.diff}"
            )
        for trial in tally.equivalent if verbose else ():
            assert trial.equivalent is not None
            print(f"\n{name}: still right: {trial.name}\n  {trial.equivalent.reason}")


def _as_data(tallies: dict[str, Tally]) -> dict[str, object]:
    return {
        name: {
            "checks": len(tally.assignment.checks),
            "seeds": tally.counts[SOLUTION],
            "alternatives": tally.counts[ALTERNATIVE],
            "stub": tally.counts[STUB],
            "null_answers": tally.counts[NULL],
            "mistakes": tally.counts[MISTAKE],
            "mutants": tally.counts[MUTANT],
            "survivors": [
                {"name": trial.name, "diff": trial.mutant.diff} for trial in tally.survivors if trial.mutant
            ],
            "equivalent": [
                {"name": trial.name, "reason": trial.equivalent.reason}
                for trial in tally.equivalent
                if trial.equivalent
            ],
            "seconds": round(tally.seconds, 2),
            "problems": [str(problem) for problem in tally.problems],
        }
        for name, tally in tallies.items()
    }
