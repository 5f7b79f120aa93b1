"""What `grader stub` writes for students from `course.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from courses import TOML, TOML_FILE, made
from grader.course import public_folder
from grader.course.loader import load
from grader.course.settings import settings_in
from grader.errors import CourseError

SETTINGS = """title = "Learning \\"it\\""
contact = "mailto:a@example.org"
[environment]
requires = ["pandas>=2"]
absent = ["google.colab"]
"""


def test_a_course_without_course_toml_has_neither(tmp_path: Path) -> None:
    """Nothing is written, and nothing is missed."""
    course = made(tmp_path)
    assert public_folder.write(course) == {} and public_folder.inspect(course) == []


def test_what_an_earlier_course_toml_left_is_removed(tmp_path: Path) -> None:
    """The files are a problem until `grader stub` has removed them; an author's own file is left alone."""
    public_folder.write(made(tmp_path, {"course.toml": SETTINGS}))
    (tmp_path / "course.toml").unlink()
    course = load(tmp_path)
    copy, readme = tmp_path / "assignments/halve/course.toml", tmp_path / "assignments/README.md"
    assert [str(problem) for problem in public_folder.inspect(course)] == [
        f"{path}: is left from a course.toml that is gone. Run: grader stub"
        for path in ("assignments/README.md", "assignments/halve/course.toml")
    ]
    assert public_folder.write(course) == {readme: True, copy: True}
    assert not copy.exists() and not readme.exists() and public_folder.inspect(course) == []
    readme.write_text("# Mine\n")
    assert public_folder.write(course) == {} and readme.exists()


def test_what_is_written(tmp_path: Path) -> None:
    """A README with titles, packages and the command, in both languages; and what `check` has to know."""
    course = made(tmp_path, {"course.toml": SETTINGS})
    assert [problem.file for problem in public_folder.inspect(course)] == [
        "assignments/README.md",
        "assignments/halve/course.toml",
    ]
    readme, copy = tmp_path / "assignments" / "README.md", tmp_path / "assignments" / "halve" / "course.toml"
    assert public_folder.write(course) == {readme: True, copy: True}
    assert public_folder.write(course) == {readme: False, copy: False}
    assert public_folder.inspect(course) == []
    text = readme.read_text(encoding="utf-8")
    for words in (
        '# Learning "it"',
        "[Halve a number](halve/halve.ipynb)",
        "[对半](halve/halve.ipynb)",
        "grader check halve/halve.ipynb\n",
        "grader check halve/halve.ipynb --lang zh\n",
        "NumPy, Matplotlib, `pandas>=2`.",
        "python -m pip install 'pandas>=2'",
        "有问题请联系：mailto:a@example.org",
    ):
        assert words in text, words
    assert tomllib.loads(copy.read_text(encoding="utf-8")) == tomllib.loads(SETTINGS)


TERMS = """timezone = "Asia/Shanghai"
roster = "roster.csv"
[assignment.halve]
due = 2026-12-01T23:59:00
grace_minutes = 15
late = { per_day = 10, most = 50 }
[assignment.halve.extensions]
amara = 2026-12-03T23:59:00
"""


def test_dates_are_public_and_students_are_not(tmp_path: Path) -> None:
    """Students read when the assignment is due. No student's name, no roster and no extension is public."""
    roster = "id,name,email\namara,Amara Okafor,amara@example.org\n"
    course = made(tmp_path, {"course.toml": TERMS, "roster.csv": roster})
    public_folder.write(course)
    copy = (tmp_path / "assignments" / "halve" / "course.toml").read_text(encoding="utf-8")
    assert copy.partition("\n")[2] == (
        'timezone = "Asia/Shanghai"\n\n[assignment.halve]\ndue = 2026-12-01T23:59:00\n'
    )
    readme = (tmp_path / "assignments" / "README.md").read_text(encoding="utf-8")
    assert "(halve/halve.ipynb), due 1 December 2026, 23:59 (Asia/Shanghai)\n" in readme
    assert "(halve/halve.ipynb)，截止时间：2026年12月1日 23:59 (Asia/Shanghai)\n" in readme
    for path in (tmp_path / "assignments").rglob("*"):
        text = path.read_text(encoding="utf-8").lower() if path.is_file() else ""
        for secret in ("amara", "okafor", "example.org", "roster", "extension", "2026-12-03"):
            assert secret not in text, (path, secret)
    assert settings_in(tmp_path / "assignments" / "halve").terms["halve"].due is not None


def test_a_date_with_an_offset_keeps_it(tmp_path: Path) -> None:
    """A course without a time zone can still say when something is due."""
    course = made(tmp_path, {"course.toml": "[assignment.halve]\ndue = 2026-12-01T23:59:00-05:00\n"})
    public_folder.write(course)
    copy = (tmp_path / "assignments" / "halve" / "course.toml").read_text(encoding="utf-8")
    assert copy.endswith("due = 2026-12-01T23:59:00-05:00\n") and "timezone" not in copy


def test_a_course_in_one_language(tmp_path: Path) -> None:
    """Without anything in Chinese, the README has no Chinese half."""
    english = TOML.replace('zh_title = "对半"\n', "")
    course = made(tmp_path, {"course.toml": "", TOML_FILE: english})
    public_folder.write(course)
    text = (tmp_path / "assignments" / "README.md").read_text(encoding="utf-8")
    assert text.isascii() and "# Assignments\n" in text
    assert "torch, NumPy, Matplotlib. No other packages" in text and "pip install" not in text


def test_an_authors_own_readme_is_left_alone(tmp_path: Path) -> None:
    """A file that was not written by the command is a problem, and stays as it is."""
    course = made(tmp_path, {"course.toml": SETTINGS, "assignments/README.md": "Mine."})
    with pytest.raises(CourseError, match="README.md: was not written by `grader stub`: rename it"):
        public_folder.write(course)
    assert (tmp_path / "assignments" / "README.md").read_text() == "Mine."
    assert "rename it" in public_folder.inspect(course)[0].message
