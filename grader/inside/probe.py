"""Answers the rubric's questions about the notebook's namespace, on the kernel's main thread.

Where nobody hears the kernel, the notebook's cells come this way too, before the rubric has its turn.

Whatever a student may do to this code changes only what the rubric is told; the rubric believes
nothing but what had to be computed.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import itertools
import os
import socket
import struct
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from . import wire

MAX_REFERENCES = 100_000


class Probe:
    """One session's end of the probe socket. `namespace` gives the notebook's global names; `execute` runs a cell's source
    and says whether it ran to its end."""

    def __init__(
        self,
        connection: socket.socket,
        namespace: Callable[[], dict],
        execute: Callable[[str], Awaitable[bool]],
    ) -> None:
        self.connection = connection
        self.namespace = namespace
        self.execute = execute
        self.context = contextvars.copy_context()  # one for all cells, as in every kernel
        self.kept: dict[int, Any] = {}
        self.counter = itertools.count(1)
        self.operations: dict[str, Callable[..., Any]] = {
            "get": self.get,
            "attribute": self.attribute,
            "call": self.call,
            "item": self.item,
            "length": self.length,
            "take": self.take,
            "place": self.place,
            "fetch": self.fetch,
            "forget": self.forget,
        }

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer requests as they come, between the kernel's own work."""
        loop.add_reader(self.connection.fileno(), self.answer, loop)

    def answer(self, loop: asyncio.AbstractEventLoop) -> None:
        body = self.receive()
        if body is None:
            loop.remove_reader(self.connection.fileno())
            return
        try:
            request = wire.decode(body, self.resolve)
            if request["op"] == "run":
                loop.remove_reader(
                    self.connection.fileno()
                )  # one thing after another, even if the cell awaits
                loop.create_task(self.run(loop, request["source"].decode()), context=self.context)
                return
            result = self.operations[request.pop("op")](**request)
            reply = wire.encode({"ok": result}, self.keep)
        except wire.Refused as error:
            reply = wire.encode({"refused": str(error)})
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a student's SystemExit included
            reply = wire.encode(
                {"raised": type(error).__name__[:100], "message": shorten(error), "trace": trace(error)}
            )
        self.connection.sendall(reply)

    async def run(self, loop: asyncio.AbstractEventLoop, source: str) -> None:
        """Run one cell and say so."""
        try:
            done = await self.execute(source)
        finally:
            loop.add_reader(self.connection.fileno(), self.answer, loop)
        self.connection.sendall(wire.RAN if done else wire.RAISED)

    def receive(self) -> bytearray | None:
        head = self.read(8)
        return None if head is None else self.read(struct.unpack(">Q", head)[0])

    def read(self, count: int) -> bytearray | None:
        data = bytearray()
        while len(data) < count:
            part = self.connection.recv(min(count - len(data), 1 << 20))
            if not part:
                return None
            data += part
        return data

    def keep(self, value: Any) -> wire.Reference:
        if len(self.kept) >= MAX_REFERENCES:
            raise wire.Refused("too many objects are held at once")
        number = next(self.counter)
        self.kept[number] = value
        return wire.Reference(number, type(value).__name__[:100])

    def resolve(self, reference: wire.Reference) -> Any:
        return self.kept[reference.number]

    # The operations. Each takes and gives what the rubric sees as data or references.

    def get(self, name: str) -> Any:
        namespace = self.namespace()
        return {"defined": name in namespace, "value": namespace.get(name)}

    def attribute(self, target: Any, name: str) -> Any:
        return getattr(target, name)

    def call(self, target: Any, arguments: list, keywords: dict) -> Any:
        return target(*arguments, **keywords)

    def item(self, target: Any, key: Any) -> Any:
        return target[key]

    def length(self, target: Any) -> int:
        return len(target)

    def take(self, target: Any, limit: int) -> list:
        """Up to `limit` items of an iterable, and whether that was all."""
        items = list(itertools.islice(iter(target), limit + 1))
        return [items[:limit], len(items) <= limit]

    def place(self, value: Any) -> wire.Reference:
        return self.keep(value)

    def fetch(self, target: Any) -> Any:
        return target

    def forget(self, numbers: list) -> None:
        for number in numbers:
            self.kept.pop(number, None)


def shorten(error: BaseException) -> str:
    with contextlib.suppress(Exception):
        return str(error)[:2000]
    return ""


def trace(error: BaseException) -> str:
    """The student's own frames of the traceback, for staff."""
    with contextlib.suppress(Exception):
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if os.path.dirname(__file__) not in frame.filename
        ]
        return "".join(traceback.format_list(frames[-8:]))[:4000]
    return ""
