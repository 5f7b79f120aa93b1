"""The sweep of downloads and tables works; `./run fuzz` does it for real."""

from __future__ import annotations

from random import Random

import pytest

from courses import made
from downloads import zipped
from fuzz import bytes_changes
from fuzz.exchange import LAYOUTS, TABLES, check_archive, check_table, mutated_archive
from fuzz.targets import ACCEPTED, REFUSED


def test_downloads(tmp_path):
    """Every layout is imported as it is, and some that were changed are imported or refused."""
    course = made(tmp_path / "course")
    contents = [*map(zipped, LAYOUTS), *(mutated_archive(Random(f"test {number}")) for number in range(12))]
    found = []
    for number, content in enumerate(contents):
        root = tmp_path / str(number)
        root.mkdir()
        found.append(check_archive(content, course, root))
    assert found[: len(LAYOUTS)] == [ACCEPTED] * len(LAYOUTS) and set(found) <= {ACCEPTED, REFUSED}


@pytest.mark.parametrize("layout_of, content", TABLES)
def test_tables(layout_of, content):
    """Every table is filled in as it is, and filled in or refused after changes."""
    assert check_table(content, layout_of) == ACCEPTED
    draw = Random(0)
    for _ in range(20):
        assert check_table(bytes_changes.changed_bytes(content, draw), layout_of) in (ACCEPTED, REFUSED)
