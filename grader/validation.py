"""A course is tested too: what its solutions, stubs and mistakes must earn, and what must not be public.

`plan` lists the gradings that prove one assignment, `examine` says what their reports prove, and
`inspect` looks at the files alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.course import BEGIN, END, HIDDEN, PUBLIC, Assignment, Course, Mistake
from grader.errors import CourseError, Problem
from grader.notebook import Notebook, Unreadable, dump, parse
from grader.score import GRADED, PASSED, Report
from grader.stub import read, text_of

MIN_SECRET = 24  # characters of a line that would betray an answer; shorter ones stand in many a program


@dataclass(frozen=True)
class Trial:
    """One notebook to grade, and who must fail on it. `kind` is "solution", "stub" or "mistake"."""

    assignment: Assignment
    kind: str
    name: str
    file: str
    content: bytes
    seed: int
    fails: tuple[str, ...] = ()


def plan(course: Course, assignment: Assignment, seeds: Sequence[int]) -> tuple[list[Trial], list[Problem]]:
    """The trials of one assignment, and problems with making them."""
    problems: list[Problem] = []
    assert assignment.solution is not None
    where = _relative(course, assignment.solution)
    solution = read(assignment.solution)
    content = dump(solution).encode()
    trials = [Trial(assignment, "solution", "solution", where, content, seed) for seed in seeds]
    trials.append(Trial(assignment, "stub", "stub", _relative(course, assignment.stub), assignment.stub.read_bytes(), seeds[0]))
    for mistake in assignment.mistakes:
        try:
            trials.append(Trial(assignment, "mistake", mistake.name, mistake.path, dump(mistaken(solution, mistake)).encode(),
                                seeds[0], mistake.fails))
        except ValueError as error:
            problems.append(Problem(mistake.path, 0, str(error)))
    return trials, problems


def mistaken(solution: Notebook, mistake: Mistake) -> Notebook:
    """The solution with a mistake planted. ValueError where its text does not occur exactly once."""
    cells = list(solution.cells)
    if not mistake.replacements:
        raise ValueError("replaces nothing")
    for old, new in mistake.replacements:
        old, new = old.strip("\n"), new.strip("\n")
        places = [number for number, cell in enumerate(cells) if cell.kind == "code" and old in cell.source]
        count = sum(cells[number].source.count(old) for number in places)
        if count != 1 or not old.strip():
            raise ValueError(f"the text to replace occurs {count} times in the solution's code, not once: {old.strip()[:60]!r}")
        cell = cells[places[0]]
        cells[places[0]] = replace(cell, source=cell.source.replace(old, new))
    return Notebook(tuple(cells))


def examine(trial: Trial, report: Report) -> list[Problem]:
    """What a trial's report shows to be wrong."""

    def problem(words: str) -> list[Problem]:
        return [Problem(trial.file, 0, words)]

    if report.outcome != GRADED:
        return problem(f"the {_called(trial)} was not graded: {report.outcome}: {report.reason}")
    failed = {result.check.id: result for result in report.checks if result.verdict != PASSED}
    if trial.kind == "solution":
        return [Problem(trial.file, 0, f"the solution does not pass {name} with seed {trial.seed}: {result.message}")
                for name, result in failed.items()]
    if trial.kind == "stub":
        passed = [result.check for result in report.checks if result.verdict == PASSED]
        return [Problem(trial.file, 0, f"the stub passes {check.id}, so that check asks for nothing that was to be written") for check in passed]
    found = []
    for name in sorted(set(trial.fails) - set(failed)):
        found += problem(f"the mistake passes {name}, which was to catch it")
    for name in sorted(set(failed) - set(trial.fails)):
        found += problem(f"the mistake fails {name} as well, which it does not name: {failed[name].message}")
    return found


def _called(trial: Trial) -> str:
    return trial.kind if trial.kind != "mistake" else f"mistake {trial.name}"


def inspect(course: Course, assignment: Assignment) -> list[Problem]:
    """What the files alone show: a stale stub, a file that does not belong, something secret in public."""
    problems: list[Problem] = []
    try:
        fresh = text_of(assignment)
    except CourseError as error:
        return [Problem(_relative(course, assignment.solution or assignment.folder), each.line, each.message) for each in error.problems]
    if assignment.stub.read_text(encoding="utf-8") != fresh:
        problems.append(Problem(_relative(course, assignment.stub), 0, f"is not what the solution generates; run: grader stub {assignment.name}"))
    problems += _strangers(course, assignment.folder, {"assignment.toml", PUBLIC, assignment.stub.name})
    if assignment.staff is not None:
        problems += _strangers(course, assignment.staff, {HIDDEN, "solution.ipynb", "mistakes", "alternatives"})
        problems += _strangers(course, assignment.staff / "mistakes", {Path(mistake.path).name for mistake in assignment.mistakes})
        problems += _secrets(course, assignment)
    return problems


def _strangers(course: Course, folder: Path, known: Iterable[str]) -> list[Problem]:
    if not folder.is_dir():
        return []
    expected = set(known) | {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}
    return [Problem(_relative(course, path), 0, f"does not belong here; expected are {', '.join(sorted(known))}")
            for path in sorted(folder.iterdir()) if path.name not in expected]


def _secrets(course: Course, assignment: Assignment) -> list[Problem]:
    """Lines of answers and of hidden checks that stand in something public, and hidden checks that stand there whole."""
    assert assignment.solution is not None and assignment.staff is not None
    public, hidden = assignment.folder / PUBLIC, assignment.staff / HIDDEN
    given, answers = _split(read(assignment.solution))
    shown = set(_lines(public.read_text(encoding="utf-8")))  # what the public checks show is no secret
    secret = {line: assignment.solution for line in answers if not line.startswith("#")}
    secret |= {line: hidden for body in _bodies(hidden).values() for line in _lines(body)}
    secret = {line: path for line, path in secret.items() if line and line not in given and line not in shown}
    problems = []
    for path in sorted(assignment.folder.iterdir()):
        if path.name in ("__pycache__", ".ipynb_checkpoints") or not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
            text = "\n".join(cell.source for cell in parse(text.encode()).cells) if path.suffix == ".ipynb" else text
        except (UnicodeDecodeError, Unreadable):
            continue
        for line, origin in secret.items():
            if line in text:
                number = text[: text.index(line)].count("\n") + 1
                problems.append(Problem(_relative(course, path), number, f"shows a line of {_relative(course, origin)}: {line[:60]}"))
    for name, body in _bodies(hidden).items():
        for other, same in _bodies(public).items():
            if body == same:
                problems.append(Problem(_relative(course, public), 0, f"{other} is the hidden check {name} to the letter"))
    return problems


def _bodies(path: Path) -> dict[str, str]:
    """The code of each check of a rubric file, without its decorator and docstring."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            found[node.name] = "\n".join(map(ast.unparse, body))
    return found


def _lines(text: str) -> list[str]:
    """Lines that say something, without their indentation; others as empty text, so that numbers stay right."""
    return [line.strip() if len(line.strip()) >= MIN_SECRET else "" for line in text.splitlines()]


def _split(solution: Notebook) -> tuple[set[str], list[str]]:
    """The lines of a solution that are given to students, and those of its answers."""
    given: set[str] = set()
    answers: list[str] = []
    for cell in solution.cells:
        answering = False
        for line in cell.source.splitlines():
            if line.strip() in (BEGIN, END):
                answering = line.strip() == BEGIN
            elif answering and line.strip().startswith("### STUB"):
                given.add(line.strip().removeprefix("### STUB").strip())
            elif answering:
                answers += [text for text in _lines(line) if text]
            else:
                given.add(line.strip())
    return given, answers


def _relative(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix() if path.is_relative_to(course.root) else str(path)
