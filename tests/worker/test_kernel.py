"""What a kernel sends is weighed before it is read. Real kernels are in tests/sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fakes import FakeProcess
from grader.model.status import Status
from grader.worker import kernel as kernel_module
from grader.worker.kernel import (
    ALLOWANCE,
    MAX_MESSAGES,
    MAX_PIECES,
    MAX_VALUES,
    MESSAGE_COST,
    Kernel,
    _size,
    _values,
)


def with_kernel(work: Callable[[Kernel, FakeProcess], None], output_kb: int = 64) -> None:
    """A kernel that has no connection yet."""

    async def whole() -> None:
        process = FakeProcess()
        kernel = Kernel(process, output_kb)
        try:
            work(kernel, process)
        finally:
            kernel.context.destroy(linger=0)
            process.close()

    asyncio.run(whole())


def message(kind: str = "stream", **content: Any) -> dict[str, Any]:
    return {"msg_type": kind, "content": content}


def test_output_is_metered() -> None:
    """A session may put out so many kB; each message counts a little beside its text."""

    def work(kernel: Kernel, process: FakeProcess) -> None:
        kernel._meter(message(name="", text="x" * (60 << 10)))
        assert process.killed_for == [] and kernel.output == (60 << 10) + MESSAGE_COST + len("nametext")
        kernel._meter(message(text="x" * (4 << 10)))
        (reason,) = process.killed_for
        assert reason.status is Status.TOO_MUCH_OUTPUT
        assert reason.message.en == f"more output than 64 kB or {MAX_PIECES} pieces"

    with_kernel(work)


def test_pieces_are_counted() -> None:
    """Displays count as pieces, lines of text do not: each flushed line is a message of its own."""

    def work(kernel: Kernel, process: FakeProcess) -> None:
        for _ in range(MAX_PIECES):
            kernel._meter(message("display_data", data={}))
            kernel._meter(message("stream", text="x"))
        assert process.killed_for == []
        kernel._meter(message("display_data", data={}))
        assert process.killed_for[0].status is Status.TOO_MUCH_OUTPUT

    with_kernel(work, output_kb=1 << 20)


@pytest.mark.parametrize(
    "parts",
    [[b"x" * (4 << 16)] * 2, [b"[" + b"[]," * MAX_VALUES + b"0]"], [b"{}", b'{"a":' * (MAX_VALUES + 1)]],
    ids=["bytes", "values", "depth"],
)
def test_messages_are_refused_unread(parts: list[bytes]) -> None:
    """A message that is too large, or would become too many objects, is not parsed, and ends the session."""

    def work(kernel: Kernel, process: FakeProcess) -> None:
        with pytest.raises(ValueError, match="too much"):
            kernel._weigh(parts)
        assert process.killed_for[0].status is Status.TOO_MUCH_OUTPUT

    with_kernel(work)


def test_messages_of_every_kind_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages without output, such as states, have a limit, too."""
    assert (MAX_MESSAGES, ALLOWANCE) == (100_000, 4096)
    monkeypatch.setattr(kernel_module, "MAX_MESSAGES", 3)

    def work(kernel: Kernel, process: FakeProcess) -> None:
        for _ in range(3):
            kernel._weigh([b"{}"])
        with pytest.raises(ValueError, match="too much"):
            kernel._weigh([b"{}"])

    with_kernel(work)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (b"[1, 2, 3]", 0),  # small parts are not even looked at
        (b'"' + b"[,{" * MAX_VALUES + b'"', 0),
        (b'"a\\"' + b"," * MAX_VALUES + b'"', 0),
        (b'"never closed' + b"," * MAX_VALUES, 0),
    ],
)
def test_strings_hold_no_values(text: bytes, most: int) -> None:
    """The content of a string is not counted, also after an escaped quote, or if the string never ends."""
    assert _values(text) == most


def test_values_are_counted() -> None:
    """Every comma and every bracket may be a value."""
    assert _values(b"[" + b"1," * MAX_VALUES + b"{}]") == MAX_VALUES + 2


def test_sizes() -> None:
    """A message's size is that of its texts, keys included; other values count eight."""
    assert _size({"text": "abc", "n": 5, "list": ["xy", None], 3: True}) == 4 + 3 + 1 + 8 + 4 + 2 + 8 + 1 + 8
