"""A sheet of answers goes out as CSV and comes back, whatever a spreadsheet made of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.errors import UsageError
from grader.exchange.marking_sheet import marking_csv, read_marking_csv
from grader.model.marking import Answered, Given, Sheet

AMY = Answered("amy", "5ub", 'Because,\n"it" is.', True, "a5", 2.5, "-1 for the typo")
BO = Answered("bo", "6ub", "=1+1", True, "b6")
SHEET = Sheet("linreg", "why", 3, (AMY, BO))
KEY, BO_KEY = SHEET.key(AMY), SHEET.key(BO)


def read(text: str) -> list[Given]:
    return read_marking_csv("why.csv", text.encode())


def test_out() -> None:
    """One row for each answer, with what was given so far, and no cell that a spreadsheet would compute."""
    assert marking_csv(SHEET) == (
        "key,student,question,answer,points,max_points,comment\n"
        f'{KEY},amy,why,"Because,\n""it"" is.",2.5,3,\'-1 for the typo\n'
        f"{BO_KEY},bo,why,'=1+1,,3,\n"
    )


def test_without_names() -> None:
    """A sheet that hides names has no column for them."""
    text = marking_csv(replace(SHEET, hides_names=True))
    assert text.startswith("key,question,answer,") and "amy" not in text and ",bo," not in text


def test_and_back() -> None:
    """What went out comes back as it was; rows in which nothing was filled in are left out."""
    assert read(marking_csv(SHEET)) == [Given("why.csv", 3, KEY, 2.5, "-1 for the typo")]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("key;points\nk;2,5\n", 2.5),
        ("KEY,Points\nk,3\n", 3),
        ("comment\tpoints\tkey\n\t.5\tk\n", 0.5),
        ("\ufeffkey,points\r\nk,0\r\n", 0),
    ],
)
def test_what_spreadsheets_make_of_it(text: str, points: float) -> None:
    """Separators, decimal commas, byte order marks, line ends and the order of columns make no difference."""
    assert [(each.key, each.points) for each in read(text)] == [("k", points)]


def test_taking_back() -> None:
    """A dash in place of points takes them back. A comment without points comes back, too."""
    taken, comment = read("key,points,comment\na,-,\nb,,see me\n")
    assert taken.takes_back and taken.points is None
    assert not comment.takes_back and (comment.points, comment.comment) == (None, "see me")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "why.csv:1: is no sheet of `grader mark`: it has no column 'key' and no column 'points'"),
        (b"key,mark\n", "why.csv:1: is no sheet of `grader mark`: it has no column 'points'"),
        (b"key,points\na,two\nb,-3\n", "why.csv:2: column 'points': 'two' is not a number"),
        (b"key,points\na,nan\n", "'nan' is not a number"),
        (b"\xff", "why.csv: can't be read: save it as CSV UTF-8"),
    ],
)
def test_what_is_wrong(content: bytes, message: str) -> None:
    """Every problem is told, with the file and the line."""
    with pytest.raises(UsageError) as caught:
        read_marking_csv("why.csv", content)
    assert message in str(caught.value)
