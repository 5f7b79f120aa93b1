"""Grades are filled into a table of another system, and into nothing else of it."""

from __future__ import annotations

import pytest

from downloads import mark
from grader.errors import UsageError
from grader.exchange.outgoing.template import GradeColumn, Layout, assigned, fill, number
from grader.exchange.sheet import Sheet, parsed
from grader.model.roster import Student

TEXT = "Name,ID,HW 1,HW 2\nZhang Wei,101,,EX\nAmy,102,3,\nBo,103,,\nTest Student,999,,\n"
LAYOUT = Layout((1,), (0,), (GradeColumn(2, "HW 1", 100), GradeColumn(3, "HW 2")), fixed=("EX",))
TITLES = {"double": ("Double", "加倍"), "halve": ("HW 1", "减半")}
COLUMNS = {2: "double", 3: "halve"}
ROSTER = [Student("amy"), Student("wei", "Wei Zhang"), Student("bo", others={"canvas": "103"})]


def sheet(text: str = TEXT) -> Sheet:
    return parsed(text.encode(), "a.csv")


def test_filling():
    """Points are converted where they count otherwise, an excuse stays, and so does what has no grade yet."""
    table = sheet()
    marks = [mark("wei"), mark("wei", "halve"), mark("amy", final=0), mark("bo", final=None), mark("eve")]
    filled = fill(table, LAYOUT, COLUMNS, marks, ROSTER)
    assert table.content().decode() == (
        "Name,ID,HW 1,HW 2\nZhang Wei,101,80,EX\nAmy,102,0,\nBo,103,,\nTest Student,999,,\n"
    )
    assert (filled.written, filled.scaled, filled.not_there) == (2, {"double": (10, 100)}, ["eve"])
    assert (filled.without, filled.kept) == (["Bo", "Test Student"], ["Zhang Wei"])


def test_a_student_in_two_rows():
    """Of two rows that could be one student's, neither is filled in."""
    text = "Name,ID,HW 1\nAmy,102,\nAmy,103,\n"
    table = sheet(text)
    filled = fill(table, LAYOUT, {2: "double"}, [mark("amy")], ())
    assert table.content().decode() == text and filled.not_there == ["amy"]


def test_short_rows():
    """A row that ends before its grade is left as it is."""
    text = "Name,ID,HW 1\nAmy,102\n\n"
    table = sheet(text)
    assert fill(table, LAYOUT, {2: "double"}, [mark("amy")], ()).kept == ["Amy"]
    assert table.content().decode() == text


def test_columns_by_name_and_title():
    """A column is an assignment's by title or by name, or as it is said on the command line."""
    assert assigned(LAYOUT, TITLES, {}, "a.csv") == {2: "halve"}
    assert assigned(LAYOUT, TITLES, {"double": "hw  2"}, "a.csv") == {2: "halve", 3: "double"}
    named = Layout((1,), (0,), (GradeColumn(2, "Homework: double"), GradeColumn(3, "加倍")))
    assert assigned(named, {"double": ("Double", "x")}, {}, "a.csv") == {2: "double"}


@pytest.mark.parametrize(
    ("layout", "wanted", "words"),
    [
        (LAYOUT, {"double": "HW 3"}, "no column 'HW 3'"),
        (Layout((1,), (0,), (GradeColumn(2, "Essay"),)), {}, "no column that is named after an assignment"),
        (Layout((1,), (0,), (GradeColumn(2, "double"), GradeColumn(3, "Double"))), {}, "several columns"),
        (Layout((1,), (0,), (GradeColumn(2, ""),)), {}, "add --assignment"),
    ],
)
def test_columns_that_stay_open(layout, wanted, words):
    """What can't be told is an error that shows the headings, never a guess."""
    with pytest.raises(UsageError, match=words):
        assigned(layout, TITLES, wanted, "a.csv")


def test_a_table_about_one_assignment():
    """If one assignment is asked for, a table about one is about that."""
    layout = Layout((1,), (0,), (GradeColumn(2, ""),))
    assert assigned(layout, {"double": ("Double", "加倍")}, {}, "a.csv") == {2: "double"}


@pytest.mark.parametrize(
    ("text", "wanted"), [("10", 10), ("10,00", 10), ("7.5%", 7.5), ("-", None), ("", None)]
)
def test_numbers(text, wanted):
    """Numbers are read as any of the systems writes them."""
    assert number(text) == wanted
