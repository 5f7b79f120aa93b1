"""The problems of a course are gathered and reported together."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.problems import Problems, did_you_mean, relative_to
from grader.errors import CourseError, Problem

ROOT = Path("/course")


def test_no_problem():
    """Without a problem there is nothing to raise."""
    problems = Problems(ROOT)
    problems.raise_if_any()
    assert len(problems) == 0 and not problems.concern(ROOT / "a")


def test_all_are_raised_at_once():
    """Every problem is in the error, sorted by file and line, with paths from the course's root."""
    problems = Problems(ROOT)
    problems.add(ROOT / "b", "second", 3)
    problems.add(ROOT / "a", "first")
    assert len(problems) == 2 and problems.concern(ROOT / "a") and not problems.concern(ROOT / "c")
    with pytest.raises(CourseError, match="the course has 2 problems:") as caught:
        problems.raise_if_any()
    assert caught.value.problems == (Problem("a", 0, "first"), Problem("b", 3, "second"))


def test_one_problem_is_not_plural():
    """The headline counts in English."""
    problems = Problems(ROOT)
    problems.add(ROOT / "a", "only")
    with pytest.raises(CourseError, match=r"^the course has 1 problem:\n  a: only$"):
        problems.raise_if_any()


def test_did_you_mean():
    """The nearest known name is suggested, and where none is near, something else is said."""
    assert did_you_mean("titel", ["title", "hint"]) == "; did you mean 'title'?"
    assert did_you_mean("xyz", ["title", "hint"]) == ""
    assert did_you_mean("xyz", ["title", "hint"], ". There are two") == ". There are two"


def test_paths_elsewhere_stay_whole():
    """Only what is below the root is named from there."""
    assert relative_to(ROOT / "a" / "b", ROOT) == "a/b"
    assert relative_to(Path("/other/a"), ROOT) == "/other/a"
