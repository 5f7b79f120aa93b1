"""The Python code within IPython's magics, and the modules that cells write.

IPython translates `%time w = fit(x)` to `get_ipython().run_line_magic("time", "w = fit(x)")`: a call with a
text. Here the text becomes code again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.notebook.syntax import Budget, syntax_tree

# Magics that run their text as Python, in a line or in a cell. A module is never written within one.
RUN = frozenset(("time", "prun", "capture", "lprun", "memit", "mprun"))
# This one runs it as a function, whose variables are not the notebook's.
AS_FUNCTION = "timeit"
WRITE = frozenset(("writefile", "file"))
# Options before the code: `%timeit -n 10 -r 3 f(x)`.
MAX_OPTIONS = 10
# Magics within magics: `%%capture` above `%%time`.
MAX_DEPTH = 4


@dataclass
class Code:
    """The code of a notebook's cells, and the text of the Python files that they write, by path."""

    trees: list[ast.Module] = field(default_factory=list)
    written: dict[str, str] = field(default_factory=dict)


def code_of(cells: Iterable[str], budget: Budget) -> Code:
    """Parse cells, with the code that their magics run. Raises TooLong beyond the budget."""
    code = Code()
    for source in cells:
        tree = syntax_tree(source, budget)
        if tree is not None:
            if "%" in source or "get_ipython" in source:
                _unfold(tree, code, budget, MAX_DEPTH)
            code.trees.append(tree)
    return code


def _unfold(tree: ast.Module, code: Code, budget: Budget, depth: int) -> None:
    """Put the code of magics into a tree, before the statement that has the magic or in its place."""
    left: list[ast.AST] = [tree]
    while left:
        node = left.pop()
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                block[:] = [part for statement in block for part in _unfolded(statement, code, budget, depth)]
        left += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]


def _unfolded(statement: ast.stmt, code: Code, budget: Budget, depth: int) -> list[ast.stmt]:
    """The statements that stand for one: the code of its magic, if it has one."""
    value = statement.value if isinstance(statement, (ast.Expr, ast.Assign)) else None
    match value:
        case ast.Call(
            ast.Attribute(ast.Call(ast.Name("get_ipython")), "run_line_magic"),
            [ast.Constant(str() as magic), ast.Constant(str() as line)],
        ):
            found = _run(magic, _parsed(line, budget))
            if magic == "run" and (written := code.written.get(_path(line))) is not None:
                found = _run("time", syntax_tree(written, budget))
        case ast.Call(
            ast.Attribute(ast.Call(ast.Name("get_ipython")), "run_cell_magic"),
            [ast.Constant(str() as magic), ast.Constant(str() as line), ast.Constant(str() as body)],
        ):
            if magic in WRITE:
                _write(line, body, code)
                return [statement]
            tree = syntax_tree(body, budget) if depth and magic in (*RUN, AS_FUNCTION) else None
            if tree is not None:
                _unfold(tree, code, budget, depth - 1)
            found = [*_run(magic, _parsed(line, budget)), *_run(magic, tree)]
        case _:
            return [statement]
    return found if found and isinstance(statement, ast.Expr) else [*found, statement]


def _parsed(line: str, budget: Budget) -> ast.Module | None:
    """The code of a magic's line, behind its options."""
    budget.spend(code=len(line))
    for _ in range(MAX_OPTIONS):
        try:
            return ast.parse(line.strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            _, _, line = line.strip().partition(" ")
    return None


def _run(magic: str, tree: ast.Module | None) -> list[ast.stmt]:
    """The statements that a magic runs."""
    if tree is None or not tree.body or magic not in (*RUN, AS_FUNCTION):
        return []
    if magic in RUN:
        return tree.body
    function = ast.parse("def _(): pass").body[0]
    assert isinstance(function, ast.FunctionDef)
    function.name, function.body = "", tree.body
    return [function]


def _write(line: str, body: str, code: Code) -> None:
    """Note the Python file that a cell writes."""
    path = _path(line)
    if path.endswith(".py"):
        before = code.written.get(path, "") if "-a" in line.split() else ""
        code.written[path] = before + body


def _path(line: str) -> str:
    """The file in a magic's line, behind its options."""
    return str(PurePosixPath(line.split()[-1].strip("'\""))) if line.split() else ""


def module_of(path: str) -> str:
    """The dotted name under which a file is imported."""
    parts = PurePosixPath(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
