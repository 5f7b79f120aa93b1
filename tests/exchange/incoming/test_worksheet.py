"""Moodle's worksheet tells times and addresses."""

from __future__ import annotations

import pytest

from downloads import Held
from grader.exchange.incoming.moodle import SYSTEM
from grader.exchange.incoming.worksheet import completed, listed, time_of
from grader.exchange.sheet import parsed

TEXT = (
    'Identifier,"Full name","Email address","ID number",Status,Grade,"Maximum Grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)"\n'
    '"Participant 4711","Wei Zhang",wei@example.edu,2024001,x,,100,Yes,"Sunday, 1 December 2024, 9:26 PM",-\n'
    '"Participant 4712","Amy Lee",amy@example.edu,,x,,100,Yes,-,-\n'
)


def test_a_worksheet():
    """A row tells the name, the address, an institution's number and the time."""
    wei, amy = listed(parsed(TEXT.encode(), "a.csv"), "a.csv").values()
    assert (wei.student.number, wei.student.name, wei.student.login) == ("4711", "Wei Zhang", "2024001")
    assert wei.student.email == "wei@example.edu" and wei.submitted_at == "2024-12-01T21:26:00"
    assert amy.submitted_at is None


def test_deliveries():
    """A delivery is completed by its number, unless that is a group's."""
    name = "{}_{}_assignsubmission_file/a.ipynb"
    held = Held(
        {name.format("Zhang Wei", 4711): b"", name.format("Group A", 4712): b"", name.format("X", 1): b""}
    )
    rows = listed(parsed(TEXT.encode(), "a.csv"), "a.csv")
    found = {each.students[0].name: each for each in completed(SYSTEM.gather(held, SYSTEM.parse), rows)}
    assert found["Wei Zhang"].students[0].email == "wei@example.edu"
    assert found["Wei Zhang"].submitted_at == "2024-12-01T21:26:00"
    assert found["Group A"].students[0].email == found["X"].students[0].email == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Sunday, 1 December 2024, 9:26 PM", "2024-12-01T21:26:00"),
        ("Monday, 2 September 2024, 12:06 AM", "2024-09-02T00:06:00"),
        ("1 Mar 2024, 21:26", "2024-03-01T21:26:00"),
        ("2024年12月1日 星期日 21:26", "2024-12-01T21:26:00"),
        ("2024年12月1日 星期日 下午 9:26", "2024-12-01T21:26:00"),
        ("2024年12月1日 星期日 上午12:06", "2024-12-01T00:06:00"),
        ("2024年12月1日 星期日 中午12:30", "2024-12-01T12:30:00"),
        ("2024年13月1日 21:26", None),
        ("1 Foo 2024, 21:26", None),
        ("-", None),
        ("", None),
    ],
)
def test_times(text, wanted):
    """Times are read in English and in Chinese; others stay unread."""
    assert time_of(text) == wanted
