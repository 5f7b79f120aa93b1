"""The names in the code of one namespace: the notebook's, or that of a module that the notebook writes."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property

from grader.notebook.dotted import Aliases, getattr_call, text
from grader.notebook.syntax import assigned_names, targets_of, top_level

# Calls whose keywords, or the words of whose texts, become attributes.
RECORDS = frozenset(("SimpleNamespace", "Namespace", "namedtuple", "make_dataclass"))


class Namespace:
    """What a namespace's code imports, calls, names and defines. Names are dotted and absolute."""

    def __init__(
        self,
        trees: Sequence[ast.Module],
        own: Mapping[str, Namespace],
        left_out: Collection[ast.AST] = (),
        whole: Namespace | None = None,
    ) -> None:
        """Look at trees without the parts `left_out`.

        `own` are the modules that the notebook writes, by dotted name. `whole` is the namespace of which
        these trees are a part: what it imports and defines is known here too.
        """
        self.trees, self.own, self._left_out, self._whole = trees, own, left_out, whole

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the trees. Walked once: a walk takes ten times as long as looking at what it finds."""
        return list(self._walk())

    def _walk(self) -> Iterator[ast.AST]:
        left: list[ast.AST] = list(self.trees)
        while left:
            node = left.pop()
            if node not in self._left_out:
                left += ast.iter_child_nodes(node)
                yield node

    @cached_property
    def aliases(self) -> Aliases:
        """The names that stand for modules and for parts of them."""
        if self._whole is not None:
            return self._whole.aliases
        own = {name: module.aliases for name, module in self.own.items()}
        return Aliases(self.nodes, frozenset(self.bound), own)

    @cached_property
    def bound(self) -> set[str]:
        """Every name that is assigned, defined or an argument anywhere."""
        found = {
            node.id for node in self.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        found |= {node.arg for node in self.nodes if isinstance(node, ast.arg)}
        definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return found | {node.name for node in self.nodes if isinstance(node, definitions)}

    @cached_property
    def attributes(self) -> frozenset[str]:
        """The attributes and methods that the code itself gives to its classes and objects."""
        if self._whole is not None:
            return self._whole.attributes
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
            elif isinstance(node, ast.ClassDef):
                found |= _defined(node.body)
            elif isinstance(node, ast.Call):
                found |= self._given_by(node)
        return frozenset(found)

    def _given_by(self, call: ast.Call) -> set[str]:
        """The attributes that a call makes: `setattr(x, "inv", 1)`, `SimpleNamespace(inv=1)`."""
        called = self.aliases.of(call.func).rpartition(".")[2]
        texts = [word for argument in call.args for part in ast.walk(argument) if (word := text(part))]
        if called in RECORDS:
            words = {word for each in texts for word in each.replace(",", " ").split()}
            return words | {keyword.arg for keyword in call.keywords if keyword.arg}
        return set(texts) if called in ("setattr", "type") else set()

    @cached_property
    def imports(self) -> frozenset[str]:
        """Modules and names imported, dotted: `from torch import nn` gives "torch" and "torch.nn"."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
                found |= {f"{node.module}.{name.name}" for name in node.names if name.name != "*"}
            elif isinstance(node, ast.Call):
                called = self.aliases.of(node.func).rpartition(".")[2]
                if called in ("import_module", "__import__"):
                    found |= {name for argument in node.args[:1] if (name := text(argument)) is not None}
        return frozenset(found)

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name used, together with its attributes."""
        named = (
            node for node in self.nodes if isinstance(node, (ast.Name, ast.Attribute)) or getattr_call(node)
        )
        return frozenset(dotted for node in named if (dotted := self.aliases.of(node)))

    @cached_property
    def calls(self) -> frozenset[str]:
        """The names of everything that is called anywhere."""
        calls = (node for node in self.nodes if isinstance(node, ast.Call))
        return frozenset(name for call in calls if (name := self.aliases.of(call.func)))

    @cached_property
    def foreign(self) -> frozenset[str]:
        """Everything imported or named, but for what the code has made itself and calls by that name."""
        whole = self._whole or self
        own = (whole.bound - whole.aliases.names.keys()) | {f".{name}" for name in self.attributes}
        found = (self.names | self.imports) - own
        modules = tuple(f"{module}." for module in self.own)
        return frozenset(name for name in found if name not in self.own and not name.startswith(modules))

    @cached_property
    def defines(self) -> frozenset[str]:
        """Names of functions, classes and variables that are defined at top level."""
        return frozenset(name for tree in self.trees for name in _defined(tree.body))


def _defined(body: Sequence[ast.stmt]) -> set[str]:
    """The names that statements define, also within `if`, `with`, `try` and loops."""
    found: set[str] = set()
    for statement in top_level(body):
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found |= {statement.name} - {""}
        for target in targets_of(statement):
            found |= assigned_names(target)
    return found
