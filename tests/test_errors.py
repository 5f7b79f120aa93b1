"""Errors that no submission causes are printed as they are."""

from __future__ import annotations

import pytest

from grader.errors import CourseError, GraderError, MachineError, Problem, UsageError


@pytest.mark.parametrize(
    ("line", "shown"), [(12, "test_hidden.py:12: no title"), (0, "test_hidden.py: no title")]
)
def test_a_problem_names_its_place(line, shown):
    """A problem names its file, and its line if there is one."""
    assert str(Problem("test_hidden.py", line, "no title")) == shown


def test_a_course_error_lists_every_problem_in_order():
    """All problems are listed at once, sorted by file and line."""
    error = CourseError([Problem("b.py", 2, "two"), Problem("a.py", 9, "nine"), Problem("b.py", 1, "one")])
    assert str(error).splitlines() == [
        "the course has 3 problems:",
        "  a.py:9: nine",
        "  b.py:1: one",
        "  b.py:2: two",
    ]
    assert str(CourseError([Problem("a.py", 0, "x")])).startswith("the course has 1 problem:")


def test_every_error_is_a_grader_error():
    """One `except` at the top of the command line catches all of them."""
    assert all(issubclass(kind, GraderError) for kind in (UsageError, MachineError, CourseError))
