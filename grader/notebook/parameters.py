"""Other values for a notebook's parameters."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Mapping, Sequence

from grader.notebook.syntax import (
    Budget,
    TooLong,
    assigned_names,
    magic_line,
    syntax_tree,
    targets_of,
    top_level,
)


def with_parameters(cells: Sequence[tuple[int, str]], values: Mapping[str, object]) -> list[tuple[int, str]]:
    """The cells, given as (number, source), with other values for parameters that are assigned at top level.

    `values` maps a parameter's name to a value whose `repr` is Python code. Everything else in such a cell
    stays. Cells that assign no parameter are returned character for character.
    """
    changed, budget = [], Budget()
    for number, source in cells:
        tree = None
        if any(name in source for name in values):
            with contextlib.suppress(TooLong):
                tree = syntax_tree(source, budget)
        if tree is not None and _assigns(tree, values):
            # An expression of a thousand terms or a number of 5,000 digits can't be written out again.
            with contextlib.suppress(RecursionError, ValueError, MemoryError):
                swapped = ast.fix_missing_locations(_Swap(values).visit(tree))
                source = magic_line(source) + ast.unparse(swapped)
        changed.append((number, source))
    return changed


def _assigns(tree: ast.Module, values: Mapping[str, object]) -> bool:
    return any(
        assigned_names(target) & set(values)
        for statement in top_level(tree.body)
        for target in targets_of(statement)
    )


class _Swap(ast.NodeTransformer):
    """Replaces the values of named assignments.

    Functions and classes have names of their own and stay unchanged.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return node

    def _literal(self, name: str) -> ast.expr:
        return ast.parse(repr(self.values[name]), mode="eval").body

    def _assignment(self, name: str) -> ast.stmt:
        return ast.Assign([ast.Name(name, ast.Store())], self._literal(name))

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.AST]:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        parameters = [name for name in names if name in self.values]
        if set(parameters) & {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}:
            return node  # `start = torch.tensor(start)` passes on a value from another assignment
        if parameters:
            node.value = self._literal(parameters[0])
            return [node, *(self._assignment(name) for name in parameters[1:])]
        after: list[ast.AST] = []
        for target in node.targets:
            if isinstance(target, (ast.Tuple, ast.List)):
                after += self._unpack(node, target)
        return [node, *after]

    def _unpack(self, node: ast.Assign, target: ast.Tuple | ast.List) -> list[ast.AST]:
        """Swap parameters within `m, n = 1, 5` in place; return assignments to add for all other forms."""
        elements = node.value.elts if isinstance(node.value, (ast.Tuple, ast.List)) else []
        in_pairs = (
            len(elements) == len(target.elts)
            and len(node.targets) == 1
            and not any(isinstance(item, ast.Starred) for item in (*target.elts, *elements))
        )
        after: list[ast.AST] = []
        for index, part in enumerate(target.elts):
            if isinstance(part, ast.Name) and part.id in self.values and in_pairs:
                elements[index] = self._literal(part.id)
            else:
                after += [self._assignment(name) for name in sorted(assigned_names(part) & set(self.values))]
        return after

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if isinstance(node.target, ast.Name) and node.target.id in self.values and node.value is not None:
            node.value = self._literal(node.target.id)
        return node
