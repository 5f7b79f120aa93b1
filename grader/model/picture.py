"""Pictures beside a check: the numbers in them, few enough to travel in a report.

`grader.rubric.pictures` makes them from what a notebook computed, `grader.reports.charts` draws them. Every
number is finite: what is not ends a row, and `broken` says what it was.
"""

from __future__ import annotations

from dataclasses import dataclass

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Line:
    """A straight line over the points that it was fitted to."""

    x: Numbers
    y: Numbers
    count: int  # of the points; some of them are in x and y
    line: Numbers  # slope and height; empty if they are not finite
    true: Numbers = ()  # slope and height of the line to be found, if there is one


@dataclass(frozen=True)
class Border:
    """The line between two kinds of points, where w₁·x + w₂·y + b is 0."""

    zeros: tuple[Numbers, Numbers]  # x and y of the points that are labeled 0
    ones: tuple[Numbers, Numbers]
    weights: Numbers  # w₁, w₂ and b; empty if they are not finite
    right: int  # how many points lie on their own side
    count: int  # of the points; some of them are in zeros and ones
    names: tuple[str, str]  # of x and y


@dataclass(frozen=True)
class Curve:
    """The losses of one training, or some of them."""

    name: str  # "" if there is only one
    steps: Numbers  # counted from 1
    losses: Numbers
    count: int  # of the losses in all
    broken: str = ""  # "NaN" or "inf" if the one after the last is that


@dataclass(frozen=True)
class Losses:
    """How losses went, step by step or epoch by epoch."""

    curves: tuple[Curve, ...]
    epochs: bool = False  # whether a loss is that of an epoch, not of a step
    rate: float | None = None  # the learning rate


@dataclass(frozen=True)
class Walk:
    """The points of one descent, each with its height."""

    x: Numbers
    height: Numbers
    steps: int  # in all
    broken: str = ""


@dataclass(frozen=True)
class Descent:
    """Walks on a curve that they are to lead down."""

    x: Numbers
    height: Numbers
    walks: tuple[Walk, ...]
    name: str = "x"
    lowest: float | None = None  # where the curve is lowest, if that is known


@dataclass(frozen=True)
class Costs:
    """The cost of every pair (w, b), as a map, with a walk or a point on it."""

    w: Numbers
    b: Numbers
    rows: tuple[Numbers, ...]  # one for each b, with one cost for each w
    lowest: Numbers  # the pair with the lowest cost, also of those that are left out here
    walk: tuple[Numbers, ...] = ()  # pairs (w, b)
    broken: str = ""  # if the walk's next point is not finite
    chosen: Numbers = ()  # the pair that the notebook takes for the lowest point


@dataclass(frozen=True)
class Layer:
    """The shape behind one layer of a network."""

    name: str
    shape: tuple[int, ...] | None  # None: there is none
    wanted: tuple[int, ...]


@dataclass(frozen=True)
class Shapes:
    """The shapes of what goes through a network."""

    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Batches:
    """Which examples, counted from 0, each batch used."""

    batches: tuple[tuple[int, ...], ...]
    examples: int  # how many there are


Picture = Line | Border | Losses | Descent | Costs | Shapes | Batches
