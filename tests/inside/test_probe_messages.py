"""The messages between the rubric and the probe."""

from __future__ import annotations

from typing import Any

import pytest

from grader.inside import probe_messages
from grader.inside.probe import Probe
from grader.inside.probe_messages import (
    MAX_KIND,
    MAX_MESSAGE,
    MAX_TRACE,
    Failure,
    Refusal,
    Value,
    answer_of,
    request,
)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (Value([1, None]), {"ok": [1, None]}),
        (Value(None), {"ok": None}),
        (Refusal("too large"), {"refused": "too large"}),
        (Failure("ValueError", "no", "line 1"), {"raised": "ValueError", "message": "no", "trace": "line 1"}),
    ],
    ids=repr,
)
def test_answers_cross(answer: Value | Refusal | Failure, message: dict[str, Any]) -> None:
    """An answer crosses as a dict, and is read as it was written."""
    assert answer.to_wire() == message
    assert answer_of(message) == answer


@pytest.mark.parametrize(
    "message", [None, "ok", [], {}, {"ok": 1, "more": 2}, {"refused": 1}, {"raised": None}, {"raised": b"E"}]
)
def test_what_is_no_answer(message: object) -> None:
    """A message of any other form is no answer."""
    assert answer_of(message) is None


def test_a_failure_is_cut() -> None:
    """What a session says about an error is cut to the lengths that may cross, and may be missing."""
    long = {"raised": "E" * 9999, "message": "m" * 9999, "trace": "t" * 9999}
    failure = answer_of(long)
    assert failure == Failure("E" * MAX_KIND, "m" * MAX_MESSAGE, "t" * MAX_TRACE)
    assert answer_of({"raised": "E"}) == Failure("E", "", "")


def test_the_probe_knows_every_operation() -> None:
    """Each operation that the messages name is one that the probe answers."""
    names = {value for name, value in vars(probe_messages).items() if name.isupper() and type(value) is str}
    probe = Probe(None, dict, None)  # type: ignore[arg-type]
    assert names == {*probe.operations, probe_messages.RUN}
    assert request(probe_messages.GET, name="w") == {"op": "get", "name": "w"}
