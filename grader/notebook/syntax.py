"""A cell's code as a syntax tree, with what IPython adds to Python taken out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence


def top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run in the notebook's own namespace: those in `if`, `with`, `try` and loops too. Not recursive: a
    chain of a thousand `elif` is a thousand levels deep."""
    left = list(reversed(body))
    while left:
        statement = left.pop()
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        inner = [part for field in ("body", "orelse", "finalbody") for part in getattr(statement, field, [])]
        inner += [part for handler in getattr(statement, "handlers", []) for part in handler.body]
        left += reversed(inner)


def targets_of(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign, ast.For)):
        return [statement.target]
    return []


def names_bound(target: ast.expr) -> set[str]:
    """The names that an assignment binds: neither `x` nor `i` in `x[i] = 1`."""
    return {
        node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


MAX_WORK = 100_000  # lines times magics and shell lines of one cell: IPython looks at each line for each of them, 2 s in all
MAX_SCANS = 10_000_000  # quotes and backslashes of a line times its length, all lines together: IPython's tokens, 0.2 s
MAX_CODE = 1_000_000  # characters of all cells: 5 s; a notebook of ours has 10,000

MAX_SPECIAL = 400  # magics and shell lines of one cell: IPython gives up at 500
SPECIAL = re.compile(r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
PYTHON_MAGIC = re.compile(
    r"\s*%%(?:time|capture|prun)\b[^\n]*\n"
)  # what follows such a line is Python like any other


class TooLong(ValueError):
    """Code that would take too long to look at. Nobody writes it by accident."""


class Budget:
    """What may be looked at of one notebook."""

    def __init__(self) -> None:
        self.code, self.scans = MAX_CODE, MAX_SCANS

    def take(self, code: int = 0, scans: int = 0) -> None:
        self.code -= code
        self.scans -= scans
        if self.code < 0 or self.scans < 0:
            raise TooLong


def parse(source: str, budget: Budget | None = None) -> ast.Module | None:
    """The syntax tree of one cell, or None where it has none. TooLong where the budget does not allow to look."""
    from IPython.core.inputtransformer2 import TransformerManager

    budget = budget or Budget()
    budget.take(code=len(source))
    source = source[len(magic_line(source)) :]
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    special = len(SPECIAL.findall(source))
    if special > MAX_SPECIAL or special * (source.count("\n") + 1) > MAX_WORK:
        raise TooLong
    # From each quote that ends nowhere it looks to the end of the line.
    budget.take(
        scans=sum(
            len(line) * (line.count("'") + line.count('"') + line.count("\\")) for line in source.split("\n")
        )
    )
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except Exception:  # IPython's translation raises whatever it likes at what it can't read
        return None


def magic_line(source: str) -> str:
    """The first line of a cell where it is a magic that runs the rest as Python; else nothing."""
    found = PYTHON_MAGIC.match(source)
    return found[0] if found else ""
