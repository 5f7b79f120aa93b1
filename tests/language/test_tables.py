"""Tables are read as spreadsheets save them."""

from __future__ import annotations

import pytest

from grader.language.tables import NotCsv, decoded, lines

TABLE = 'name,points\n"Li, Bo","two\nlines"\n\n,\n张伟,3\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding: str) -> None:
    """The usual encodings are told apart."""
    assert decoded(TABLE.encode(encoding)) == TABLE


def test_lines() -> None:
    """Quoted cells are whole, lines without anything are left out, and lines keep their numbers."""
    expected = [(1, ["name", "points"]), (3, ["Li, Bo", "two\nlines"]), (6, ["张伟", "3"])]
    assert lines(TABLE) == expected


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators(separator: str) -> None:
    """The separator is the one that the first line has most of."""
    assert lines(f"a{separator}b\n1,5{separator}2\n")[1] == (2, ["1,5", "2"])


def test_what_is_no_table() -> None:
    """The error names the line."""
    with pytest.raises(NotCsv, match="save it as CSV UTF-8"):
        decoded(b"\xff")
    with pytest.raises(NotCsv, match="field larger than field limit") as caught:
        lines("a\n" + "x" * 140_000)
    assert caught.value.line == 2
