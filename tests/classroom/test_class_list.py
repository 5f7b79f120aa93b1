"""Who takes the course."""

from __future__ import annotations

import pytest

from courses import made
from downloads import written
from grader.classroom.class_list import class_list
from grader.errors import CourseError, UsageError


def test_the_courses_own_roster(tmp_path):
    """The roster that course.toml names, unless another one is named; nobody without either."""
    assert class_list(made(tmp_path / "1"), None) == ()
    files = {"course.toml": 'roster = "roster.csv"\n', "roster.csv": "id,name\namy,Amy Lee\n"}
    course = made(tmp_path / "2", files)
    assert [each.id for each in class_list(course, None)] == ["amy"]
    other = written(tmp_path / "other.csv", "id,name,canvas\nbo,李娜,102\n".encode("gb18030"))
    assert [(each.id, each.others) for each in class_list(course, other)] == [("bo", {"canvas": "102"})]


def test_a_broken_roster(tmp_path):
    """A roster with a mistake is an error that names the line."""
    path = written(tmp_path / "roster.csv", b"id,name\namy,A\namy,B\n")
    with pytest.raises(UsageError, match=r"roster\.csv:3"):
        class_list(made(tmp_path / "course"), path)


def test_a_course_whose_roster_is_missing(tmp_path):
    """Where the course names a roster that is not there, nobody is guessed."""
    course = made(tmp_path, {"course.toml": 'roster = "roster.csv"\n'})
    with pytest.raises(CourseError, match=r"'roster' names roster\.csv, which is missing"):
        class_list(course, None)
