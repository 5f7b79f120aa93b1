"""A cell's code as a syntax tree, with IPython's additions to Python translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

# Code beyond these limits is not analyzed: nobody writes that much by accident.
MAX_CODE = 1_000_000  # characters of all cells: takes 5 s; the course's notebooks have 10,000
# Lines times magics and shell lines of one cell: IPython looks at every line for each of them, 2 s in all.
MAX_WORK = 100_000
# For each line its quotes and backslashes times its length, summed: IPython's tokenizer needs 0.2 s.
MAX_SCANS = 10_000_000
MAX_SPECIAL = 400  # magics and shell lines of one cell: IPython gives up at 500

SPECIAL = re.compile(r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
# Below such a line stands ordinary Python.
PYTHON_MAGIC = re.compile(r"\s*%%(?:time|capture|prun)\b[^\n]*\n")


class TooLong(ValueError):
    """The code would take too long to analyze. Nobody writes such code by accident."""


class Budget:
    """How much code of one notebook may still be analyzed."""

    def __init__(self) -> None:
        self.code, self.scans = MAX_CODE, MAX_SCANS

    def spend(self, code: int = 0, scans: int = 0) -> None:
        """Take characters of code and scans (see MAX_SCANS) off the budget. Raises TooLong if it runs out."""
        self.code -= code
        self.scans -= scans
        if self.code < 0 or self.scans < 0:
            raise TooLong


def syntax_tree(source: str, budget: Budget | None = None) -> ast.Module | None:
    """The syntax tree of one cell, or None if the cell is not valid. Raises TooLong beyond the budget."""
    from IPython.core.inputtransformer2 import TransformerManager

    budget = budget or Budget()
    budget.spend(code=len(source))
    source = source[len(magic_line(source)) :]
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    special = len(SPECIAL.findall(source))
    if special > MAX_SPECIAL or special * (source.count("\n") + 1) > MAX_WORK:
        raise TooLong
    # From each quote that is never closed, IPython's tokenizer looks to the end of the line.
    budget.spend(scans=sum(len(line) * _quotes(line) for line in source.split("\n")))
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except Exception:  # IPython raises all sorts of errors at code that it can't translate
        return None


def _quotes(line: str) -> int:
    return line.count("'") + line.count('"') + line.count("\\")


def magic_line(source: str) -> str:
    """The first line of a cell, if it is a magic that runs the rest as Python; otherwise ""."""
    match = PYTHON_MAGIC.match(source)
    return match[0] if match else ""


def top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run in the notebook's own namespace, including those in `if`, `with`, `try` and loops.

    Not recursive, because a chain of a thousand `elif` is a thousand levels deep.
    """
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
    """What a statement assigns to: the left side of `=` and `+=`, or the variable of a `for` loop."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign, ast.For)):
        return [statement.target]
    return []


def assigned_names(target: ast.expr) -> set[str]:
    """The names that an assignment to `target` binds: neither `x` nor `i` in `x[i] = 1`."""
    return {
        node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
