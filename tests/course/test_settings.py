"""`course.toml` is read with every problem reported, and found by staff and by students."""

from __future__ import annotations

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
        ("roster = 'x'", "unknown key 'roster'; known are title, zh_title, contact, environment"),
        ("title = 3", "course.toml:1: 'title' must be text"),
        ("title = ", "course.toml: Invalid value"),
    ],
)
def test_what_is_wrong(text: str, message: str, tmp_path: Path) -> None:
    """Unknown keys, wrong types and what is not TOML are problems of the course."""
    (problem,) = problems_of(tmp_path, {"course.toml": text})
    assert message in problem


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
