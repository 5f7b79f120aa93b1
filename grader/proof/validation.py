"""The validation of a rubric: what right answers, empty ones and wrong ones must earn.

`plan` lists the notebooks whose grading proves one assignment, `judge` says what each report proves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.course.course import UNWRITTEN, Assignment, Course, Equivalent
from grader.course.mistakes import SOLUTION, mistaken
from grader.course.stub import read_notebook, read_solution
from grader.errors import CourseError, Problem
from grader.model.report import GRADED, PASSED, Report
from grader.model.status import Status
from grader.notebook.notebook import Notebook
from grader.notebook.reading import parse
from grader.notebook.writing import dump
from grader.proof.crosses import crosses
from grader.proof.decoys import EMPTY, UNTRAINED, decoys
from grader.proof.mutants import Mutant, alternative_mutants, meaning_mutants, mutants
from grader.proof.null_answers import null_answers
from grader.proof.unwritten import unwritten
from grader.proof.variants import variants

ALTERNATIVE, STUB, NULL, MISTAKE, MUTANT = "alternative", "stub", "null answer", "mistake", "mutant"
# Wrong answers that must be taken for no known mistake. A part is one of the stub's, left unwritten.
DECOY, CROSS, PART = "decoy", "cross", "part"
# Mutants of what the solution means.
MEANING = "meaning"
# Mutants of what an alternative means. A search tries some.
ALTERED = "mutant of an alternative"
MUTANTS = (MUTANT, MEANING, ALTERED)
# How many of each alternative.
ALTERED_COUNT = 8
# Right answers rewritten in another form.
VARIANT = "variant"
KINDS = (SOLUTION, ALTERNATIVE, VARIANT, STUB, NULL, MISTAKE, DECOY, CROSS, PART, *MUTANTS)
# The limits of mutants: many never end, and none that is right needs a tenth of this.
MUTANT_LIMITS = {"cpu_s": 20, "wall_s": 60, "cell_s": 4, "cell_wall_s": 10, "call_s": 4, "call_wall_s": 10}


@dataclass(frozen=True)
class Case:
    """One notebook to grade, and the checks that it must fail."""

    assignment: Assignment
    # One of KINDS.
    kind: str
    name: str
    # The file that problems name.
    file: str
    content: bytes
    seed: int
    fails: tuple[str, ...] = ()
    mutant: Mutant | None = None
    # The author's entry that lists the mutant as equivalent to the solution.
    equivalent: Equivalent | None = None
    # The name of the known mistake that it holds.
    holds: str = ""
    # The author's reason why it costs more than half of the points.
    costs: str = ""
    # The lines that were rewritten, if it is a variant.
    rewritten: str = ""

    @property
    def label(self) -> str:
        """The case as messages and progress name it."""
        if self.kind == PART:
            return f"part {self.name} unwritten"
        return self.kind if self.kind in (SOLUTION, STUB) else f"{self.kind} {self.name}"


def plan(
    course: Course,
    assignment: Assignment,
    seeds: Sequence[int],
    with_mutants: bool = True,
    variant_seeds: Sequence[int] = (),
    with_altered: bool = False,
) -> tuple[list[Case], list[Problem]]:
    """The cases of one assignment, and the problems that keep some from being made.

    The solution and the alternatives are graded with every seed, their variants with `variant_seeds`,
    everything else with the first. `with_altered` includes mutants of alternatives.
    Raises CourseError if the solution or the stub can't be read.
    """
    assert assignment.solution is not None
    where = course.relative(assignment.solution)
    solution, stub = read_solution(assignment.solution), read_notebook(assignment.stub)
    content, first = dump(solution).encode(), seeds[0]
    cases = [Case(assignment, SOLUTION, SOLUTION, where, content, seed) for seed in seeds]
    alternatives, problems = _alternatives(course, assignment, seeds)
    cases += alternatives
    cases += _variants(solution, stub, cases, variant_seeds)
    stub_file = course.relative(assignment.stub)
    cases.append(Case(assignment, STUB, STUB, stub_file, assignment.stub.read_bytes(), first))
    for name, notebook in null_answers(solution, stub).items():
        cases.append(Case(assignment, NULL, name, where, dump(notebook).encode(), first))
    planted, unplanted = _mistakes(assignment, solution, first, with_mutants)
    cases += planted
    problems += unplanted
    parts, unmade = _parts(course, assignment, solution, first)
    cases += parts
    problems += unmade
    if with_mutants:
        mutated, unmatched = _mutants(course, assignment, solution, first)
        cases += mutated
        problems += unmatched
    if with_altered:
        cases += [case for each in cases if each.kind == ALTERNATIVE for case in _altered(each, stub, first)]
    return cases, problems


def _mistakes(
    assignment: Assignment, solution: Notebook, seed: int, crossed: bool
) -> tuple[list[Case], list[Problem]]:
    """The mistakes, and what must not be taken for one; problems with those that can't be planted.

    `crossed` includes the solution and every mistake with an accident on top.
    """
    cases: list[Case] = []
    problems: list[Problem] = []
    if not assignment.mistakes:
        return cases, problems
    where = assignment.mistakes[0].path
    for name, content in decoys(assignment).items():
        if name not in (STUB, *EMPTY):  # these are graded anyway
            cases.append(Case(assignment, DECOY, name, where, content, seed))
    for name, notebook in crosses(solution, each=True).items() if crossed else ():
        if name != UNTRAINED:  # a decoy
            cases.append(Case(assignment, CROSS, name, where, dump(notebook).encode(), seed))
    for mistake in assignment.mistakes:
        try:
            wrong = mistaken(solution, mistake)
            accidents = crosses(wrong) if crossed else {}
        except ValueError as error:
            problems.append(Problem(mistake.path, 0, str(error)))
            continue
        name, content = mistake.name, dump(wrong).encode()
        planted = Case(assignment, MISTAKE, name, mistake.path, content, seed, mistake.fails, holds=name)
        crossed_with = replace(planted, kind=CROSS, fails=())
        planted = replace(planted, costs=mistake.costs)
        cases.append(planted)
        cases += [
            replace(crossed_with, name=f"{name}, {accident}", content=dump(notebook).encode())
            for accident, notebook in accidents.items()
        ]
    return cases, problems


def _parts(
    course: Course, assignment: Assignment, solution: Notebook, seed: int
) -> tuple[list[Case], list[Problem]]:
    """The solution with each part of the stub left unwritten, and the reasons that are given for no part."""
    assert assignment.solution is not None
    where = course.relative(assignment.solution.parent / UNWRITTEN)
    parts = unwritten(solution)
    cases = [
        Case(
            *(assignment, PART, name, where, dump(notebook).encode(), seed),
            costs=assignment.unwritten.get(name, ""),
        )
        for name, notebook in parts.items()
    ]
    known = f"there are {', '.join(parts)}" if parts else "it has only one"
    return cases, [
        Problem(where, 0, f"the stub has no part {name!r}: {known}")
        for name in assignment.unwritten
        if name not in parts
    ]


def _alternatives(
    course: Course, assignment: Assignment, seeds: Sequence[int]
) -> tuple[list[Case], list[Problem]]:
    """The right answers in other styles, and problems with those that can't be read."""
    cases: list[Case] = []
    problems: list[Problem] = []
    for path in assignment.alternatives:
        try:
            content = dump(read_notebook(path)).encode()
        except CourseError as error:
            problems += error.problems
            continue
        where = course.relative(path)
        cases += [Case(assignment, ALTERNATIVE, path.stem, where, content, seed) for seed in seeds]
    return cases, problems


def _variants(solution: Notebook, stub: Notebook, right: Sequence[Case], seeds: Sequence[int]) -> list[Case]:
    """The solution in each other form, and the alternatives in several forms at once."""
    cases = []
    answers = {case.name: case for case in right} if seeds else {}
    for case in answers.values():
        own = case.kind == SOLUTION
        for variant in variants(solution if own else parse(case.content), stub, bundled=not own):
            made = replace(
                case,
                kind=VARIANT,
                name=f"{variant.name} of the {case.label}",
                content=dump(variant.notebook).encode(),
                rewritten=variant.diff,
            )
            cases += [replace(made, seed=seed) for seed in seeds]
    return cases


def _mutants(
    course: Course, assignment: Assignment, solution: Notebook, seed: int
) -> tuple[list[Case], list[Problem]]:
    """The mutants, and the entries of equivalent mutants that fit none of them."""
    assert assignment.solution is not None
    quick = _quick(assignment)
    where = course.relative(assignment.solution)
    listed = {(each.line, each.becomes): each for each in assignment.equivalents}
    cases = []
    for kind, made_by in ((MUTANT, mutants), (MEANING, meaning_mutants)):
        for mutant in made_by(solution):
            equivalent = listed.get((mutant.line, mutant.becomes))
            content = dump(mutant.notebook).encode()
            cases.append(Case(quick, kind, mutant.name, where, content, seed, (), mutant, equivalent))
    made = {(case.mutant.line, case.mutant.becomes) for case in cases if case.mutant}
    file = course.relative(assignment.solution.parent / "equivalent.toml")
    return cases, [
        Problem(file, 0, f"no mutant turns `{line}` into `{becomes}`")
        for line, becomes in listed
        if (line, becomes) not in made
    ]


def _altered(alternative: Case, stub: Notebook, seed: int) -> list[Case]:
    """Mutants of an alternative, if it is the case with the first seed."""
    if alternative.seed != seed:
        return []
    quick = _quick(alternative.assignment)
    return [
        replace(
            alternative,
            assignment=quick,
            kind=ALTERED,
            name=f"{alternative.name}, {mutant.name}",
            content=dump(mutant.notebook).encode(),
            mutant=mutant,
        )
        for mutant in alternative_mutants(parse(alternative.content), stub, ALTERED_COUNT)
    ]


def _quick(assignment: Assignment) -> Assignment:
    """The assignment with the limits of mutants."""
    return replace(assignment, limits=replace(assignment.limits, **MUTANT_LIMITS))


def caught(report: Report) -> bool:
    """Whether a rubric noticed that something is wrong."""
    return report.outcome == GRADED and any(result.verdict != PASSED for result in report.checks)


def judge(case: Case, report: Report) -> list[Problem]:
    """What the report shows to be wrong with the course.

    A mutant that survives is not a problem by itself: see `grader.proof.tally`.
    """
    return [Problem(case.file, 0, message) for message in _messages(case, report)]


def _messages(case: Case, report: Report) -> list[str]:
    if report.outcome != GRADED:
        reason = report.reason.en if report.reason else ""
        return [f"the {case.label} was not graded: {report.outcome}: {reason}"]
    failed = {result.check.id: result for result in report.checks if result.verdict != PASSED}
    passed = [result.check for result in report.checks if result.verdict == PASSED]
    undrawn = [
        f"the solution has no picture for {result.check.id} with seed {case.seed}: {result.undrawn}"
        for result in report.checks
        if result.undrawn and case.kind == SOLUTION
    ]
    if case.kind in (SOLUTION, ALTERNATIVE, VARIANT):
        lines = f"; it was rewritten so:\n{case.rewritten}" if case.rewritten else ""
        if failed and (stopped := _stopped(report)):
            return [
                f"the {case.label} stops with seed {case.seed}: {stopped}; so it does not pass "
                f"{', '.join(failed)}{lines}"
            ]
        return [
            f"the {case.label} does not pass {name} with seed {case.seed}: {result.message}{lines}"
            for name, result in failed.items()
        ] + undrawn
    if case.kind == STUB:
        return [
            f"the stub passes {check.id}, so that check needs nothing that students write" for check in passed
        ]
    if case.kind == NULL:
        return [
            f"the null answer {case.name!r} passes {check.id} although it computes nothing"
            for check in passed
            if check.visibility == "hidden"
        ]
    if case.kind in (DECOY, CROSS, PART):
        return []  # what they are taken for is seen when all are graded
    if case.kind in MUTANTS:
        noticed = next(iter(failed), None) if case.equivalent is not None else None
        return [f"listed as equivalent, but {noticed} notices it: {case.name}"] if noticed else []
    expected = set(case.fails)
    return [
        *(f"the mistake passes {name}, which should catch it" for name in sorted(expected - set(failed))),
        *(
            f"the mistake also fails {name}, which it does not list: {failed[name].message}"
            for name in sorted(set(failed) - expected)
        ),
    ]


def _stopped(report: Report) -> str:
    """Where a notebook did not run to its end, and why; empty if it did."""
    run = report.execution
    if run.status is Status.OK or run.cell is None:
        return ""
    line = next((f", line {cell.line}" for cell in run.cells if cell.number == run.cell and cell.line), "")
    return f"cell {run.cell}{line}: {run.message.en if run.message else run.status}"
