"""Where in a notebook to look when a check did not pass."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.model.report import NOT_ATTEMPTED, PASSED, Cause, CheckResult, Place
from grader.notebook.definitions import CLASS, FUNCTION, IMPORT, VARIABLE, Definition
from grader.worker.causes import Causes
from grader.worker.cell_errors import deepest_frame
from grader.worker.placeholder import placeholders

MAX_STEPS = 5  # from a name to the function that computes it


def place_of(result: CheckResult, cause: Cause | None, causes: Causes) -> Place | None:
    """The cell, and the line if one is known, that has to change for a check to pass, as far as it shows.

    It is where the cause lies, where the student's code raised an error when the check called it, where the
    placeholder still stands, or else the cell that makes what the check looked at.
    """
    if result.verdict == PASSED or result.reason is None:
        return None
    if cause is not None:
        return Place(cause.cell, cause.line) if cause.cell else None
    if result.reason.code == "raised":
        if raised := deepest_frame(result.message or "", list(causes.runs.values())):
            return raised
    if result.verdict == NOT_ATTEMPTED or result.reason.code == "not_attempted":
        named = dict(result.reason.words).get("name", "")
        return _unwritten([named] if named.isidentifier() else result.names_asked[::-1], causes)
    for name in reversed(result.names_asked):
        if made := _maker(name, causes):
            return Place(made.cell)
    return None


def _unwritten(names: Sequence[str], causes: Causes) -> Place | None:
    """The placeholder that a check met: of the first of these names that waits for one, or the only one.

    Without a placeholder, the cell that makes the first name.
    """
    made = [each.cell for name in names for each in _made_by(name, causes)]
    left = [number for number, tree in causes.trees.items() if tree and placeholders(tree)]
    for number in [each for each in made if each in left] or (left if len(left) == 1 and not made else []):
        tree = causes.trees[number]
        return Place(number, placeholders(tree)[0] if tree else None)
    return Place(made[0]) if made else None


def _maker(name: str, causes: Causes) -> Definition | None:
    """What computes a name: the function or class that its value comes from, or the line that makes it.

    None if all of it was given.
    """
    made = [
        each
        for each in _made_by(name, causes)
        if causes.cells[each.cell].strip() not in causes.given_cells and each.kind != IMPORT
    ]
    return made[-1] if made else None


def _made_by(name: str, causes: Causes) -> Iterator[Definition]:
    """The line that makes a name, then the function or class that this line calls, and so on."""
    for _ in range(MAX_STEPS):
        made = causes.last(name)
        if made is None:
            return
        yield made
        called = _called(made, causes) if made.kind == VARIABLE else None
        if called is None:
            return
        name = called


def _called(made: Definition, causes: Causes) -> str | None:
    """The function or class of the notebook that the statement with a definition calls, or uses first."""
    tree = causes.trees[made.cell]
    for statement in tree.body if tree else ():
        if statement.lineno <= made.line <= (statement.end_lineno or statement.lineno):
            used = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
            for name in used:
                other = causes.last(name)
                if other and name != made.name and other.kind in (FUNCTION, CLASS):
                    return name
    return None
