"""Errors of student code, as a rubric gets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.rubric.errors import StudentError
from probes import encoded, failing


class Odd(Exception):
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (ValueError("bad shape"), "ValueError", "bad shape"),
        (KeyError("a"), "KeyError", "'a'"),
        (SystemExit(3), "SystemExit", "3"),
        (Odd(), "Odd", ""),
        (NotImplementedError("conv only"), "NotImplementedError", "conv only"),
        (RecursionError(), "RecursionError", ""),
        (type("E" * 500, (Exception,), {})("x" * 10**6), "E" * 100, "x" * 2000),
        (ValueError("\ud800"), "ValueError", "\ud800"),
    ],
    ids=lambda value: type(value).__name__[:20] if isinstance(value, BaseException) else "",
)
def test_errors_of_student_code(session, error, kind, message):
    """What student code raises becomes a StudentError with its type's name and its message, both cut."""
    there = session(f=failing(error), x=1)
    with pytest.raises(StudentError) as caught:
        there.student.f(1)
    assert (caught.value.kind, caught.value.message) == (kind, message)
    assert there.student.x == 1


def test_trace_of_student_code(session):
    """A StudentError carries the student's own frames, not those of the probe."""
    with pytest.raises(StudentError) as caught:
        session(f=failing(ValueError("x"))).student.f()
    assert "in fail" in caught.value.trace
    assert str(Path("grader", "inside")) not in caught.value.trace


def test_errors_that_are_told_at_length(answering):
    """What a session says of an error is cut, and taken for text, whatever it is."""
    student, _ = answering(
        encoded({"raised": "V" * 10**5, "message": ["x" * 10**5], "trace": {"t": "x" * 10**5}})
    )
    with pytest.raises(StudentError) as caught:
        student.x  # noqa: B018
    error = caught.value
    assert (len(error.kind), len(error.message), len(error.trace)) == (100, 2000, 4000)
