"""Messages between a worker and a rubric arrive as they were sent; what is no message is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.protocol.examination import (
    Begun,
    Briefing,
    CheckVerdict,
    Finished,
    OpenSession,
    QueryState,
    SessionOpened,
    SessionState,
    Subject,
    decode,
    decode_request,
    encode,
)

FULL = CheckVerdict(
    "failed", "raised", "ValueError: 3 \u2028\n\ud800", {"kind": "ValueError"}, ["(2,)", "nan"]
)
REQUESTS = [
    Begun(17),
    OpenSession(None),
    OpenSession({"n": 5, "rate": 0.1, "name": "\n"}),
    QueryState(3, 12, 1.25, False),
    QueryState(3, 12, 0, True),
    Finished({}, []),
    Finished({"test_a": FULL, "test_b": CheckVerdict("passed")}, ["one fault\nof two lines"]),
]


@pytest.mark.parametrize(
    "message",
    [
        Briefing("c0ffee", True),
        Subject(["x = 1\n", "", "\ud800"], ["w"]),
        SessionOpened(None, "died", "exit"),
        SessionOpened(0, "ok", "", "abcd"),
        SessionState(False),
        SessionState(True, "timed_out", "too long"),
    ],
)
def test_messages_of_the_worker(message: Any) -> None:
    """Each is one line, and arrives equal."""
    line = encode(message)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert decode(type(message), line) == message


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda message: type(message).__name__)
def test_requests_of_the_rubric(request_: Any) -> None:
    """Each is one line that names its operation, and arrives equal."""
    line = encode(request_)
    assert line.count(b"\n") == 1 and decode_request(line) == request_


def test_the_lines_themselves() -> None:
    """The operations' names and fields are what both sides of an update agree on."""
    assert json.loads(encode(REQUESTS[0])) == {"op": "begun", "pid": 17}
    assert json.loads(encode(REQUESTS[1])) == {"op": "open", "parameters": None, "files": {}}
    assert json.loads(encode(REQUESTS[3])) == {
        "op": "look", "session": 3, "call": 12, "waited_s": 1.25, "gone": False
    }  # fmt: skip
    assert json.loads(encode(REQUESTS[6])) == {
        "op": "done",
        "verdicts": {
            "test_a": {"verdict": "failed", "code": "raised", "message": FULL.message,
                       "words": {"kind": "ValueError"}, "trace": ["(2,)", "nan"], "difference": None,
                       "picture": None, "undrawn": "", "asked": []},
            "test_b": {"verdict": "passed", "code": "", "message": None, "words": {}, "trace": [],
                       "difference": None, "picture": None, "undrawn": "", "asked": []},
        },
        "faults": ["one fault\nof two lines"],
    }  # fmt: skip


def test_files_cross_as_they_are() -> None:
    """The contents of files for a rerun arrive byte for byte."""
    files = {"a.csv": b"1,\xff\n", "data/empty": b""}
    request = decode_request(encode(OpenSession.with_files({"n": 5}, files)))
    assert isinstance(request, OpenSession) and request.contents() == files
    assert request.parameters == {"n": 5} and OpenSession(None).contents() == {}


@pytest.mark.parametrize(
    "verdict", [None, {}, "passed", [], 1, {"code": ""}, {"verdict": "passed", "points": 10}]
)
def test_a_malformed_verdict(verdict: Any) -> None:
    """A verdict without a word, or with unknown fields, makes the whole line be refused."""
    good = vars(CheckVerdict("passed"))
    line = json.dumps({"op": "done", "verdicts": {"test_a": good, "test_b": verdict}, "faults": []}).encode()
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode_request(line)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff",
        b"{",
        b"null",
        b"3",
        b'"open"',
        b"[]",
        b"{}",
        b'{"op": null}',
        b'{"op": {}}',
        b'{"op": "brief"}',
        b'{"op": "open", "pid": 3}',
        b'{"op": "open", "pid": 3, "parameters": null, "more": 1}',
        b'{"op": "done", "verdicts": null, "faults": []}',
        b'{"op": "done", "verdicts": ["passed"], "faults": []}',
    ],
)
def test_lines_that_are_no_request(line: bytes) -> None:
    """They are refused with one of the errors that a worker expects."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        decode_request(line)


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"ended": true, "more": 1}'])
def test_lines_that_are_not_the_expected_message(line: bytes) -> None:
    """So are lines that are another message than the one that is due."""
    with pytest.raises((ValueError, TypeError)):
        decode(SessionState, line)
