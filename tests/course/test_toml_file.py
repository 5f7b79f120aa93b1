"""A TOML file of a course is read with every problem reported at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses import EQUIVALENT_FILE, FILES, MISTAKE_FILE, TOML, TOML_FILE, problems_of
from grader.course.problems import Problems
from grader.course.toml_file import TomlFile
from grader.errors import CourseError

ROOT = Path("/course")


def toml(text: str) -> TomlFile:
    """A file in memory."""
    return TomlFile(ROOT / "a.toml", text, Problems(ROOT))


def problems(file: TomlFile) -> list[str]:
    """What was found to be wrong with it."""
    with pytest.raises(CourseError) as caught:
        file.problems.raise_if_any()
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (TOML_FILE, "title = 'a'\nstatement = \n", f"{TOML_FILE}:2: "),
        (TOML_FILE, b"\xff", f"{TOML_FILE}: can't be read"),
        (TOML_FILE, "titel = 'a'\n" + TOML, f"{TOML_FILE}:1: unknown key 'titel'; did you mean 'title'?"),
        (TOML_FILE, "xyz = 1\n" + TOML, f"{TOML_FILE}:1: unknown key 'xyz'; known are title, statement"),
        (TOML_FILE, TOML.replace('"Halve a number"', "3"), f"{TOML_FILE}:1: 'title' must be text"),
        (MISTAKE_FILE, FILES[MISTAKE_FILE].replace("[[replace]]", "[replace"), f"{MISTAKE_FILE}:6: "),
        (EQUIVALENT_FILE, "[[mutant\n", f"{EQUIVALENT_FILE}:1: "),
    ],
)
def test_broken_files(tmp_path, file, content, message):
    """A course with a broken TOML file is refused, and the problem names the place."""
    found = problems_of(tmp_path, {file: content})
    assert any(problem.startswith(message) for problem in found), found


def test_a_missing_file(tmp_path):
    """A file that is not there is a problem, and there is nothing to ask of it."""
    missing = Problems(tmp_path)
    assert TomlFile.read(tmp_path / "a.toml", missing) is None
    with pytest.raises(CourseError, match=r"a\.toml: is missing"):
        missing.raise_if_any()


def test_values():
    """Known keys with the right type are values. Every other one is a problem, and so is a missing key."""
    file = toml("a = 1\nb = 'text'\nc = true\nd = [1]\nee = 2\n")
    types = {"a": int, "b": int, "c": int, "d": list, "eee": int}
    assert file.values(file.table, types, required=("a", "f")) == {"a": 1, "d": [1]}
    assert problems(file) == [
        "a.toml: 'f' is missing",
        "a.toml:2: 'b' must be a whole number",
        "a.toml:3: 'c' must be a whole number",
        "a.toml:5: unknown key 'ee'; did you mean 'eee'?",
    ]


def test_entries():
    """Tables that have exactly the named texts are entries, and each other one is a problem."""
    good = "[[pair]]\nold = 'a'\nnew = 'b'\n"
    file = toml(good)
    assert file.entries(file.table, "pair", ("old", "new")) == [{"old": "a", "new": "b"}]
    assert file.entries(file.table, "other", ("old", "new")) == [] and not file.problems
    bad = "[[pair]]\nold = 'a'\n[[pair]]\nold = 'a'\nnew = 3\n"
    file = toml(bad + good)
    assert file.entries(file.table, "pair", ("old", "new")) == [{"old": "a", "new": "b"}]
    assert problems(file) == ["a.toml: each [[pair]] has exactly the texts `old` and `new`"] * 2


def test_complaints_name_the_line_of_a_key():
    """A complaint about a key names its line, and a complaint about the file names none."""
    file = toml("# key\nkey = 1\n")
    file.complain("one", "key")
    file.complain("two", "nowhere")
    file.complain("three")
    assert problems(file) == ["a.toml: three", "a.toml: two", "a.toml:2: one"]


TABLES = """due = 1
[assignment."a-b"]  # the first
due = 2
"late" = 3
[assignment.c.extensions]
amy = 4
"""


@pytest.mark.parametrize(
    ("key", "header", "line"),
    [
        ("due", "", 1),
        ("due", "assignment.a-b", 3),
        ("late", "assignment.a-b", 4),
        ("grace", "assignment.a-b", 2),
        ("amy", "assignment.c.extensions", 6),
        ("grace", "assignment.c", 5),
        ("amy", "assignment.x", 6),
        ("grace", "assignment.x", 0),
    ],
)
def test_lines_below_a_header(key: str, header: str, line: int) -> None:
    """A key's line is the one below its header, or else the header's own, or else that of any such key."""
    assert toml(TABLES).line_of(key, header) == line
