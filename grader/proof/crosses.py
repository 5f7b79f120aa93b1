"""Crosses: right answers and known mistakes with an accident on top, as students hand them in.

A report must not take the accident for a known mistake.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial

from grader.course.marks import answer_lines
from grader.notebook.notebook import Notebook
from grader.proof.decoys import UNTRAINED, with_training
from grader.proof.null_answers import map_code

NO_IMPORTS, STOPPED, RENAMED = "imports missing", "cells stopped", "functions renamed"
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def crosses(notebook: Notebook, each: bool = False) -> dict[str, Notebook]:
    """The notebook with one accident each, by the accident's name.

    The notebook still has the marks of its answers. With `each`, every cell that holds an answer is stopped
    by itself, and every function that is part of one is renamed, and raises, by itself.
    """
    made = {
        NO_IMPORTS: map_code(notebook, _without_imports),
        STOPPED: map_code(notebook, _stopped),
        RENAMED: map_code(notebook, partial(_edited, edit=_renamed)),
        UNTRAINED: with_training(notebook, UNTRAINED),
    }
    if each:
        for number, cell in notebook.code:
            made[f"cell {number} stopped"] = _only(notebook, cell.source, _stopped)
        for name in sorted({name for _, cell in notebook.code for name in _functions(cell.source)}):
            made[f"{name} renamed"] = map_code(notebook, partial(_edited, edit=_renamed, only=name))
            made[f"{name} raises"] = map_code(notebook, partial(_edited, edit=_raising, only=name))
    distinct: dict[str, Notebook] = {}
    for name, crossed in made.items():
        if crossed != notebook and crossed not in distinct.values():
            distinct[name] = crossed
    return distinct


def _only(notebook: Notebook, chosen: str, change: Callable[[str], str]) -> Notebook:
    """The notebook with one cell changed, chosen by its source."""
    return map_code(notebook, lambda source: change(source) if source == chosen else source)


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except SyntaxError:
        return None  # magics


def _without_imports(source: str) -> str:
    """A cell without its imports at top level."""
    tree = _parsed(source)
    kept = [each for each in tree.body if not isinstance(each, ast.Import | ast.ImportFrom)] if tree else []
    if tree is None or len(kept) == len(tree.body):
        return source
    return ast.unparse(ast.Module(kept, []))


def _stopped(source: str) -> str:
    """A cell that ends with an error where its first answer outside of functions begins."""
    tree, answers = _parsed(source), answer_lines(source)
    for place, statement in enumerate(tree.body if tree else ()):
        if not isinstance(statement, Function) and _overlaps(statement, answers):
            stop = ast.parse("raise ValueError('stopped')").body
            assert tree is not None
            return ast.unparse(ast.Module([*tree.body[:place], *stop, *tree.body[place:]], []))
    return source


def _functions(source: str) -> Iterator[str]:
    """The names of the functions and classes at top level that are part of an answer."""
    tree, answers = _parsed(source), answer_lines(source)
    for statement in tree.body if tree else ():
        if isinstance(statement, Function) and _overlaps(statement, answers):
            yield statement.name


def _edited(source: str, edit: Callable[[Function], None], only: str | None = None) -> str:
    """A cell with `edit` applied to its functions that are part of an answer, or to the one named `only`."""
    names = set(_functions(source)) & ({only} if only else set(_functions(source)))
    tree = _parsed(source)
    if not names or tree is None:
        return source
    for statement in tree.body:
        if isinstance(statement, Function) and statement.name in names:
            edit(statement)
    return ast.unparse(ast.fix_missing_locations(tree))


def _renamed(function: Function) -> None:
    function.name += "_2"


def _raising(function: Function) -> None:
    """Let a function, or every method of a class, raise an error."""
    methods = [each for each in function.body if isinstance(each, Function)]
    for each in methods if isinstance(function, ast.ClassDef) else [function]:
        each.body = ast.parse("raise ValueError('stopped')").body


def _overlaps(statement: ast.stmt, answers: set[int]) -> bool:
    return bool(answers.intersection(range(statement.lineno, (statement.end_lineno or 0) + 1)))
