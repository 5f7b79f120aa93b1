"""Runs cells in a kernel whose output is not recorded, as in a rerun.

The cells go over the probe socket, and the only answer to each is whether it ran to its end. That takes a
third of the CPU time of Jupyter's channels, and this process has no messages to read.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

from grader.inside import wire
from grader.inside.probe_messages import RUN, request
from grader.language.catalogue import say as _
from grader.model.report import CellRun, Output
from grader.model.status import Status
from grader.worker.process import GRACE_S, EndReason, Process, SessionOver, while_alive


class SilentKernel:
    """Runs one session's cells until `close`. Has the methods of grader.worker.kernel.Kernel."""

    partial: tuple[Output, ...] = ()

    def __init__(self, process: Process) -> None:
        self.process = process
        process.probe.setblocking(False)

    async def connect(self) -> None:
        """No-op: the probe socket is connected from the start."""

    async def run(self, number: int, source: str) -> CellRun:
        """Run one code cell. Raises SessionOver if the session did not survive it."""
        message = request(RUN, source=source.encode(errors="replace"))
        answer = await while_alive(self.process, ask(self.process, message, wire.RAN, wire.RAISED))
        return CellRun(number, source, Status.OK if answer == wire.RAN else Status.CELL_ERROR)

    def close(self) -> None:
        """No-op: the probe socket stays open for the rubric."""


async def ask(process: Process, message: Mapping[str, Any], *answers: bytes) -> bytes:
    """The session's answer on the probe socket, which is one of `answers`, all of the same length.

    Raises SessionOver if it is anything else.
    """
    loop = asyncio.get_running_loop()
    answer = b""
    with contextlib.suppress(ConnectionError):
        await loop.sock_sendall(process.probe, wire.encode(message))
        while len(answer) < len(answers[0]) and (
            part := await loop.sock_recv(process.probe, len(answers[0]) - len(answer))
        ):
            answer += part
    if answer not in answers:
        process.raise_weight()
        # A session that has ended hangs up as well, and why it ended is known a moment later.
        await asyncio.sleep(GRACE_S)
        process.kill(EndReason(Status.PROTOCOL, _("the session hung up on the rubric")))
        raise SessionOver(process.ended.result())
    return answer
