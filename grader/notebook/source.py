"""A notebook's code as a syntax tree, with the questions that rubrics ask of it.

Nothing is run. Magics and shell lines are translated as IPython would, so they break nothing; a cell
with a syntax error is left out (it did not run either).
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

MAX_WORK = 100_000  # lines times magics and shell lines of one cell: IPython looks at each line for each of them, 2 s in all
MAX_SCANS = 10_000_000  # quotes and backslashes of a line times its length, all lines together: IPython's tokens, 0.2 s
MAX_CODE = 1_000_000  # characters of all cells: 5 s; a notebook of ours has 10,000
MAX_CHAIN = 20  # attributes of attributes whose name is put together
MAX_SPECIAL = 400  # magics and shell lines of one cell: IPython gives up at 500
SPECIAL = re.compile(r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
PYTHON_MAGIC = re.compile(r"\s*%%(?:time|capture|prun)\b[^\n]*\n")  # what follows such a line is Python like any other


class TooLong(ValueError):
    """Code that would take too long to look at. Nobody writes it by accident."""


class Budget:
    """What may be looked at of one notebook."""

    def __init__(self) -> None:
        self.code, self.scans = MAX_CODE, MAX_SCANS

    def take(self, code: int = 0, scans: int = 0) -> None:
        self.code -= code
        self.scans -= scans
        if self.code < 0 or self.scans < 0:
            raise TooLong


def parse(source: str, budget: Budget | None = None) -> ast.Module | None:
    """The syntax tree of one cell, or None where it has none. TooLong where the budget does not allow to look."""
    from IPython.core.inputtransformer2 import TransformerManager

    budget = budget or Budget()
    budget.take(code=len(source))
    source = source[len(_magic(source)):]
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    special = len(SPECIAL.findall(source))
    if special > MAX_SPECIAL or special * (source.count("\n") + 1) > MAX_WORK:
        raise TooLong
    # From each quote that ends nowhere it looks to the end of the line.
    budget.take(scans=sum(len(line) * (line.count("'") + line.count('"') + line.count("\\")) for line in source.split("\n")))
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except Exception:  # IPython's translation raises whatever it likes at what it can't read
        return None


def _magic(source: str) -> str:
    """The first line of a cell where it is a magic that runs the rest as Python; else nothing."""
    found = PYTHON_MAGIC.match(source)
    return found[0] if found else ""


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
        return [node for tree in self.trees for node in ast.walk(tree)]  # once: a walk takes ten times as long as a look at what it finds

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
                if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                    dotted = self._dotted(node.value, aliases)
                    known = not isinstance(node.value, ast.Name) or node.value.id in aliases.names  # `kept = loss` makes no module of it
                    if dotted and known and not dotted.startswith(".") and node.targets[0].id not in aliases.names:
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
                found |= {node.module} | {f"{node.module}.{name.name}" for name in node.names if name.name != "*"}
            elif isinstance(node, ast.Call) and self._last(node.func, self._aliases) in ("import_module", "__import__"):
                found |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant) and isinstance(arg.value, str)}
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
        dotted = (self._dotted(node.func, self._aliases) for node in self._nodes if isinstance(node, ast.Call))
        return frozenset(name for name in dotted if name)

    @cached_property
    def defines(self) -> frozenset[str]:
        """Names of functions, classes and variables that the notebook defines at top level."""
        found: set[str] = set()
        for tree in self.trees:
            for statement in _top_level(tree.body):
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                    found.add(statement.name)
                for target in _targets(statement):
                    found |= _names(target)
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
        return (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr"
                and len(node.args) >= 2 and isinstance(node.args[1], ast.Constant) and isinstance(node.args[1].value, str))

    @staticmethod
    def _last(node: ast.AST, aliases: _Aliases) -> str:
        if isinstance(node, ast.Name):
            return aliases.names.get(node.id, node.id).rpartition(".")[2]
        return node.attr if isinstance(node, ast.Attribute) else ""


def _top_level(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements that run in the notebook's own namespace: those in `if`, `with`, `try` and loops too. Not recursive: a
    chain of a thousand `elif` is a thousand levels deep."""
    left = list(reversed(body))
    while left:
        statement = left.pop()
        yield statement
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        inner = [part for field in ("body", "orelse", "finalbody") for part in getattr(statement, field, [])]
        inner += [part for handler in getattr(statement, "handlers", []) for part in handler.body]
        left += reversed(inner)


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return statement.targets
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign, ast.For)):
        return [statement.target]
    return []


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
        if tree is not None and any(_names(target) & set(values) for statement in _top_level(tree.body)
                                    for target in _targets(statement)):
            with contextlib.suppress(RecursionError, ValueError, MemoryError):  # an expression of a thousand terms, a number of 5,000 digits
                source = _magic(source) + ast.unparse(ast.fix_missing_locations(_Swap(values).visit(tree)))
        changed.append((number, source))
    return changed


def assigned(cells: Sequence[tuple[int, str]]) -> frozenset[str]:
    """Names that some cell assigns at top level: what `rerun` can give another value."""
    return frozenset(name for _, source in cells if (tree := parse(source)) for statement in _top_level(tree.body)
                     for target in _targets(statement) for name in _names(target))


def _names(target: ast.expr) -> set[str]:
    """The names that an assignment binds: neither `x` nor `i` in `x[i] = 1`."""
    return {node.id for node in ast.walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


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
        plain = [target.id for target in node.targets if isinstance(target, ast.Name) and target.id in self.values]
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
            pairs = (len(given) == len(target.elts) and len(node.targets) == 1
                     and not any(isinstance(item, ast.Starred) for item in (*target.elts, *given)))
            for place, part in enumerate(target.elts):
                if isinstance(part, ast.Name) and part.id in self.values and pairs:
                    given[place] = self._literal(part.id)
                else:
                    after += [self._assign(name) for name in sorted(_names(part) & set(self.values))]
        return [node, *after]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if isinstance(node.target, ast.Name) and node.target.id in self.values and node.value is not None:
            node.value = self._literal(node.target.id)
        return node
