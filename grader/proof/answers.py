"""The names that a solution's answers define, and how to bind them to something else."""

from __future__ import annotations

import ast
from collections.abc import Collection

from grader.course.marks import answer_lines
from grader.notebook.notebook import Notebook


def answer_names(solution: Notebook) -> set[str]:
    """The names that answers define at the top level of the notebook.

    Cells that are not plain Python, such as those with magics, count for nothing.
    """
    names: set[str] = set()
    for _, cell in solution.code:
        answers = answer_lines(cell.source)
        for statement in _statements(cell.source) or ():
            if _overlaps(statement, answers):
                names |= set(_bound_names(statement))
    return names


def parameter_names(solution: Notebook) -> set[str]:
    """The names that cells tagged `parameters` define."""
    return {
        name
        for _, cell in solution.code
        if "parameters" in cell.tags
        for statement in _statements(cell.source) or ()
        for name in _bound_names(statement)
    }


def other_names(solution: Notebook) -> set[str]:
    """The top-level names of the notebook that are not parameters, given code and answers alike."""
    return {
        name
        for _, cell in solution.code
        for statement in _statements(cell.source) or ()
        for name in _bound_names(statement)
    } - parameter_names(solution)


def with_answers_bound(source: str, expression: str) -> str:
    """A cell's source in which every name that an answer defines is bound to `expression`.

    `{name}` in the expression stands for the name. A cell without answers, or with magics, stays as it is.
    """
    answers = answer_lines(source)
    statements = _statements(source)
    if statements is None or not answers:
        return source
    lines = []
    for statement in statements:
        if _overlaps(statement, answers):
            lines += [f"{name} = {expression.format(name=name)}" for name in _bound_names(statement)]
        else:
            lines.append(ast.unparse(statement))
    return "\n".join(lines)


def _statements(source: str) -> list[ast.stmt] | None:
    """A cell's top-level statements; None if it is not plain Python."""
    try:
        return ast.parse(source).body
    except SyntaxError:
        return None  # magics


def _overlaps(statement: ast.stmt, lines: Collection[int]) -> bool:
    """Whether a statement stands on one of these lines, decorators not counted."""
    last = statement.end_lineno or statement.lineno
    return any(number in lines for number in range(statement.lineno, last + 1))


def _bound_names(statement: ast.stmt) -> list[str]:
    """The names that a top-level statement binds, in their order, each once."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return [statement.name]
    names = [
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return list(dict.fromkeys(names))
