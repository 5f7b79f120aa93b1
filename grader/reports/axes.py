"""The axes of a chart: where a number lies in it, and the numbers that are written beside it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.language.catalogue import Text
from grader.reports.drawing import WIDTH, Drawing, Point

LEFT, RIGHT, TOP, BOTTOM = 52.0, WIDTH - 12.0, 22.0, 212.0  # of the space between the axes
ROW = 17.0  # height of a line of the key
MOST_TICKS = 6
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Scale:
    """From numbers to places along an axis. What lies outside of `low` to `high` is moved to the edge."""

    low: float
    high: float
    first: float  # where `low` lies
    last: float
    logarithmic: bool = False

    def at(self, value: float) -> float:
        """Where a number lies."""
        low, high, value = (self._measured(each) for each in (self.low, self.high, value))
        part = min(1.0, max(0.0, (value - low) / (high - low)))
        return self.first + part * (self.last - self.first)

    def shows(self, value: float) -> bool:
        """Whether a number lies within the axis."""
        return self.low <= value <= self.high

    def ticks(self) -> list[float]:
        """A few round numbers between the ends."""
        if self.logarithmic:
            decades = _decades(self.low, self.high)
            if len(decades) > 1:
                return decades
        return _round_numbers(self.low, self.high)

    def _measured(self, value: float) -> float:
        return math.log10(max(value, self.low)) if self.logarithmic else value


def linear(values: Iterable[float], first: float, last: float, margin: float = 0.06) -> Scale:
    """A scale that shows these numbers, with a margin on both sides, as a share of them."""
    low, high = _ends(values)
    room = margin * (high - low)
    return Scale(low - room, high + room, first, last)


def logarithmic(values: Iterable[float], first: float, last: float) -> Scale:
    """A logarithmic scale that shows these numbers; one that is not positive is moved to its lower end.

    If none of them is positive, the scale is linear.
    """
    found = list(values)
    positive = [value for value in found if value > 0]
    if not positive:
        return linear(found, first, last)
    low, high = min(positive), max(positive)
    room = max((high / low) ** 0.06, 1.05)
    return Scale(low / room, high * room, first, last, logarithmic=True)


@dataclass(frozen=True)
class Plane:
    """Two scales: points in the space between the axes."""

    x: Scale
    y: Scale

    def at(self, x: float, y: float) -> Point:
        """Where a point lies in the drawing."""
        return self.x.at(x), self.y.at(y)

    def shown(self, points: Iterable[Point]) -> list[Point]:
        """Where those points lie that are within both scales."""
        return [self.at(x, y) for x, y in points if self.x.shows(x) and self.y.shows(y)]

    def until_outside(self, points: Iterable[Point]) -> list[Point]:
        """Where a walk lies in the drawing, until it crosses an edge; that place is the last one."""
        found: list[Point] = []
        before: Point | None = None
        for x, y in points:
            if self.x.shows(x) and self.y.shows(y):
                found.append(self.at(x, y))
                before = x, y
            else:
                if before is not None:
                    part = min(_part(self.x, before[0], x), _part(self.y, before[1], y))
                    found.append(self.at(*(one + part * (far - one) for one, far in zip(before, (x, y)))))
                break
        return found

    def draw(self, drawing: Drawing, across: str | Text, up: str | Text, whole: bool = False) -> None:
        """The axes, with their ticks and names. `whole`: only whole numbers are written below."""
        for value in self.x.ticks():
            if whole and value != int(value):
                continue
            place = self.x.at(value)
            drawing.line((place, BOTTOM), (place, BOTTOM + 4), "axis")
            drawing.text((place, BOTTOM + 16), number_shown(value), anchor="middle")
        for value in self.y.ticks():
            place = self.y.at(value)
            drawing.line((LEFT, place), (RIGHT, place), "grid")
            drawing.text((LEFT - 5, place + 4), number_shown(value), anchor="end")
        drawing.path(((LEFT, TOP), (LEFT, BOTTOM), (RIGHT, BOTTOM)), "axis")
        drawing.text((RIGHT, BOTTOM + 30), across, "name", "end")
        drawing.text((LEFT - 5, TOP - 9), up, "name")


def number_shown(value: float) -> str:
    """A number to three digits, as people write it: `−0.5`, `12300`, `1.2·10⁻⁵`."""
    rounded = float(f"{value:.3g}")
    if rounded == 0 or 1e-3 <= abs(rounded) < 1e5:
        return f"{rounded:.10g}".replace("-", "−")
    digits, _, power = f"{rounded:.2e}".partition("e")
    digits = digits.rstrip("0").rstrip(".").replace("-", "−")
    raised = f"10{str(int(power)).translate(SUPERSCRIPTS)}"
    return raised if digits == "1" else f"{digits}·{raised}"


def _part(scale: Scale, one: float, other: float) -> float:
    """How much of the way from a number that a scale shows to another is within the scale."""
    edge = min(max(other, scale.low), scale.high)
    return 1.0 if edge == other else (edge - one) / (other - one)


def _ends(values: Iterable[float]) -> tuple[float, float]:
    found = list(values)
    low, high = min(found), max(found)
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-9):  # a point needs room as well
        room = abs(low) / 2 or 1.0
        return low - room, high + room
    return low, high


def _decades(low: float, high: float) -> list[float]:
    powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
    step = max(1, math.ceil(len(powers) / MOST_TICKS))
    return [10.0**power for power in powers if power % step == 0]


def _round_numbers(low: float, high: float) -> list[float]:
    """The multiples of 1, 2 or 5 times a power of ten, so far apart that they are few."""
    rough = (high - low) / (MOST_TICKS - 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [count * step for count in range(math.ceil(low / step), math.floor(high / step) + 1)]


def key_height(rows: Sequence[object]) -> float:
    """How high a drawing is that has so many rows of a key below its axes."""
    return BOTTOM + 38 + ROW * len(rows) + 4


def key_row(number: int) -> float:
    """Where a row of the key lies, counted from 0."""
    return BOTTOM + 38 + ROW * (number + 0.5)
