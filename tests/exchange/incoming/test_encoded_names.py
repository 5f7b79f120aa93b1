"""Names that do not say their encoding."""

from __future__ import annotations

import pytest

from grader.exchange.incoming.encoded_names import decoded, legacy_encoding


@pytest.mark.parametrize(
    ("names", "encoding", "wanted"),
    [
        (["张伟", "amy"], "gb18030", "gb18030"),
        (["李娜", "王芳", "玥"], "gb18030", "gb18030"),
        (["Müller", "Señor"], "cp437", "cp437"),
        (["amy"], "ascii", "cp437"),
        (["张伟"], "utf-8", "cp437"),
    ],
)
def test_which_encoding(names, encoding, wanted):
    """Most names decide for all of them. Names in UTF-8 need no other encoding."""
    raw = [name.encode(encoding) for name in names]
    assert legacy_encoding(raw) == wanted
    assert [decoded(each, wanted) for each in raw] == names


def test_any_bytes_are_a_name():
    """Bytes that are no text in any of these encodings have a name all the same."""
    assert decoded(b"\xff\xfe\x80", "gb18030")
