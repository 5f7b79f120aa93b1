"""Axes: where numbers lie, and which are written beside them."""

from __future__ import annotations

import math

import pytest

from grader.language.catalogue import Text
from grader.reports.axes import BOTTOM, LEFT, RIGHT, TOP, Plane, Scale, linear, logarithmic, number_shown
from grader.reports.drawing import Drawing


def test_a_linear_scale() -> None:
    """Numbers lie in proportion; what lies outside is moved to the edge."""
    scale = Scale(0, 10, 100, 200)
    assert [scale.at(value) for value in (0, 5, 10, -3, 99, math.inf)] == [100, 150, 200, 100, 200, 200]
    assert scale.ticks() == [0, 2, 4, 6, 8, 10]
    assert scale.shows(10) and not scale.shows(10.1) and not scale.shows(math.nan)


def test_a_logarithmic_scale() -> None:
    """Factors of ten are equally far apart; zero lies at the lower end."""
    scale = logarithmic([1e-6, 1, 0, 100], 0, 100)
    assert scale.at(1e-2) - scale.at(1e-3) == pytest.approx(scale.at(10) - scale.at(1))
    assert scale.at(0) == scale.at(-1) == 0
    assert all(scale.low <= tick <= scale.high for tick in scale.ticks()) and len(scale.ticks()) >= 3


@pytest.mark.parametrize("values", [[3], [0], [0, 0], [-5, -5], [1e-200], [1e299, -1e299], [1, 1 + 1e-15]])
@pytest.mark.parametrize("kind", [linear, logarithmic])
def test_any_numbers_have_a_scale(kind, values) -> None:
    """A single number, equal ones, tiny and huge ones: each lies within, and ticks are few."""
    scale = kind(values, 0, 100)
    assert scale.low < scale.high and all(0 <= scale.at(value) <= 100 for value in values)
    assert 1 <= len(scale.ticks()) <= 12


def test_ticks_are_few() -> None:
    """Over three hundred decades, over a part of one, and across zero."""
    assert len(logarithmic([1e-150, 1e150], 0, 100).ticks()) <= 8
    assert 2 <= len(logarithmic([2.1, 3.9], 0, 100).ticks()) <= 12
    assert linear([-1, 1], 0, 100).ticks()[0] == -1


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0"), (-0.5, "−0.5"), (2.8765, "2.88"), (12345, "12300"), (0.001, "0.001"), (1e-4, "10⁻⁴"),
     (-1.25e-7, "−1.25·10⁻⁷"), (6e300, "6·10³⁰⁰"), (99999, "10⁵"), (3.0, "3")],
)  # fmt: skip
def test_numbers_as_people_write_them(number: float, words: str) -> None:
    """Three digits, a minus that is one, and powers of ten where zeros would have to be counted."""
    assert number_shown(number) == words


def test_a_plane() -> None:
    """Points lie between the axes, and those outside are left out. Axes have names in both languages."""
    plane = Plane(linear([0, 1], LEFT, RIGHT), linear([0, 1], BOTTOM, TOP))
    assert plane.at(5, 5) == (RIGHT, TOP) and plane.shown([(0, 0), (2, 0), (0, -1)]) == [plane.at(0, 0)]
    drawing = Drawing()
    plane.draw(drawing, "x", Text("loss", "损失"), whole=True)
    svg = drawing.markup(1)
    assert ">损失<" in svg and svg.count(">0.5<") <= 1  # only up


def test_a_walk_that_leaves() -> None:
    """It is drawn to the edge, in its own direction, and no further."""
    plane = Plane(Scale(0, 10, 0, 100), Scale(0, 10, 0, 100))
    assert plane.until_outside([(0, 0), (2, 2), (4, 2)]) == [(0, 0), (20, 20), (40, 20)]
    assert plane.until_outside([(2, 2), (1e35, 0.5e35), (3, 3)]) == [(20, 20), pytest.approx((100, 60))]
    assert plane.until_outside([(5, 5), (5, -5)]) == [(50, 50), (50, 0)]
    assert plane.until_outside([(-1, 0), (1, 1)]) == []
