"""Limits on notebook files: what is just within them is read, what is just beyond is refused."""

from __future__ import annotations

from grader.notebook.limits import FileLimits
from grader.notebook.reading import parse
from notebooks import code, encode, encode_old, old_code, refusal, sources


def test_the_number_of_cells_is_limited():
    """2,000 cells are read and more are refused; version 3 counts all worksheets together."""
    assert len(parse(encode(*[code("")] * 2000)).cells) == 2000
    assert "too many cells: 2001" in refusal(encode(*[code("")] * 2001))
    assert "too many cells: 20000" in refusal(encode(*[code("")] * 20_000))
    assert "too many cells: 2001" in refusal(
        encode_old(worksheets=[{"cells": [old_code("")] * 2000}, {"cells": [old_code("")]}])
    )


def test_the_length_of_a_cell_is_limited():
    """A source of a million characters is read and one more is refused, as a string or as lines."""
    assert len(sources(encode(code("#" * 1_000_000)))[0]) == 1_000_000
    assert "cell 2 of 2 is too long" in refusal(encode(code(), code("#" * 1_000_001)))
    assert "cell 1 of 1 is too long" in refusal(encode(code(["#" * 1000] * 1001)))


def test_bytes_beyond_the_size_limit_are_refused_unread():
    """`parse` keeps the size limit itself, for bytes that did not come from `read_file`."""
    data = encode(code())
    assert parse(data, FileLimits(file_bytes=len(data)))
    assert "too large: more than 0.0001 MB" in refusal(data, FileLimits(file_bytes=100))
