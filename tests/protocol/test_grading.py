"""A worker's answer travels as JSON and is read as data."""

from __future__ import annotations

import json

import pytest

from grader.protocol.grading import Answer
from reports import FULL, report


@pytest.mark.parametrize(
    "answer",
    [Answer(FULL, reusable=True), Answer(report(), rubric_lost=True), Answer(fault="Traceback …\n\ud800")],
    ids=["reusable", "rubric lost", "fault"],
)
def test_an_answer_travels(answer: Answer) -> None:
    """It arrives equal."""
    assert Answer.decode(answer.encode()) == answer


def test_nothing_is_assumed() -> None:
    """Without a word for it, a worker is not used again."""
    assert Answer.decode(b"{}") == Answer(None, False, False, "")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04K\x01.",
        b'{"report": {}}',
        b'{"reprot": null}',
        json.dumps({"report": {"student": 1}}).encode(),
    ],
)
def test_what_is_no_answer(data: bytes) -> None:
    """Bytes that are no answer are refused, a pickle among them."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        Answer.decode(data)
