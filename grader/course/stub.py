"""Stubs: the notebook that a student starts from, generated from the solution."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.course import Assignment
from grader.course.handed_out import copies_beside, is_current, put_beside
from grader.course.marks import BEGIN, END, STUB_MESSAGE, UnbalancedMarks, regions
from grader.errors import CourseError, Problem
from grader.language.catalogue import say as _
from grader.notebook.answers import marked
from grader.notebook.notebook import Cell, Notebook, Unreadable
from grader.notebook.reading import parse
from grader.notebook.writing import dump

WRITE = _("Write your answer here.")
CHECK = _("Check your work")
CHINESE = re.compile("[\u3400-\u9fff]")
PLACEHOLDER = f'raise NotImplementedError("{STUB_MESSAGE}")'


def read_notebook(path: Path) -> Notebook:
    """Read one of the course's notebooks. Raises CourseError if it can't be read."""
    try:
        return parse(path.read_bytes())
    except Unreadable as error:
        raise CourseError([Problem(str(path), 0, f"can't be read: {error.problem.en}")]) from None
    except OSError as error:
        raise CourseError([Problem(str(path), 0, f"can't be read: {error}")]) from None


def read_solution(path: Path) -> Notebook:
    """Read a solution. Raises CourseError if it can't be read, or if a cell's marks are not balanced."""
    solution = read_notebook(path)
    problems = []
    for _number, cell in solution.code:
        try:
            regions(cell.source)
        except UnbalancedMarks as error:
            problems.append(Problem(str(path), 0, f"cell {cell.id!r}: {error}"))
    if problems:
        raise CourseError(problems)
    return solution


def text_of(path: Path, name: str) -> str:
    """The stub of the solution at `path` of the assignment `name`, as it must stand in its file.

    What stands below the mark of a question for a person is replaced by a line to write below. A code cell
    with marked answers keeps what is given in it. A last cell says how to check the notebook. All this is in
    Chinese, too, if anything in the notebook is.

    Raises CourseError if the solution can't be read, marks no answer, or has marks that are not balanced.
    """
    solution = read_solution(path)
    languages = ["en"] + ["zh"] * any(CHINESE.search(cell.source) for cell in solution.cells)
    texts = [WRITE[lang] for lang in languages]
    cells = []
    answers = 0
    for cell in solution.cells:
        source, count = without_answers(cell.source) if cell.kind == "code" else (cell.source, 0)
        if count == 0 and (found := marked(source)):
            form = "# {}" if cell.kind == "code" else "*{}*"
            source, count = "\n".join([found.before, *map(form.format, texts)]), 1
        cells.append(replace(cell, source=source))
        answers += count
    if not answers:
        raise CourseError([Problem(str(path), 0, f"has no answer between {BEGIN} and {END}")])
    return dump(Notebook((*cells, how_to_check(name, languages))))


def how_to_check(name: str, languages: Sequence[str] = ("en",)) -> Cell:
    """The cell that says how to check the notebook of an assignment."""
    how = _(
        "Save the notebook, then type `grader check {name}.ipynb` in a terminal in this folder, or run "
        '`import grader` and `grader.check("{name}")` in a new cell. The public checks run, and nothing is '
        "handed in.",
        name=name,
    )
    title = " · ".join(CHECK[lang] for lang in languages)
    return Cell("markdown", "\n\n".join([f"## {title}", *(how[lang] for lang in languages)]), id="check-it")


def without_answers(source: str, only: int | None = None) -> tuple[str, int]:
    """A cell's source with every answer replaced, and the number of answers.

    With `only`, a number from 0, the other answers stay, without their marks.

    An answer is replaced by PLACEHOLDER at its own indentation. If some of its lines begin with the stub
    mark, it is replaced by what follows the mark on those. Raises UnbalancedMarks.
    """
    kept: list[str] = []
    answers = 0
    for region in regions(source):
        if region.is_answer and only not in (None, answers):
            kept += region.lines
            answers += 1
        elif region.is_answer:
            kept += region.stub or (region.indent + PLACEHOLDER,)
            answers += 1
        else:
            kept += region.lines
    return "\n".join(kept), answers


def write(assignment: Assignment) -> dict[Path, bool]:
    """Bring an assignment's stub up to date, and the files beside it.

    The result says by path whether it changed. Raises CourseError as `text_of`, or if something can't be
    written.
    """
    assert assignment.solution is not None
    text = text_of(assignment.solution, assignment.name)
    changed = {assignment.stub: False}
    if not (assignment.stub.is_file() and assignment.stub.read_text(encoding="utf-8") == text):
        assignment.stub.write_text(text, encoding="utf-8", newline="\n")
        changed[assignment.stub] = True
    for path, entry in copies_beside(assignment.stub, assignment.handed_out).items():
        try:
            changed[path] = not is_current(path, entry)
            if changed[path]:
                put_beside(path, entry)
        except OSError as error:
            raise CourseError([Problem(str(path), 0, f"can't be written: {error.strerror}")]) from None
    return changed
