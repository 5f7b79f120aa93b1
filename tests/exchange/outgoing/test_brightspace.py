"""Exports of Brightspace."""

from __future__ import annotations

import pytest

from downloads import mark
from grader.errors import UsageError
from grader.exchange.outgoing.brightspace import layout
from grader.exchange.outgoing.template import assigned, fill
from grader.exchange.sheet import parsed

TEXT = (
    "OrgDefinedId,Username,Last Name,First Name,double Points Grade <Numeric MaxPoints:20 Weight:5>,"
    "Essay Text Grade <Text>,End-of-Line Indicator\r\n"
    "#u1,#wei,Zhang,Wei,,,#\r\n"
    "#u2,#amy,Lee,Amy,3,,#\r\n"
)


def test_an_export():
    """Grades are converted to the item's points, and the signs before logins stay."""
    sheet = parsed(TEXT.encode("utf-8-sig"), "a.csv")
    where = layout(sheet, "a.csv")
    columns = assigned(where, {"double": ("Double", "加倍")}, {}, "a.csv")
    fill(sheet, where, columns, [mark("Wei Zhang_77"), mark("amy", final=10)], ())
    wanted = TEXT.replace("Wei,,,#", "Wei,16,,#").replace("Amy,3,,#", "Amy,20,,#")
    assert sheet.content() == wanted.encode("utf-8-sig")


@pytest.mark.parametrize("text", ["a,b\n", "Username,HW\namy,\n", "HW Points Grade\n1\n"])
def test_other_tables(text):
    """Another table is refused with how to get the right one."""
    with pytest.raises(UsageError, match="Both keys"):
        layout(parsed(text.encode(), "a.csv"), "a.csv")
