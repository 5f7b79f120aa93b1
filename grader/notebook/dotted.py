"""Dotted names: what the names in a piece of code stand for, through imports and second names."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Mapping

MAX_CHAIN = 20  # attributes of attributes that become one dotted name
ALIAS_ROUNDS = 3  # `f = torch.nn.functional; g = f.relu`: a few rounds follow any sane chain of aliases


class Aliases:
    """A namespace's own names for modules and what they contain."""

    def __init__(self, nodes: Iterable[ast.AST], bound: frozenset[str], own: Mapping[str, Aliases]) -> None:
        """Collect the aliases in a namespace's code.

        `bound` are the names that it binds otherwise. `own` are modules that the notebook itself writes, by
        dotted name, each with its aliases.
        """
        self.names: dict[str, str] = {}
        self.roots: set[str] = set()  # the first parts of all dotted names that aliases stand for
        self.bound, self._own = bound, own
        self._stars: list[str] = []
        nodes = list(nodes)
        for node in nodes:
            if isinstance(node, ast.Import):
                for name in node.names:
                    top = name.name.partition(".")[0]
                    self._add(name.asname or top, name.name if name.asname else top)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for name in node.names:
                    if name.name == "*":
                        self._add_all(node.module)
                    else:
                        self._add(name.asname or name.name, self._through(f"{node.module}.{name.name}"))
        for _ in range(ALIAS_ROUNDS):
            for node in nodes:
                if isinstance(node, ast.Assign) and len(node.targets) == 1:
                    self._follow(node.targets[0], node.value)

    def of(self, node: ast.AST, most: int = MAX_CHAIN) -> str:
        """The dotted name of an expression, ".last" if its root isn't a module, or "" if it has no name."""
        if isinstance(node, ast.Name):
            return self.names.get(node.id) or self._starred(node.id) or node.id
        if isinstance(node, ast.Attribute):
            name, value = node.attr, node.value
        elif (call := getattr_call(node)) is not None:
            name, value = call
        else:
            return ""
        base = self.of(value, most - 1) if most else ""
        return self._through(f"{base}.{name}") if base.partition(".")[0] in self.roots else f".{name}"

    def _add(self, name: str, dotted: str) -> None:
        self.names[name] = dotted
        self.roots.add(dotted.partition(".")[0])

    def _add_all(self, module: str) -> None:
        """Note a star import. What one of the notebook's own modules has imported comes with it."""
        self._stars.append(module)
        self.roots.add(module.partition(".")[0])
        if module in self._own:
            self.names |= self._own[module].names
            self.roots |= self._own[module].roots

    def _starred(self, name: str) -> str:
        """The dotted name of a name that a star import brings, or ""."""
        if not self._stars or name in self.bound:
            return ""
        unknown = ""
        for module in reversed(self._stars):
            exported = self._own[module].bound if module in self._own else _exported(module)
            if name in exported:
                return f"{module}.{name}"
            if not exported:
                unknown = unknown or module
        return f"{unknown}.{name}" if unknown and not hasattr(builtins, name) else ""

    def _through(self, dotted: str) -> str:
        """What a dotted name stands for, if it is a name that the notebook's own module has imported."""
        module, _, last = dotted.rpartition(".")
        return self._own[module].names.get(last, dotted) if module in self._own else dotted

    def _follow(self, target: ast.expr, value: ast.expr) -> None:
        """Add `target` to the aliases if `value` is a known module or part of one."""
        if not isinstance(target, ast.Name):
            return
        dotted = self.of(value)
        # `kept = loss` does not make `kept` a module.
        known = not isinstance(value, ast.Name) or dotted != value.id or value.id in self.names
        if dotted and known and not dotted.startswith(".") and target.id not in self.names:
            self._add(target.id, dotted)


def _exported(module: str) -> frozenset[str]:
    """The names that a star import of a module brings; none if this process has not loaded it.

    Nothing is imported for this: a student could choose what. A rubric's process has loaded NumPy and torch.
    """
    names = getattr(sys.modules.get(module), "__dict__", {})
    return frozenset(names.get("__all__") or [name for name in names if not name.startswith("_")])


def getattr_call(node: ast.AST) -> tuple[str, ast.expr] | None:
    """The name and the object of a call like `getattr(object, "name")`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "getattr":
        return None
    if len(node.args) < 2 or (name := text(node.args[1])) is None:
        return None
    return name, node.args[0]


def text(node: ast.AST) -> str | None:
    """The value of a string literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
