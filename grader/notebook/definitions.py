"""Which names a notebook's cells define, and where.

Nothing is run. Cells that are Python are parsed; other text is read line by line.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.notebook.syntax import assigned_names, targets_of, top_level

IMPORT, FUNCTION, CLASS, VARIABLE = "import", "function", "class", "variable"
Defining = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_LINE = re.compile(
    r"\s*(?:(?:async +)?(?P<word>def|class) +(?P<defined>\w+)"
    r"|(?P<assigned>[^\W\d]\w*(?: *, *[^\W\d]\w*){0,9}) *(?::[^=]{1,60})?=(?!=)"
    r"|import +(?P<imported>[\w.]+)(?: +as +(?P<alias>\w+))?|from +[\w.]+ +import +(?P<names>[\w ,]+))"
)
_COMMENT = re.compile(r"\s*#[# ]*")


@dataclass(frozen=True)
class Definition:
    """A name that a line defines, outside functions and classes unless `inside` names one."""

    name: str
    # As a reader counts code cells, from 1; of a line that is in no code cell, the last one before it, or 0.
    cell: int
    # In its cell, from 1.
    line: int
    # IMPORT, FUNCTION, CLASS or VARIABLE.
    kind: str = VARIABLE
    # The last line of the outermost statement that holds it.
    until: int = 0
    # Of a function; empty for everything else.
    parameters: tuple[str, ...] = ()
    inside: str = ""


def definitions(number: int, source: str, tree: ast.Module | None) -> list[Definition]:
    """What a code cell defines, in the order of its lines; what functions define inside of them comes last.

    `tree` is the source's syntax tree, or None if it isn't Python.
    """
    if tree is None:
        return list(written(number, source))
    found: list[Definition] = []
    inner: list[Definition] = []
    for outermost in tree.body:
        until = outermost.end_lineno or outermost.lineno
        for statement in top_level([outermost]):
            found += _of_statement(number, statement, until)
            if isinstance(statement, Defining):
                for part in ast.walk(statement):
                    if isinstance(part, ast.stmt) and part is not statement:
                        inner += _of_statement(number, part, until, statement.name)
    return found + inner


def written(number: int, text: str) -> Iterator[Definition]:
    """What the lines of a text would define if they were code: a cell that isn't Python, or a text cell."""
    for place, line in enumerate(text.split("\n"), 1):
        yield from _of_line(number, place, line[:300])


def commented_out(number: int, source: str) -> Iterator[Definition]:
    """What the comments of a cell would define if they were code."""
    for place, line in enumerate(source.split("\n"), 1):
        if mark := _COMMENT.match(line):
            yield from _of_line(number, place, line[mark.end() : mark.end() + 300])


def removed(source: str, tree: ast.Module | None) -> dict[str, int]:
    """The lines on which a code cell removes names: with `del`, or all of them ("*") with `%reset`."""
    found: dict[str, int] = {}
    for place, line in enumerate(source.split("\n"), 1):
        if re.match(r"\s*%reset\b", line):
            found["*"] = place
    for statement in top_level(tree.body) if tree else ():
        if isinstance(statement, ast.Delete):
            found |= {part.id: statement.lineno for part in statement.targets if isinstance(part, ast.Name)}
    return found


def _of_statement(number: int, statement: ast.stmt, until: int, inside: str = "") -> list[Definition]:
    """What one statement defines, without what is inside it."""
    kind, parameters = VARIABLE, tuple[str, ...]()
    if isinstance(statement, ast.Import):
        kind, names = IMPORT, [each.asname or each.name.partition(".")[0] for each in statement.names]
    elif isinstance(statement, ast.ImportFrom):
        kind, names = IMPORT, [each.asname or each.name for each in statement.names]
    elif isinstance(statement, ast.ClassDef):
        kind, names = CLASS, [statement.name]
    elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        spec = statement.args
        kind, names = FUNCTION, [statement.name]
        parameters = tuple(each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))
    else:
        names = sorted(name for target in targets_of(statement) for name in assigned_names(target))
    return [Definition(name, number, statement.lineno, kind, until, parameters, inside) for name in names]


def _of_line(number: int, place: int, line: str) -> Iterator[Definition]:
    found = _LINE.match(line)
    if found is None:
        return
    if found["defined"]:
        kind = CLASS if found["word"] == "class" else FUNCTION
        yield Definition(found["defined"], number, place, kind, place)
    elif found["assigned"]:
        for name in found["assigned"].split(","):
            yield Definition(name.strip(), number, place, VARIABLE, place)
    elif found["imported"]:
        name = found["alias"] or found["imported"].partition(".")[0]
        yield Definition(name, number, place, IMPORT, place)
    else:
        for name in found["names"].split(","):
            words = name.split()
            if words:
                yield Definition(words[-1], number, place, IMPORT, place)
