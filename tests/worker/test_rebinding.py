"""An update that makes a new tensor is the cause of an error on another line."""

from __future__ import annotations

import ast

import pytest

from grader.worker.rebinding import rebinding

NO_GRAPH = "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn"
NO_GRADIENT = "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'"
START = "w = torch.zeros(1, requires_grad=True)\n"
LOOP = "for _ in range(9):\n    ((w * x - y) ** 2).mean().backward()\n"


def found(error: str, line: int | None, source: str) -> tuple[int, str] | None:
    return rebinding(error, line, ast.parse(source))


@pytest.mark.parametrize(
    ("error", "line", "rest"),
    [
        (NO_GRAPH, 3, "    with torch.no_grad():\n        w = w - 0.1 * w.grad"),
        (NO_GRADIENT, 5, "    pass\n    w = w - 0.1 * w.grad"),
        (
            "AttributeError: 'NoneType' object has no attribute 'zero_'",
            6,
            "    0\n    w = w - w.grad\n    w.grad.zero_()",
        ),
    ],
)  # fmt: skip
def test_an_update_that_makes_a_new_tensor(error: str, line: int, rest: str) -> None:
    """Its line and the tensor's name are told, whichever line fails in the next step."""
    assert found(error, line, START + LOOP + rest) == (5, "w")


@pytest.mark.parametrize(
    ("error", "line", "source"),
    [
        ("RuntimeError: shapes", 3, START + LOOP + "    w = w - 0.1 * w.grad"),
        (NO_GRAPH, None, START + LOOP + "    w = w - 0.1 * w.grad"),
        (NO_GRAPH, 1, START + LOOP + "    w = w - 0.1 * w.grad"),
        (NO_GRAPH, 3, START + LOOP + "    w -= 0.1 * w.grad"),
        (NO_GRAPH, 3, START + LOOP + "    w.data = w - 0.1 * w.grad"),
        (NO_GRAPH, 3, START + LOOP + "    w = w - 0.1 * b.grad"),
        (NO_GRAPH, 3, START + LOOP + "    g = 0.1 * w.grad"),
        (NO_GRAPH, 3, START + LOOP + "    w = (w - 0.1 * w.grad).detach().requires_grad_()"),
        (NO_GRAPH, 3, "w = torch.zeros(1)\n" + LOOP + "    w = w - 0.1 * w.grad"),
        (NO_GRADIENT, 4, START + "for _ in range(9):\n    loss = w * x\n    w = w - 0.1 * w.grad"),
    ],
)
def test_what_is_not_certain_is_not_said(error: str, line: int | None, source: str) -> None:
    """Another error, another place, an update in place, gradients never asked for, or asked for anew."""
    assert found(error, line, source) is None


def test_code_that_is_no_python() -> None:
    """Without a tree nothing is said."""
    assert rebinding(NO_GRAPH, 1, None) is None
