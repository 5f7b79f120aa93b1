"""Sessions for the rubric's side: a real probe that answers in a thread, and objects for its namespace."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

import torch

from grader.inside import wire
from grader.inside.probe import Probe
from grader.rubric.errors import SessionEnded
from grader.rubric.probe_client import ProbeClient
from grader.rubric.student import Student


class ProbeSession:
    """A probe with this namespace, which answers in a thread, and the student's end of the connection."""

    def __init__(
        self, namespace: dict[str, Any], attempted: Callable[[str], bool] = lambda name: True
    ) -> None:
        ours, theirs = socket.socketpair()
        self.sockets = (ours, theirs)
        self.probe = Probe(theirs, lambda: namespace, refuse)
        self.serving = True
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        self.client = ProbeClient(ours, end_long_waits)
        self.student = Student(lambda: self.client, attempted)

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while self.serving:
                self.probe.answer(self)

    def remove_reader(self, handle: int) -> None:
        self.serving = False

    def close(self) -> None:
        self.sockets[0].close()
        self.thread.join(5)
        self.sockets[1].close()


async def refuse(source: str) -> bool:
    raise AssertionError("no cell is sent to this session")


def end_long_waits(waited_s: float, gone: bool) -> None:
    """Say that the session lives. But no test waits for ever."""
    if waited_s > 3:
        raise SessionEnded("timed_out", "no answer")


def encoded(value: object) -> bytes:
    """An answer as it crosses."""
    return wire.encode(value)


class Model:
    """Something that stays in its session."""

    size = 3

    def __init__(self, weight: float = 2.0) -> None:
        self.weight = weight

    def __call__(self, x: Any, bias: float = 0.0) -> Any:
        return x * self.weight + bias

    def __getitem__(self, key: Any) -> Any:
        return {"a": 1, 0: self}[key]

    def __len__(self) -> int:
        return 4

    def __iter__(self) -> Any:
        return iter([1, self, torch.ones(1)])


def failing(error: BaseException) -> Callable[..., Any]:
    """A function that raises this error."""

    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail
