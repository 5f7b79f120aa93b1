"""The standard streams of a session with channels."""

from __future__ import annotations

import pytest
from ipykernel.iostream import OutStream

from grader.inside.stream import SessionStream


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> SessionStream:
    """A stream without a kernel, whose `passed_on` lists what ipykernel's own stream is asked to do."""
    made = SessionStream.__new__(SessionStream)
    made._renew()
    made._buffers = {}
    made.passed_on = []
    monkeypatch.setattr(OutStream, "flush", lambda self: self.passed_on.append("flush"))
    monkeypatch.setattr(OutStream, "write", lambda self, text: self.passed_on.append(text))
    monkeypatch.setattr(OutStream, "_flush", lambda self: 1 / 0)
    monkeypatch.setattr(OutStream, "__del__", lambda self: None, raising=False)
    return made


def test_nothing_written_is_nothing_to_wait_for(stream: SessionStream) -> None:
    """A flush waits for the other thread only where something was written."""
    stream.flush()
    assert stream.passed_on == []
    stream._buffers = {"parent": "text"}
    stream.flush()
    assert stream.passed_on == ["flush"]


def test_half_a_character_is_escaped(stream: SessionStream) -> None:
    """A lone surrogate is written as its escape, and everything else as it is."""
    for text in ("a\ud800", "中文", "plain"):
        stream.write(text)
    assert stream.passed_on == ["a\\ud800", "中文", "plain"]


def test_an_error_does_not_stop_the_sender(stream: SessionStream) -> None:
    """An error while sending is dropped, since the same thread has other tasks to do."""
    stream._flush()
