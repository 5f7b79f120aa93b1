"""A roster is read with every problem at its line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course.problems import Problems
from grader.course.roster import MAX_BYTES, read_roster
from grader.errors import CourseError
from grader.model.roster import Student


def read(folder: Path, content: str | bytes) -> tuple[Student, ...]:
    """The students in a roster. Raises CourseError with its problems."""
    path = folder / "roster.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    problems = Problems(folder)
    found = read_roster(path, problems)
    problems.raise_if_any()
    return found


ZHANG = (Student("zhang", "张伟", "z@example.org", "B"),)
TABLE = "id,name,email,section\nzhang,张伟,z@example.org,B\n"


def test_students(tmp_path: Path) -> None:
    """The four known columns in any order, and further ones by their heading. Empty lines don't count."""
    text = 'name,id,canvas_id,email\n"Okafor, Amara", amara ,17,a@example.org\n\n,,,\nBo,bo,,\n'
    assert read(tmp_path, text) == (
        Student("amara", "Okafor, Amara", "a@example.org", "", {"canvas_id": "17"}),
        Student("bo", "Bo"),
    )


@pytest.mark.parametrize(
    "content",
    [
        TABLE,
        TABLE.encode("utf-8-sig"),
        TABLE.encode("gb18030"),
        TABLE.encode("utf-16"),
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace("\n", "\r\n"),
    ],
)
def test_as_spreadsheets_save_it(content: str | bytes, tmp_path: Path) -> None:
    """Encodings, separators and line ends of common spreadsheets are told apart."""
    assert read(tmp_path, content) == ZHANG


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "roster.csv:1: is empty; its first line names the columns: id,name,email,section"),
        ("name,email\nx,y\n", "roster.csv:1: has no column 'id', which holds the names"),
        ("Student,name\nx,y\n", "is it 'Student'? Then call it 'id'. Columns: Student, name"),
        ("id,name,name\n", "roster.csv:1: there are two columns 'name'"),
        ("id,name\namy,A\namy,B\n", "roster.csv:3: column 'id': 'amy' stands in line 2 already"),
        ("name,id\nA,\n", "roster.csv:2: column 'id' (column 2) is empty"),
        ("id,name\nbo,Li, Bo\n", "roster.csv:2: has 3 cells, but there are 2 columns; a comma in a name"),
        (b"id\n\xff", "roster.csv: can't be read: save it as CSV UTF-8"),
        ("id\n" + "x" * 140_000, "roster.csv:2: is not CSV: field larger than field limit"),
    ],
)
def test_what_is_wrong(content: str | bytes, message: str, tmp_path: Path) -> None:
    """Each fault names the file, the line and the column."""
    with pytest.raises(CourseError) as caught:
        read(tmp_path, content)
    assert message in str(caught.value)


def test_what_is_no_roster(tmp_path: Path) -> None:
    """A missing file, a folder and a file that is far too large are problems, and nothing is read."""
    problems = Problems(tmp_path)
    assert read_roster(tmp_path / "roster.csv", problems) == ()
    assert read_roster(tmp_path, problems) == ()
    with (tmp_path / "large.csv").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    assert read_roster(tmp_path / "large.csv", problems) == ()
    with pytest.raises(CourseError, match=r"(?s)can't be read.*is larger than 16 MB.*is missing"):
        problems.raise_if_any()
