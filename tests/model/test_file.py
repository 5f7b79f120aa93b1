"""Files as values: a name leads nowhere else, and names count as much as contents."""

from __future__ import annotations

import pytest

from grader.model.file import Bound, File, digest, is_plain, with_others
from submissions import UNSAFE_NAMES

LEADING_ELSEWHERE = ["", ".", "..", "../../x", "/etc", "a//b", "a/../b", "a/", "C:x", "a\\b", "a/./b"]


@pytest.mark.parametrize("name", [*LEADING_ELSEWHERE, "a\0b", "a\nb", "\x1b[2J", "a\udcffb", "a\u2028b"])
def test_a_name_that_leads_elsewhere(name: str) -> None:
    """A name that could leave its folder, control a terminal or break a line names no file."""
    with pytest.raises(ValueError, match="can't be written"):
        File(name, b"")


@pytest.mark.parametrize(
    "name", ["data.csv", "data/train.csv", "数据 (1).csv", "a b.txt", "…", "a.", "é", "ab:c"]
)
def test_other_names(name: str) -> None:
    """Names as students choose them are fine, and so is most of what another system could not take."""
    assert File(name, b"1").name == name
    assert is_plain("a" + name) and sum(map(is_plain, UNSAFE_NAMES)) > 20


def test_a_digest_holds_for_names_and_contents() -> None:
    """Files whose names and contents join to the same bytes have other digests."""
    sets = ([], [("a", b"b")], [("ab", b"")], [("a", b""), ("b", b"")], [("b", b"a")])
    assert len({digest(File(*each) for each in files) for files in sets}) == len(sets)


def test_others_take_the_place_of_files() -> None:
    """By name. A large one or a folder takes the place of all below its name, and is replaced whole."""
    data = File("data/a.csv", b"1"), File("data/b.csv", b"2"), File("c.csv", b"3")
    bound = Bound("data", "/data", 9, "0" * 64)
    assert with_others(data, [File("data/b.csv", b"4"), File("new", b"5")]) == (
        File("c.csv", b"3"), File("data/a.csv", b"1"), File("data/b.csv", b"4"), File("new", b"5"),
    )  # fmt: skip
    assert with_others(data, [bound]) == (File("c.csv", b"3"), bound)
    assert with_others([bound], data[:1]) == data[:1]
