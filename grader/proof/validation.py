"""A rubric is tested too: what right answers, empty ones and wrong ones must earn.

`plan` lists the gradings that prove one assignment, `examine` says what their reports prove.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.course.course import Assignment, Course, Equivalent
from grader.course.mistakes import SOLUTION, mistaken
from grader.course.stub import read
from grader.errors import CourseError, Problem
from grader.model.report import GRADED, PASSED, Report
from grader.notebook.notebook import Notebook
from grader.notebook.writing import dump
from grader.proof.mutants import Mutant, mutants
from grader.proof.null_answers import null_answers

ALTERNATIVE, STUB, NULL, MISTAKE, MUTANT = "alternative", "stub", "null answer", "mistake", "mutant"
KINDS = (SOLUTION, ALTERNATIVE, STUB, NULL, MISTAKE, MUTANT)
# For mutants: many of them never end, and none that is right needs a tenth of this.
MUTANT_LIMITS = {"cpu_s": 20, "wall_s": 60, "cell_s": 4, "cell_wall_s": 10, "call_s": 4, "call_wall_s": 10}
DEMANDED, DEMANDED_OF_EACH = (
    0.95,
    0.90,
)  # of the mutants that are not equivalent, of all assignments together and of each


@dataclass(frozen=True)
class Trial:
    """One notebook to grade, and who must fail on it."""

    assignment: Assignment
    kind: str  # one of KINDS
    name: str
    file: str
    content: bytes
    seed: int
    fails: tuple[str, ...] = ()
    mutant: Mutant | None = None
    equivalent: Equivalent | None = None  # that the mutant is listed as

    @property
    def called(self) -> str:
        return self.kind if self.kind in (SOLUTION, STUB) else f"{self.kind} {self.name}"


def plan(
    course: Course, assignment: Assignment, seeds: Sequence[int], with_mutants: bool = True
) -> tuple[list[Trial], list[Problem]]:
    """The trials of one assignment, and problems with making them."""
    assert assignment.solution is not None
    where = course.relative(assignment.solution)
    solution, stub = read(assignment.solution), read(assignment.stub)
    content, first = dump(solution).encode(), seeds[0]
    problems: list[Problem] = []
    trials = [Trial(assignment, SOLUTION, SOLUTION, where, content, seed) for seed in seeds]
    for path in assignment.alternatives:
        try:
            trials += [
                Trial(
                    assignment, ALTERNATIVE, path.stem, course.relative(path), dump(read(path)).encode(), seed
                )
                for seed in seeds
            ]
        except CourseError as error:
            problems += error.problems
    trials.append(
        Trial(assignment, STUB, STUB, course.relative(assignment.stub), assignment.stub.read_bytes(), first)
    )
    for name, notebook in null_answers(solution, stub).items():
        trials.append(Trial(assignment, NULL, name, where, dump(notebook).encode(), first))
    for mistake in assignment.mistakes:
        try:
            trials.append(
                Trial(
                    assignment,
                    MISTAKE,
                    mistake.name,
                    mistake.path,
                    dump(mistaken(solution, mistake)).encode(),
                    first,
                    mistake.fails,
                )
            )
        except ValueError as error:
            problems.append(Problem(mistake.path, 0, str(error)))
    if with_mutants:
        more, unused = _mutations(course, assignment, solution, first)
        trials += more
        problems += unused
    return trials, problems


def _mutations(
    course: Course, assignment: Assignment, solution: Notebook, seed: int
) -> tuple[list[Trial], list[Problem]]:
    assert assignment.solution is not None
    quick = replace(assignment, limits=replace(assignment.limits, **MUTANT_LIMITS))
    listed = {(each.line, each.becomes): each for each in assignment.equivalents}
    trials = []
    for mutant in mutants(solution):
        equivalent = listed.get((mutant.line, mutant.becomes))
        trials.append(
            Trial(
                quick,
                MUTANT,
                mutant.name,
                course.relative(assignment.solution),
                dump(mutant.notebook).encode(),
                seed,
                (),
                mutant,
                equivalent,
            )
        )
    seen = {(trial.mutant.line, trial.mutant.becomes) for trial in trials if trial.mutant}
    return trials, [
        Problem(
            course.relative(assignment.solution.parent / "equivalent.toml"),
            0,
            f"no mutant turns `{line}` into `{becomes}`",
        )
        for line, becomes in listed
        if (line, becomes) not in seen
    ]


def caught(report: Report) -> bool:
    """Whether a rubric noticed that something is wrong."""
    return report.outcome == GRADED and any(result.verdict != PASSED for result in report.checks)


def examine(trial: Trial, report: Report) -> list[Problem]:
    """What a trial's report shows to be wrong. A mutant that survives is no problem by itself: see `enough`."""

    def problem(words: str) -> Problem:
        return Problem(trial.file, 0, words)

    if report.outcome != GRADED:
        return [problem(f"the {trial.called} was not graded: {report.outcome}: {report.reason}")]
    failed = {result.check.id: result for result in report.checks if result.verdict != PASSED}
    passed = [result.check for result in report.checks if result.verdict == PASSED]
    if trial.kind in (SOLUTION, ALTERNATIVE):
        return [
            problem(f"the {trial.called} does not pass {name} with seed {trial.seed}: {result.message}")
            for name, result in failed.items()
        ]
    if trial.kind == STUB:
        return [
            problem(f"the stub passes {check.id}, so that check asks for nothing that was to be written")
            for check in passed
        ]
    if trial.kind == NULL:
        return [
            problem(f"a null answer, {trial.name!r}, passes {check.id}: it computes nothing")
            for check in passed
            if check.visibility == "hidden"
        ]
    if trial.kind == MUTANT:
        wrong = trial.equivalent is not None and bool(failed)
        return (
            [problem(f"listed as equivalent, but {next(iter(failed))} notices it: {trial.name}")]
            if wrong
            else []
        )
    found = []
    for name in sorted(set(trial.fails) - set(failed)):
        found.append(problem(f"the mistake passes {name}, which was to catch it"))
    for name in sorted(set(failed) - set(trial.fails)):
        found.append(
            problem(f"the mistake fails {name} as well, which it does not name: {failed[name].message}")
        )
    return found


def enough(caught: int, of: int, demanded: float) -> bool:
    """Whether a rubric notices as many mutants as it must."""
    return caught >= demanded * of
