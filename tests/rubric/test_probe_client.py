"""What a rubric sends to a session, and what it makes of the answers, or of their absence."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

import pytest
import torch

from grader.inside import wire
from grader.inside.probe_messages import request
from grader.rubric import probe_client
from grader.rubric.errors import InvalidValue, SessionEnded, StudentError
from grader.rubric.probe_client import ProbeClient
from grader.rubric.reference import fetch
from grader.rubric.student import Student, place
from probes import Model, encoded, end_long_waits

GIANT = wire.MAX_BYTES + wire.MAX_HEADER + 5


@pytest.mark.parametrize(
    "value",
    [len, object(), torch.empty(3, device="meta"), 10**10**4],
    ids=["function", "object", "meta", "int"],
)
def test_what_a_rubric_can_not_send(session, value):
    """An argument that can't cross is the rubric's TypeError, before anything was sent."""
    there = session(f=lambda x: x)
    with pytest.raises(TypeError, match="can't be sent"):
        there.student.f(value)
    assert there.student.f(2) == 2


def test_a_request_that_makes_no_sense(session):
    """An unknown operation is answered as an error."""
    with pytest.raises(StudentError):
        session().client.ask(request("import", name="os"))


def test_forgotten_references(session):
    """Objects whose references the rubric dropped are released in the session, by the thousand."""
    there = session(model=Model(), make=lambda: [Model() for _ in range(200)])
    model = there.student.model
    for _ in range(12):
        there.student.make()
    assert len(there.probe.kept) <= 1000 + 200 + 20
    assert model(1) == 2.0


def test_too_many_references(session, monkeypatch):
    """A session that holds too many objects refuses more, in words."""
    monkeypatch.setattr("grader.inside.probe.MAX_REFERENCES", 5)
    with pytest.raises(InvalidValue, match="too many objects"):
        session(many=lambda: [Model() for _ in range(6)]).student.many()


def test_a_session_that_has_gone(session):
    """Once the session has gone, everything asked of it raises SessionEnded."""
    there = session(f=len, x=1)
    reference = there.student.f
    there.sockets[1].shutdown(socket.SHUT_RDWR)
    for ask in (lambda: there.student.x, lambda: reference([1]), lambda: fetch(reference)):
        with pytest.raises(SessionEnded) as caught:
            ask()
        assert caught.value.status == "died"
    assert there.client.gone


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0\0\0", encoded({"ok": 1})[:8], encoded({"ok": 1})[:-1]],
    ids=["nothing", "half a length", "length alone", "cut"],
)
def test_a_session_that_hangs_up(answering, answer):
    """A session that hangs up within its answer has ended. The worker, which knows how, is asked first."""
    asked = []

    def query_state(waited_s, gone):
        asked.append(gone)
        raise SessionEnded("out_of_memory", "more than 1024 MB")

    ours, theirs = socket.socketpair()
    theirs.sendall(answer)
    theirs.shutdown(socket.SHUT_WR)
    client = ProbeClient(ours, query_state)
    with pytest.raises(SessionEnded) as caught:
        Student(lambda: client, lambda name: True).x  # noqa: B018
    assert (caught.value.status, asked, client.gone) == ("out_of_memory", [True], True)
    ours.close()
    theirs.close()


def test_a_session_that_is_silent(answering, monkeypatch):
    """While an answer is awaited, the worker is told how long, again and again, and can end the wait."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.05)
    waits = []

    def query_state(waited_s, gone):
        waits.append(waited_s)
        assert not gone
        if len(waits) == 3:
            raise SessionEnded("timed_out", "a call took too long")

    student, _ = answering(b"", query_state=query_state, hang_up=False)
    with pytest.raises(SessionEnded, match="too long"):
        student.x  # noqa: B018
    assert waits == sorted(waits) and 0.1 < waits[-1] < 5


def test_a_session_that_does_not_listen(monkeypatch):
    """The state is queried also while the session does not take a request."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.05)

    def query_state(waited_s, gone):
        raise SessionEnded("timed_out", "a call took too long")

    ours, theirs = socket.socketpair()
    client = ProbeClient(ours, query_state)
    with pytest.raises(SessionEnded):
        place(Student(lambda: client, lambda name: True), torch.zeros(1 << 22))
    ours.close()
    theirs.close()


def test_an_answer_in_pieces(monkeypatch):
    """An answer that comes slowly, byte by byte, is put together."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.02)
    ours, theirs = socket.socketpair()
    client = ProbeClient(ours, end_long_waits)

    def say():
        for byte in encoded({"ok": {"defined": True, "value": [1, 2]}}):
            threading.Event().wait(0.001)
            theirs.sendall(bytes([byte]))

    thread = threading.Thread(target=say)
    thread.start()
    assert Student(lambda: client, lambda name: True).x == [1, 2]
    thread.join()
    ours.close()
    theirs.close()


def test_the_state_is_queried_during_many_short_calls(session, monkeypatch):
    """The state of a session is queried also where each of many calls is too short for a query of its own."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.1)
    made = session(nap=lambda: threading.Event().wait(0.04))
    looks = []
    made.client.query_state = lambda waited_s, gone: looks.append((made.client.requests, waited_s))
    for _ in range(20):
        made.student.nap()
    assert len(looks) >= 5 and all(waited_s < 0.1 for _, waited_s in looks)
    # Each query is about another call, so that no call is taken for a long one.
    assert len({call for call, _ in looks}) == len(looks)


def test_an_answer_that_drips(monkeypatch):
    """The state is queried also while an answer comes byte by byte without a pause."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.05)
    looks = []

    def query_state(waited_s, gone):
        looks.append(waited_s)
        if waited_s > 0.3:
            raise SessionEnded("timed_out", "too long")

    ours, theirs = socket.socketpair()
    ended = threading.Event()

    def drip():
        with contextlib.suppress(OSError):
            theirs.sendall(struct.pack(">Q", 1 << 20))
            while not ended.wait(0.005):
                theirs.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    client = ProbeClient(ours, query_state)
    with pytest.raises(SessionEnded, match="too long"):
        Student(lambda: client, lambda name: True).x  # noqa: B018
    assert len(looks) >= 4 and looks == sorted(looks)
    ended.set()
    thread.join()
    ours.close()
    theirs.close()


GARBAGE = {
    "text": struct.pack(">Q", 20) + b"HTTP/1.1 200 OK\r\n\r\nx",
    "an empty frame": struct.pack(">Q", 0),
    "zeros": struct.pack(">Q", 9) + bytes(9),
    "pickle": struct.pack(">Q", 12) + b"\0\0\0\x08\x80\x04K\x01\x940000"[:12],
    "unknown tag": struct.pack(">Q", 12) + struct.pack(">I", 8) + b'["evil"]',
    "giant length": struct.pack(">Q", GIANT),
    "endless length": b"\xff" * 8,
}


@pytest.mark.parametrize("name", [*GARBAGE])
def test_an_answer_that_is_garbage(answering, name):
    """Bytes that are no frame, or claim to be a giant one, raise InvalidValue, and no more is read."""
    student, client = answering(GARBAGE[name])
    with pytest.raises(InvalidValue, match=r"makes no sense|too large"):
        student.x  # noqa: B018
    assert client.gone


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "ok",
        [],
        {},
        {"ok": 1, "more": 2},
        {"raised": 5},
        {"refused": None},
        {"OK": 1},
        {"raised": ["ValueError"]},
        {1: 2},
    ],
    ids=repr,
)
def test_an_answer_of_another_form(answering, value):
    """A frame that is none of the three answers raises InvalidValue."""
    student, _ = answering(encoded(value))
    with pytest.raises(InvalidValue, match="makes no sense"):
        student.x  # noqa: B018
