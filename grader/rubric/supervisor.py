"""The rubric's end of its line to the worker."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from typing import Any

from grader.rubric.errors import SessionEnded
from grader.rubric.probe_client import Decoding, Line


class Supervisor:
    """The rubric's end of its line to the worker."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.decoding = Decoding()
        self.words = bytearray()

    def tell(self, **what: Any) -> None:
        self.connection.sendall(json.dumps(what).encode() + b"\n")

    def ask(self, **what: Any) -> tuple[dict, list[int]]:
        """Tell, and wait for the answer and the descriptors that come with it."""
        self.tell(**what)
        return self.hear()

    def hear(self) -> tuple[dict, list[int]]:
        handles: list[int] = []
        end = self.words.find(b"\n")
        while end < 0:
            if hasattr(socket, "recv_fds"):
                part, more, _, _ = socket.recv_fds(self.connection, 1 << 16, 1)
                handles += more
            else:
                part = self.connection.recv(1 << 16)
            if not part:
                os._exit(0)  # the worker is gone, and with it all reason to go on
            end = part.find(b"\n")
            end += len(self.words) if end >= 0 else 0
            self.words += part
        line = self.words[:end]
        del self.words[: end + 1]
        return json.loads(line), handles

    def open(self, parameters: Mapping[str, Any] | None) -> tuple[Line, dict]:
        """A session in which the notebook has been run, with other values for `parameters` where given."""
        answer, handles = self.ask(op="open", parameters=parameters)
        if not answer["open"]:
            raise SessionEnded(answer["status"], answer["message"])
        number = answer["session"]
        connection = _shared(answer["share"]) if "share" in answer else socket.socket(fileno=handles[0])

        def looked_after(waited_s: float, gone: bool) -> None:
            state, _ = self.ask(op="look", session=number, call=line.asked, waited_s=waited_s, gone=gone)
            if state["ended"]:
                line.gone = True
                raise SessionEnded(state["status"], state["message"])

        line = Line(connection, looked_after, self.decoding)
        return line, answer


def _shared(description: str) -> socket.socket:
    """The socket that another process has shared with this one, where descriptors can't be sent (Windows)."""
    return socket.fromshare(bytes.fromhex(description))  # type: ignore[attr-defined,no-any-return,unused-ignore]
