"""The stub's placeholder: where it still stands, and which names are unwritten because of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from grader.course.marks import STUB_MESSAGE
from grader.model.report import CellRun
from grader.notebook.definitions import IMPORT, definitions
from grader.notebook.notebook import Notebook
from grader.notebook.syntax import Budget, syntax_tree, top_level
from grader.worker.cell_errors import deepest


def placeholders(tree: ast.Module) -> list[int]:
    """The lines of a cell on which the stub's placeholder still stands."""
    return [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Raise) and _is_placeholder(node)]


def _is_placeholder(statement: ast.stmt) -> bool:
    call = statement.exc if isinstance(statement, ast.Raise) else None
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "NotImplementedError"
        and [each.value for each in call.args if isinstance(each, ast.Constant)] == [STUB_MESSAGE]
    )


def given_cells(notebook: Notebook, stub: Notebook) -> set[str]:
    """The code of the stub's cells that hold nothing to be written, such as those that draw.

    None is known to be given if the notebook is the stub: students work in the file that they were given.
    """
    if notebook.cells == stub.cells:
        return set()
    return {
        cell.source.strip()
        for _, cell in stub.code
        if STUB_MESSAGE not in cell.source and "..." not in cell.source
    }


def _is_idle(statement: ast.stmt) -> bool:
    """Whether a statement does nothing: `pass`, or a docstring."""
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return is_text or isinstance(statement, ast.Pass)


def is_left_over(source: str, line: int | None, stub: Notebook) -> bool:
    """Whether a placeholder on a line of a cell stands beside code that the stub does not have there.

    Raises TooLong if there is more code than is analyzed.
    """
    budget = Budget()
    tree = syntax_tree(source, budget)
    if tree is None or line not in placeholders(tree):
        return False
    given = {
        ast.dump(statement)
        for _, cell in stub.code
        if STUB_MESSAGE in cell.source and (known := syntax_tree(cell.source, budget))
        for statement in ast.walk(known)
        if isinstance(statement, ast.stmt)
    }
    body: list[ast.stmt] = list(top_level(tree.body))
    for node in ast.walk(tree):  # outer functions come before those in them
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.lineno <= line <= (node.end_lineno or node.lineno):
                body = node.body
    return any(not _is_idle(each) and ast.dump(each) not in given for each in body)


def unwritten(runs: Sequence[CellRun], stub: Notebook) -> list[str]:
    """Names whose cells ended at the stub's placeholder, or at another name that is unwritten.

    Raises TooLong if there is more code than is analyzed.
    """
    names: set[str] = set()
    budget = Budget()
    for run in runs:
        error = run.error.en if run.error else ""
        known = re.match(r"NameError: name '(\w+)' is not defined", error)
        if (known and known[1] in names) or (
            error == f"NotImplementedError: {STUB_MESSAGE}" and not _stops_beside(run, runs, stub)
        ):
            found = definitions(run.number, run.source, syntax_tree(run.source, budget))
            names |= {each.name for each in found if not each.inside and each.kind != IMPORT}
    return sorted(names)


def _stops_beside(run: CellRun, runs: Sequence[CellRun], stub: Notebook) -> bool:
    """Whether a cell stopped at a placeholder that stands beside code."""
    number, line = deepest(run, runs)
    source = next(each.source for each in runs if each.number == number)
    return is_left_over(source, line, stub)
