"""What the rest of a notebook says about a cell's answers: parameters, calls, sets of data."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.notebook.notebook import Notebook

# Names of sets of examples that are taken for one another.
SETS = re.compile(r"(?:train|training|valid|val|validation|dev|test)(?:_set|_data|_arrays)?$")
# A parameter that says what training is to find: `true_w` for `w`.
TRUTH = "true_"


@dataclass(frozen=True)
class Surroundings:
    """What a cell's answers can refer to."""

    # The source of each parameter's value, by its name.
    parameters: dict[str, str]
    # The names that the notebook binds at top level.
    bound: frozenset[str]
    # The calls of functions by their plain names, in their order.
    calls: dict[str, list[ast.Call]]
    # Whether the notebook computes with PyTorch, and not with NumPy alone.
    torch: bool

    @classmethod
    def of(cls, notebook: Notebook) -> Surroundings:
        """The surroundings of each cell of a notebook. Cells with magics count for nothing."""
        parameters: dict[str, str] = {}
        bound: set[str] = set()
        calls: dict[str, list[ast.Call]] = {}
        torch = False
        for tags, tree in _trees(notebook):
            for statement in tree.body:
                bound |= set(_stored(statement))
                if "parameters" in tags and isinstance(statement, ast.Assign):
                    parameters |= _values(statement)
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    calls.setdefault(node.func.id, []).append(node)
                torch |= isinstance(node, ast.alias) and node.name == "torch"
        return cls(parameters, frozenset(bound), calls, torch)

    @property
    def sets(self) -> list[str]:
        """The names of the notebook's sets of examples, sorted."""
        return sorted(name for name in self.bound if SETS.match(name))

    @property
    def truths(self) -> dict[str, str]:
        """The parameter that holds the true value of a name, by that name."""
        return {name.removeprefix(TRUTH): name for name in self.parameters if name.startswith(TRUTH)}

    def usual(self, function: ast.FunctionDef, argument: str) -> str | None:
        """The source of what the notebook itself gives a function for an argument, None if that is unknown.

        It is a value that is written in, a parameter's value, or the notebook's own variable.
        """
        names = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
        for call in self.calls.get(function.name, ()):
            given = dict(zip(names, call.args)) | {each.arg: each.value for each in call.keywords if each.arg}
            value = given.get(argument)
            if isinstance(value, ast.Constant):
                return ast.unparse(value)
            if isinstance(value, ast.Name) and value.id in self.parameters:
                return self.parameters[value.id]
            if isinstance(value, ast.Name) and value.id in self.bound and value.id not in self.calls:
                return f'globals()["{value.id}"]'
        defaults = dict(zip(reversed(names), reversed(function.args.defaults)))
        if argument in defaults:
            return ast.unparse(defaults[argument])
        return self.parameters.get(argument)


def _trees(notebook: Notebook) -> Iterator[tuple[tuple[str, ...], ast.Module]]:
    """The tags and the syntax tree of each code cell that is plain Python."""
    for _, cell in notebook.code:
        try:
            yield cell.tags, ast.parse(cell.source)
        except SyntaxError:
            continue


def _values(statement: ast.Assign) -> dict[str, str]:
    """The names that a cell of parameters assigns, with their values' source."""
    target, value = statement.targets[0], statement.value
    return {target.id: ast.unparse(value)} if isinstance(target, ast.Name) else {}


def _stored(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at top level binds, functions and classes left out."""
    if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
