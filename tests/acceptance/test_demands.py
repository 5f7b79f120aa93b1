"""docs/demands.md: which check fails when a sentence of a notebook is not followed."""

from __future__ import annotations

import re

import pytest

from grader.course.loader import load
from support import ROOT

COURSE = load(ROOT)
HEAD = "| The notebook says | Violated by | Fails |"


def tables() -> dict[str, list[list[str]]]:
    """The rows of each assignment's table, cut into cells, by the assignment's name."""
    _, *sections = re.split(
        r"^## ", (ROOT / "docs/demands.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    found = {}
    for section in sections:
        name, *lines = section.strip().split("\n")
        rows = [line for line in lines if line.startswith("|")]
        assert rows[0] == HEAD, name
        found[name] = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]
    return found


def test_every_assignment_has_its_table() -> None:
    """The tables are those of the course's assignments, in their order."""
    assert list(tables()) == list(COURSE.assignments)


@pytest.mark.parametrize("name", COURSE.assignments)
def test_every_demand_has_its_check(name: str) -> None:
    """Each row names checks that there are, or says that the sentence is advice. Each check is in some row."""
    rows = tables()[name]
    named = [set(re.findall(r"`(test_\w+)`", row[-1])) for row in rows]
    for row, checks in zip(rows, named, strict=True):
        assert len(row) == 3 and row[1] and (checks or "advice" in row[2]), row
    assert set().union(*named) == {check.id for check in COURSE.assignments[name].checks}
