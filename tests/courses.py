"""A small course, made in code. Tests of courses, stubs and validation break it in one place each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.course import Course
from grader.course.loader import load
from grader.course.stub import how_to_check, without_answers
from grader.errors import CourseError
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump

SOLUTION = Notebook(
    (
        Cell("markdown", "# Halve\nA longer line of prose that students are given.", id="intro"),
        Cell("code", "n = 8", ("parameters",), "parameters"),
        Cell(
            "code",
            'def halve(x):\n    """Half of x."""\n    ### BEGIN SOLUTION\n'
            "    return x / 2 if x is not None else None\n    ### END SOLUTION",
            id="halve",
        ),
        Cell("code", "result = halve(n)\nprint('the result of this notebook is', result)", id="result"),
    )
)

PUBLIC = '''"""The public checks."""

from grader import check

CLOSE = 1e-9


@check(points=3, title="The half of 8 is 4", zh="8 的一半是 4", hint="Divide by two.", zh_hint="除以二。")
def test_half(student):
    assert abs(student.result - 4) <= CLOSE
'''

HIDDEN = '''"""The hidden checks."""

from grader import check


@check(points=2.5, title="Other numbers are halved", depends=["test_half"])
def test_others(student):
    """More of them."""
    assert [student.halve(number) for number in (10, 7.5, -3)] == [5, 3.75, -1.5]


@check(points=4.5, title="Another n changes the result", depends=("test_half", "test_others"))
def test_rerun(rerun):
    assert abs(rerun(n=20).result - 10) <= 1e-9
'''

MISTAKE = """title = "Doubles"
zh_title = "翻倍"
hint = "The other way round."
fails = ["test_half", "test_others", "test_rerun"]

[[replace]]
old = "x / 2"
new = "x * 2"
"""

TOML = 'title = "Halve a number"\nstatement = "Write halve."\nzh_title = "对半"\n\n[limits]\ncpu_s = 30\n'

TOML_FILE, PUBLIC_FILE = "assignments/halve/assignment.toml", "assignments/halve/test_public.py"
HIDDEN_FILE, MISTAKE_FILE = "solutions/halve/test_hidden.py", "solutions/halve/mistakes/doubles.toml"
STUB_FILE, SOLUTION_FILE = "assignments/halve/halve.ipynb", "solutions/halve/solution.ipynb"
EQUIVALENT_FILE = "solutions/halve/equivalent.toml"

FILES = {TOML_FILE: TOML, PUBLIC_FILE: PUBLIC, HIDDEN_FILE: HIDDEN, MISTAKE_FILE: MISTAKE}


def write(
    root: Path,
    changes: dict[str, str | bytes | None] | None = None,
    solution: Notebook = SOLUTION,
    stub: str | None = None,
) -> Path:
    """Write the course's files below `root`, those in `changes` with another content, or not at all for None.

    The stub is generated unless it is given.
    """
    generated = Notebook(
        tuple(
            replace(cell, source=without_answers(cell.source)[0]) if cell.kind == "code" else cell
            for cell in solution.cells
        )
        + (how_to_check("halve"),)
    )
    files: dict[str, str | bytes | None] = {
        **FILES,
        SOLUTION_FILE: dump(solution),
        STUB_FILE: stub or dump(generated),
        **(changes or {}),
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def made(root: Path, changes: dict[str, str | bytes | None] | None = None, **others) -> Course:
    """The course with these changes, loaded."""
    return load(write(root, changes, **others))


def problems_of(root: Path, changes: dict[str, str | bytes | None]) -> list[str]:
    """The problems of the course with these changes, as they are printed."""
    with pytest.raises(CourseError) as caught:
        made(root, changes)
    found = [str(problem) for problem in caught.value.problems]
    assert str(caught.value).startswith(f"the course has {len(found)} problem{'s' * (len(found) > 1)}:\n")
    assert all(problem in str(caught.value) for problem in found)
    return found
