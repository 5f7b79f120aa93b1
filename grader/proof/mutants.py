"""Mutants: a solution with one small thing changed, the way numerical and training code goes wrong.

Each is what a student might have written by a slip. A rubric that does not notice it would not notice the student either. Only
answers are mutated: what stands between the solution's BEGIN and END marks.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.course.marks import BEGIN, END, STUB
from grader.notebook.notebook import Cell, Notebook

OPERATORS = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.Pow: ("**", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "//"),
    ast.MatMult: ("@", "*"),
}
COMPARISONS = {
    ast.Lt: ("<", ("<=", ">")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.In: ("in", ("not in",)),
    ast.Is: ("is", ("is not",)),
}
NAMES = {  # one function taken for another, by kind of mutant
    "loss": {
        "MSELoss": "L1Loss",
        "mse_loss": "l1_loss",
        "mean": "sum",
        "sum": "mean",
        "log_softmax": "softmax",
        "square": "abs",
    },
    "shuffle": {"randperm": "arange"},
    "mode": {"train": "eval", "eval": "train"},
    "function": {
        "argmin": "argmax",
        "argmax": "argmin",
        "min": "max",
        "max": "min",
        "zeros": "ones",
        "ones": "zeros",
        "rand": "randn",
        "randn": "rand",
        "zeros_like": "ones_like",
        "ones_like": "zeros_like",
        "max_pool2d": "avg_pool2d",
    },
}
LEFT_OUT = {  # methods and functions of one value that are passed over, by kind of mutant
    "detach": ("detach",),
    "copy": ("clone", "copy"),
    "shape": ("reshape", "view", "flatten", "squeeze", "unsqueeze", "T", "ravel"),
    "activation": ("relu", "ReLU"),
}
AXES = ("dim", "axis")
GRADIENTS_CLEARED = re.compile(
    r"zero_grad\(|\.grad\s*=\s*None|\.grad\s*=\s*\w+\.grad\s*=|\.grad\.zero_|\.grad\.data\.zero_"
)
UPDATE = re.compile(r"\.step\(|[-+*/]=|\.sub_\(|\.add_\(|\.data\b")
COMMENT = re.compile(r"#[^\n]*")
OPEN = (
    ast.BinOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Lambda,
    ast.NamedExpr,
    ast.UnaryOp,
)  # fall apart beside an operator


@dataclass(frozen=True)
class Mutant:
    """One change to one line of an answer. `line` and `becomes` are that line before and after, without their indentation."""

    kind: str
    cell: str  # the cell's id
    number: int  # of the line in its cell, from 1
    line: str
    becomes: str
    diff: str
    notebook: Notebook

    @property
    def name(self) -> str:
        return f"{self.cell}:{self.number} {self.kind}: {self.line} -> {self.becomes}"


@dataclass(frozen=True)
class _Edit:
    kind: str
    start: int  # in the cell's source, characters
    end: int
    text: str


def mutants(solution: Notebook) -> list[Mutant]:
    """Every mutant of a solution that is still Python, in the order of its lines; no two alike."""
    found: dict[tuple[int, str], Mutant] = {}
    for place, cell in enumerate(solution.cells):
        if cell.kind != "code" or BEGIN not in cell.source:
            continue
        try:
            edits = sorted(_Mutator(cell.source).edits(), key=lambda edit: (edit.start, edit.end, edit.text))
        except SyntaxError:
            continue  # magics: nothing in such a cell can be mutated
        for edit in edits:
            source = cell.source[: edit.start] + edit.text + cell.source[edit.end :]
            if source == cell.source or (place, source) in found:
                continue
            try:
                compile(source, cell.id, "exec", ast.PyCF_ONLY_AST)
            except (SyntaxError, ValueError):
                continue
            cells = (*solution.cells[:place], replace(cell, source=source), *solution.cells[place + 1 :])
            found[place, source] = _mutant(cell, source, edit, Notebook(cells))
    return list(found.values())


def _mutant(cell: Cell, source: str, edit: _Edit, notebook: Notebook) -> Mutant:
    before, after = cell.source.splitlines(), source.splitlines()
    number = cell.source.count("\n", 0, edit.start)
    _, _, *lines = difflib.unified_diff(before, after, lineterm="", n=1)  # the two files' names come first
    diff = [line for line in lines if not line.startswith("@@")]
    taken = [line[1:].strip() for line in diff if line.startswith("-")]
    given = [line[1:].strip() for line in diff if line.startswith("+")]
    return Mutant(edit.kind, cell.id, number + 1, " ".join(taken), " ".join(given), "\n".join(diff), notebook)


class _Mutator:
    """Reads one cell and yields edits to its answers."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self.starts = [0]
        for line in source.split("\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.lines = source.split("\n")
        self.answers = _answers(self.lines)
        self.parents = {
            child: parent for parent in ast.walk(self.tree) for child in ast.iter_child_nodes(parent)
        }

    def edits(self) -> Iterator[_Edit]:
        for node in ast.walk(self.tree):
            if getattr(node, "lineno", None) in self.answers:
                for method in (getattr(self, "of_" + kind.__name__, None) for kind in type(node).__mro__):
                    if method is not None:
                        yield from method(node)

    # Where things stand

    def at(self, line: int, column: int) -> int:
        """The place of a line and a UTF-8 column of the syntax tree."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode())

    def start(self, node: ast.AST) -> int:
        return self.at(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        return self.at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def text(self, node: ast.AST) -> str:
        return self.source[self.start(node) : self.end(node)]

    def instead(self, kind: str, node: ast.AST, text: str) -> _Edit:
        return _Edit(kind, self.start(node), self.end(node), text)

    def between(self, kind: str, left: ast.AST, right: ast.AST, old: str, new: str) -> Iterator[_Edit]:
        """What stands between two nodes, an operator, replaced."""
        begin = self.end(left)
        place = self.gap(begin, self.start(right)).find(old)
        if place >= 0:
            yield _Edit(kind, begin + place, begin + place + len(old), new)

    def gap(self, begin: int, end: int) -> str:
        """What stands between two nodes, comments blanked: operators, commas, parentheses."""
        return COMMENT.sub(lambda comment: " " * len(comment[0]), self.source[begin:end])

    def closed(self, node: ast.expr, around: ast.AST | None) -> str:
        """A node's text as it can stand in what is around it: in parentheses where it would fall apart there."""
        text = self.text(node)
        safe = isinstance(around, (ast.stmt, ast.keyword, ast.Call)) and "\n" not in text
        return text if safe or not isinstance(node, OPEN) else f"({text})"

    def asked(self, attribute: ast.Attribute) -> str:
        """What an attribute is asked of, with its parentheses."""
        end = self.end(attribute.value)
        return self.source[self.start(attribute) : end] + ")" * self.gap(end, self.end(attribute)).count(")")

    def swapped(self, kind: str, first: ast.AST, second: ast.AST) -> _Edit:
        between = self.source[self.end(first) : self.start(second)]
        return _Edit(
            kind, self.start(first), self.end(second), self.text(second) + between + self.text(first)
        )

    def up(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        """The nearest node around this one that is of one of these kinds."""
        around = self.parents.get(node)
        while around is not None and not isinstance(around, kinds):
            around = self.parents.get(around)
        return around

    # What can go wrong, by kind of node

    def of_BinOp(self, node: ast.BinOp) -> Iterator[_Edit]:
        if type(node.op) in OPERATORS and not any(
            isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str)
            for side in (node.left, node.right)
        ):
            old, new = OPERATORS[type(node.op)]
            yield from self.between("operator", node.left, node.right, old, new)

    def of_AugAssign(self, node: ast.AugAssign) -> Iterator[_Edit]:
        if type(node.op) in OPERATORS:
            old, new = OPERATORS[type(node.op)]
            yield from self.between("operator", node.target, node.value, old + "=", new + "=")

    def of_UnaryOp(self, node: ast.UnaryOp) -> Iterator[_Edit]:
        if isinstance(node.op, (ast.USub, ast.Not)):
            kind, sign = ("sign", "-") if isinstance(node.op, ast.USub) else ("condition", "not")
            yield self.instead(kind, node, self.text(node).removeprefix(sign).lstrip())

    def of_Compare(self, node: ast.Compare) -> Iterator[_Edit]:
        for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators):
            if type(operator) in COMPARISONS:
                old, others = COMPARISONS[type(operator)]
                for new in others:
                    yield from self.between("comparison", left, right, old, new)

    def of_BoolOp(self, node: ast.BoolOp) -> Iterator[_Edit]:
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:]):
            yield from self.between("condition", left, right, old, new)

    def of_If(self, node: ast.If) -> Iterator[_Edit]:
        yield self.instead("condition", node.test, f"not ({self.text(node.test)})")

    def of_IfExp(self, node: ast.IfExp) -> Iterator[_Edit]:
        yield self.instead("condition", node.test, f"not ({self.text(node.test)})")

    def of_Constant(self, node: ast.Constant) -> Iterator[_Edit]:
        value = node.value
        keyword = self.parents.get(node)
        name = keyword.arg if isinstance(keyword, ast.keyword) else None
        if isinstance(value, bool):
            yield self.instead("shuffle" if name == "shuffle" else "flag", node, str(not value))
        elif isinstance(value, int):
            kind = "axis" if name in AXES else "index" if self.is_index(node) else "constant"
            yield self.instead(kind, node, "0" if name in AXES and value else str(value + 1))
        elif isinstance(value, float):
            yield self.instead("constant", node, repr(2 * value) if value else "1.0")

    def is_index(self, node: ast.AST) -> bool:
        around = self.up(node, ast.Subscript, ast.stmt)
        return isinstance(around, ast.Subscript) and self.start(node) >= self.end(around.value)

    def of_Name(self, node: ast.Name) -> Iterator[_Edit]:
        yield from self.taken_for_another(node, node.id, self.start(node))

    def of_Attribute(self, node: ast.Attribute) -> Iterator[_Edit]:
        yield from self.taken_for_another(node, node.attr, self.end(node) - len(node.attr))
        call = self.parents.get(node)
        if node.attr in LEFT_OUT["shape"] and not (isinstance(call, ast.Call) and call.func is node):
            yield self.instead("shape", node, self.asked(node))

    def taken_for_another(self, node: ast.AST, name: str, start: int) -> Iterator[_Edit]:
        call = self.parents.get(node)
        if isinstance(call, ast.Call) and call.func is node:
            for kind, names in NAMES.items():
                if name in names:
                    yield _Edit(kind, start, start + len(name), names[name])
            if name == "permutation":  # a generator's, which has no arange
                yield self.instead("shuffle", node, "np.arange")

    def of_Call(self, node: ast.Call) -> Iterator[_Edit]:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        plain = not node.keywords and not any(isinstance(each, ast.Starred) for each in node.args)
        for kind, names in LEFT_OUT.items():
            if name in names:
                # relu(x) and torch.flatten(x, 1) as well as x.relu() and x.flatten(1)
                function = isinstance(node.func, ast.Name) or self.is_module(node.func)
                if function and node.args:
                    yield self.instead(kind, node, self.closed(node.args[0], self.parents.get(node)))
                elif function and isinstance(self.parents.get(node), ast.Call):  # nn.ReLU() among the layers
                    yield self.instead(kind, node, f"{self.text(node.func).removesuffix(name)}Identity()")
                elif not function and isinstance(node.func, ast.Attribute):
                    yield self.instead(kind, node, self.asked(node.func))
        if name == "range" and node.args and plain:
            last = node.args[min(len(node.args), 2) - 1]
            count = self.text(last) if isinstance(last, (ast.BinOp, ast.UnaryOp)) else self.closed(last, None)
            yield self.instead("steps", last, f"{count} - 1")
            yield self.instead("steps", last, f"{count} + 1")
        if len(node.args) == 2 and plain and all(isinstance(each, ast.Name) for each in node.args):
            yield self.swapped("arguments", *node.args)
        for keyword in node.keywords:
            if keyword.arg and (before := self.before(node, keyword)) is not None:
                yield _Edit("axis" if keyword.arg in AXES else "keyword", before, self.end(keyword), "")

    def is_module(self, function: ast.expr) -> bool:
        """Whether a function is reached through a module's usual short name, or is a layer of a model's own, and not of a value."""
        return isinstance(function, ast.Attribute) and ast.unparse(function.value) in (
            "torch",
            "np",
            "F",
            "nn",
            "torch.nn",
            "nn.functional",
            "torch.nn.functional",
            "copy",
            "self",
        )

    def before(self, call: ast.Call, keyword: ast.keyword) -> int | None:
        """The comma before this argument, with which it is left out; None for the first argument."""
        ends = [
            self.end(each) for each in (*call.args, *call.keywords) if self.end(each) <= self.start(keyword)
        ]
        return max(ends) + self.gap(max(ends), self.start(keyword)).index(",") if ends else None

    def of_Return(self, node: ast.Return) -> Iterator[_Edit]:
        if isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            yield self.swapped("order", *node.value.elts)
        function = self.up(node, ast.FunctionDef)
        if (
            isinstance(function, ast.FunctionDef)
            and function.name == "forward"
            and node.value is not None
            and isinstance(self.up(function, ast.ClassDef), ast.ClassDef)
        ):
            yield self.instead("detach", node.value, f"({self.text(node.value)}).detach()")

    def of_Assign(self, node: ast.Assign) -> Iterator[_Edit]:
        loop = self.up(node, ast.For, ast.While)
        if loop is not None or not isinstance(node.targets[0], (ast.Name, ast.Tuple)):
            yield self.skipped(node)
        around = self.up(node, ast.FunctionDef, ast.Module)
        if (
            loop is not None
            and around is not None
            and isinstance(node.targets[0], ast.Name)
            and re.search(r"backward\(|autograd\.grad\(", self.text_of(around))
        ):
            yield self.instead("detach", node.value, f"({self.text(node.value)}).detach()")

    def text_of(self, node: ast.AST) -> str:
        return self.source if isinstance(node, ast.Module) else self.text(node)

    def of_Expr(self, node: ast.Expr) -> Iterator[_Edit]:
        if isinstance(node.value, (ast.Call, ast.Yield)):
            yield self.skipped(node)

    def of_stmt(self, node: ast.stmt) -> Iterator[_Edit]:
        if isinstance(node, ast.AugAssign):
            yield self.skipped(node)

    def skipped(self, node: ast.stmt) -> _Edit:
        text = self.text(node)
        kind = (
            "gradients"
            if GRADIENTS_CLEARED.search(text)
            else "shuffle"
            if "shuffle(" in text
            else "mode"
            if re.search(r"\.(train|eval)\(", text)
            else "update"
            if UPDATE.search(text)
            else "statement"
        )
        return self.instead(kind, node, "pass")

    def of_With(self, node: ast.With) -> Iterator[_Edit]:
        if "no_grad" in self.text(node.items[0].context_expr):
            yield _Edit("no_grad", self.start(node), self.end(node.items[-1].context_expr), "if True")

    def of_FunctionDef(self, node: ast.FunctionDef) -> Iterator[_Edit]:
        for mark in node.decorator_list:
            if "no_grad" in self.text(mark) and mark.lineno in self.answers:
                yield _Edit(
                    "no_grad", self.starts[mark.lineno - 1], self.starts[mark.end_lineno or mark.lineno], ""
                )

    def of_For(self, node: ast.For) -> Iterator[_Edit]:
        if isinstance(node.iter, ast.Tuple) and len(node.iter.elts) > 1:
            for place in range(len(node.iter.elts)):
                rest = [self.text(each) for other, each in enumerate(node.iter.elts) if other != place]
                yield self.instead("update", node.iter, f"({', '.join(rest)},)")


def _answers(lines: list[str]) -> set[int]:
    """The numbers, from 1, of the lines that are answers."""
    numbers, inside = set(), False
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text in (BEGIN, END):
            inside = text == BEGIN
        elif inside and not text.startswith(STUB.strip()):
            numbers.add(number)
    return numbers
