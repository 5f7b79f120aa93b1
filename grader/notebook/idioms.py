"""How a value is written: the literal in it, and what the student makes of the literal."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Functions that make of a literal the same values in another container or of another dtype.
CONVERTERS = frozenset(
    ("tensor", "as_tensor", "asarray", "array", "asanyarray", "from_numpy", "Tensor", "FloatTensor")
    + ("DoubleTensor", "LongTensor", "float", "int", "list", "tuple", "deque", "Parameter", "Variable")
    + ("Series", "Decimal", "Fraction", "float16", "float32", "float64", "single", "double", "int32", "int64")
)
# Of these, the ones that take a number for a size.
ONLY_LISTS = frozenset(("Tensor", "FloatTensor", "DoubleTensor", "LongTensor"))
# Methods that keep the values of what they are called on.
KEEPING = frozenset(
    ("reshape", "view", "squeeze", "unsqueeze", "flatten", "ravel", "to", "type", "astype", "float", "double")
    + ("half", "long", "int", "clone", "copy", "detach", "contiguous", "cpu", "cuda", "numpy", "item")
    + ("tolist", "requires_grad_")
)
MAX_EXACT = 1 << 53  # whole numbers below are also exact as fractions
# What makes whole numbers of fractions, where it occurs.
INTEGERS = frozenset(("int", "long", "int8", "int16", "int32", "int64", "uint8", "LongTensor"))
CONSTANT = (
    ast.Constant,
    ast.List,
    ast.Tuple,
    ast.Set,
    ast.Dict,
    ast.UnaryOp,
    ast.unaryop,
    ast.BinOp,
    ast.operator,
    ast.Subscript,
    ast.Slice,
    ast.expr_context,
)


def literal_in(value: ast.expr) -> ast.expr | None:
    """The constant expression whose values `value` has, or None if there is none.

    It is `value` itself, or what `value` converts: `[2.0, 1.0]` in `torch.tensor([2.0, 1.0]).reshape(2, 1)`.
    """
    while not is_constant(value):
        inner = _converted(value)
        if inner is None:
            return None
        value = inner
    return value


def _converted(value: ast.expr) -> ast.expr | None:
    """What a call or a subscript converts without a change to the values, or None."""
    if isinstance(value, ast.Subscript):
        return value.value if _adds_axes_only(value.slice) else None
    if isinstance(value, ast.Attribute):
        return value.value if value.attr in ("T", "mT") else None
    if not isinstance(value, ast.Call):
        return None
    function = value.func
    if isinstance(function, ast.Attribute) and function.attr in KEEPING and not _is_path(function.value):
        return function.value
    name = function.attr if isinstance(function, ast.Attribute) and _is_path(function.value) else ""
    name = function.id if isinstance(function, ast.Name) else name
    given = value.args[:1] or [word.value for word in value.keywords if word.arg in ("data", "object")]
    if name not in CONVERTERS or not given:
        return None
    if name in ONLY_LISTS and not isinstance(given[0], (ast.List, ast.Tuple)):
        return None
    return given[0]


def _is_path(node: ast.expr) -> bool:
    """Whether an expression is a name or a dotted name, as modules have."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


def _adds_axes_only(index: ast.expr) -> bool:
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(
        not (part.lower or part.upper or part.step)
        if isinstance(part, ast.Slice)
        else isinstance(part, ast.Constant) and part.value in (None, Ellipsis)
        for part in parts
    )


def is_constant(value: ast.expr) -> bool:
    """Whether an expression is made of literals alone: `3.0`, `[[1], [2]]`, `10 ** -2`."""
    return all(isinstance(node, CONSTANT) for node in ast.walk(value))


def numbers_of(literal: ast.expr) -> str:
    """The values in a literal as text, whatever containers they are in and whether they are fractions."""
    try:
        value = ast.literal_eval(literal)
    except (ValueError, TypeError, SyntaxError):
        return ast.dump(literal)
    parts, left = [], [value]
    while left:
        part = left.pop()
        if isinstance(part, (list, tuple)):
            left += reversed(part)
        else:
            parts.append(float(part) if isinstance(part, int) and abs(part) < MAX_EXACT else part)
    return repr(parts)


def can_be_written(new: object, literal: ast.expr, value: ast.expr) -> bool:
    """Whether `new` can be written in place of the literal in `value`, which keeps its dtype and its depth.

    A fraction must not become an integer or the other way around, and neither may a list become a tuple or
    lose a level.
    """
    if not _is_as_deep(new, literal):
        return False
    kinds = {type(number) for number in _numbers(new)} - {bool}
    if kinds == {int} and _is_fraction(literal):
        return False
    if float not in kinds:
        return True
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(value)}
    return not names & INTEGERS


def _is_as_deep(new: object, literal: ast.expr) -> bool:
    if isinstance(literal, ast.Dict):
        return isinstance(new, dict)
    if isinstance(literal, ast.List):
        if not isinstance(new, list):
            return False
        return not literal.elts or not new or _is_as_deep(new[0], literal.elts[0])
    return not any(isinstance(node, (ast.List, ast.Tuple, ast.Set, ast.Dict)) for node in ast.walk(literal))


def _is_fraction(literal: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Div) or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        for node in ast.walk(literal)
    )


def _numbers(new: object) -> Iterator[object]:
    if isinstance(new, list):
        for part in new:
            yield from _numbers(part)
    else:
        yield new
