"""Prices: the points that remain with a known mistake, or with one part of the stub unwritten.

One slip should cost what depends on it. Where less than half of the points remain, the author says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.errors import Problem

HEADINGS = ("assignment", "wrong answer", "points left", "why so few")
# The columns of HEADINGS that hold numbers.
NUMBERS = (2,)
# The share of the points that remains without a reason given.
FREE = 0.5


@dataclass(frozen=True)
class Price:
    """What remains of an assignment's points with one thing wrong."""

    assignment: str
    # The mistake or the part, as messages name it.
    label: str
    # The file in which the reason is given.
    file: str
    remaining: float
    possible: float
    # The author's reason; empty if none is given.
    reason: str

    @property
    def is_high(self) -> bool:
        """Whether more than half of the points are lost."""
        return self.remaining < FREE * self.possible

    @property
    def left(self) -> str:
        """The points that remain, of how many: "4/10"."""
        return f"{self.remaining:g}/{self.possible:g}"

    @property
    def row(self) -> list[str]:
        """The row of the table below HEADINGS."""
        return [self.assignment, self.label, self.left, self.reason]

    @property
    def warnings(self) -> list[Problem]:
        """What an author should look at: a high price without a reason, or a reason without a high price."""
        if self.is_high and not self.reason:
            message = (
                f"with the {self.label} only {self.left} points remain: say why with `costs`, or lower it"
            )
        elif self.reason and not self.is_high:
            message = f"`costs` says why so few points remain with the {self.label}, but {self.left} do"
        else:
            return []
        return [Problem(self.file, 0, message)]

    def as_data(self) -> dict[str, object]:
        """The price as JSON data."""
        return {"name": self.label, "points": self.remaining, "of": self.possible, "reason": self.reason}
