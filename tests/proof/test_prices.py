"""What remains of the points, and when that needs a reason."""

from __future__ import annotations

import pytest

from grader.proof.prices import HEADINGS, NUMBERS, Price


def price(remaining: float, reason: str = "") -> Price:
    return Price("halve", "mistake doubles", "file", remaining, 9, reason)


@pytest.mark.parametrize(
    ("remaining", "reason", "messages"),
    [
        (9, "", []),
        (4.5, "", []),
        (4, "", ["file: with the mistake doubles only 4/9 points remain: say why with `costs`, or lower it"]),
        (0, "All depends on it.", []),
        (
            *(4.5, "All depends on it."),
            ["file: `costs` says why so few points remain with the mistake doubles, but 4.5/9 do"],
        ),
    ],
)
def test_warnings(remaining, reason, messages):
    """Less than half of the points needs a reason, half of them needs none, and may not have one."""
    assert [str(problem) for problem in price(remaining, reason).warnings] == messages


def test_row_and_data():
    """The row has a cell for each heading."""
    found = price(2.5, "Why.")
    assert found.row == ["halve", "mistake doubles", "2.5/9", "Why."] and len(found.row) == len(HEADINGS)
    assert [HEADINGS[number] for number in NUMBERS] == ["points left"]
    assert found.as_data() == {"name": "mistake doubles", "points": 2.5, "of": 9, "reason": "Why."}
