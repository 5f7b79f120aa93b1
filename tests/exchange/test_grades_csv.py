"""grades.csv is a table that no spreadsheet computes anything in."""

from __future__ import annotations

import csv
import io

import pytest

from grader.exchange.grades_csv import csv_table, grades_csv, without_formula
from grader.language.catalogue import Text
from grader.model.report import INTERNAL, REJECTED
from reports import report


def test_grades():
    """One row per student, one column per assignment; a cell without a score is empty; a note says why."""
    class_ = [
        report("zoë", "b", score=7.5),
        report("amy", "a", score=10),
        report("amy", "b", outcome=INTERNAL, score=None),
        report("zoë", "other", score=3),
        report("bob", "a", checks=(), score=0),
        report("cat", "a", outcome=REJECTED, score=0, reason=Text.verbatim("Not\na notebook.")),
        report("cat", "b", outcome=REJECTED, score=0, reason=Text.verbatim("Empty.")),
    ]
    assert grades_csv(class_, ["a", "b"]) == (
        "student,a,b,note\namy,10,,b: internal\nbob,0,,\n"
        "cat,,,a: rejected (Not a notebook.) · b: rejected (Empty.)\nzoë,,7.5,\n"
    )
    assert grades_csv([], ["a"]) == "student,a,note\n"
    nothing = {"bob": Text.verbatim("The folder is empty.")}
    assert grades_csv([report("cat", "a")], ["a"], nothing) == (
        "student,a,note\nbob,,The folder is empty.\ncat,10,\n"
    )


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://x","y")', "＝1+1", "＋1", "－1", "＠SUM(A1)"],
)
def test_names_that_are_formulas(name):
    """A student's name that a spreadsheet would compute is text there (attack J09)."""
    assert without_formula(name) == "'" + name
    [_, [cell, score, _note]] = csv.reader(io.StringIO(grades_csv([report(name, "a")], ["a"]), newline=""))
    assert (cell, score) == ("'" + name, "10")


@pytest.mark.parametrize("name", ["\rx", "\r=1+1", "amy\r=1+1", "amy\r\n=1+1"])
def test_names_that_hold_a_carriage_return(name):
    """A carriage return in a name starts no row, so nothing after it can be a formula (attack J09)."""
    text = grades_csv([report(name, "a")], ["a"])
    assert without_formula("\rx") == "'\rx"
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == 2
    assert len(list(csv.reader(io.StringIO(text.replace("\r", "\n"), newline="")))) == 2


@pytest.mark.parametrize("separator", [";", "\t"])
def test_names_that_hold_another_separator(separator):
    """Where semicolons or tabs end cells, a name is still one cell, and nothing in it is a formula."""
    text = grades_csv([report(f"amy{separator}=1+1{separator}", "a")], ["a"])
    [_, row] = csv.reader(io.StringIO(text), delimiter=separator)
    assert not [cell for cell in row if cell.startswith("=")]
    assert list(csv.reader(io.StringIO(text)))[1] == [f"amy{separator}=1+1{separator}", "10", ""]


@pytest.mark.parametrize("name", ["amy", "o'neil", "a=1", "张伟", "1-2", 'say "hi"', "a,b", "two\nlines", ""])
def test_names_that_are_not(name):
    """Any other name stays as it is, quoted where CSV needs it."""
    assert without_formula(name) == name
    assert list(csv.reader(io.StringIO(grades_csv([report(name, "a")], ["a"]), newline="")))[1] == [
        name,
        "10",
        "",
    ]


def test_any_table() -> None:
    """Every text cell of a table is made safe, not the first alone; numbers stay as they are."""
    rows = [["amy", "=1+1", 3, None], ["ben;x", "-2", -2.5, "a\rb"]]
    assert csv_table(["student", "id", "a", "b"], rows) == (
        'student,id,a,b\namy,\'=1+1,3,\n"ben;x","\'-2","-2.5","a b"\n'
    )
