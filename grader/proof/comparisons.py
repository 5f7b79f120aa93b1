"""Advice on rubrics: bare asserts that compare numbers, and so can't say what was got and what was wanted."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.course.course import Assignment, Course
from grader.errors import Problem

ADVICE = (
    "compares numbers with a bare assert. Write {call}: then the page says what was got and what was wanted"
)
# Functions that compare within a tolerance, whatever module they are from.
CLOSE_CALLS = frozenset(("allclose", "isclose", "approx"))
# What leaves a comparison what it is: `bool(…)`, `all(…)`, `(…).all()`.
WRAPPERS = frozenset(("all", "bool"))


def bare_comparisons(course: Course, assignment: Assignment) -> list[Problem]:
    """Each bare comparison of numbers in the rubric, with file and line.

    Only what is certain: a distance with a bound, a number with a decimal point, or a function such as
    `allclose`. A negated or an alternative condition has no helper, and an assert with a message has said in
    words what it wants, so nothing is said about them.
    """
    return [
        Problem(course.relative(path), line, ADVICE.format(call=call))
        for path in assignment.rubric_files
        for line, call in sorted(_found(ast.parse(path.read_text(encoding="utf-8"))))
    ]


def _found(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The lines of bare comparisons, with the call that does the same."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and node.msg is None:
            for part in _parts(node.test):
                if call := _better(part):
                    yield part.lineno, call


def _parts(test: ast.expr) -> Iterator[ast.expr]:
    """The conditions that must all hold."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for value in test.values:
            yield from _parts(value)
    elif isinstance(test, ast.Call) and _name(test.func) in WRAPPERS:
        if test.args:
            yield from _parts(test.args[0])
        elif isinstance(test.func, ast.Attribute):
            yield from _parts(test.func.value)
    elif isinstance(test, (ast.GeneratorExp, ast.ListComp)):
        yield from _parts(test.elt)
    else:
        yield test


def _better(test: ast.expr) -> str:
    """The call of `same` that does what a condition does; "" if it is no bare comparison of numbers."""
    if isinstance(test, ast.Call) and _name(test.func) in CLOSE_CALLS and len(test.args) >= 2:
        got, want = map(_shown, test.args[:2])
        return f"same({got}, {want}, atol=…, what=…)"
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return ""
    left, operator, right = test.left, test.ops[0], test.comparators[0]
    if isinstance(operator, (ast.Gt, ast.GtE)):
        left, right = right, left
    if isinstance(operator, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
        distance = _distance(left)
        return f"same({distance}, atol={_shown(right)}, what=…)" if distance else ""
    if isinstance(operator, ast.Eq):
        if _is_decimal(left):
            left, right = right, left
        if _is_decimal(right):
            return f"same({_shown(left)}, {_shown(right)}, atol=…, what=…)"
        if isinstance(right, ast.Call) and _name(right.func) in CLOSE_CALLS and right.args:
            return f"same({_shown(left)}, {_shown(right.args[0])}, atol=…, what=…)"
    return ""


def _distance(expression: ast.expr) -> str:
    """The two values, as text, whose distance is computed; "" if none is.

    It is `abs(a - b)`, `(a - b).abs()` or the largest of such, as by `.max()`. Of `a + 2` the second is -2.
    """
    while isinstance(expression, ast.Call):
        name, arguments = _name(expression.func), expression.args
        inner = arguments[0] if arguments else getattr(expression.func, "value", None)
        if name in ("abs", "fabs", "absolute") and isinstance(inner, ast.BinOp):
            if isinstance(inner.op, ast.Sub):
                return f"{_shown(inner.left)}, {_shown(inner.right)}"
            if isinstance(inner.op, ast.Add) and isinstance(inner.right, ast.Constant):
                return f"{_shown(inner.left)}, -{_shown(inner.right)}"
        if name not in ("max", "amax", "item") or inner is None:
            return ""
        expression = inner
    return ""


def _is_decimal(expression: ast.expr) -> bool:
    """Whether an expression is a number that is written with a decimal point or an exponent."""
    if isinstance(expression, ast.UnaryOp):
        expression = expression.operand
    return isinstance(expression, ast.Constant) and isinstance(expression.value, float)


def _name(function: ast.expr) -> str:
    """The last part of a function's name."""
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _shown(expression: ast.expr) -> str:
    """An expression's source, or "…" where it is long."""
    text = ast.unparse(expression)
    return text if len(text) <= 30 else "…"
