"""Mutation operators: the slips that a student can make at each kind of syntax node."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from grader.proof.edits import Edit, ParsedCell

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
# One function taken for another, by kind of mutant.
CONFUSED = {
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
# Methods and functions of one value that are left out, by kind of mutant.
LEFT_OUT = {
    "detach": ("detach",),
    "copy": ("clone", "copy"),
    "shape": ("reshape", "view", "flatten", "squeeze", "unsqueeze", "T", "ravel"),
    "activation": ("relu", "ReLU"),
}
GRADIENTS_CLEARED = re.compile(
    r"zero_grad\(|\.grad\s*=\s*None|\.grad\s*=\s*\w+\.grad\s*=|\.grad\.zero_|\.grad\.data\.zero_"
)
UPDATE = re.compile(r"\.step\(|[-+*/]=|\.sub_\(|\.add_\(|\.data\b")
# Names through which functions of a module are usually reached, and `self` for a model's own layers.
MODULES = ("torch", "np", "F", "nn", "torch.nn", "nn.functional", "torch.nn.functional", "copy", "self")
AXES = ("dim", "axis")


class Mutator(ParsedCell):
    """One cell, and the edits that make a slip in its answers.

    `answers` are the numbers of the lines, from 1, that belong to an answer. A method `of_X` yields the edits
    for nodes of the class `ast.X`. Raises SyntaxError if the source is not plain Python.
    """

    def __init__(self, source: str, answers: Collection[int]) -> None:
        super().__init__(source)
        self.answers = answers

    def edits(self) -> Iterator[Edit]:
        """Every edit, in the order of the syntax tree. Some may be alike, and some may not be Python."""
        for node in ast.walk(self.tree):
            if getattr(node, "lineno", None) in self.answers:
                for method in (getattr(self, "of_" + kind.__name__, None) for kind in type(node).__mro__):
                    if method is not None:
                        yield from method(node)

    def of_BinOp(self, node: ast.BinOp) -> Iterator[Edit]:
        """An operator taken for its neighbor, except between texts."""
        if type(node.op) in OPERATORS and not any(
            isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str)
            for side in (node.left, node.right)
        ):
            old, new = OPERATORS[type(node.op)]
            yield from self.operator_replaced("operator", node.left, node.right, old, new)

    def of_AugAssign(self, node: ast.AugAssign) -> Iterator[Edit]:
        """The operator of an update in place taken for its neighbor."""
        if type(node.op) in OPERATORS:
            old, new = OPERATORS[type(node.op)]
            yield from self.operator_replaced("operator", node.target, node.value, old + "=", new + "=")

    def of_UnaryOp(self, node: ast.UnaryOp) -> Iterator[Edit]:
        """A lost minus sign or `not`."""
        if isinstance(node.op, (ast.USub, ast.Not)):
            kind, sign = ("sign", "-") if isinstance(node.op, ast.USub) else ("condition", "not")
            yield self.replaced(kind, node, self.text(node).removeprefix(sign).lstrip())

    def of_Compare(self, node: ast.Compare) -> Iterator[Edit]:
        """A comparison off by its bound, or the wrong way round."""
        for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators):
            if type(operator) in COMPARISONS:
                old, others = COMPARISONS[type(operator)]
                for new in others:
                    yield from self.operator_replaced("comparison", left, right, old, new)

    def of_BoolOp(self, node: ast.BoolOp) -> Iterator[Edit]:
        """`and` taken for `or`."""
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:]):
            yield from self.operator_replaced("condition", left, right, old, new)

    def of_If(self, node: ast.If) -> Iterator[Edit]:
        """A negated condition."""
        yield self.replaced("condition", node.test, f"not ({self.text(node.test)})")

    def of_IfExp(self, node: ast.IfExp) -> Iterator[Edit]:
        """A negated condition."""
        yield self.replaced("condition", node.test, f"not ({self.text(node.test)})")

    def of_Constant(self, node: ast.Constant) -> Iterator[Edit]:
        """A number off by one or twice as large, another axis, the other flag."""
        value = node.value
        keyword = self.parents.get(node)
        name = keyword.arg if isinstance(keyword, ast.keyword) else None
        if isinstance(value, bool):
            yield self.replaced("shuffle" if name == "shuffle" else "flag", node, str(not value))
        elif isinstance(value, int):
            kind = "axis" if name in AXES else "index" if self._is_index(node) else "constant"
            yield self.replaced(kind, node, "0" if name in AXES and value else str(value + 1))
        elif isinstance(value, float):
            yield self.replaced("constant", node, repr(2 * value) if value else "1.0")

    def _is_index(self, node: ast.AST) -> bool:
        """Whether a node is part of an index, not of what is indexed."""
        around = self.enclosing(node, ast.Subscript, ast.stmt)
        return isinstance(around, ast.Subscript) and self.start(node) >= self.end(around.value)

    def of_Name(self, node: ast.Name) -> Iterator[Edit]:
        """A function taken for its neighbor."""
        yield from self._confused(node, node.id, self.start(node))

    def of_Attribute(self, node: ast.Attribute) -> Iterator[Edit]:
        """A method taken for its neighbor, and a `.T` left out."""
        yield from self._confused(node, node.attr, self.end(node) - len(node.attr))
        call = self.parents.get(node)
        if node.attr in LEFT_OUT["shape"] and not (isinstance(call, ast.Call) and call.func is node):
            yield self.replaced("shape", node, self.owner(node))

    def _confused(self, node: ast.AST, name: str, start: int) -> Iterator[Edit]:
        """The function called `name`, which stands at `start`, taken for its neighbor."""
        call = self.parents.get(node)
        if isinstance(call, ast.Call) and call.func is node:
            for kind, names in CONFUSED.items():
                if name in names:
                    yield Edit(kind, start, start + len(name), names[name])
            if name == "permutation":  # a generator's, which has no arange
                yield self.replaced("shuffle", node, "np.arange")

    def of_Call(self, node: ast.Call) -> Iterator[Edit]:
        """A call left out, one step too many or too few, swapped arguments, a keyword left out."""
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        plain = not node.keywords and not any(isinstance(each, ast.Starred) for each in node.args)
        yield from self._call_left_out(node, name)
        if name == "range" and node.args and plain:
            last = node.args[min(len(node.args), 2) - 1]
            is_sum = isinstance(last, (ast.BinOp, ast.UnaryOp))
            count = self.text(last) if is_sum else self.in_parentheses(last, None)
            yield self.replaced("steps", last, f"{count} - 1")
            yield self.replaced("steps", last, f"{count} + 1")
        if len(node.args) == 2 and plain and all(isinstance(each, ast.Name) for each in node.args):
            yield self.swapped("arguments", *node.args)
        for keyword in node.keywords:
            if keyword.arg and (comma := self._comma_before(node, keyword)) is not None:
                yield Edit("axis" if keyword.arg in AXES else "keyword", comma, self.end(keyword), "")

    def _call_left_out(self, node: ast.Call, name: str) -> Iterator[Edit]:
        """A function of one value left out: `relu(x)` and `torch.flatten(x, 1)`, but `x.relu()` as well."""
        around = self.parents.get(node)
        for kind, names in LEFT_OUT.items():
            if name not in names:
                continue
            function = isinstance(node.func, ast.Name) or self._reached_through_module(node.func)
            if function and node.args:
                yield self.replaced(kind, node, self.in_parentheses(node.args[0], around))
            elif function and isinstance(around, ast.Call):  # nn.ReLU() among the layers
                yield self.replaced(kind, node, f"{self.text(node.func).removesuffix(name)}Identity()")
            elif not function and isinstance(node.func, ast.Attribute):
                yield self.replaced(kind, node, self.owner(node.func))

    def _reached_through_module(self, function: ast.expr) -> bool:
        """Whether a function belongs to a module under its usual name or is a model's own layer.

        Otherwise it is a method of a value.
        """
        return isinstance(function, ast.Attribute) and ast.unparse(function.value) in MODULES

    def _comma_before(self, call: ast.Call, keyword: ast.keyword) -> int | None:
        """Where the comma before this argument is, which is left out with it. None for the first argument."""
        ends = [
            self.end(each) for each in (*call.args, *call.keywords) if self.end(each) <= self.start(keyword)
        ]
        return max(ends) + self.gap(max(ends), self.start(keyword)).index(",") if ends else None

    def of_Return(self, node: ast.Return) -> Iterator[Edit]:
        """Two results in the wrong order, and a model's output cut from its graph."""
        if isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            yield self.swapped("order", *node.value.elts)
        function = self.enclosing(node, ast.FunctionDef)
        if (
            isinstance(function, ast.FunctionDef)
            and function.name == "forward"
            and node.value is not None
            and isinstance(self.enclosing(function, ast.ClassDef), ast.ClassDef)
        ):
            yield self.replaced("detach", node.value, f"({self.text(node.value)}).detach()")

    def of_Assign(self, node: ast.Assign) -> Iterator[Edit]:
        """An assignment left out, and a value in a training loop cut from its graph."""
        loop = self.enclosing(node, ast.For, ast.While)
        if loop is not None or not isinstance(node.targets[0], (ast.Name, ast.Tuple)):
            yield self._left_out(node)
        around = self.enclosing(node, ast.FunctionDef, ast.Module)
        if (
            loop is not None
            and around is not None
            and isinstance(node.targets[0], ast.Name)
            and re.search(r"backward\(|autograd\.grad\(", self.text(around))
        ):
            yield self.replaced("detach", node.value, f"({self.text(node.value)}).detach()")

    def of_Expr(self, node: ast.Expr) -> Iterator[Edit]:
        """A statement left out that is there for its effect."""
        if isinstance(node.value, (ast.Call, ast.Yield)):
            yield self._left_out(node)

    def of_stmt(self, node: ast.stmt) -> Iterator[Edit]:
        """An update in place left out."""
        if isinstance(node, ast.AugAssign):
            yield self._left_out(node)

    def _left_out(self, node: ast.stmt) -> Edit:
        """The edit that leaves a statement out. Its kind says what is missing then."""
        text = self.text(node)
        if GRADIENTS_CLEARED.search(text):
            kind = "gradients"
        elif "shuffle(" in text:
            kind = "shuffle"
        elif re.search(r"\.(train|eval)\(", text):
            kind = "mode"
        elif UPDATE.search(text):
            kind = "update"
        else:
            kind = "statement"
        return self.replaced(kind, node, "pass")

    def of_With(self, node: ast.With) -> Iterator[Edit]:
        """A `no_grad` block that is an ordinary one."""
        if "no_grad" in self.text(node.items[0].context_expr):
            yield Edit("no_grad", self.start(node), self.end(node.items[-1].context_expr), "if True")

    def of_FunctionDef(self, node: ast.FunctionDef) -> Iterator[Edit]:
        """A `no_grad` decorator left out."""
        for mark in node.decorator_list:
            if "no_grad" in self.text(mark) and mark.lineno in self.answers:
                yield Edit(
                    "no_grad",
                    self.line_starts[mark.lineno - 1],
                    self.line_starts[mark.end_lineno or mark.lineno],
                    "",
                )

    def of_For(self, node: ast.For) -> Iterator[Edit]:
        """A loop over a tuple that forgets one of its elements."""
        if isinstance(node.iter, ast.Tuple) and len(node.iter.elts) > 1:
            for place in range(len(node.iter.elts)):
                rest = [self.text(each) for other, each in enumerate(node.iter.elts) if other != place]
                yield self.replaced("update", node.iter, f"({', '.join(rest)},)")
