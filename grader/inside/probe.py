"""Answers the rubric's questions about the notebook's namespace, on the kernel's main thread.

Before the rubric has its turn, the files of the working folder come this way and, if nothing reads the
kernel's channels, the notebook's cells too. The messages are those of `probe_messages`.

A student can change this code. That changes only what the rubric hears, and the rubric believes only what had
to be computed.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import itertools
import os
import shutil
import socket
import struct
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from . import gradients, probe_messages, wire
from . import likeness as likeness  # cells of a rerun find it by its name
from .probe_messages import MAX_KIND, MAX_MESSAGE, MAX_TRACE, Failure, Refusal, Value

MAX_REFERENCES = 100_000
MAX_FRAMES = 8  # of a traceback


class Probe:
    """One session's end of the probe socket.

    `namespace` returns the notebook's global names. `execute` runs a cell's source and returns whether it ran
    to its end.
    """

    def __init__(
        self,
        connection: socket.socket,
        namespace: Callable[[], dict],
        execute: Callable[[str], Awaitable[bool]],
    ) -> None:
        self.connection = connection
        self.namespace = namespace
        self.execute = execute
        # One context for all cells, as in every kernel.
        self.context = contextvars.copy_context()
        self.kept: dict[int, Any] = {}
        self.counter = itertools.count(1)
        self.operations: dict[str, Callable[..., Any]] = {
            probe_messages.GET: self.get,
            probe_messages.ATTRIBUTE: self.attribute,
            probe_messages.CALL: self.call,
            probe_messages.ITEM: self.item,
            probe_messages.LENGTH: self.length,
            probe_messages.TAKE: self.take,
            probe_messages.PLACE: self.place,
            probe_messages.FETCH: self.fetch,
            probe_messages.FORGET: self.forget,
            probe_messages.WRITE: self.write,
            probe_messages.LINK: self.link,
        }

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer requests as they come, between the kernel's own work."""
        loop.add_reader(self.connection.fileno(), self.answer, loop)

    def answer(self, loop: asyncio.AbstractEventLoop) -> None:
        """Answer one request. A cell is started here, and answered when it has ended."""
        body = self.receive()
        if body is None:
            loop.remove_reader(self.connection.fileno())
            return
        try:
            request = wire.decode(body, self.resolve)
            if request["op"] == probe_messages.RUN:
                # No other request is read meanwhile, even if the cell awaits.
                loop.remove_reader(self.connection.fileno())
                loop.create_task(self.run(loop, request["source"].decode()), context=self.context)
                return
            result = self.operations[request.pop("op")](**request)
            reply = wire.encode(Value(result).to_wire(), self.keep)
        except wire.Refused as error:
            reply = wire.encode(Refusal(str(error)).to_wire())
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # A student's SystemExit included.
            failure = Failure(type(error).__name__[:MAX_KIND], message_of(error), trace_of(error))
            reply = wire.encode(failure.to_wire())
        self.connection.sendall(reply)

    async def run(self, loop: asyncio.AbstractEventLoop, source: str) -> None:
        """Run one cell, then answer whether it ran to its end."""
        try:
            done = await self.execute(source)
        finally:
            loop.add_reader(self.connection.fileno(), self.answer, loop)
        self.connection.sendall(wire.RAN if done else wire.RAISED)

    def receive(self) -> bytearray | None:
        """The body of the next frame. None if the other end has closed the connection."""
        head = self.read(8)
        return None if head is None else self.read(struct.unpack(">Q", head)[0])

    def read(self, count: int) -> bytearray | None:
        """The next `count` bytes. None if the other end has closed the connection."""
        data = bytearray()
        while len(data) < count:
            part = self.connection.recv(min(count - len(data), 1 << 20))
            if not part:
                return None
            data += part
        return data

    def keep(self, value: Any) -> wire.Handle:
        """Keep a value here and return the reference to it. Raises Refused if too many are kept."""
        if len(self.kept) >= MAX_REFERENCES:
            raise wire.Refused("too many objects are held at once")
        number = next(self.counter)
        self.kept[number] = value
        return wire.Handle(number, type(value).__name__[:100])

    def hold(self, value: Any) -> Any:
        """A reference to a value, even if it could cross. A stub's placeholder stays what it is."""
        return value if value is Ellipsis else self.keep(value)

    def resolve(self, reference: wire.Handle) -> Any:
        """The value that a reference stands for. Raises KeyError if there is none."""
        return self.kept[reference.number]

    # The operations. Each takes and returns what the rubric sees as data or references.

    def get(self, name: str, held: bool = False) -> Any:
        """A name of the notebook: whether it is defined, and its value, or with `held` a reference to it."""
        namespace = self.namespace()
        value = namespace.get(name)
        return {"defined": name in namespace, "value": self.hold(value) if held else value}

    def attribute(self, target: Any, name: str) -> Any:
        """An attribute."""
        return getattr(target, name)

    def call(
        self, target: Any, arguments: list, keywords: dict, held: bool = False, factor: float = 1.0
    ) -> Any:
        """The result of a call, or with `held` a reference to it.

        Whatever autograd differentiates meanwhile comes out `factor` times as large.
        """
        with contextlib.nullcontext() if factor == 1 else gradients.scaled(factor):
            result = target(*arguments, **keywords)
        return self.hold(result) if held else result

    def item(self, target: Any, key: Any) -> Any:
        """An item by its index or key."""
        return target[key]

    def length(self, target: Any) -> int:
        """A length."""
        return len(target)

    def take(self, target: Any, limit: int) -> list:
        """Up to `limit` items of an iterable, and whether these are all."""
        items = list(itertools.islice(iter(target), limit + 1))
        return [items[:limit], len(items) <= limit]

    def place(self, value: Any) -> wire.Handle:
        """A reference to a value that the rubric sent."""
        return self.keep(value)

    def fetch(self, target: Any) -> Any:
        """What a reference stands for, as data if it can cross."""
        return target

    def forget(self, numbers: list) -> None:
        """Drop references that the rubric no longer has."""
        for number in numbers:
            self.kept.pop(number, None)

    def write(self, files: list) -> None:
        """Write files of the working folder, which is this session's own, or their next parts."""
        for name, content in files:
            make_folder_of(name)
            with open(name, "ab") as file:
                file.write(content)

    def link(self, links: list, copies: list) -> None:
        """Make links and copies in the working folder."""
        for name, source in copies:
            (shutil.copytree if os.path.isdir(source) else shutil.copyfile)(source, name)
        for name, target in links:
            make_folder_of(name)
            try:
                os.symlink(target, name)
            except OSError:  # as a user of Windows may not; the target lies beside the link then
                source = os.path.join(os.path.dirname(name), target)
                (shutil.copytree if os.path.isdir(source) else shutil.copyfile)(source, name)


def make_folder_of(name: str) -> None:
    """Make the folder that a file of the working folder lies in."""
    if folder := os.path.dirname(name):
        os.makedirs(folder, exist_ok=True)


def message_of(error: BaseException) -> str:
    """An error's message, cut to what may cross. Empty if it can't be had."""
    with contextlib.suppress(Exception):
        return str(error)[:MAX_MESSAGE]
    return ""


def trace_of(error: BaseException) -> str:
    """The last frames of the traceback, with the student's own among them, which are named by their cells."""
    with contextlib.suppress(Exception):
        frames = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if os.path.dirname(__file__) not in frame.filename
        ]
        cells = cell_names()
        own = max((place for place, frame in enumerate(frames) if frame.filename in cells), default=None)
        first = max(len(frames) - MAX_FRAMES, 0)
        if own is not None and own < first:
            frames = [frames[own], *frames[first + 1 :]]
        else:
            frames = frames[first:]
        lines = traceback.format_list(frames)
        for place, frame in enumerate(frames):
            if frame.filename in cells:
                lines[place] = lines[place].replace(f'File "{frame.filename}"', cells[frame.filename], 1)
        return "".join(lines)[:MAX_TRACE]
    return ""


def cell_names() -> dict[str, str]:
    """What IPython calls the cells that have run, by the names of the files that Python takes them for."""
    from IPython import get_ipython

    shell = get_ipython()
    return (
        {name: f"Cell In[{number}]" for name, number in shell.compile._filename_map.items()} if shell else {}
    )
