"""Tables of other systems keep every byte but those of the cells that change."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exchange.sheet import parsed

ROWS = 'Student,ID,"HW, 1 (9)"\r\n"Zhang, Wei",101,\r\n"Bo ""B""",102,"7"\r\n'


def changed(content: bytes, row: int, column: int, number: float) -> bytes:
    sheet = parsed(content, "a.csv")
    sheet.set_number(row, column, number, sheet.has_decimal_comma())
    return sheet.content()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "cp1252"])
def test_encodings(encoding):
    """A file comes back in its encoding, with its byte order mark if it had one."""
    names = {"gb18030": "张伟,李娜", "cp1252": "Müller,Señor"}.get(encoding, "张伟,Müller")
    text = f"name,{names}\r\nx,1,2\r\n"
    content = text.encode(encoding)
    sheet = parsed(content, "a.csv")
    assert sheet.headings() == ["name", *names.split(",")] and sheet.content() == content
    assert changed(content, 1, 1, 8) == text.replace(",1,", ",8,").encode(encoding)


def test_cells():
    """Quotation marks hold separators, line ends and quotation marks."""
    sheet = parsed(ROWS.encode(), "a.csv")
    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["Student", "ID", "HW, 1 (9)"],
        ["Zhang, Wei", "101", ""],
        ['Bo "B"', "102", "7"],
    ]
    assert sheet.value(1, 0) == "Zhang, Wei" and sheet.value(1, 9) == ""


def test_only_the_cell_changes():
    """A cell keeps its quotation marks, and nothing else moves."""
    assert changed(ROWS.encode(), 1, 2, 8.5) == ROWS.replace("101,", "101,8.5").encode()
    assert changed(ROWS.encode(), 2, 2, 10) == ROWS.replace('"7"', '"10"').encode()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a;b\nx;\n", "a;b\nx;8,5\n"),
        ("a;b;c\nx;;7.25\n", "a;b;c\nx;8.5;7.25\n"),
        ('a,b,c\nx,,"7,25"\n', 'a,b,c\nx,"8,5","7,25"\n'),
        ("a\tb\nx\t\n", "a\tb\nx\t8.5\n"),
        ("a,b\rx,\r", "a,b\rx,8.5\r"),
        ("a,b\nx,", "a,b\nx,8.5"),
    ],
)
def test_separators_and_commas(text, wanted):
    """Numbers are written as the file writes them, and quoted where a comma would end the cell."""
    assert changed(text.encode(), 1, 1, 8.5) == wanted.encode()


def test_texts():
    """A text is written as one line, and is never a formula."""
    sheet = parsed(ROWS.encode(), "a.csv")
    sheet.set_text(1, 2, '=1+1\n, "so"')
    assert '101,"\'=1+1 , ""so"""\r\n' in sheet.content().decode()


def test_a_quotation_mark_that_is_never_closed():
    """Such a mark ends with its line."""
    content = b'a,b\n"x,1\ny,2\n'
    sheet = parsed(content, "a.csv")
    assert [sheet.value(row, 0) for row in range(3)] == ["a", '"x', "y"] and sheet.content() == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 xlsx", "workbook"),
        (b"\xd0\xcf\x11\xe0 xls", "workbook"),
        (b"a\x00b", "not a table"),
        (codecs.BOM_UTF8 + b"  \n", "empty"),
    ],
)
def test_what_is_no_table(content, words):
    """Workbooks and the like are refused with what to do."""
    with pytest.raises(UsageError, match=words):
        parsed(content, "a.csv")


@given(st.binary(max_size=200))
def test_any_bytes_come_back(content):
    """Whatever can be read comes back byte for byte."""
    try:
        sheet = parsed(content, "a.csv")
    except UsageError:
        return
    assert sheet.content() == content
    assert all(0 <= cell.start <= cell.end <= len(sheet.text) for row in sheet.rows for cell in row)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\r\n", codec="utf-8"), max_size=6),
            min_size=2,
            max_size=3,
        ),
        min_size=2,
        max_size=4,
    ),
    st.sampled_from(",;\t"),
)
def test_other_cells_stay(rows, separator):
    """When one cell has changed, a reader finds every other cell as it was."""
    import csv
    import io

    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows(rows)
    if not text.getvalue().strip() or "\0" in text.getvalue():
        return
    sheet = parsed(text.getvalue().encode(), "a.csv")
    if sheet.separator != separator:
        return
    sheet.set_number(1, 1, 8.5, False)
    expected = [list(row) for row in rows]
    expected[1][1] = "8.5"
    found = list(csv.reader(io.StringIO(sheet.content().decode(), newline=""), delimiter=separator))
    assert found == expected
