"""What a course's files show by themselves: a stale stub, a file that does not belong, something secret in public."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from grader.course.course import EQUIVALENT, HIDDEN, PUBLIC, Assignment, Course
from grader.course.marks import BEGIN, END
from grader.course.stub import read, text_of
from grader.errors import CourseError, Problem
from grader.notebook.notebook import Notebook, Unreadable
from grader.notebook.reading import parse

MIN_SECRET = 24  # characters of a line that would betray an answer; shorter ones stand in many a program


def inspect(course: Course, assignment: Assignment) -> list[Problem]:
    """What the files alone show: a stale stub, a file that does not belong, something secret in public."""
    problems: list[Problem] = []
    try:
        fresh = text_of(assignment)
    except CourseError as error:
        return [
            Problem(course.relative(assignment.solution or assignment.folder), each.line, each.message)
            for each in error.problems
        ]
    if assignment.stub.read_text(encoding="utf-8") != fresh:
        problems.append(
            Problem(
                course.relative(assignment.stub),
                0,
                f"is not what the solution generates; run: grader stub {assignment.name}",
            )
        )
    problems += _strangers(course, assignment.folder, {"assignment.toml", PUBLIC, assignment.stub.name})
    if assignment.staff is not None:
        problems += _strangers(
            course, assignment.staff, {HIDDEN, EQUIVALENT, "solution.ipynb", "mistakes", "alternatives"}
        )
        problems += _strangers(
            course,
            assignment.staff / "mistakes",
            {Path(mistake.path).name for mistake in assignment.mistakes},
        )
        problems += _strangers(
            course, assignment.staff / "alternatives", {path.name for path in assignment.alternatives}
        )
        problems += _secrets(course, assignment)
    return problems


def _strangers(course: Course, folder: Path, known: Iterable[str]) -> list[Problem]:
    if not folder.is_dir():
        return []
    expected = set(known) | {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}
    return [
        Problem(course.relative(path), 0, f"does not belong here; expected are {', '.join(sorted(known))}")
        for path in sorted(folder.iterdir())
        if path.name not in expected
    ]


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
            text = (
                "\n".join(cell.source for cell in parse(text.encode()).cells)
                if path.suffix == ".ipynb"
                else text
            )
        except (UnicodeDecodeError, Unreadable):
            continue
        for line, origin in secret.items():
            if line in text:
                number = text[: text.index(line)].count("\n") + 1
                problems.append(
                    Problem(
                        course.relative(path),
                        number,
                        f"shows a line of {course.relative(origin)}: {line[:60]}",
                    )
                )
    for name, body in _bodies(hidden).items():
        for other, same in _bodies(public).items():
            if body == same:
                problems.append(
                    Problem(course.relative(public), 0, f"{other} is the hidden check {name} to the letter")
                )
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
