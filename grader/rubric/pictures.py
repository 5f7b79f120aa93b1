"""Pictures for the page, made from what a notebook computed: `@check(…, picture=function)`.

The function takes `student` and returns what one of these functions makes of its values. They keep a few
numbers of many, and raise Undrawable if there is nothing to draw.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy

from grader.model.picture import (
    Batches,
    Border,
    Costs,
    Curve,
    Descent,
    Layer,
    Line,
    Losses,
    Picture,
    Shapes,
    Walk,
)
from grader.rubric.compare import array_of
from grader.rubric.errors import TooMuchWork
from grader.rubric.trace import spread

MAX_NUMBERS = 100_000  # that are looked at
MAX_POINTS = 200  # of all points or curves of a picture
MAX_SIDE = 25  # of a map
MAX_STEPS = 40  # on a map
MAX_CURVES = 6
MAX_NAME = 40  # characters
MAX_BATCHES, MAX_EXAMPLES = 12, 20
MAX_LAYERS, MAX_DIMENSIONS = 12, 6
DIGITS = 4
ROUNDING = 1e-6  # of float32
LARGEST = 1e300  # room to compute with what is drawn
BEYOND = 3.0  # so many spans of a curve beside its middle are shown of a walk that leaves it

Function = Callable[[float], float]


class Undrawable(Exception):
    """What a notebook computed can't be drawn; the message says why, to authors."""


class Drawn(NamedTuple):
    """A picture, or why there is none."""

    picture: Picture | None
    why: str = ""


def drawn(function: Callable[[Any], Any], student: Any) -> Drawn:
    """What a check's function for its picture returns for a notebook.

    Nothing that goes wrong in it changes a verdict. `grader validate` tells the author.
    """
    try:
        picture = function(student)
    except (Exception, TooMuchWork) as error:
        return Drawn(None, f"{type(error).__name__}: {error}")
    if not isinstance(picture, Picture):
        return Drawn(None, f"{function.__name__} returned {type(picture).__name__}, no picture")
    return Drawn(picture)


def draw_line(x: Any, y: Any, w: Any, b: Any, *, true: tuple[float, float] | None = None) -> Line:
    """The line wx + b over the points (x, y). `true` are slope and height of the line to be found.

    Give `true` only if the assignment's text names that line.
    """
    across, up = _numbers(x, "x"), _numbers(y, "y")
    if len(across) != len(up):
        raise Undrawable(f"there are {len(across)} x and {len(up)} y")
    points = [pair for pair in zip(across, up) if _is_finite(*pair)]
    kept = spread(points, MAX_POINTS)
    slope, height = _number(w, "w"), _number(b, "b")
    return Line(
        tuple(_short(each) for each, _ in kept),
        tuple(_short(each) for _, each in kept),
        len(points),
        (_short(slope), _short(height)) if _is_finite(slope, height) else (),
        tuple(map(_short, true or ())),
    )


def draw_border(X: Any, y: Any, w: Any, b: Any, *, names: tuple[str, str] = ("x", "y")) -> Border:
    """The border between the rows of X, of shape (n, 2), that are labeled 0 and 1.

    It is where w₁·x + w₂·y + b is 0. `names` are those of the columns of X.
    """
    points, labels, weights = _numbers(X, "X"), _numbers(y, "y"), [*_numbers(w, "w"), _number(b, "b")]
    if len(points) != 2 * len(labels) or len(weights) != 3:
        raise Undrawable(f"there are {len(points)} numbers, {len(labels)} labels and {len(weights)} weights")
    rows = [row for row in zip(points[::2], points[1::2], labels) if _is_finite(*row)]
    known = _is_finite(*weights) and any(weights[:2])
    sides = [weights[0] * across + weights[1] * up + weights[2] > 0 for across, up, _ in rows]
    right = sum(side is (row[2] > 0) for side, row in zip(sides, rows)) if known else 0
    zeros, ones = (_some([row for row in rows if (row[2] > 0) is label]) for label in (False, True))
    shown = names[0][:MAX_NAME], names[1][:MAX_NAME]
    return Border(zeros, ones, _all_short(weights) if known else (), right, len(rows), shown)


def draw_losses(losses: Any, *, epochs: bool = False, rate: Any = None) -> Losses:
    """The losses of a training, on a logarithmic axis; a mapping holds several by name.

    `epochs`: a loss is that of an epoch, not of a step. `rate` is the learning rate.
    """
    named = losses if isinstance(losses, Mapping) else {"": losses}
    curves = [
        _curve(str(name)[:MAX_NAME], values, MAX_POINTS // min(len(named), MAX_CURVES))
        for name, values in [*named.items()][:MAX_CURVES]
    ]
    if not curves:
        raise Undrawable("there are no losses")
    return Losses(tuple(curves), epochs, None if rate is None else _short(_number(rate, "rate")))


def draw_descent(function: Function, walks: Any, *, name: str = "x", lowest: float | None = None) -> Descent:
    """Walks on the curve of a function of one variable, which `name` names.

    `walks` holds the point of each step: a list of numbers, or of tensors of one shape whose elements walk
    side by side. The first is where they start. `lowest` is where the curve is lowest, if the assignment's
    text says so.
    """
    steps = [_numbers(step, "a step") for step in walks]
    if not steps or len({len(step) for step in steps}) != 1 or not steps[0]:
        raise Undrawable("the steps are not all of one shape")
    walked = [_walk(function, row) for row in [*zip(*steps)][:MAX_CURVES]]
    points = [point for walk in walked for point in walk.x]
    if not points:
        raise Undrawable("no step is finite")
    points += [] if lowest is None else [lowest]
    starts = [walk.x[0] for walk in walked if walk.x]
    # What runs away would leave a curve without a shape.
    span = max(1.0, max(starts) - min(starts)) * BEYOND
    low, high = max(min(points), min(starts) - span), min(max(points), max(starts) + span)
    margin = 0.25 * (high - low) or 1.0
    across = numpy.linspace(low - margin, high + margin, 61).tolist()
    heights = [_height(function, each) for each in across]
    kept = [pair for pair in zip(across, heights) if _is_finite(*pair)]
    curve, up = (_all_short(pair[side] for pair in kept) for side in (0, 1))
    return Descent(curve, up, tuple(walked), name, lowest)


def draw_costs(ws: Any, bs: Any, costs: Any, *, walk: Any = (), chosen: Any = ()) -> Costs:
    """A map of the costs of all pairs (w, b): `costs` has a row for each of `bs`, a column for each of `ws`.

    `walk` holds the pairs through which a descent went, `chosen` the pair that the notebook takes for the
    lowest point. `costs` may be a function of w and b, too.
    """
    across, up = _axis(_numbers(ws, "ws")), _axis(_numbers(bs, "bs"))
    columns, rows = spread(range(len(across)), MAX_SIDE), spread(range(len(up)), MAX_SIDE)
    if len(columns) < 2 or len(rows) < 2 or not _is_finite(*across, *up):
        raise Undrawable("a map has two w and two b at least, and all of them are finite")
    if callable(costs):
        table = numpy.array([[_height(costs, w, b) for w in across] for b in up])
    else:
        table = array_of(costs)
    if table is None or table.shape != (len(up), len(across)):
        raise Undrawable(f"costs should be numbers of shape {(len(up), len(across))}")
    if not (numpy.abs(table) <= LARGEST).all():
        raise Undrawable("not all costs are finite")
    row, column = numpy.unravel_index(table.argmin(), table.shape)
    pairs, broken = _until_broken([_pair(each) for each in walk])
    point = _pair(chosen) if len(chosen) else ()
    return Costs(
        _all_short(across[j] for j in columns),
        _all_short(up[i] for i in rows),
        tuple(_all_short(row) for row in table[numpy.ix_(rows, columns)].tolist()),
        (_short(across[column]), _short(up[row])),
        tuple(map(_all_short, spread(pairs, MAX_STEPS))),
        broken,
        _all_short(point) if _is_finite(*point) else (),
    )


def draw_shapes(names: Sequence[str], shapes: Any, wanted: Sequence[Sequence[int]]) -> Shapes:
    """The shapes behind the layers of a network, beside those that are wanted."""
    found = [_shape(each) for each in shapes] if isinstance(shapes, (list, tuple)) else []
    if not found:
        raise Undrawable("there is no list of shapes")
    found += [None] * (len(names) - len(found))
    triples = [*zip(names, found, wanted)][:MAX_LAYERS]
    return Shapes(tuple(Layer(name[:MAX_NAME], shape, tuple(goal)) for name, shape, goal in triples))


def draw_batches(batches: Any, examples: int) -> Batches:
    """Which of the `examples` examples, counted from 0, each batch used: lists of their numbers."""
    rows = []
    for number, batch in enumerate(batches):
        if number == MAX_BATCHES:
            break
        indices = [each for each in _numbers(batch, "a batch") if _is_finite(each)][:MAX_EXAMPLES]
        rows.append(tuple(round(each) for each in indices if 0 <= round(each) < examples))
    if not rows or not 0 < examples <= MAX_EXAMPLES:
        raise Undrawable(f"there have to be batches, and 1 to {MAX_EXAMPLES} examples")
    return Batches(tuple(rows), examples)


def _numbers(value: Any, what: str) -> list[float]:
    """Every number in a tensor, an array, or lists of them, one after another."""
    array = array_of(value)
    if array is not None and array.size > MAX_NUMBERS:
        raise Undrawable(f"{what} has {array.size} numbers, too many to be drawn")
    if array is not None:
        return [float(each) for each in array.ravel()]
    if isinstance(value, (list, tuple)):
        return [each for part in value for each in _numbers(part, what)]
    raise Undrawable(f"{what} is not made of numbers: {type(value).__name__}")


def _axis(numbers: list[float]) -> list[float]:
    """The numbers of an axis. One that is zero but for rounding errors is zero."""
    largest = max(map(abs, numbers), default=0.0)
    return [0.0 if abs(number) < ROUNDING * largest else number for number in numbers]


def _number(value: Any, what: str) -> float:
    found = _numbers(value, what)
    if len(found) != 1:
        raise Undrawable(f"{what} is not one number, but {len(found)}")
    return found[0]


def _pair(value: Any) -> tuple[float, float]:
    found = _numbers(value, "a pair")
    if len(found) != 2:
        raise Undrawable(f"a pair has two numbers, not {len(found)}")
    return found[0], found[1]


def _shape(value: Any) -> tuple[int, ...] | None:
    """A shape, if it is one: a few whole numbers."""
    if not isinstance(value, (list, tuple)):
        return None
    array = array_of(value)
    if array is None or array.ndim != 1 or array.size > MAX_DIMENSIONS or not numpy.isfinite(array).all():
        return None
    return tuple(int(each) for each in numpy.clip(array, -1, 1e12))


def _curve(name: str, values: Any, most: int) -> Curve:
    """Losses until the first that is not finite. Of many, a few are kept, the largest among them."""
    losses = _numbers(values, "losses")
    finite, broken = _until_broken([(loss,) for loss in losses])
    if not losses:
        raise Undrawable("there are no losses")
    kept = spread(range(len(finite)), most - 2)
    if finite:
        heights = [loss for (loss,) in finite]
        kept = sorted({*kept, heights.index(max(heights)), heights.index(min(heights))})
    steps = tuple(each + 1 for each in kept)
    return Curve(name, steps, _all_short(finite[each][0] for each in kept), len(losses), broken)


def _some(points: Sequence[tuple[float, ...]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The x and the y of some of these points."""
    kept = spread(points, MAX_POINTS // 2)
    return _all_short(point[0] for point in kept), _all_short(point[1] for point in kept)


def _walk(function: Function, points: Sequence[float]) -> Walk:
    finite, broken = _until_broken([(point, _height(function, point)) for point in points])
    kept = spread(finite, MAX_POINTS // MAX_CURVES)
    across, up = (_all_short(pair[side] for pair in kept) for side in (0, 1))
    return Walk(across, up, len(finite) - 1, broken)


def _height(function: Callable[..., Any], *point: float) -> float:
    try:
        return _number(function(*point), "a height")
    except OverflowError:
        return math.inf


def _until_broken(points: Sequence[tuple[float, ...]]) -> tuple[list[tuple[float, ...]], str]:
    """The points before the first that is not finite, and what that one is."""
    for place, point in enumerate(points):
        if not _is_finite(*point):
            return list(points[:place]), "NaN" if any(map(math.isnan, point)) else "inf"
    return list(points), ""


def _is_finite(*numbers: float) -> bool:
    return all(abs(number) <= LARGEST for number in numbers)


def _short(number: float) -> float:
    """A number with as many digits as can be seen in a picture."""
    return float(f"{number:.{DIGITS}g}")


def _all_short(numbers: Any) -> tuple[float, ...]:
    return tuple(map(_short, numbers))
