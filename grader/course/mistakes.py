"""Known answers: the solution, and the solution with each mistake planted in it."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from grader.course.course import Assignment, Mistake
from grader.course.stub import read_notebook
from grader.notebook.notebook import Notebook
from grader.notebook.writing import dump

# The name under which the solution is graded. No mistake may have it.
SOLUTION = "solution"


def known_answers(assignment: Assignment) -> dict[str, bytes]:
    """The solution, named SOLUTION, and the mistakes by their names, as notebooks to grade.

    A mistake that can't be planted is left out. Raises CourseError if the solution can't be read.
    """
    assert assignment.solution is not None
    solution = read_notebook(assignment.solution)
    found = {SOLUTION: dump(solution).encode()}
    for mistake in assignment.mistakes:
        with contextlib.suppress(ValueError):
            found[mistake.name] = dump(mistaken(solution, mistake)).encode()
    return found


def mistaken(solution: Notebook, mistake: Mistake) -> Notebook:
    """The solution with a mistake planted.

    Each replacement sees what the ones before it wrote. Raises ValueError if a text to replace does not occur
    exactly once in the solution's code.
    """
    cells = list(solution.cells)
    if not mistake.replacements:
        raise ValueError("replaces nothing")
    for old, new in mistake.replacements:
        old, new = old.strip("\n"), new.strip("\n")
        if not old.strip():
            raise ValueError("the text to replace is blank")
        places = [number for number, cell in enumerate(cells) if cell.kind == "code" and old in cell.source]
        count = sum(cells[number].source.count(old) for number in places)
        if count != 1:
            where = f"{count} times in the solution's code, not once"
            raise ValueError(f"the text to replace occurs {where}: {old.strip()[:60]!r}")
        cell = cells[places[0]]
        cells[places[0]] = replace(cell, source=cell.source.replace(old, new))
    return Notebook(tuple(cells))
