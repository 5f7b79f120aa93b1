"""A notebook's parameters, given other values."""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Mapping, Sequence

from grader.notebook.syntax import Budget, TooLong, magic_line, names_bound, parse, targets_of, top_level


def with_parameters(cells: Sequence[tuple[int, str]], values: Mapping[str, object]) -> list[tuple[int, str]]:
    """The cells with other values for the named parameters, wherever they are assigned at top level.

    All else in such a cell stays. Cells that assign none are left to the letter.
    """
    changed, budget = [], Budget()
    for number, source in cells:
        tree = None
        if any(name in source for name in values):
            with contextlib.suppress(TooLong):
                tree = parse(source, budget)
        if tree is not None and any(
            names_bound(target) & set(values)
            for statement in top_level(tree.body)
            for target in targets_of(statement)
        ):
            with contextlib.suppress(
                RecursionError, ValueError, MemoryError
            ):  # an expression of a thousand terms, a number of 5,000 digits
                source = magic_line(source) + ast.unparse(
                    ast.fix_missing_locations(_Swap(values).visit(tree))
                )
        changed.append((number, source))
    return changed


class _Swap(ast.NodeTransformer):
    """Replaces the values of named assignments; functions and classes have names of their own and are left alone."""

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

    def _assign(self, name: str) -> ast.stmt:
        return ast.Assign([ast.Name(name, ast.Store())], self._literal(name))

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.AST]:
        plain = [
            target.id for target in node.targets if isinstance(target, ast.Name) and target.id in self.values
        ]
        if set(plain) & {part.id for part in ast.walk(node.value) if isinstance(part, ast.Name)}:
            return node  # `start = torch.tensor(start)` passes on what another assignment gave
        after: list[ast.AST] = []
        if plain:
            node.value = self._literal(plain[0])
            return [node, *(self._assign(name) for name in plain[1:])]
        for target in node.targets:
            if not isinstance(target, (ast.Tuple, ast.List)):
                continue
            given = node.value.elts if isinstance(node.value, (ast.Tuple, ast.List)) else []
            pairs = (
                len(given) == len(target.elts)
                and len(node.targets) == 1
                and not any(isinstance(item, ast.Starred) for item in (*target.elts, *given))
            )
            for place, part in enumerate(target.elts):
                if isinstance(part, ast.Name) and part.id in self.values and pairs:
                    given[place] = self._literal(part.id)
                else:
                    after += [self._assign(name) for name in sorted(names_bound(part) & set(self.values))]
        return [node, *after]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if isinstance(node.target, ast.Name) and node.target.id in self.values and node.value is not None:
            node.value = self._literal(node.target.id)
        return node
