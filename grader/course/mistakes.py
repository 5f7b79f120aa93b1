"""Known answers: the solution, and the solution with a mistake planted."""

from __future__ import annotations

import contextlib
from dataclasses import replace

from grader.course.course import Assignment, Mistake
from grader.course.stub import read
from grader.notebook.notebook import Notebook
from grader.notebook.writing import dump

SOLUTION = "solution"


def known_answers(assignment: Assignment) -> dict[str, bytes]:
    """The solution, by the name SOLUTION, and the mistakes, by theirs, as notebooks to grade. What can't be planted is left out."""
    assert assignment.solution is not None
    solution = read(assignment.solution)
    found = {SOLUTION: dump(solution).encode()}
    for mistake in assignment.mistakes:
        with contextlib.suppress(ValueError):
            found[mistake.name] = dump(mistaken(solution, mistake)).encode()
    return found


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
            raise ValueError(
                f"the text to replace occurs {count} times in the solution's code, not once: {old.strip()[:60]!r}"
            )
        cell = cells[places[0]]
        cells[places[0]] = replace(cell, source=cell.source.replace(old, new))
    return Notebook(tuple(cells))
