"""The inspection finds answers and hidden checks in public, unexpected files and a stale stub."""

from __future__ import annotations

import pytest

from courses import FILES, HIDDEN, PUBLIC, SOLUTION, TOML, made
from grader.course.stub import text_of
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump
from grader.proof.inspection import inspect

TOML_FILE, PUBLIC_FILE, HIDDEN_FILE, MISTAKE_FILE = FILES
STUB_FILE, SOLUTION_FILE = "assignments/halve/halve.ipynb", "solutions/halve/solution.ipynb"


def inspected(tmp_path, changes=None, **others) -> list[str]:
    course = made(tmp_path, changes, **others)
    return [str(problem) for problem in inspect(course, course.assignments["halve"])]


def test_a_good_course_shows_nothing(tmp_path):
    """A good course has no problem, with caches and checkpoints in its folders."""
    changes = {
        f"{folder}/halve/{name}/x": "x"
        for folder in ("assignments", "solutions")
        for name in ("__pycache__", ".ipynb_checkpoints")
    }
    assert inspected(tmp_path, changes) == []


def test_all_that_a_course_may_have(tmp_path):
    """Alternatives and a list of equivalent mutants are expected, and may repeat the solution's lines."""
    assert (
        inspected(
            tmp_path,
            {
                "solutions/halve/alternatives/other.ipynb": dump(SOLUTION),
                "solutions/halve/equivalent.toml": "",
            },
        )
        == []
    )


def test_a_stale_stub(tmp_path):
    """A stub that is not what the solution generates is a problem, with the command that updates it."""
    assert inspected(
        tmp_path, stub='{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'
    ) == [f"{STUB_FILE}: is not what the solution generates. Run: grader stub halve"]


def test_a_solution_without_answers(tmp_path):
    """A solution that marks no answer is a problem, named by its place in the course."""
    bare = Notebook((Cell("code", "x = 1"),))
    [problem] = inspected(tmp_path, solution=bare)
    assert problem.startswith(f"{SOLUTION_FILE}: has no answer")


@pytest.mark.parametrize(
    "name",
    [
        "assignments/halve/answers.txt",
        "assignments/halve/test_hidden.py",
        "assignments/halve/solution.ipynb",
        "assignments/halve/data/x.csv",
        "solutions/halve/notes.md",
        "solutions/halve/test_public.py",
        "solutions/halve/mistakes/notes.txt",
    ],
)
def test_files_that_do_not_belong(tmp_path, name):
    """An unexpected file is a problem, public or not, and among the mistakes."""
    place = name.removesuffix("/x.csv")
    found = inspected(tmp_path, {name: "x"})
    assert [problem.partition(":")[0] for problem in found] == [place]
    assert "does not belong here; expected: " in found[0]


ANSWER_LINE = "return x / 2 if x is not None else None"
HIDDEN_LINE = "assert [student.halve(number) for number in (10, 7.5, -3)] == [5, 3.75, -1.5]"


def statement(text: str) -> str:
    return FILES[TOML_FILE].replace('"Write halve."', f"'''\nWrite halve.\n  {text}  \n'''")


@pytest.mark.parametrize(("line", "source"), [(ANSWER_LINE, SOLUTION_FILE), (HIDDEN_LINE, HIDDEN_FILE)])
def test_lines_that_leak(tmp_path, line, source):
    """A line of an answer or a hidden check in a public file is a problem, with both places."""
    assert inspected(tmp_path, {TOML_FILE: statement(line)}) == [
        f"{TOML_FILE}:4: shows a line of {source}: {line[:60]}"
    ]


@pytest.mark.parametrize(
    "line",
    [
        ANSWER_LINE[:-1],
        "return x / 2",
        "def halve(x):",
        "A longer line of prose that students are given.",
        "print('the result of this notebook is', result)",
        "### BEGIN SOLUTION",
    ],
)
def test_lines_that_are_no_secret(tmp_path, line):
    """Part of a line, a short line and what students are given anyway are not secret."""
    assert inspected(tmp_path, {TOML_FILE: statement(line)}) == []


def test_a_stub_that_is_the_solution(tmp_path):
    """The solution in the stub's place is stale, and shows its answers."""
    stale, leaked = inspected(tmp_path, stub=dump(SOLUTION))
    assert stale.startswith(f"{STUB_FILE}: is not what the solution generates")
    assert leaked.startswith(f"{STUB_FILE}:") and leaked.endswith(
        f"shows a line of {SOLUTION_FILE}: {ANSWER_LINE[:60]}"
    )


def test_a_hidden_check_among_the_public_ones(tmp_path):
    """A public copy of a hidden check is a problem, whatever its name, decorator, docstring and layout."""
    body = "assert [student.halve(number)\n            for number in (10, 7.5, -3)] == [5, 3.75, -1.5]"
    copied = (
        '@check(points=1, title="Copied")\ndef test_copied(student):\n    """Other words."""\n'
        f"    # a comment\n    {body}\n"
    )
    public = f"{PUBLIC}\n\n{copied}"
    assert f"{PUBLIC_FILE}: test_copied is an exact copy of the hidden check test_others" in inspected(
        tmp_path, {PUBLIC_FILE: public}
    )
    assert inspected(tmp_path / "other", {PUBLIC_FILE: public.replace("7.5", "7.25")}) == []


def test_what_the_public_checks_show_is_no_secret(tmp_path):
    """A line that public and hidden checks share may be shown."""
    shared = "    values = [student.halve(2 * number) for number in range(5)]\n"
    changes = {
        PUBLIC_FILE: PUBLIC + shared,
        HIDDEN_FILE: HIDDEN + shared,
        TOML_FILE: statement(shared.strip()),
    }
    assert inspected(tmp_path, changes) == []


def test_marks_in_a_text_cell(tmp_path):
    """A text cell may show how answers are marked: what it says between the marks is given, not secret."""
    shown = "### BEGIN SOLUTION\nsome words that are long enough to be secret\n### END SOLUTION"
    solution = Notebook((Cell("markdown", shown, id="shown"), *SOLUTION.cells))
    assert inspected(tmp_path, solution=solution) == []


QUESTION = '\n[[manual]]\nid = "why"\ntitle = "Why?"\npoints = 2\n'
SECRET = "Because the definition of a half says just that."
ASKING = Notebook((*SOLUTION.cells, Cell("markdown", f"<!-- answer: why -->\n{SECRET}", id="why")))


def asking(tmp_path, changes=None, solution=ASKING, toml=TOML + QUESTION):
    """The problems of a course with a question that a person marks, its stub made as `grader stub` does."""
    course = made(tmp_path, {TOML_FILE: toml, **(changes or {})}, solution=solution)
    halve = course.assignments["halve"]
    halve.stub.write_text(text_of(halve.solution, "halve"), encoding="utf-8")
    return [str(problem) for problem in inspect(course, halve)]


def test_a_question_with_its_cell(tmp_path):
    """One question and one cell with its mark are in order, and the stub does not show the answer."""
    assert asking(tmp_path) == []
    assert SECRET not in (tmp_path / STUB_FILE).read_text(encoding="utf-8")


def test_questions_and_cells_that_do_not_match(tmp_path):
    """A question without a cell, a mark without a question and a mark that comes twice are problems."""
    [problem] = asking(tmp_path / "a", solution=SOLUTION)
    assert problem == (
        "assignments/halve/assignment.toml: the question 'why' has no cell: begin one in "
        f"{SOLUTION_FILE} with <!-- answer: why -->"
    )
    [problem] = asking(tmp_path / "b", toml=TOML)
    assert "a cell marks the answer 'why', but assignments/halve/assignment.toml has no [[manual]]" in problem
    twice = Notebook((*ASKING.cells, Cell("code", "# answer: why\nx = 2", id="again")))
    assert asking(tmp_path / "c", solution=twice) == [
        f"{SOLUTION_FILE}: 2 cells mark the answer 'why'; one may"
    ]


def test_an_answer_in_words_is_secret(tmp_path):
    """No public file may show a line of the model answer to a question."""
    [problem] = asking(tmp_path, {PUBLIC_FILE: f"{PUBLIC}\n# {SECRET}\n"})
    assert f"shows a line of {SOLUTION_FILE}: {SECRET[:40]}" in problem
