"""Variants: right answers rewritten in another form, which must keep full marks.

They are the counterpart of mutants: what a rubric notices there is its own fault, and a student's loss.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.notebook.notebook import Cell, Notebook
from grader.proof.answers import parameter_names
from grader.proof.rewrites import BUNDLES, OF_GIVEN, REWRITES, Task

# How many rewritten lines a problem quotes.
QUOTED = 8


@dataclass(frozen=True)
class Variant:
    """A right answer in another form."""

    # The rewrite's name, or the bundle's.
    name: str
    notebook: Notebook
    # The first lines that were rewritten, and how they read now.
    diff: str


def variants(answer: Notebook, stub: Notebook, *, bundled: bool) -> list[Variant]:
    """The variants of a right answer: each rewrite for itself, or `bundled`, several at once.

    Rewrites that change nothing make no variant. Only cells that are not the stub's own are rewritten.
    """
    plans = BUNDLES if bundled else {name: (name,) for name in REWRITES}
    found = []
    for name, rewrites in plans.items():
        notebook = rewritten(answer, stub, rewrites)
        if diff := _difference(answer, notebook):
            found.append(Variant(name, notebook, diff))
    return found


def rewritten(answer: Notebook, stub: Notebook, rewrites: Sequence[str]) -> Notebook:
    """A right answer after rewrites, one after the other. Cells that they don't change stay as they are."""
    task = _task(answer, stub)
    given = {cell.source for cell in stub.cells}
    parameters = parameter_names(stub)

    def changed(cell: Cell) -> Cell:
        return replace(cell, source=_source(cell, rewrites, task, given, parameters))

    return Notebook(tuple(changed(cell) if cell.kind == "code" else cell for cell in answer.cells))


def _task(answer: Notebook, stub: Notebook) -> Task:
    """What rewrites have to know of the task."""
    docs = {}
    for _, cell in stub.code:
        for node in _parsed(cell.source).body:
            if isinstance(node, ast.FunctionDef):
                docs[node.name] = ast.get_docstring(node) or ""
    text = "\n".join(cell.source for cell in stub.cells if cell.kind != "code")
    return Task(text, docs, "\n".join(cell.source for _, cell in answer.code))


def _source(cell: Cell, rewrites: Sequence[str], task: Task, given: set[str], parameters: set[str]) -> str:
    """A cell's source after rewrites, unchanged if they leave its code alone."""
    tree = _parsed(cell.source)
    before = ast.unparse(tree)
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name)]
    bound = {each.id for each in names if isinstance(each.ctx, ast.Store)}
    is_given = cell.source in given or bool(bound & parameters)
    for name in rewrites:
        if not is_given or name in OF_GIVEN:
            REWRITES[name](tree, task)
    after = ast.unparse(ast.fix_missing_locations(tree))
    return cell.source if after == before else after


def _parsed(source: str) -> ast.Module:
    """A cell's syntax tree, an empty one if it is not plain Python."""
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _difference(before: Notebook, after: Notebook) -> str:
    """The first lines of code that differ between an answer and its variant, "" if none does."""
    lines: list[str] = []
    for one, other in zip(before.cells, after.cells):
        if one.source != other.source:
            old, new = ast.unparse(_parsed(one.source)).splitlines(), other.source.splitlines()
            lines += [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
    rest = [f"and {len(lines) - QUOTED} more lines"] if len(lines) > QUOTED else []
    return "\n".join([*lines[:QUOTED], *rest])
