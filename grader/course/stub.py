"""Stubs: the notebook a student starts from, generated from the solution."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.course.course import Assignment
from grader.course.marks import BEGIN, END, STUB, STUB_MESSAGE
from grader.errors import CourseError, Problem
from grader.notebook.notebook import Notebook, Unreadable
from grader.notebook.reading import parse
from grader.notebook.writing import dump

PLACEHOLDER = f'raise NotImplementedError("{STUB_MESSAGE}")'


def read_solution(assignment: Assignment) -> Notebook:
    """The authored notebook. CourseError where it can't be read."""
    assert assignment.solution is not None
    return read(assignment.solution)


def read(path: Path) -> Notebook:
    try:
        return parse(path.read_bytes())
    except (OSError, Unreadable) as error:
        raise CourseError([Problem(str(path), 0, f"can't be read: {error}")]) from None


def text_of(assignment: Assignment) -> str:
    """The stub as it must stand in its file. CourseError where a region is not closed or there is none."""
    solution = read_solution(assignment)
    problems: list[Problem] = []
    cells = []
    regions = 0
    for cell in solution.cells:
        try:
            source, count = without_answers(cell.source) if cell.kind == "code" else (cell.source, 0)
        except ValueError as error:
            problems.append(Problem(str(assignment.solution), 0, f"cell {cell.id!r}: {error}"))
            continue
        regions += count
        cells.append(replace(cell, source=source))
    if not regions and not problems:
        problems.append(Problem(str(assignment.solution), 0, f"has no answer between {BEGIN} and {END}"))
    if problems:
        raise CourseError(problems)
    return dump(Notebook(tuple(cells)))


def without_answers(source: str) -> tuple[str, int]:
    """A cell's source with every answer replaced, and how many there were.

    An answer's lines give way to PLACEHOLDER at their own indentation, or, where some of them
    begin with the stub mark, to what follows the mark on those.
    """
    kept: list[str] = []
    regions = 0
    shown: list[str] | None = None
    indent = ""
    for number, line in enumerate(source.splitlines(), 1):
        text = line.strip()
        if text == BEGIN:
            if shown is not None:
                raise ValueError(f"line {number}: {BEGIN} inside an answer")
            shown, indent = [], line[: len(line) - len(line.lstrip())]
            regions += 1
        elif text == END:
            if shown is None:
                raise ValueError(f"line {number}: {END} without {BEGIN}")
            kept += shown or [indent + PLACEHOLDER]
            shown = None
        elif shown is None:
            kept.append(line)
        elif text.startswith(STUB.strip()):
            shown.append(indent + line.lstrip().removeprefix(STUB.strip()).removeprefix(" "))
    if shown is not None:
        raise ValueError(f"{BEGIN} without {END}")
    return "\n".join(kept), regions


def write(assignment: Assignment) -> bool:
    """Bring an assignment's stub up to date. Whether it changed."""
    text = text_of(assignment)
    if assignment.stub.is_file() and assignment.stub.read_text(encoding="utf-8") == text:
        return False
    assignment.stub.write_text(text, encoding="utf-8", newline="\n")
    return True
