"""`grader validate`: prove the course."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from grader import batch, course, validation
from grader.display import note, progress, table
from grader.errors import CourseError, Problem
from grader.notebook import Unreadable
from grader.task import Task
from grader.validation import Trial


@dataclass
class Tally:
    """What was shown of one assignment."""

    checks: int = 0
    seeds: list[int] = field(default_factory=lambda: [0, 0])  # passed, of
    stubs: list[int] = field(default_factory=lambda: [0, 0])
    mistakes: list[int] = field(default_factory=lambda: [0, 0])
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)

    def count(self, trial: Trial, good: bool) -> None:
        counter = {"solution": self.seeds, "stub": self.stubs, "mistake": self.mistakes}[trial.kind]
        counter[0] += good
        counter[1] += 1


def run(options: argparse.Namespace) -> int:
    the_course = course.load(options.course)
    chosen = the_course.select(options.tasks)
    seeds = range(options.seed, options.seed + options.seeds)
    tallies = {assignment.name: Tally(len(assignment.checks)) for assignment in chosen}
    trials: list[Trial] = []
    for assignment in chosen:
        problems = validation.inspect(the_course, assignment)
        try:
            planned, more = validation.plan(the_course, assignment, seeds)
            trials += planned
            problems += more
        except CourseError as error:
            problems += error.problems
        tallies[assignment.name].problems += problems
    with batch.Grading(options.sandbox, options.jobs) as grading:
        _try_all(grading, trials, tallies, options.quiet)
    problems = [problem for tally in tallies.values() for problem in sorted(set(tally.problems))]
    if options.json:
        json.dump(_as_data(tallies), sys.stdout, indent=1, ensure_ascii=False)
        print()
    else:
        table(["assignment", "checks", "seeds passed", "stub fails", "mistakes caught", "seconds", ""],
              ([name, str(tally.checks), "{}/{}".format(*tally.seeds), "yes" if tally.stubs == [1, 1] else "NO", "{}/{}".format(*tally.mistakes),
                f"{tally.seconds:.1f}", "FAILED" if tally.problems else "ok"] for name, tally in tallies.items()), numbers=(1, 2, 4, 5))
    for problem in problems:
        note(str(problem))
    note(f"{len(problems)} problems" if problems else "the course is valid", options.quiet and not problems)
    return 1 if problems else 0


def _try_all(grading: batch.Grading, trials: list[Trial], tallies: dict[str, Tally], quiet: bool) -> None:
    """Grade every trial, each under a name of its own, and note what its report shows."""
    named = {f"{number}": trial for number, trial in enumerate(trials)}
    begun: dict[str, float] = {}

    def maker(name: str, trial: Trial) -> Callable[[], Task]:
        def make() -> Task:
            begun[name] = time.monotonic()
            content: bytes | Unreadable = trial.content
            return grading.task(trial.assignment, name, content, trial.seed)

        return make

    with progress(len(trials), "validating", quiet) as step:
        for report in grading.grade(maker(name, trial) for name, trial in named.items()):
            trial = named[report.student]
            tally = tallies[trial.assignment.name]
            problems = validation.examine(trial, report)
            tally.problems += problems
            tally.count(trial, not problems)
            tally.seconds += time.monotonic() - begun[report.student]
            step(f"{trial.assignment.name} {trial.name}")


def _as_data(tallies: dict[str, Tally]) -> dict[str, object]:
    return {name: {"checks": tally.checks, "seeds": tally.seeds, "stub": tally.stubs, "mistakes": tally.mistakes,
                   "seconds": round(tally.seconds, 2), "problems": [str(problem) for problem in tally.problems]}
            for name, tally in tallies.items()}
