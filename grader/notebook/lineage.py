"""Lineage: the statements of a namespace that lead to a name, as far as the code tells.

A statement leads to a name if it assigns, defines or changes what the name stands for, or something that such
a statement reads. Statements that only say something (`print`, a plot, an `assert`) lead nowhere.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator

from grader.notebook.namespace import Namespace
from grader.notebook.scopes import SCOPES, global_names, names_read
from grader.notebook.syntax import top_level

# What only says or draws something.
SAY = frozenset(("print", "display", "pprint.pprint", "warnings.warn", "sys.stdout.write"))
DRAW = ("matplotlib.", "seaborn.", "IPython.display.")
Function = ast.FunctionDef | ast.AsyncFunctionDef
# The statements of a function that only says something, apart from calls that do.
QUIET = (ast.Pass, ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Assert, ast.Import, ast.ImportFrom)


class Lineage:
    """The statements at a namespace's top level, with the names that they change and read."""

    def __init__(self, space: Namespace) -> None:
        """Look at a namespace's statements."""
        self.space = space
        self._sayers = self._functions_that_only_say()
        self._left_out = frozenset(self._beside_the_point())
        self._statements = [statement for tree in space.trees for statement in tree.body]
        self._changed = [self._changes(statement) for statement in self._statements]

    def behind(self, names: Iterable[str]) -> list[Namespace]:
        """What leads to these names: part of this namespace, and parts of the modules that it writes."""
        wanted, left = set[str](), set(names)
        found: set[int] = set()
        while left:
            name = left.pop()
            wanted.add(name)
            for place, changed in enumerate(self._changed):
                if name in changed and place not in found:
                    found.add(place)
                    left |= names_read(self._statements[place], self._left_out)
            left -= wanted
        body = [self._statements[place] for place in sorted(found)]
        imports = {node for node in body if isinstance(node, (ast.Import, ast.ImportFrom))}
        tree = ast.Module(body, [])
        part = Namespace([tree], self.space.own, self._left_out | imports, self.space)
        return [part, *self._modules(part, wanted)]

    def _modules(self, part: Namespace, names: Collection[str]) -> Iterator[Namespace]:
        """The parts of the written modules that a part of this namespace uses, or all of one."""
        used = part.names | {self.space.aliases.names.get(name, "") for name in names}
        for name, module in self.space.own.items():
            below = {dotted.removeprefix(f"{name}.") for dotted in used if dotted.startswith(f"{name}.")}
            if below:
                yield from Lineage(module).behind(part.partition(".")[0] for part in below)
            elif name in used:
                yield module

    def _changes(self, statement: ast.stmt) -> set[str]:
        """The names of this namespace that a statement binds, or whose values it changes."""
        changed: set[str] = set()
        left: list[ast.AST] = [statement]
        while left:
            node = left.pop()
            if node in self._left_out:
                continue
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                changed |= {node.name} | global_names(node)
                continue
            if isinstance(node, SCOPES):
                continue
            if isinstance(node, ast.alias):
                changed.add(node.asname or node.name.partition(".")[0])
            elif isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
                if not isinstance(node.ctx, ast.Load):
                    changed |= _root(node)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                changed |= self._changed_by(node.value)
            left += ast.iter_child_nodes(node)
        return changed

    def _changed_by(self, call: ast.Call) -> set[str]:
        """What a call may change that stands alone: its object, and what one of our functions is given."""
        called = self.space.aliases.of(call.func)
        changed = _root(call.func) if called.startswith(".") else set[str]()
        if called in self.space.defines or called.startswith(".") or self._is_own(called):
            for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
                changed |= _root(argument)
        return changed

    def _is_own(self, called: str) -> bool:
        return any(called.startswith(f"{module}.") for module in self.space.own)

    def _functions_that_only_say(self) -> frozenset[str]:
        functions = [node for node in self.space.nodes if isinstance(node, Function)]
        found: set[str] = set()
        while more := {each.name for each in functions if self._only_says(each, found)} - found:
            found |= more
        return frozenset(found)

    def _only_says(self, function: Function, sayers: Collection[str]) -> bool:
        for statement in top_level(function.body):
            if isinstance(statement, ast.Expr):
                quiet = isinstance(statement.value, ast.Constant) or self._says(statement.value, sayers)
            elif isinstance(statement, ast.Assign):
                quiet = all(isinstance(target, (ast.Name, ast.Tuple)) for target in statement.targets)
            elif isinstance(statement, ast.Return):
                quiet = statement.value is None
            else:
                quiet = isinstance(statement, QUIET)
            if not quiet:
                return False
        return not global_names(function)

    def _says(self, value: ast.expr, sayers: Collection[str]) -> bool:
        """Whether an expression is a call that only says or draws something."""
        if not isinstance(value, ast.Call):
            return False
        called = self.space.aliases.of(value.func)
        return called in SAY or called in sayers or called.startswith(DRAW)

    def _beside_the_point(self) -> Iterator[ast.AST]:
        """Parts that lead nowhere: what is only said, and annotations."""
        for node in self.space.nodes:
            if isinstance(node, ast.Assert) or (
                isinstance(node, ast.Expr) and self._says(node.value, self._sayers)
            ):
                yield node
            elif isinstance(node, (ast.arg, ast.AnnAssign)) and node.annotation is not None:
                yield node.annotation
            elif isinstance(node, Function) and node.returns is not None:
                yield node.returns


def _root(node: ast.AST) -> set[str]:
    """The name at the root of `x.a[i].b`, if there is one."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
