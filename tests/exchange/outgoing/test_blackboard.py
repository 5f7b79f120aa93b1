"""Downloads of Blackboard's grade center."""

from __future__ import annotations

import pytest

from downloads import mark
from grader.errors import UsageError
from grader.exchange.outgoing.blackboard import layout
from grader.exchange.outgoing.template import assigned, fill
from grader.exchange.sheet import parsed

TEXT = (
    '"Last Name"\t"First Name"\t"Username"\t"Weighted Total [Total Pts: up to 10] |1"\t'
    '"double [Total Pts: 10 Score] |123456"\r\n'
    '"Zhang"\t"Wei"\t"wei"\t""\t""\r\n'
)
CHINESE = "姓氏,名字,用户名,加倍 [总分: 20 分数] |9\n张,伟,wei,\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_a_download(encoding):
    """A file in UTF-16 with tabs, as Blackboard calls .xls, keeps its form."""
    sheet = parsed(TEXT.encode(encoding), "a.xls")
    where = layout(sheet, "a.xls")
    columns = assigned(where, {"double": ("Double", "加倍")}, {}, "a.xls")
    fill(sheet, where, columns, [mark("wei", final=7.5)], ())
    assert sheet.content() == TEXT.replace('"wei"\t""\t""', '"wei"\t""\t"7.5"').encode(encoding)


def test_a_download_in_chinese():
    """Headings may be in Chinese; the points stand in the column's heading."""
    sheet = parsed(CHINESE.encode(), "a.csv")
    where = layout(sheet, "a.csv")
    fill(sheet, where, {3: "double"}, [mark("wei")], ())
    assert sheet.content().decode() == CHINESE.replace("wei,", "wei,16")


@pytest.mark.parametrize("text", ["a,b\n", "Username,HW\namy,\n"])
def test_other_tables(text):
    """Another table is refused with how to get the right one."""
    with pytest.raises(UsageError, match="Work Offline"):
        layout(parsed(text.encode(), "a.csv"), "a.csv")
