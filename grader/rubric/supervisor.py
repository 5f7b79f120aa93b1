"""The rubric's end of its connection to the worker, which supervises the sessions."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping
from typing import Any, TypeVar

from grader.protocol import examination as protocol
from grader.protocol.examination import Begun, CheckVerdict, Finished, OpenSession, QueryState, SessionOpened
from grader.rubric import alarm
from grader.rubric.errors import SessionEnded, Unassigned
from grader.rubric.probe_client import DecodingCost, ProbeClient

M = TypeVar("M")


class Supervisor:
    """Asks the worker for sessions and for their state."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.decoding = DecodingCost()
        self._received = bytearray()

    def introduce(self) -> None:
        """Say which process this is. If the worker has gone, waiting for its briefing says so."""
        with contextlib.suppress(OSError):
            self._send(Begun(os.getpid()))

    def briefing(self) -> protocol.Briefing:
        """The worker's first message. Waits for it."""
        return self._receive(protocol.Briefing)[0]

    def subject(self) -> protocol.Subject:
        """The worker's second message, sent once the notebook has been run. Waits for it."""
        return self._receive(protocol.Subject)[0]

    def open(
        self, parameters: Mapping[str, Any] | None, files: Mapping[str, bytes] | None = None
    ) -> ProbeClient:
        """A session in which the notebook has been run, with the values in `parameters` if given.

        `files` are contents by name that its working folder has, too.

        Raises SessionEnded if no session survived the notebook's run, and Unassigned if no cell assigns one
        of the parameters.
        """
        with alarm.held():
            self._send(OpenSession.with_files(parameters, files) if files else OpenSession(parameters))
            opened, descriptors = self._receive(SessionOpened)
        if opened.unassigned:
            raise Unassigned(opened.unassigned)
        if opened.session is None:
            raise SessionEnded(opened.status, opened.message)
        number = opened.session
        probe = _shared(opened.share) if opened.share else socket.socket(fileno=descriptors[0])

        def query_state(waited_s: float, gone: bool) -> None:
            with alarm.held():
                self._send(QueryState(number, client.requests, waited_s, gone))
                state, _ = self._receive(protocol.SessionState)
            if state.ended:
                client.gone = True
                raise SessionEnded(state.status, state.message)

        client = ProbeClient(probe, query_state, self.decoding)
        return client

    def finish(self, verdicts: Mapping[str, CheckVerdict], faults: list[str]) -> None:
        """Send the last message: the verdicts by check, and faults of the rubric itself."""
        self._send(Finished(verdicts, faults))

    def _send(self, message: Any) -> None:
        self.connection.sendall(protocol.encode(message))

    def _receive(self, kind: type[M]) -> tuple[M, list[int]]:
        """The worker's next message, and the descriptors with it. Exits if the worker has ended."""
        descriptors: list[int] = []
        end = self._received.find(b"\n")
        while end < 0:
            if hasattr(socket, "recv_fds"):
                part, more, _, _ = socket.recv_fds(self.connection, 1 << 16, 1)
                descriptors += more
            else:
                part = self.connection.recv(1 << 16)
            if not part:
                os._exit(0)  # nothing is left to do
            end = part.find(b"\n")
            end += len(self._received) if end >= 0 else 0
            self._received += part
        line = self._received[:end]
        del self._received[: end + 1]
        return protocol.decode(kind, line), descriptors


def _shared(description: str) -> socket.socket:
    """The socket that the worker has shared with this process, on Windows."""
    return socket.fromshare(bytes.fromhex(description))  # type: ignore[attr-defined,no-any-return,unused-ignore]
