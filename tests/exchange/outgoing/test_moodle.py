"""Grading worksheets of Moodle."""

from __future__ import annotations

import pytest

from downloads import mark
from grader.errors import UsageError
from grader.exchange.outgoing.moodle import layout
from grader.exchange.outgoing.template import assigned, fill
from grader.exchange.sheet import parsed
from grader.model.roster import Student

ENGLISH = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    '"Participant 4711","Wei Zhang",wei@example.edu,"Submitted for grading",,100.00,Yes,"Sunday, 1 May",-,\n'
    '"Participant 4712","Amy Lee",amy@example.edu,"No submission",5.00,100.00,No,-,-,\n'
)
CHINESE = (
    "编号,全名,邮箱地址,状态,成绩,最高分,成绩可以更改,最近更改(提交),最近更改(成绩),反馈评论\n"
    '参与者4711,张伟,wei@example.edu,已提交,,"100,00",是,-,-,\n'
)
UNKNOWN = "A,B,C,D,E,Maximum Grade,F\nX 4711,Wei,w,s,,10,Ja\n"


def filled(text: str, students=(), encoding: str = "utf-8") -> str:
    sheet = parsed(text.encode(encoding), "a.csv")
    where = layout(sheet, "a.csv")
    columns = assigned(where, {"double": ("Double", "加倍")}, {}, "a.csv")
    marks = [mark("wei_4711", final=7.5), mark("amy")]
    fill(sheet, where, columns, marks, students)
    return sheet.content().decode(encoding)


def test_a_worksheet():
    """The grade is converted to the points that count there. Locked rows and dates stay."""
    assert filled(ENGLISH, [Student("amy", "Amy Lee")]) == ENGLISH.replace('grading",,', 'grading",75,')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_worksheet_in_chinese(encoding):
    """Headings, identifiers and decimal commas may be in another language."""
    assert filled(CHINESE, encoding=encoding) == CHINESE.replace("已提交,,", "已提交,75,")


def test_headings_that_nobody_knows():
    """If only the maximum is known, the grade stands before it: the order of the columns is fixed."""
    assert filled(UNKNOWN) == UNKNOWN.replace("s,,10", "s,7.5,10")


@pytest.mark.parametrize("text", ["Identifier,Full name\nx,y\n", "Student,ID,Section,Grade\na,b,c,\n"])
def test_other_tables(text):
    """Another table is refused with how to get the right one."""
    with pytest.raises(UsageError, match="Download grading worksheet"):
        layout(parsed(text.encode(), "a.csv"), "a.csv")
