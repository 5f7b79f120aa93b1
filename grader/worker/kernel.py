"""Runs cells in a kernel that nobody trusts. The one owner of nbclient and jupyter_client.

nbclient drives the kernel; this adds what it lacks: limits on output and on the size of a message,
an end as soon as the kernel's process has ended, and a reader that no message can break.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import re
from collections.abc import Sequence
from typing import Any

import jupyter_client.session
import nbformat
import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import Session
from nbclient.client import NotebookClient
from traitlets import Any as AnyTrait
from zmq.utils.monitor import recv_monitor_message

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.language.clean import clean
from grader.model.report import CellRun, Output
from grader.worker.outputs import MAX_PIXELS, _line, _outputs
from grader.worker.process import GRACE_S, Ended, Fate, Process, while_alive

MAX_MESSAGES = 5000  # outputs of one session
MESSAGE_COST = 128  # characters that each piece counts for beside its own
MAX_CHATTER = 100_000  # messages of every kind, those about its state included
ALLOWANCE = 4096  # bytes that a cell costs which puts out nothing
MAX_VALUES = 100_000  # in one message: a million empty lists in 2 MB of JSON would become 100 MB of objects
QUEUE = 1000  # messages that wait to be read on one channel; the kernel keeps the rest
HANDSHAKE_S = 20
GREETING_S = 0.25  # it usually takes 2 ms

# Nobody asks for the dates in messages, which are as many as a student wants.
jupyter_client.session.extract_dates = lambda obj: obj  # type: ignore[attr-defined]


class _Session(Session):
    """Jupyter's reader of messages, which here looks at a message's size before it builds anything from it."""

    weigh = AnyTrait()

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> dict[str, Any]:
        self.weigh(msg_list)
        return super().deserialize(msg_list, content, copy)


class _Client(AsyncKernelClient):
    """A client that knows from the process whether its kernel is alive, not from a heartbeat."""

    alive = AnyTrait()

    async def is_alive(self) -> bool:
        return bool(self.alive())


class _Runner(NotebookClient):
    """nbclient with a meter on what the kernel says."""

    meter = AnyTrait()

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "error", "update_display_data"):
            self.meter(msg)
        if msg["msg_type"].startswith("comm"):
            return None  # widgets would let a kernel put objects into this process; a report shows none
        return super().process_message(msg, cell, cell_index)


class Kernel:
    """The Jupyter side of one session, from the handshake until `close`.

    After `close` nothing that the kernel says on its Jupyter channels is read any more.
    """

    def __init__(self, process: Process, output_kb: int) -> None:
        self.process = process
        self.limit = output_kb << 10
        self.said = self.heard = self.weight = 0
        self.messages = 0
        self.pixels = MAX_PIXELS  # that are left for images
        self.partial: tuple[Output, ...] = ()  # what a cell had put out when its session ended
        self.context = zmq.asyncio.Context()
        self.context.setsockopt(
            zmq.MAXMSGSIZE, 2 * self.limit
        )  # a larger message ends its connection, unread
        self.context.setsockopt(zmq.RCVHWM, QUEUE)
        self.context.setsockopt(zmq.LINGER, 0)
        self.client = _Client(
            context=self.context, session=_Session(weigh=self._weigh), alive=lambda: not process.ended.done()
        )
        self.client.load_connection_info(dict(process.connection or {}))  # type: ignore[arg-type]
        book = nbformat.from_dict(
            {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        )  # new_notebook would validate it
        self.runner = _Runner(
            book,
            allow_errors=True,
            iopub_timeout=10,
            raise_on_iopub_timeout=True,
            store_widget_state=False,
            skip_cells_with_tag="",
            record_timing=False,
            timeout=None,
            log=_quiet(),
            meter=self._meter,
        )
        self.runner.kc = self.client
        self.monitors: list[asyncio.Task[None]] = []

    async def connect(self) -> None:
        """Open the channels and wait until output would be heard.

        No cell has run yet, so what fails here is no student's doing: OSError.
        """
        self.client.start_channels(shell=True, iopub=True, stdin=False, hb=False, control=False)
        for name, channel in (("shell", self.client.shell_channel), ("iopub", self.client.iopub_channel)):
            self.monitors.append(asyncio.ensure_future(self._monitor(name, channel.socket)))
        try:
            await while_alive(self.process, asyncio.wait_for(self._handshake(), HANDSHAKE_S))
        except Exception as error:
            raise OSError(
                f"a kernel did not answer before its first cell: {error or type(error).__name__}"
            ) from None

    async def _handshake(self) -> None:
        """Any message on iopub shows that it is heard. The kernel greets whoever subscribes; now and then it overlooks one,
        and then it has to be made to say something."""
        while True:
            try:
                await self.client.get_iopub_msg(timeout=GREETING_S)
                return
            except queue.Empty:
                self.client.kernel_info()

    async def run(self, number: int, source: str) -> CellRun:
        """Run one code cell. Raises Ended where the session did not survive it."""
        cell = nbformat.from_dict(
            {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        )
        self.runner.nb.cells = [cell]
        self.runner._display_id_map = {}  # of other cells' displays: those are done with, and an update to one is nobody's
        self.weight -= ALLOWANCE
        try:
            await while_alive(self.process, self.runner.async_execute_cell(cell, 0))
        except Ended:
            self.partial = tuple(_outputs(cell, self._room))
            raise
        except Exception as error:
            # Whatever a message made nbclient raise: the kernel can't be understood any more.
            self.partial = ()
            if self.process.ended.done():
                raise Ended(self.process.ended.result()) from None
            raise Ended(
                Fate(
                    "protocol", _("the kernel sent what no kernel sends ({kind})", kind=type(error).__name__)
                )
            ) from None
        outputs = tuple(_outputs(cell, self._room))
        raised = next((output for output in cell.outputs if output.output_type == "error"), None)
        if raised is None:
            return CellRun(number, source, "ok", outputs)
        name, value = clean(str(raised.get("ename", "")))[:100], clean(str(raised.get("evalue", "")))[:1000]
        return CellRun(
            number, source, "cell_error", outputs, f"{name}: {value}" if value else name, _line(raised)
        )

    def _room(self, pixels: int) -> bool:
        """Whether there is room for one more image."""
        if pixels <= self.pixels:
            self.pixels -= pixels
            return True
        return False

    def _weigh(self, parts: Sequence[bytes]) -> None:
        """Refuse a message unread that is too large, or would become too many objects."""
        self.heard += 1
        self.weight += sum(map(len, parts))
        values = sum(map(_values, parts[:5]))
        if self.heard > MAX_CHATTER or self.weight > 4 * self.limit or values > MAX_VALUES:
            self.process.kill(Fate("too_much_output", self._too_much()))
            raise ValueError("too much")

    def _meter(self, message: dict[str, Any]) -> None:
        """Count what the kernel says, and end the session where it is too much."""
        self.messages += message["msg_type"] != "stream"  # print(…, flush=True) makes a message of every line
        self.said += MESSAGE_COST + _size(message["content"])
        if self.said > self.limit or self.messages > MAX_MESSAGES:
            self.process.kill(Fate("too_much_output", self._too_much()))

    def _too_much(self) -> Text:
        return _("more output than {most} kB or {pieces} pieces", most=self.limit >> 10, pieces=MAX_MESSAGES)

    async def _monitor(self, name: str, channel: Any) -> None:
        """A channel that ends while the kernel lives means a message over the size limit, or nonsense."""
        monitor = channel.get_monitor_socket(zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL)
        await recv_monitor_message(monitor)
        self.process.hurry()
        await asyncio.sleep(GRACE_S)
        too_much = name == "iopub"
        self.process.kill(
            Fate("too_much_output", self._too_much())
            if too_much
            else Fate("protocol", _("the kernel closed its {name} channel", name=name))
        )

    def close(self) -> None:
        for task in self.monitors:
            task.cancel()
        for channel in (self.client.shell_channel, self.client.iopub_channel):
            with contextlib.suppress(Exception):
                channel.socket.disable_monitor()
        self.client.stop_channels()
        self.context.destroy(linger=0)


def _quiet() -> logging.Logger:
    logger = logging.getLogger("grader.nbclient")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    return logger


_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


def _values(part: bytes) -> int:
    """How many values a part of JSON holds at the most; what stands in a string is one."""
    if len(part) <= MAX_VALUES:
        return 0
    bare = _STRING.sub(b"", part)
    return bare.count(b",") + bare.count(b"[") + bare.count(b"{")


def _size(value: Any) -> int:
    """Characters and bytes in a message's content."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(str(key)) + _size(item) for key, item in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return 8
