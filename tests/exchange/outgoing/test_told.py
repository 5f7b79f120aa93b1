"""What other systems are told."""

from __future__ import annotations

from downloads import REJECTED, mark, told
from grader.exchange.outgoing.told import by_assignment


def test_by_assignment():
    """Submissions are gathered by assignment, in their order."""
    other = told(mark=mark("cy", "halve"))
    assert {name: len(each) for name, each in by_assignment([told(), other, REJECTED]).items()} == {
        "double": 2,
        "halve": 1,
    }
