"""Which names a piece of code shares with the rest of its notebook."""

from __future__ import annotations

import ast
from collections.abc import Container

SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def names_read(node: ast.AST, left_out: Container[ast.AST] = ()) -> set[str]:
    """The names of the notebook that a statement or an expression reads.

    That includes what functions in it read once they are called. Arguments and variables of functions, and
    the variables of comprehensions, are not names of the notebook. `left_out`: parts that are not looked at.
    """
    read: set[str] = set()
    own: set[str] = set()
    shared: set[str] = set()
    left = list(ast.iter_child_nodes(node)) if isinstance(node, SCOPES) else [node]
    while left:
        part = left.pop()
        if part in left_out:
            continue
        if isinstance(part, SCOPES):
            read |= names_read(part, left_out)
            continue
        if isinstance(part, ast.Name):
            (read if isinstance(part.ctx, ast.Load) else own).add(part.id)
        elif isinstance(part, ast.arg):
            own.add(part.arg)
        elif isinstance(part, ast.Global):
            shared.update(part.names)
        left += ast.iter_child_nodes(part)
    return read - (own - shared) if isinstance(node, SCOPES) else read


def global_names(node: ast.AST) -> set[str]:
    """The names that a function declares as `global`."""
    return {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
