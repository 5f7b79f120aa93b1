"""Runs cells in a kernel that nobody listens to: a rerun's output is seen by nobody.

The cells go by the probe socket, and of each comes back only whether it ran to its end. That takes a third of the
computing time that Jupyter's channels take, and this process has no messages to read.
"""

from __future__ import annotations

import asyncio
import contextlib

from grader.inside import wire
from grader.language.catalogue import say as _
from grader.model.report import CellRun, Output
from grader.worker.process import GRACE_S, Ended, Fate, Process, while_alive


class Unheard:
    """One session's cells, until `close`. The same few things as grader.kernel.Kernel offers."""

    partial: tuple[Output, ...] = ()

    def __init__(self, process: Process) -> None:
        self.process = process
        process.probe.setblocking(False)

    async def connect(self) -> None:
        pass

    async def run(self, number: int, source: str) -> CellRun:
        """Run one code cell. Raises Ended where the session did not survive it."""
        answer = await while_alive(self.process, self._ask(source))
        return CellRun(number, source, "ok" if answer == wire.RAN else "cell_error")

    async def _ask(self, source: str) -> bytes:
        """The session's answer. Ended where it makes no sense."""
        loop = asyncio.get_running_loop()
        answer = b""
        with contextlib.suppress(ConnectionError):
            await loop.sock_sendall(
                self.process.probe, wire.encode({"op": "run", "source": source.encode(errors="replace")})
            )
            while len(answer) < len(wire.RAN) and (
                part := await loop.sock_recv(self.process.probe, len(wire.RAN) - len(answer))
            ):
                answer += part
        if answer not in (wire.RAN, wire.RAISED):
            self.process.hurry()
            await asyncio.sleep(
                GRACE_S
            )  # a session that has ended is cut off, too, and says why a moment later
            self.process.kill(Fate("protocol", _("the session hung up on the rubric")))
            raise Ended(self.process.ended.result())
        return answer

    def close(self) -> None:
        pass
