"""The order that starts a plain kernel, byte for byte."""

from __future__ import annotations

import pytest

from grader.inside.channels import Channels
from grader.inside.plain_messages import StartOrder


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (
            StartOrder(Channels("k", "tcp://127.0.0.1:1", "tcp://127.0.0.1:2"), 3, "t", 4, ("a.b",)),
            b'{"channels": {"key": "k", "shell": "tcp://127.0.0.1:1", "iopub": "tcp://127.0.0.1:2"}, '
            b'"seed": 3, "token": "t", "probe": 4, "absent": ["a.b"]}',
        ),
        (
            StartOrder(None, 3, "t", 4),
            b'{"channels": null, "seed": 3, "token": "t", "probe": 4, "absent": []}',
        ),
    ],
    ids=["with channels", "silent"],
)
def test_an_order_crosses(order: StartOrder, text: bytes) -> None:
    """An order is one JSON object, and is read as it was written."""
    assert order.to_json() == text
    assert StartOrder.from_json(text) == order
