"""`course.toml` is read with every problem reported, and found by staff and by students."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from courses import made, problems_of
from grader.course.settings import Settings, settings_beside
from grader.errors import CourseError
from grader.language.catalogue import Text

TEXT = 'title = "Learning"\nzh_title = "学习"\ncontact = "mailto:a@example.org"\n'


def test_a_course_without_the_file(tmp_path: Path) -> None:
    """It has no settings, and relies on nothing."""
    course = made(tmp_path)
    assert course.settings is None and course.environment.requires == ()


def test_what_the_file_says(tmp_path: Path) -> None:
    """The title in both languages, and whom to ask."""
    assert made(tmp_path, {"course.toml": TEXT}).settings == Settings(
        Text("Learning", "学习"), "mailto:a@example.org"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("titel = 'x'", "course.toml:1: unknown key 'titel'; did you mean 'title'?"),
        ("xyz = 'x'", "unknown key 'xyz'; known are title, zh_title, contact, timezone, roster, environment"),
        ("timezone = 'Asia/Shanghi'", "course.toml:1: there is no time zone 'Asia/Shanghi'; did you mean"),
        ("timezone = 'here'", "there is no time zone 'here'; a name is a place, as in Asia/Shanghai or"),
        ("[assignment.halv]", "course.toml:1: there is no assignment 'halv'; did you mean 'halve'?"),
        ("\n[assignment.x]\n", "course.toml:2: there is no assignment 'x'; there are halve"),
        ("title = 3", "course.toml:1: 'title' must be text"),
        ("title = ", "course.toml: Invalid value"),
    ],
)
def test_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    """Unknown keys, wrong types and what is not TOML are problems of the course."""
    (problem,) = problems_of(tmp_path, {"course.toml": text})
    assert message in problem


ROSTER = 'timezone = "Asia/Shanghai"\nroster = "roster.csv"\n'
EXTENDED = (
    ROSTER + "[assignment.halve]\ndue = 2026-12-01\n[assignment.halve.extensions]\namarra = 2026-12-03\n"
)


def test_a_roster(tmp_path: Path) -> None:
    """The students of the course, in the roster's order."""
    course = made(tmp_path, {"course.toml": ROSTER, "roster.csv": "id\nzoe\namara\n"})
    assert course.settings is not None
    assert [each.id for each in course.settings.students] == ["zoe", "amara"]
    course.settings.require_roster()


def test_extensions_name_students_of_the_roster(tmp_path: Path) -> None:
    """A name that the roster does not have is a problem, with the nearest that it has."""
    (problem,) = problems_of(tmp_path, {"course.toml": EXTENDED, "roster.csv": "id\namara\n"})
    assert problem == "course.toml:6: the roster has no student 'amarra'; did you mean 'amara'?"


def test_a_course_without_its_roster(tmp_path: Path) -> None:
    """It can be proved, where no student may be named. It can't be graded."""
    course = made(tmp_path, {"course.toml": EXTENDED})
    assert course.settings is not None and course.settings.students == ()
    with pytest.raises(CourseError, match="course.toml: 'roster' names roster.csv, which is missing"):
        course.settings.require_roster()


def test_what_is_held_back(tmp_path: Path) -> None:
    """The assignments whose results are for later, and from when on students may have them, by the course's
    clock.
    """
    text = ROSTER + '[assignment.halve]\ndue = 2026-12-01\nrelease = "after_due"\n'
    settings = made(tmp_path, {"course.toml": text}).settings
    assert settings is not None
    (date,) = settings.held_back(datetime(2026, 12, 1, tzinfo=UTC)).values()
    assert date.isoformat() == "2026-12-01T23:59:59+08:00"
    assert settings.held_back(date) == {}


def test_where_the_file_is_found(tmp_path: Path) -> None:
    """Beside `assignments/`, or else in the assignment's own folder, or in the one around it."""
    for folder in ("assignments/halve", "handed/halve", "alone/halve"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "assignments" / "course.toml").write_text("title = 'public'")
    (tmp_path / "handed" / "course.toml").write_text("title = 'handed out'")
    assert settings_beside(tmp_path / "assignments" / "halve").title.en == "public"
    assert settings_beside(tmp_path / "handed" / "halve").title.en == "handed out"
    assert settings_beside(tmp_path / "alone" / "halve") == Settings()
    (tmp_path / "alone" / "halve" / "course.toml").write_text("title = 'own'")
    assert settings_beside(tmp_path / "alone" / "halve").title.en == "own"
    (tmp_path / "course.toml").write_text("title = 'whole'")
    assert settings_beside(tmp_path / "assignments" / "halve").title.en == "whole"
    (tmp_path / "course.toml").write_text("titel = 'x'")
    with pytest.raises(CourseError, match="titel"):
        settings_beside(tmp_path / "assignments" / "halve")
