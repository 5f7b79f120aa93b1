"""The rubric's connection to the worker, from its briefing to its verdicts."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from grader.protocol.examination import (
    Briefing,
    CheckVerdict,
    Finished,
    OpenSession,
    QueryState,
    SessionOpened,
    SessionState,
    Subject,
    decode_request,
    encode,
)
from grader.rubric.errors import SessionEnded, Unassigned
from grader.rubric.student import Student
from grader.rubric.supervisor import Supervisor
from probes import encoded


class Worker:
    """The other end, which a test speaks for. Everything it says is sent before it is needed."""

    def __init__(self) -> None:
        ours, self.connection = socket.socketpair()
        self.connection.settimeout(10)
        self.supervisor = Supervisor(ours)

    def say(self, *messages: Any, descriptors: tuple[int, ...] = ()) -> None:
        socket.send_fds(self.connection, [b"".join(map(encode, messages))], descriptors)

    def heard(self) -> list[Any]:
        data = b""
        self.connection.settimeout(0.2)
        while not data.endswith(b"\n"):
            data += self.connection.recv(1 << 16)
        return [decode_request(line) for line in data.splitlines()]

    def open(self) -> tuple[Any, socket.socket]:
        """A session, and its own end of the probe socket."""
        probe, inside = socket.socketpair()
        self.say(SessionOpened(0, "ok", ""), descriptors=(probe.fileno(),))
        probe.close()
        return self.supervisor.open(None), inside


@pytest.fixture
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.supervisor.connection.close()
    made.connection.close()


def test_briefing_and_subject(worker: Worker) -> None:
    """They may come together or in pieces."""
    briefing, subject = Briefing("c0ffee", False), Subject(["x = 1\n" * 100_000], ["y"])
    worker.say(briefing)
    assert worker.supervisor.briefing() == briefing
    worker.say(briefing, Subject([], []))
    assert worker.supervisor.briefing() == briefing and worker.supervisor.subject() == Subject([], [])
    worker.connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 21)
    worker.say(subject)
    assert worker.supervisor.subject() == subject


def test_a_session(worker: Worker) -> None:
    """It is asked for with the parameters, and its probe socket comes with the answer."""
    client, inside = worker.open()
    assert worker.heard() == [OpenSession(None)]
    inside.sendall(encoded({"ok": {"defined": True, "value": 5}}))
    assert Student(lambda: client, lambda name: True).x == 5
    inside.close()
    client.connection.close()


def test_a_session_that_there_is_not(worker: Worker) -> None:
    """The notebook left no session: the reason is the worker's."""
    worker.say(SessionOpened(None, "timed_out", "the notebook took longer than 40 s"))
    with pytest.raises(SessionEnded, match="longer than 40 s") as caught:
        worker.supervisor.open({"n": 3})
    assert caught.value.status == "timed_out"
    assert worker.heard() == [OpenSession({"n": 3})]


def test_a_parameter_that_no_cell_assigns(worker: Worker) -> None:
    """The notebook was not run: the error names the parameter."""
    worker.say(SessionOpened(None, "ok", "", unassigned="m"))
    with pytest.raises(Unassigned, match="no cell assigns `m` at top level") as caught:
        worker.supervisor.open({"m": 3})
    assert caught.value.name == "m"


def test_the_state_of_a_session(worker: Worker) -> None:
    """The wait goes on while the session lives. When it has ended, the worker's reason is raised."""
    client, inside = worker.open()
    worker.heard()
    worker.say(SessionState(False), SessionState(True, "died", "the kernel exited with code 3"))
    client.query_state(2.5, False)
    assert not client.gone
    with pytest.raises(SessionEnded, match="code 3") as caught:
        client.query_state(0, True)
    assert (caught.value.status, client.gone) == ("died", True)
    assert worker.heard() == [QueryState(0, 0, 2.5, False), QueryState(0, 0, 0, True)]
    inside.close()
    client.connection.close()


def test_decoding_counts_for_all_sessions_together(worker: Worker) -> None:
    """Every session of a submission adds to the same cost."""
    sessions = [worker.open() for _ in range(2)]
    assert sessions[0][0].decoding is sessions[1][0].decoding is worker.supervisor.decoding
    for client, inside in sessions:
        client.connection.close()
        inside.close()


def test_the_last_message(worker: Worker) -> None:
    """It carries the verdicts and the rubric's own faults."""
    worker.supervisor.finish({"test_a": CheckVerdict("passed")}, ["a fault"])
    assert worker.heard() == [Finished({"test_a": CheckVerdict("passed")}, ["a fault"])]


def test_a_worker_that_has_gone(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rubric's process ends at once, in silence."""

    def exit_(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", exit_)
    worker.connection.shutdown(socket.SHUT_RDWR)
    with pytest.raises(SystemExit) as caught:
        worker.supervisor.briefing()
    assert caught.value.code == 0
