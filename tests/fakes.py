"""Stand-ins for what a session and an examination talk to: no kernel, no sandbox, no rubric's process."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any, TypeVar

from grader.language.catalogue import Text
from grader.model.status import Status
from grader.protocol import examination as protocol
from grader.worker.process import EndReason, Usage

M = TypeVar("M")

DIED = EndReason(Status.DIED, Text("the kernel exited with code 3", "内核退出,代码为 3"))


class FakeProcess:
    """A kernel's process that follows grader.worker.process.Process. Make it while an event loop runs.

    `usages` are what it has used at each look; the last one stays. An exception among them is raised.
    `answers` is what its session sends over the probe socket, whatever it is asked; then the session hangs
    up, unless it `stays`.
    """

    def __init__(
        self, usages: Sequence[Usage | Exception] = (Usage(),), answers: bytes = b"", stays: bool = False
    ) -> None:
        self.connection: dict | None = None
        self.bound_in: str | None = "/bound"
        self.probe, self.inside = socket.socketpair()
        self.ended: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        self.usages = list(usages)
        self.killed_for: list[EndReason] = []
        self.weights: list[str] = []
        self.lost_a_process = False
        self.waited_for_its_end = False
        self.is_closed = False
        self.inside.sendall(answers)
        if not stays:
            self.inside.shutdown(socket.SHUT_WR)

    def usage(self) -> Usage:
        used = self.usages.pop(0) if len(self.usages) > 1 else self.usages[0]
        if isinstance(used, Exception):
            raise used
        return used

    def lower_weight(self) -> None:
        self.weights.append("lower")

    def raise_weight(self) -> None:
        self.weights.append("raise")

    def ran_out(self) -> bool:
        return self.lost_a_process

    def kill(self, reason: EndReason) -> None:
        self.killed_for.append(reason)
        self.end(reason)

    def end(self, reason: EndReason = DIED) -> None:
        """End by itself."""
        if not self.ended.done():
            self.ended.set_result(reason)

    async def gone(self) -> None:
        assert self.ended.done()
        self.waited_for_its_end = True

    def close(self) -> None:
        self.is_closed = True
        self.probe.close()
        self.inside.close()


class ScriptedRubric:
    """The rubric's end of an examination, for a test to speak line by line. Blocks: use it in a thread."""

    def __init__(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        self.connection = connection
        self._received = b""

    def subject(self) -> protocol.Subject:
        return self.read(protocol.Subject)[0]

    def open(self, **parameters: Any) -> tuple[protocol.SessionOpened, list[int]]:
        """Ask for a session. The answer, and the descriptors that came with it."""
        self.send(protocol.OpenSession(parameters or None))
        return self.read(protocol.SessionOpened)

    def query(
        self, session: int, call: int = 1, waited_s: float = 1.0, gone: bool = False
    ) -> protocol.SessionState:
        self.send(protocol.QueryState(session, call, waited_s, gone))
        return self.read(protocol.SessionState)[0]

    def finish(self, faults: Sequence[str] = (), **words: str) -> None:
        """End with these verdicts by check."""
        verdicts = {check: protocol.CheckVerdict(word) for check, word in words.items()}
        self.send(protocol.Finished(verdicts, list(faults)))

    def send(self, message: Any) -> None:
        self.connection.sendall(message if isinstance(message, bytes) else protocol.encode(message))

    def read(self, kind: type[M]) -> tuple[M, list[int]]:
        handles: list[int] = []
        while b"\n" not in self._received:
            part, more, _, _ = socket.recv_fds(self.connection, 1 << 16, 4)
            assert part, "the worker hung up"
            handles += more
            self._received += part
        line, _, self._received = self._received.partition(b"\n")
        return protocol.decode(kind, line), handles
