"""A learner's most common slip in a loop of descent: `w = w - rate * w.grad` makes a new tensor.

That one gets no gradient, so the next step fails, on another line and in words that don't say so.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

# What PyTorch and Python say in the next step, with and without torch.no_grad() around the update.
UNKNOWN = re.compile(
    r"RuntimeError: element 0 of tensors does not require grad|"
    r"TypeError: unsupported operand type\(s\) for [-+*/]: '?\w+'? and '?NoneType'?|"
    r"TypeError: unsupported operand type\(s\) for [-+*/]: '?NoneType'? and '?\w+'?|"
    r"AttributeError: 'NoneType' object has no attribute 'zero_'"
)


def rebinding(error: str, line: int | None, tree: ast.Module | None) -> tuple[int, str] | None:
    """The line on which an update makes a new tensor, and its name; None if the error has another cause.

    The line that failed must stand in one loop with the update and with a call of `backward()`. Gradients
    must have been asked for, before the loop alone: else the first step fails already, or no step does.
    """
    if line is None or tree is None or not UNKNOWN.match(error):
        return None
    asked = [node for node in ast.walk(tree) if _asks_for_gradients(node)]
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
    for loop in loops:
        inside = list(ast.walk(loop))
        has_backward = any(isinstance(node, ast.Attribute) and node.attr == "backward" for node in inside)
        is_asked = bool(asked) and not any(node in asked for node in inside)
        if has_backward and is_asked and loop.lineno <= line <= (loop.end_lineno or line):
            for found in _updates(inside):
                return found
    return None


def _asks_for_gradients(node: ast.AST) -> bool:
    return (isinstance(node, ast.keyword) and node.arg == "requires_grad") or (
        isinstance(node, ast.Attribute) and node.attr in ("requires_grad", "requires_grad_")
    )


def _updates(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """The assignments `w = …` whose value holds both `w` and `w.grad`."""
    for node in nodes:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        target = node.targets[0]
        if isinstance(target, ast.Name) and _uses_gradient(node.value, target.id):
            yield node.lineno, target.id


def _uses_gradient(value: ast.expr, name: str) -> bool:
    gradients = [
        node.value
        for node in ast.walk(value)
        if isinstance(node, ast.Attribute)
        and node.attr == "grad"
        and isinstance(node.value, ast.Name)
        and node.value.id == name
    ]
    alone = [
        node
        for node in ast.walk(value)
        if isinstance(node, ast.Name) and node.id == name and node not in gradients
    ]
    return bool(gradients) and bool(alone)
