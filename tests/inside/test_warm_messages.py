"""The messages between a worker and the warm process, byte for byte."""

from __future__ import annotations

import json

import pytest

from grader.inside.warm_messages import End, ForkRequest, Imported, InnerLimits, Packages, Start

REQUEST = ForkRequest("abc", 7, InnerLimits(processes=64, disk_mb=256, files=16384, cpu_s=60, memory_mb=1024))
TEXT = (
    b'{"key": "abc", "seed": 7, "limits": '
    b'{"processes": 64, "disk_mb": 256, "files": 16384, "cpu_s": 60, "memory_mb": 1024}}'
)


def test_a_request_crosses() -> None:
    """A request is one JSON object, and is read as it was written."""
    assert REQUEST.to_json() == TEXT
    assert ForkRequest.from_json(TEXT) == REQUEST


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", TEXT.replace(b'"files": 16384, ', b"")])
def test_what_is_no_request(data: bytes) -> None:
    """Bytes that are not a complete request raise an error that the warm process reports."""
    with pytest.raises((ValueError, KeyError, TypeError)):
        ForkRequest.from_json(data)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (Start(), b'{"ready": true}\n'),
        (Start("OSError: no"), b'{"fault": "OSError: no"}\n'),
        (End(0, None, 1.5, 300), b'{"exit": 0, "signal": null, "cpu_s": 1.5, "peak_kb": 300}\n'),
        (End(-9, 9, 0.25, 1), b'{"exit": -9, "signal": 9, "cpu_s": 0.25, "peak_kb": 1}\n'),
    ],
    ids=repr,
)
def test_answers_cross(answer: Start | End, line: bytes) -> None:
    """An answer is one line of JSON, and is read as it was written."""
    assert answer.to_line() == line
    assert type(answer).from_line(line) == answer


def test_an_answer_that_is_not_expected() -> None:
    """A start without "ready" is a fault, and an end without figures knows nothing."""
    assert Start.from_line(b'{"exit": 1}\n') == Start("{'exit': 1}")
    assert Start.from_line(b'{"fault": ""}').fault and Start.from_line(b"{}").fault
    assert End.from_line(b"{}") == End()


@pytest.mark.parametrize("line", [b"", b"OSError: no\n", json.dumps([1]).encode(), b"null"])
def test_what_is_no_answer(line: bytes) -> None:
    """A line that is not a JSON object raises ValueError."""
    for kind in (Start, End):
        with pytest.raises(ValueError):
            kind.from_line(line)


def test_what_a_course_imports_crosses() -> None:
    """The packages in an argument, and each import on a line of its own, are read as they were written."""
    packages = Packages(("pandas", "sklearn.svm"), ("google.colab",), few_sessions=True)
    assert Packages.from_json(packages.to_json()) == packages
    for came in (Imported("a"), Imported("a", True, "raises"), Imported("a", True, "", 0.5, 30, ("x\ny",))):
        line = came.to_line()
        assert line.count(b"\n") == 1 and Imported.from_line(line) == came
