"""Runs cells in a kernel that is not trusted. The only code that drives nbclient.

nbclient drives the kernel through jupyter_client. This module adds limits on output and on the size of a
message, and a reader that no message can break. A run also ends as soon as the kernel's process does.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import re
from collections.abc import Mapping, Sequence
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
from grader.model.status import Status
from grader.worker.outputs import ImageBudget, line_of, outputs_of
from grader.worker.process import GRACE_S, EndReason, Process, SessionOver, while_alive

MAX_PIECES = 5000  # of output, in one session
MESSAGE_COST = 128  # characters added for every message
MAX_MESSAGES = 100_000  # of every kind, those about the kernel's state included
ALLOWANCE = 4096  # bytes of messages about a cell without output
# In one message: a million empty lists in 2 MB of JSON would become 100 MB of objects.
MAX_VALUES = 100_000
QUEUE = 1000  # messages that wait to be read on one channel; the kernel keeps the rest
HANDSHAKE_S = 20
GREETING_S = 0.25  # it usually takes 2 ms

# We need no dates from messages, and a student could send any number of them.
jupyter_client.session.extract_dates = lambda obj: obj  # type: ignore[attr-defined]


class _Session(Session):
    """Jupyter's reader of messages. Weighs a message before it builds any object from it."""

    weigh = AnyTrait()

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> dict[str, Any]:
        self.weigh(msg_list)
        return super().deserialize(msg_list, content, copy)


class _Client(AsyncKernelClient):
    """A client that asks the process, not a heartbeat, whether its kernel is alive."""

    alive = AnyTrait()

    async def is_alive(self) -> bool:
        return bool(self.alive())


class _Runner(NotebookClient):
    """nbclient with a meter on the kernel's output."""

    meter = AnyTrait()

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        if msg["msg_type"] in ("stream", "display_data", "execute_result", "error", "update_display_data"):
            self.meter(msg)
        # Widgets would let a kernel create objects in this process. No report shows any.
        if msg["msg_type"].startswith("comm"):
            return None
        return super().process_message(msg, cell, cell_index)


class Kernel:
    """The Jupyter side of one session, from the handshake until `close`.

    After `close`, what the kernel sends on its Jupyter channels is not read.
    """

    def __init__(self, process: Process, output_kb: int) -> None:
        self.process = process
        self.limit = output_kb << 10
        self.output = 0  # characters and bytes of output, with MESSAGE_COST for each message
        self.pieces = 0  # of output
        self.received = self.received_bytes = 0  # messages of every kind
        self.images = ImageBudget()
        self.partial: tuple[Output, ...] = ()  # of the cell in which the session ended
        self.error: Mapping[str, Any] | None = None  # what the kernel says of a cell that failed
        self.context = zmq.asyncio.Context()
        # A larger message ends its connection, unread.
        self.context.setsockopt(zmq.MAXMSGSIZE, 2 * self.limit)
        self.context.setsockopt(zmq.RCVHWM, QUEUE)
        self.context.setsockopt(zmq.LINGER, 0)
        self.client = _Client(
            context=self.context, session=_Session(weigh=self._weigh), alive=lambda: not process.ended.done()
        )
        self.client.load_connection_info(dict(process.connection or {}))  # type: ignore[arg-type]
        # Not new_notebook, which would validate it.
        book = nbformat.from_dict({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
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
            on_cell_error=self._note_error,
        )
        self.runner.kc = self.client
        self.monitors: list[asyncio.Task[None]] = []

    async def connect(self) -> None:
        """Open the channels and wait until output would be received.

        Raises OSError if that fails: no cell has run yet, so no student caused it.
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
        """Wait for a message on iopub, which shows that output is received.

        The kernel greets each subscriber, but now and then misses one. Then a request makes it answer.
        """
        while True:
            try:
                await self.client.get_iopub_msg(timeout=GREETING_S)
                return
            except queue.Empty:
                self.client.kernel_info()

    async def run(self, number: int, source: str) -> CellRun:
        """Run one code cell. Raises SessionOver if the session did not survive it."""
        cell = nbformat.from_dict(
            {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        )
        self.runner.nb.cells = [cell]
        # An update to a display of an earlier cell belongs to no cell.
        self.runner._display_id_map = {}
        self.received_bytes -= ALLOWANCE
        self.error = None
        try:
            await while_alive(self.process, self.runner.async_execute_cell(cell, 0))
        except SessionOver:
            self.partial = outputs_of(cell, self.images)[0]
            raise
        except Exception as error:
            # Some message made nbclient raise, so the rest of the conversation makes no sense.
            self.partial = ()
            if self.process.ended.done():
                raise SessionOver(self.process.ended.result()) from None
            message = _("the kernel sent what no kernel sends ({kind})", kind=type(error).__name__)
            raise SessionOver(EndReason(Status.PROTOCOL, message)) from None
        outputs, truncated = outputs_of(cell, self.images)
        raised = next((output for output in cell.outputs if output.output_type == "error"), self.error)
        if raised is None:
            return CellRun(number, source, Status.OK, outputs, truncated=truncated)
        name, value = clean(str(raised.get("ename", "")))[:100], clean(str(raised.get("evalue", "")))[:1000]
        error_text = Text.verbatim(f"{name}: {value}" if value else name)
        return CellRun(number, source, Status.CELL_ERROR, outputs, error_text, line_of(raised), truncated)

    def _note_error(self, execute_reply: Mapping[str, Any], **_: Any) -> None:
        """Keep the error of a cell that failed. IPython shows some errors, as of magics, as mere text.

        The traceback in the reply may be an earlier cell's.
        """
        self.error = {**execute_reply["content"], "traceback": ()}

    def _weigh(self, parts: Sequence[bytes]) -> None:
        """Refuse a message, unread, that is too large or would become too many objects."""
        self.received += 1
        self.received_bytes += sum(map(len, parts))
        values = sum(map(_values, parts[:5]))
        if self.received > MAX_MESSAGES or self.received_bytes > 4 * self.limit or values > MAX_VALUES:
            self.process.kill(self._too_much())
            raise ValueError("too much")

    def _meter(self, message: dict[str, Any]) -> None:
        """Count the kernel's output, and end the session if it is too much."""
        # Streams aren't counted as pieces: print(…, flush=True) makes a message of every line.
        self.pieces += message["msg_type"] != "stream"
        self.output += MESSAGE_COST + _size(message["content"])
        if self.output > self.limit or self.pieces > MAX_PIECES:
            self.process.kill(self._too_much())

    def _too_much(self) -> EndReason:
        most = self.limit >> 10
        message = _("more output than {most} kB or {pieces} pieces", most=most, pieces=MAX_PIECES)
        return EndReason(Status.TOO_MUCH_OUTPUT, message)

    async def _monitor(self, name: str, channel: Any) -> None:
        """End the session when a channel closes, after a message that was too large or made no sense."""
        monitor = channel.get_monitor_socket(zmq.EVENT_DISCONNECTED | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL)
        await recv_monitor_message(monitor)
        self.process.raise_weight()
        await asyncio.sleep(GRACE_S)
        if name == "iopub":
            self.process.kill(self._too_much())
        else:
            message = _("the kernel closed its {name} channel", name=name)
            self.process.kill(EndReason(Status.PROTOCOL, message))

    def close(self) -> None:
        """Close the channels. What the kernel still sends is not read."""
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
    """The number of values in a part of JSON, at most. A string is one, whatever it contains."""
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
