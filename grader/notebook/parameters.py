"""Other values for a notebook's parameters.

A parameter has its value from where the notebook first assigns it. There the new value takes the place of the
old one, and it becomes what the student makes of the old one: in `true_w = torch.tensor([2.0, -3.4])` the
list changes, and where no literal can be replaced, the new value is converted to the container, the dtype and
the shape of the old one when the cell runs. A later assignment to the same name gives the parameter its value
only if nothing has used the one before, or if the same literal is written again. Any other stays: it passes
the parameter on (`start = torch.tensor(start)`) or uses its name for something else, such as a counter.

Nothing of the student's is run here.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.notebook.idioms import can_be_written, literal_in, numbers_of
from grader.notebook.scopes import global_names, names_read
from grader.notebook.syntax import Budget, TooLong, assigned_names, magic_line, syntax_tree

MAX_READERS = 100  # functions by whose names cells are looked for; beyond, every cell is analyzed
# How names are assigned without an assignment.
INDIRECTLY = re.compile(
    r"\b(?:exec|eval|globals|locals|vars|setattr|push|ex|run_cell)\b|%run\b|%%(?:write)?file\b"
)
# The function that converts a value when the cell runs: see grader.inside.likeness.
LIKE = "__import__('grader_likeness').like"
_LIKE = ast.parse(LIKE, mode="eval").body
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Rewritten:
    """Cells with other values for parameters, and the parameters that no cell assigns."""

    cells: list[tuple[int, str]]
    unassigned: tuple[str, ...]


@dataclass(frozen=True)
class _Known:
    """A parameter that has been given its value: the numbers that stood there, and whether it was used."""

    numbers: str
    is_read: bool = False


class _Value:
    """An expression that is assigned: the names that it reads, and the literal in it."""

    def __init__(self, node: ast.expr) -> None:
        self.node = node
        self.names = names_read(node)
        self.literal = literal_in(node)
        # The same for `[3.0]`, `(3,)` and `3.0`; "" without a literal.
        self.numbers = numbers_of(self.literal) if self.literal is not None else ""


def with_parameters(
    cells: Sequence[tuple[int, str]], values: Mapping[str, object], left_out: Sequence[str] = ()
) -> Rewritten:
    """The cells, given as (number, source), with other values for parameters that are assigned at top level.

    `values` maps a parameter's name to a value whose `repr` is Python code. Everything else in such a cell
    stays. Cells that assign no parameter are returned character for character. `left_out` has the sources of
    cells that will not run: a name that occurs in one of them is not called unassigned, and neither is one
    that occurs in a cell that can't be analyzed.
    """
    changed, budget, rewriter = [], Budget(), _Rewriter(values)
    unclear = list(left_out)
    for number, source in cells:
        if len(rewriter.readers) > MAX_READERS or any(
            name in source for name in (*values, *rewriter.readers)
        ):
            tree = None
            with contextlib.suppress(TooLong):
                tree = syntax_tree(source, budget)
            if tree is None or INDIRECTLY.search(source):
                unclear.append(source)
            # An expression of a thousand terms or a number of 5,000 digits can't be written out again.
            with contextlib.suppress(RecursionError, ValueError, MemoryError):
                if tree is not None and rewriter.rewrite(tree):
                    source = magic_line(source) + ast.unparse(ast.fix_missing_locations(tree))
        changed.append((number, source))
    missing = [name for name in values if name not in rewriter.bound and not _occurs(name, unclear)]
    return Rewritten(changed, tuple(missing))


def _occurs(name: str, sources: Sequence[str]) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", source) for source in sources)


class _Rewriter:
    """Replaces the values of parameters, cell by cell in the order in which they run.

    Functions and classes have names of their own. Within a function only `global` names are parameters.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values
        self.known: dict[str, _Known] = {}
        # Functions and classes by name, with the parameters that they read when they are called.
        self.readers: dict[str, set[str]] = {}
        # Names that are bound in any way at top level.
        self.bound: set[str] = set()
        self.has_changed = False
        # The values as code. An expression can be part of several cells.
        self.written = {name: ast.parse(repr(value), mode="eval").body for name, value in values.items()}
        self._is_in_function = False
        self._value = _Value(ast.Constant(None))

    def rewrite(self, tree: ast.Module) -> bool:
        """Replace values in the tree of a cell. Return whether any was replaced."""
        self.has_changed = False
        self._block(tree.body)
        return self.has_changed

    # Statements, in the order in which they run

    def _block(self, body: list[ast.stmt]) -> None:
        changed: list[ast.stmt] = []
        for statement in body:
            changed += [statement, *self._statement(statement)]
        body[:] = changed

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        """Replace values in a statement. Return assignments to add after it."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._definition(node)
        elif isinstance(node, ast.Assign):
            return self._assign(node)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._look(node.value)
                node.value = self._bound(node.target, node.value, [])
        elif isinstance(node, ast.If):
            self._look(node.test)
            self._branches([node.body, node.orelse])
        elif isinstance(node, ast.Match):
            self._look(node.subject)
            self._branches([*(case.body for case in node.cases), []])
        elif isinstance(node, (ast.Try, ast.TryStar)):
            self._branches([node.body, *(handler.body for handler in node.handlers)])
            self._block(node.orelse)
            self._block(node.finalbody)
        elif (code := _magic_code(node)) is not None:
            self._magic(code)
        else:
            self._other(node)
        return []

    def _other(self, node: ast.stmt) -> None:
        """A loop, a `with`, or a statement without others in it."""
        for name, part in ast.iter_fields(node):
            if name not in ("body", "orelse"):
                for each in part if isinstance(part, list) else [part]:
                    if isinstance(each, ast.AST):
                        self._look(each)
                        self.bound |= _bound_by(each, is_target=name == "target")
        if isinstance(node, ast.AugAssign):
            self._use(assigned_names(node.target))
        for field in ("body", "orelse"):
            self._block(getattr(node, field, []))

    def _branches(self, bodies: Sequence[list[ast.stmt]]) -> None:
        """Statements of which only some run: each branch goes on from where the statement began."""
        before, ends = self.known, []
        for body in bodies:
            self.known = dict(before)
            self._block(body)
            ends.append(self.known)
        self.known = {}
        for end in ends:
            for name, known in end.items():
                other = self.known.get(name, known)
                self.known[name] = replace(other, is_read=other.is_read or known.is_read)

    def _definition(self, node: Function | ast.ClassDef) -> None:
        """Note what a function or a class reads later; replace values of names that a function shares."""
        if self._is_in_function:
            return
        self.bound.add(node.name)
        read = names_read(node)
        if isinstance(node, ast.ClassDef):
            self._use(read)
        else:
            for default in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
                self._look(default)
            if shared := global_names(node) & set(self.values):
                everything, self._is_in_function = self.values, True
                self.values = {name: everything[name] for name in shared}
                try:
                    self._block(node.body)
                finally:
                    self.values, self._is_in_function = everything, False
        self.readers.pop(node.name, None)
        found = read & self.values.keys()
        found |= {parameter for name in read & self.readers.keys() for parameter in self.readers[name]}
        if found:
            self.readers[node.name] = found

    # Expressions

    def _look(self, node: ast.AST) -> None:
        """Note which parameters an expression uses, and replace values in `:=`."""
        self._use(names_read(node))
        left: list[ast.AST] = [node]
        while left:
            part = left.pop()
            if isinstance(part, ast.Lambda):
                continue
            left += ast.iter_child_nodes(part)
            if isinstance(part, ast.NamedExpr):
                part.value = self._bound(part.target, part.value, [])

    def _use(self, names: set[str]) -> None:
        used = set(names)
        for name in names & self.readers.keys():
            used |= self.readers[name]
        for name in used & self.known.keys():
            self.known[name] = replace(self.known[name], is_read=True)

    # Assignments

    def _assign(self, node: ast.Assign) -> list[ast.stmt]:
        self._look(node.value)
        for target in node.targets:
            self._look(target)
        after: list[ast.stmt] = []
        if len(node.targets) == 1:
            node.value = self._bound(node.targets[0], node.value, after)
            return after
        value, in_place = node.value, False
        # Each name once, however often it stands there.
        targets = {getattr(target, "id", target): target for target in node.targets}
        for target in targets.values():
            if not isinstance(target, ast.Name) or in_place:
                self._append(target, value, after)
            elif self._gives_value(target.id, value):
                node.value, in_place = self._given(target.id, value), True
        return after

    def _bound(self, target: ast.expr, value: ast.expr, after: list[ast.stmt]) -> ast.expr:
        """What to assign to `target` in place of `value`. Assignments to add go to the end of `after`."""
        if isinstance(target, ast.Name):
            return self._given(target.id, value) if self._gives_value(target.id, value) else value
        if isinstance(target, (ast.Tuple, ast.List)):
            if _in_pairs(target, value):
                assert isinstance(value, (ast.Tuple, ast.List))
                value.elts = [self._bound(*pair, after) for pair in zip(target.elts, value.elts)]
            else:
                self._append(target, value, after)
        return value

    def _append(self, target: ast.expr, value: ast.expr, after: list[ast.stmt]) -> None:
        """Add an assignment for each parameter within `target`, which has a part of `value`."""
        for name in sorted(assigned_names(target) & set(self.values)):
            if self._gives_value(name, value):
                self._note(name, "")
                after.append(
                    ast.Assign([ast.Name(name, ast.Store())], self._like(ast.Name(name, ast.Load()), name))
                )

    def _gives_value(self, name: str, value: ast.expr) -> bool:
        """Whether this assignment is the one that a parameter has its value from."""
        if name not in self.values:
            return False
        known = self.known.get(name)
        if known is None:
            return True
        found = self._of(value)
        if name in found.names:
            return False
        return not known.is_read or (found.numbers != "" and found.numbers == known.numbers)

    def _given(self, name: str, value: ast.expr) -> ast.expr:
        """The expression with the parameter's new value in it, or around it what converts the new value."""
        found = self._of(value)
        literal = found.literal
        self._note(name, found.numbers)
        if literal is None or not can_be_written(self.values[name], literal, value):
            return self._like(value, name)
        return _replaced(value, literal, self.written[name])

    def _of(self, value: ast.expr) -> _Value:
        """What is known about an expression. The last one is kept, since it may be assigned to many names."""
        if self._value.node is not value:
            self._value = _Value(value)
        return self._value

    def _note(self, name: str, numbers: str) -> None:
        self.known[name] = _Known(numbers)
        self.bound.add(name)
        self.has_changed = True

    def _like(self, value: ast.expr, name: str) -> ast.expr:
        return ast.Call(_LIKE, [value, self.written[name]], [])

    def _magic(self, code: ast.Constant) -> None:
        """Replace values in the code of a line such as `%time n = 5`."""
        try:
            tree = ast.parse(str(code.value))
        except (SyntaxError, ValueError):
            return
        so_far, self.has_changed = self.has_changed, False
        self._block(tree.body)
        if self.has_changed:
            code.value = "; ".join(ast.unparse(ast.fix_missing_locations(part)) for part in tree.body)
        self.has_changed |= so_far


def _replaced(value: ast.expr, old: ast.expr, new: ast.expr) -> ast.expr:
    """The expression `value` with `new` in place of its part `old`."""
    if value is old:
        return new
    for part in ast.walk(value):
        for field, child in ast.iter_fields(part):
            if child is old:
                setattr(part, field, new)
            elif isinstance(child, list):
                child[:] = [new if each is old else each for each in child]
    return value


def _bound_by(part: ast.AST, is_target: bool) -> set[str]:
    """The names that a part of a loop, a `with`, an import or a `+=` binds."""
    if isinstance(part, ast.alias):
        return {part.asname or part.name}
    target = part.optional_vars if isinstance(part, ast.withitem) else part if is_target else None
    return assigned_names(target) if isinstance(target, ast.expr) else set()


def _in_pairs(target: ast.Tuple | ast.List, value: ast.expr) -> bool:
    """Whether each target has an expression of its own, as in `m, n = 1, 5`."""
    return (
        isinstance(value, (ast.Tuple, ast.List))
        and len(target.elts) == len(value.elts)
        and not any(isinstance(item, ast.Starred) for item in (*target.elts, *value.elts))
    )


def _magic_code(node: ast.stmt) -> ast.Constant | None:
    """The Python code in a line like `%time n = 5`, as IPython translates it; None for other statements."""
    match node:
        case ast.Expr(
            ast.Call(
                ast.Attribute(ast.Call(ast.Name("get_ipython")), "run_line_magic"),
                [ast.Constant("time"), ast.Constant(str()) as code],
            )
        ):
            return code
    return None
