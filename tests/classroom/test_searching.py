"""The search calls functions in sealed sessions, with inputs like those of the rubric."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.classroom.searching import searched
from grader.course.loader import load
from grader.engine.local import Grading
from grader.notebook.writing import dump
from grader.proof.validation import ALTERNATIVE, MUTANT, plan
from support import notebook_of


def test_a_search(grading: Grading, small_course: Path) -> None:
    """A mutant that answers otherwise is told from right answers, and right answers from each other."""
    course = load(small_course)
    cases, _ = plan(course, course.assignments["double"], [0])
    mutant = next(case for case in cases if case.kind == MUTANT)
    found = searched(grading, cases, [mutant])
    assert len(found) == 1 and found[0].startswith(f"a check would notice {mutant.name}: double(")

    def alternative(name: str, definition: str):
        content = dump(notebook_of("n = 5", definition, "result = double(n)")).encode()
        return replace(cases[0], kind=ALTERNATIVE, name=name, content=content)

    whole = alternative("whole", "def double(x):\n    return 0 if x == -1 else 2 * x")
    same = alternative("same", "def double(x):\n    return x + x")
    [open_] = searched(grading, [cases[0], whole, same], [])
    assert open_.startswith("the notebook leaves open what double(") and "alternative whole" in open_
    assert searched(grading, [], []) == []
