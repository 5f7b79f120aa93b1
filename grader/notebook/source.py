"""A notebook's code as syntax trees, with the questions that rubrics ask of it.

Nothing is run. Magics and shell lines are translated as IPython translates them, so they break nothing. A
cell with a syntax error is left out, because it did not run either.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cached_property

from grader.notebook.syntax import Budget, assigned_names, syntax_tree, targets_of, top_level

MAX_CHAIN = 20  # attributes of attributes that become one dotted name
ALIAS_ROUNDS = 3  # `f = torch.nn.functional; g = f.relu`: a few rounds follow any sane chain of aliases


class _Aliases:
    """The notebook's own names for modules and what they contain."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.roots: set[str] = set()  # the first parts of all dotted names that aliases stand for

    def add(self, name: str, dotted: str) -> None:
        self.names[name] = dotted
        self.roots.add(dotted.partition(".")[0])


class Source:
    """What the notebook's code imports, calls, names and defines. Aliases are resolved.

    Names are dotted and absolute: after `import torch.nn as nn`, `nn.Linear` is "torch.nn.Linear". An
    attribute of an object that is not a module is known by its last name alone: `loss.backward()` is
    ".backward".
    """

    def __init__(self, cells: Iterable[str]) -> None:
        """Parse the cells' sources.

        Raises TooLong if there is more code than is analyzed: a rubric may look for the part left out.
        """
        budget = Budget()
        self.trees = [tree for source in cells if (tree := syntax_tree(source, budget)) is not None]

    @cached_property
    def _nodes(self) -> list[ast.AST]:
        # Walked once: a walk takes ten times as long as looking at the nodes it finds.
        return [node for tree in self.trees for node in ast.walk(tree)]

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
        for _ in range(ALIAS_ROUNDS):
            for node in self._nodes:
                if isinstance(node, ast.Assign) and len(node.targets) == 1:
                    self._follow(node.targets[0], node.value, aliases)
        return aliases

    def _follow(self, target: ast.expr, value: ast.expr, aliases: _Aliases) -> None:
        """Add `target` to the aliases if `value` is a known module or part of one."""
        if not isinstance(target, ast.Name):
            return
        dotted = self._dotted(value, aliases)
        # `kept = loss` does not make `kept` a module.
        known = not isinstance(value, ast.Name) or value.id in aliases.names
        if dotted and known and not dotted.startswith(".") and target.id not in aliases.names:
            aliases.add(target.id, dotted)

    @cached_property
    def imports(self) -> frozenset[str]:
        """Modules and names imported, dotted: `from torch import nn` gives "torch" and "torch.nn"."""
        found: set[str] = set()
        for node in self._nodes:
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found |= {f"{node.module}.{name.name}" for name in node.names if name.name != "*"}
            elif isinstance(node, ast.Call):
                if self._last(node.func, self._aliases) in ("import_module", "__import__"):
                    found |= {text for argument in node.args[:1] if (text := _text(argument)) is not None}
        return frozenset(found)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name used, together with its attributes."""
        found = set()
        for node in self._nodes:
            if isinstance(node, (ast.Name, ast.Attribute)) or _getattr_call(node):
                if dotted := self._dotted(node, self._aliases):
                    found.add(dotted)
        return frozenset(found)

    @cached_property
    def calls(self) -> frozenset[str]:
        """The names of everything that is called anywhere."""
        calls = (node for node in self._nodes if isinstance(node, ast.Call))
        return frozenset(name for call in calls if (name := self._dotted(call.func, self._aliases)))

    @cached_property
    def defines(self) -> frozenset[str]:
        """Names of functions, classes and variables that the notebook defines at top level."""
        found: set[str] = set()
        for tree in self.trees:
            for statement in top_level(tree.body):
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    found.add(statement.name)
                for target in targets_of(statement):
                    found |= assigned_names(target)
        return frozenset(found)

    @property
    def loops(self) -> bool:
        """Whether there is a `for` or a `while` anywhere."""
        return any(isinstance(node, (ast.For, ast.While)) for node in self._nodes)

    def uses(self, *prefixes: str) -> list[str]:
        """Everything imported or named that matches one of `prefixes`, sorted.

        "torch.optim" matches itself and all below it; ".lstsq" matches that last name anywhere.
        """
        everything = self.imports | self.names
        found = set()
        for prefix in prefixes:
            for name in everything:
                below = name == prefix or name.startswith(prefix + ".")
                if below or (prefix.startswith(".") and name.endswith(prefix)):
                    found.add(name)
        return sorted(found)

    def _dotted(self, node: ast.AST, aliases: _Aliases, most: int = MAX_CHAIN) -> str:
        """The dotted name of an expression, ".last" if its root isn't a module, or "" if it has no name."""
        if isinstance(node, ast.Name):
            return aliases.names.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            name, value = node.attr, node.value
        elif (call := _getattr_call(node)) is not None:
            name, value = call
        else:
            return ""
        base = self._dotted(value, aliases, most - 1) if most else ""
        return f"{base}.{name}" if base.partition(".")[0] in aliases.roots else f".{name}"

    @staticmethod
    def _last(node: ast.AST, aliases: _Aliases) -> str:
        if isinstance(node, ast.Name):
            return aliases.names.get(node.id, node.id).rpartition(".")[2]
        return node.attr if isinstance(node, ast.Attribute) else ""


def _getattr_call(node: ast.AST) -> tuple[str, ast.expr] | None:
    """The name and the object of a call like `getattr(object, "name")`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "getattr":
        return None
    if len(node.args) < 2 or (name := _text(node.args[1])) is None:
        return None
    return name, node.args[0]


def _text(node: ast.AST) -> str | None:
    """The value of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
