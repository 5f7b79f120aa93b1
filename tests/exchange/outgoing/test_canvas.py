"""Gradebooks of Canvas."""

from __future__ import annotations

import pytest

from downloads import mark
from grader.errors import UsageError
from grader.exchange.outgoing.canvas import layout
from grader.exchange.outgoing.template import assigned, fill
from grader.exchange.sheet import parsed

ENGLISH = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,double (9001),Essay (9002),Current Score,"
    "Final Score\r\n"
    ",,,,,,Manual Posting,,(read only),(read only)\r\n"
    "    Points Possible,,,,,,10.00,5,(read only),(read only)\r\n"
    '"Zhang, Wei",101,u1,wei,"Sec 1, A",,,,,\r\n'
    '"Lee, Amy",102,u2,amy,Sec 1,,EX,,,\r\n'
    '"Student, Test",999,,,Sec 1,,,,,\r\n'
)
CHINESE = "Student;ID;SIS Login ID;Section;加倍 (9001)\n    满分;;;;10,00\n张伟;101;wei;一班;\n"


def filled(text: str, encoding: str = "utf-8") -> bytes:
    sheet = parsed(text.encode(encoding), "a.csv")
    where = layout(sheet, "a.csv")
    columns = assigned(where, {"double": ("Double", "加倍")}, {}, "a.csv")
    fill(sheet, where, columns, [mark("wei", final=7.5), mark("amy")], ())
    return sheet.content()


def test_a_gradebook():
    """Grades stand in the assignment's column; every other byte is as it was."""
    assert filled(ENGLISH).decode() == ENGLISH.replace('A",,,,,', 'A",,7.5,,,')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_gradebook_in_another_language(encoding):
    """With semicolons, decimal commas and titles in Chinese."""
    assert filled(CHINESE, encoding) == CHINESE.replace("一班;", "一班;7,5").encode(encoding)


def test_points_possible():
    """The points that can be had stand in the row that says so."""
    where = layout(parsed(ENGLISH.encode(), "a.csv"), "a.csv")
    assert [(each.title, each.most) for each in where.grades] == [("double", 10), ("Essay", 5)]
    assert where.first == 3


def test_without_points_possible():
    """The smallest table that Canvas takes has no such row."""
    where = layout(parsed(b"Student,ID,SIS Login ID,Section,double (9)\nAmy,1,amy,S,\n", "a.csv"), "a.csv")
    assert where.first == 1 and where.grades[0].most is None


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "Identifier,Full name,Grade\n", "Student\n"])
def test_other_tables(text):
    """Another table is refused with how to get the right one."""
    with pytest.raises(UsageError, match="Export Entire Gradebook"):
        layout(parsed(text.encode(), "a.csv"), "a.csv")
