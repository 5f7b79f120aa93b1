"""A notebook's code as a syntax tree, with the questions that rubrics ask of it.

Nothing is run. Magics and shell lines are translated as IPython would, so they break nothing; a cell
with a syntax error is left out (it did not run either).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property

from grader.notebook.syntax import Budget, names_bound, parse, targets_of, top_level

MAX_CHAIN = 20  # attributes of attributes whose name is put together


class _Aliases:
    """What the notebook calls modules and what hangs on them."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.roots: set[str] = set()  # the first names of all that they stand for

    def add(self, name: str, dotted: str) -> None:
        self.names[name] = dotted
        self.roots.add(dotted.partition(".")[0])


class Source:
    """What the notebook's code imports, calls, names and defines. Aliases are seen through.

    Names are dotted and absolute: after `import torch.nn as nn`, `nn.Linear` is "torch.nn.Linear". What hangs on
    an object that is not a module is known by its last name alone: `loss.backward()` is ".backward".
    """

    def __init__(self, cells: Iterable[str]) -> None:
        """TooLong where there is more of it than anybody looks at: what was left out could be what is asked for."""
        budget = Budget()
        self.trees = [tree for source in cells if (tree := parse(source, budget)) is not None]

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        return [
            node for tree in self.trees for node in ast.walk(tree)
        ]  # once: a walk takes ten times as long as a look at what it finds

    @cached_property
    def _aliases(self) -> _Aliases:
        aliases = _Aliases()
        for node in self._nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    top = name.name.partition(".")[0]
                    aliases.add(name.asname or top, name.name if name.asname else top)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for name in node.names:
                    aliases.add(name.asname or name.name, f"{node.module}.{name.name}")
        for _ in range(3):  # `f = torch.nn.functional; g = f.relu`: a few rounds follow any sane chain
            for node in self._nodes:
                if (
                    isinstance(node, ast.Assign)
                    and len(node.targets) == 1
                    and isinstance(node.targets[0], ast.Name)
                ):
                    dotted = self._dotted(node.value, aliases)
                    known = (
                        not isinstance(node.value, ast.Name) or node.value.id in aliases.names
                    )  # `kept = loss` makes no module of it
                    if (
                        dotted
                        and known
                        and not dotted.startswith(".")
                        and node.targets[0].id not in aliases.names
                    ):
                        aliases.add(node.targets[0].id, dotted)
        return aliases

    @cached_property
    def imports(self) -> frozenset[str]:
        """Modules and names imported, dotted: `from torch import nn` gives "torch" and "torch.nn"."""
        found: set[str] = set()
        for node in self._nodes:
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module} | {
                    f"{node.module}.{name.name}" for name in node.names if name.name != "*"
                }
            elif isinstance(node, ast.Call) and self._last(node.func, self._aliases) in (
                "import_module",
                "__import__",
            ):
                found |= {
                    arg.value
                    for arg in node.args[:1]
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
        return frozenset(found)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name used, with what hangs on it."""
        found = set()
        for node in self._nodes:
            if isinstance(node, (ast.Name, ast.Attribute)) or self._is_getattr(node):
                if dotted := self._dotted(node, self._aliases):
                    found.add(dotted)
        return frozenset(found)

    @cached_property
    def calls(self) -> frozenset[str]:
        """The names of everything that is called somewhere."""
        dotted = (
            self._dotted(node.func, self._aliases) for node in self._nodes if isinstance(node, ast.Call)
        )
        return frozenset(name for name in dotted if name)

    @cached_property
    def defines(self) -> frozenset[str]:
        """Names of functions, classes and variables that the notebook defines at top level."""
        found: set[str] = set()
        for tree in self.trees:
            for statement in top_level(tree.body):
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    found.add(statement.name)
                for target in targets_of(statement):
                    found |= names_bound(target)
        return frozenset(found)

    @property
    def loops(self) -> bool:
        """Whether there is a `for` or a `while` anywhere."""
        return any(isinstance(node, (ast.For, ast.While)) for node in self._nodes)

    def uses(self, *prefixes: str) -> list[str]:
        """What of `prefixes` is imported or named: "torch.optim" finds it and all below it, ".lstsq" a last name anywhere."""
        everything = self.imports | self.names
        found = set()
        for prefix in prefixes:
            for name in everything:
                below = name == prefix or name.startswith(prefix + ".")
                if below or (prefix.startswith(".") and name.endswith(prefix)):
                    found.add(name)
        return sorted(found)

    def _dotted(self, node: ast.AST, aliases: _Aliases, most: int = MAX_CHAIN) -> str:
        if isinstance(node, ast.Name):
            return aliases.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            name, value = node.attr, node.value
        elif self._is_getattr(node):
            name, value = node.args[1].value, node.args[0]  # type: ignore[attr-defined]
        else:
            return ""
        base = self._dotted(value, aliases, most - 1) if most else ""
        return f"{base}.{name}" if base.partition(".")[0] in aliases.roots else f".{name}"

    @staticmethod
    def _is_getattr(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "getattr"
            and len(node.args) >= 2
            and isinstance(node.args[1], ast.Constant)
            and isinstance(node.args[1].value, str)
        )

    @staticmethod
    def _last(node: ast.AST, aliases: _Aliases) -> str:
        if isinstance(node, ast.Name):
            return aliases.names.get(node.id, node.id).rpartition(".")[2]
        return node.attr if isinstance(node, ast.Attribute) else ""
