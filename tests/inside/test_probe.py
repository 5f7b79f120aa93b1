"""The session's end of the probe socket, driven from the other end."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.inside import probe_messages, wire
from grader.inside.probe import Probe, message_of, trace_of


@pytest.fixture
def sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Both ends of a probe socket: the rubric's and the session's."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    with ours, theirs:
        yield ours, theirs


def talk(
    sockets: tuple[socket.socket, socket.socket], execute: Callable[[str], Any], *requests: dict[str, Any]
) -> list[bytes]:
    """The frames that answer requests, all of which are sent before the first is answered."""
    ours, theirs = sockets
    for each in requests:
        ours.sendall(wire.encode(each))

    async def serve() -> list[bytes]:
        loop = asyncio.get_running_loop()
        Probe(theirs, lambda: {"w": 3.0}, execute).listen(loop)
        return [await asyncio.to_thread(receive, ours) for _ in requests]

    return asyncio.run(serve())


def receive(connection: socket.socket) -> bytes:
    head = connection.recv(8, socket.MSG_WAITALL)
    return head + connection.recv(struct.unpack(">Q", head)[0], socket.MSG_WAITALL)


@pytest.mark.parametrize(("done", "answer"), [(True, wire.RAN), (False, wire.RAISED)])
def test_a_cell(sockets: tuple[socket.socket, socket.socket], done: bool, answer: bytes) -> None:
    """A cell that comes by the socket is run, and its answer says whether it ran to its end."""
    sources = []

    async def execute(source: str) -> bool:
        sources.append(source)
        return done

    assert talk(sockets, execute, {"op": probe_messages.RUN, "source": b"w = 1"}) == [answer]
    assert sources == ["w = 1"]


def test_requests_wait_for_a_cell(sockets: tuple[socket.socket, socket.socket]) -> None:
    """A request that comes while a cell runs is answered after the cell, even if the cell awaits."""

    async def execute(source: str) -> bool:
        await asyncio.sleep(0.05)
        return True

    value = wire.encode({"ok": {"defined": True, "value": 3.0}})
    requests = {"op": probe_messages.RUN, "source": b"await f()"}, {"op": probe_messages.GET, "name": "w"}
    assert talk(sockets, execute, *requests) == [wire.RAN, value]


def test_a_file(sockets: tuple[socket.socket, socket.socket], tmp_path: Path, monkeypatch: Any) -> None:
    """A file of the working folder is written part by part; one that can't be written is an error."""
    monkeypatch.chdir(tmp_path)

    async def execute(source: str) -> bool:
        return True

    def part(name: str, content: bytes) -> dict[str, Any]:
        return {"op": probe_messages.WRITE, "files": [[name, content], ["a", b"x"]]}

    requests = part("data/a.csv", b"1,"), part("data/a.csv", b"2"), part("b", b""), part("b/c", b"")
    *answers, error = talk(sockets, execute, *requests)
    assert answers == [wire.DONE] * 3 and b"raised" in error
    assert (tmp_path / "data/a.csv").read_bytes() == b"1,2" and (tmp_path / "b").read_bytes() == b""
    assert (tmp_path / "a").read_bytes() == b"xxx"


def test_an_error_without_a_message() -> None:
    """An error that can't be turned into text has an empty message, and no frames of ours in its trace."""

    class Silent(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert message_of(Silent()) == ""
    assert trace_of(Silent()) == ""
