"""The solution with one part left as the stub has it: what a student hands in who got stuck there."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.course.marks import Region, regions
from grader.course.stub import without_answers
from grader.notebook.notebook import Notebook
from grader.notebook.syntax import assigned_names, targets_of

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def unwritten(solution: Notebook) -> dict[str, Notebook]:
    """The solution with each of its answers left unwritten by itself, by the name of what the answer makes.

    There is none if the solution has a single answer: without it, it is the stub.
    """
    parts: dict[str, Notebook] = {}
    numbers = {id(cell): number for number, cell in solution.code}
    for place, cell in enumerate(solution.cells):
        answers = (
            [region for region in regions(cell.source) if region.is_answer] if cell.kind == "code" else []
        )
        for number, region in enumerate(answers):
            name = part = _made_by(cell.source, region) or f"cell {numbers[id(cell)]}"
            again = 1
            while name in parts:
                again += 1
                name = f"{part} ({again})"
            source, _ = without_answers(cell.source, number)
            cells = list(solution.cells)
            cells[place] = replace(cell, source=source)
            parts[name] = Notebook(tuple(cells))
    return parts if len(parts) > 1 else {}


def _made_by(source: str, answer: Region) -> str:
    """The function that an answer is a part of, or the names that it defines at top level; "" if neither."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return ""  # magics
    return _within(tree.body, answer) or ", ".join(dict.fromkeys(_defined(tree.body, answer)))


def _within(body: Sequence[ast.stmt], answer: Region) -> str:
    """The function or method that holds an answer and more than the answer: "Net.forward"."""
    for statement in body:
        if isinstance(statement, Definition) and statement.lineno < answer.first <= (
            statement.end_lineno or 0
        ):
            inner = _within(statement.body, answer) if isinstance(statement, ast.ClassDef) else ""
            return f"{statement.name}.{inner}" if inner else statement.name
    return ""


def _defined(body: Sequence[ast.stmt], answer: Region) -> Iterator[str]:
    """The names that the statements of an answer define, in order; of a loop, those assigned by its side."""
    for statement in body:
        if not answer.first <= statement.lineno <= answer.last:
            continue
        if isinstance(statement, Definition):
            yield statement.name
        elif not isinstance(statement, ast.For):
            for target in targets_of(statement):
                yield from sorted(assigned_names(target), key=ast.unparse(target).find)
