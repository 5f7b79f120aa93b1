"""Charts of the pictures in a report (grader.model.picture), as SVG.

No student's text is in them, and no number but those of the picture. What a chart shows is told apart by
dashes and markers, not by colors alone. Its caption, in grader.reports.captions, says the same in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.picture import Batches, Border, Costs, Curve, Descent, Line, Losses, Picture, Shapes
from grader.reports.axes import BOTTOM, LEFT, RIGHT, TOP, Plane, key_height, key_row, linear, logarithmic
from grader.reports.captions import equation, first_wrong, height_at, heights_near, shape_shown
from grader.reports.drawing import CIRCLE, CROSS, PLUS, WIDTH, Drawing, Point

KEY_X = LEFT + 34
CONTOURS = 9
MARKED = 6  # points of a curve that have a marker
LABELED = 4  # pixels that a label needs beside its point
UPRIGHT = 1e-9  # a share: of two weights of a border, which is so much smaller counts as zero
ROOM = 16  # for the number of an example


def chart(picture: Picture) -> Markup:
    """A picture as SVG."""
    match picture:
        case Line():
            return _line(picture)
        case Border():
            return _border(picture)
        case Losses():
            return _losses(picture)
        case Descent():
            return _descent(picture)
        case Costs():
            return _costs(picture)
        case Shapes():
            return _shapes(picture)
        case Batches():
            return _batches(picture)


def _line(picture: Line) -> Markup:
    drawing = Drawing()
    goal = [height_at(picture.true, x) for x in picture.x if picture.true]
    heights = [*picture.y, *heights_near(picture), *goal]
    plane = Plane(linear(picture.x or [0.0], LEFT, RIGHT), linear(heights or [0.0], BOTTOM, TOP))
    plane.draw(drawing, "x", "y")
    drawing.dots(plane.shown(zip(picture.x, picture.y)), "data")
    rows: list[tuple[str, Text | str]] = [("data", _("the data"))]
    if picture.line:
        drawing.path(_clipped(plane, picture.line), "yours")
        rows.append(("yours", _("your line, {line}", line=equation(picture.line))))
    if picture.true:
        drawing.path(_clipped(plane, picture.true), "goal")
        rows.append(("goal", _("the line to be found, {line}", line=equation(picture.true))))
    for number, (shade, words) in enumerate(rows):
        _key(drawing, number, shade, words, dotted=shade == "data")
    return drawing.markup(key_height(rows))


def _border(picture: Border) -> Markup:
    drawing = Drawing()
    points = [(x, y) for group in (picture.zeros, picture.ones) for x, y in zip(*group)] or [(0.0, 0.0)]
    across, up = ([point[side] for point in points] for side in (0, 1))
    plane = Plane(linear(across, LEFT, RIGHT), linear(up, BOTTOM, TOP))
    plane.draw(drawing, *picture.names)
    drawing.markers(plane.shown(zip(*picture.zeros)), CROSS, "zeros")
    drawing.markers(plane.shown(zip(*picture.ones)), CIRCLE, "ones")
    rows: list[tuple[str, Text, int | None]] = [
        ("zeros", _("label {label}", label=0), CROSS),
        ("ones", _("label {label}", label=1), CIRCLE),
    ]
    if picture.weights:
        slope, rise, height = picture.weights
        if abs(rise) > UPRIGHT * abs(slope):
            drawing.path(_clipped(plane, (-slope / rise, -height / rise)), "yours")
        elif plane.x.shows(-height / slope):
            drawing.path(((plane.x.at(-height / slope), y) for y in (BOTTOM, TOP)), "yours")
        rows.append(("yours", _("your border"), None))
    for number, (shade, words, marker) in enumerate(rows):
        _key(drawing, number, shade, words, marker=marker)
    return drawing.markup(key_height(rows))


def _losses(picture: Losses) -> Markup:
    drawing = Drawing()
    shown = [curve for curve in picture.curves if curve.losses] or [Curve("", (1,), (1.0,), 1)]
    # Nothing is to be seen behind the last finite loss.
    last = max(max(curve.steps, default=1) * 1.3 if curve.broken else curve.count for curve in shown)
    plane = Plane(
        linear([1, last], LEFT, RIGHT, 0.02),
        logarithmic([loss for curve in shown for loss in curve.losses], BOTTOM, TOP),
    )
    across = _("epoch") if picture.epochs else _("step")
    plane.draw(drawing, across, _("loss"), whole=True)
    rows = picture.curves if len(picture.curves) > 1 else ()
    for number, curve in enumerate(picture.curves):
        shade = f"curve s{number}" if rows else "yours"
        points = [plane.at(*point) for point in zip(curve.steps, curve.losses)]
        drawing.path(points, shade)
        if rows:
            drawing.markers(points[:: max(1, len(points) // MARKED)], number, f"{shade} marker")
            _key(drawing, number, shade, curve.name, marker=number)
        elif len(points) <= MARKED * 2:
            drawing.markers(points, CIRCLE, "yours marker")
        if curve.broken:
            _break(drawing, plane, points, curve)
    return drawing.markup(key_height(rows))


def _break(drawing: Drawing, plane: Plane, points: Sequence[Point], curve: Curve) -> None:
    """A cross where a loss is not finite for the first time, and its label."""
    step = curve.steps[-1] + 1 if curve.steps else 1
    x, y = plane.x.at(step), points[-1][1] if points else TOP
    drawing.line((x, TOP), (x, BOTTOM), "broken")
    drawing.markers([(x, y)], CROSS, "broken")
    on_left = x > (LEFT + RIGHT) / 2
    place = x - 2 * LABELED if on_left else x + 2 * LABELED
    # Away from the curve, which has just ended beside the line.
    height = TOP + 8 if y > (TOP + BOTTOM) / 2 else BOTTOM - 8
    words = _("{value} from here on", value=curve.broken)
    drawing.text((place, height), words, "bad", "end" if on_left else "start")


def _descent(picture: Descent) -> Markup:
    drawing = Drawing()
    walked = [point for walk in picture.walks for point in zip(walk.x, walk.height)]
    low, high = min(picture.x), max(picture.x)
    inside = [height for x, height in walked if low <= x <= high]
    plane = Plane(linear(picture.x, LEFT, RIGHT, 0), linear([*picture.height, *inside], BOTTOM, TOP))
    plane.draw(drawing, picture.name, _("height"))
    drawing.path([plane.at(*point) for point in zip(picture.x, picture.height)], "goal")
    for walk in picture.walks:
        points = plane.shown(zip(walk.x, walk.height))
        drawing.path(plane.until_outside(zip(walk.x, walk.height)), "yours thin")
        drawing.markers(points[1:-1], CIRCLE, "yours marker small")
        drawing.markers(points[:1], CIRCLE, "yours open")
        drawing.markers(points[-1:] if len(points) > 1 else (), CIRCLE, "yours marker")
    rows = [("yours open", _("start"), CIRCLE), ("yours marker", _("after the last step"), CIRCLE)]
    if picture.lowest is not None:
        at_least = min(picture.height)
        drawing.markers([plane.at(picture.lowest, at_least)], PLUS, "mark")
        rows.append(("mark", _("the lowest point"), PLUS))
    for number, (shade, words, marker) in enumerate(rows):
        _key(drawing, number, shade, words, marker=marker)
    return drawing.markup(key_height(rows))


def _costs(picture: Costs) -> Markup:
    import contourpy  # takes a while, and few pages need it

    drawing = Drawing()
    plane = Plane(linear(picture.w, LEFT, RIGHT, 0), linear(picture.b, BOTTOM, TOP, 0))
    plane.draw(drawing, "w", "b")
    generator = contourpy.contour_generator(picture.w, picture.b, picture.rows)
    for number, level in enumerate(_levels(picture)):
        for part in generator.lines(level):
            points = [plane.at(float(x), float(y)) for x, y in part]  # type: ignore[misc]
            drawing.path(points, "contour" if number else "contour lowest")
    rows: list[tuple[str, Text, int]] = []
    if picture.walk:
        pairs = [(pair[0], pair[1]) for pair in picture.walk]
        drawing.path(plane.until_outside(pairs), "yours thin")
        drawing.markers(plane.shown(pairs), CIRCLE, "yours marker small")
        rows.append(("yours marker", _("your path"), CIRCLE))
    drawing.markers([plane.at(*picture.lowest)], PLUS, "mark")
    rows.append(("mark", _("the lowest point of this map"), PLUS))
    if picture.chosen:
        drawing.markers(plane.shown([(picture.chosen[0], picture.chosen[1])]), CROSS, "broken")
        rows.append(("broken", _("your lowest point"), CROSS))
    for number, (shade, words, marker) in enumerate(rows):
        _key(drawing, number, shade, words, marker=marker)
    return drawing.markup(key_height(rows))


def _levels(picture: Costs) -> list[float]:
    """The heights of the contours: closer together in the valley, as the roots of the costs are not."""
    costs = sorted(cost for row in picture.rows for cost in row)
    low, high = costs[0], costs[-1]
    return [low + (high - low) * ((number + 0.5) / CONTOURS) ** 2 for number in range(CONTOURS)]


def _shapes(picture: Shapes) -> Markup:
    drawing = Drawing()
    wrong, top, height = first_wrong(picture), 6.0, 30.0
    for number, layer in enumerate(picture.layers):
        y = top + number * (height + 22)
        is_wrong = number == wrong
        if number:
            middle = LEFT + 130
            drawing.path(((middle, y - 20), (middle, y - 3)), "axis arrow")
            drawing.path(((middle - 4, y - 8), (middle, y - 2), (middle + 4, y - 8)), "axis arrow")
        drawing.text((LEFT + 20, y + 20), layer.name, "name", "end")
        drawing.box((LEFT + 30, y), 200, height, "block wrong" if is_wrong else "block")
        drawing.text(
            (LEFT + 130, y + 20), shape_shown(layer.shape), "bad" if is_wrong else "inside", "middle"
        )
        if is_wrong:
            drawing.markers([(LEFT + 244, y + height / 2)], CROSS, "broken")
    rows = len(picture.layers)
    bottom = top + rows * (height + 22)
    if wrong is not None:
        layer = picture.layers[wrong]
        words = _("expected after {layer}: {shape}", layer=layer.name, shape=shape_shown(layer.wanted))
        drawing.text((LEFT + 30, bottom), words, "bad")
        bottom += 16
    return drawing.markup(bottom)


def _batches(picture: Batches) -> Markup:
    drawing = Drawing()
    left, top = 86.0, 34.0
    cell = min(24.0, (WIDTH - left - 8) / picture.examples)
    drawing.text((left, 12), _("example"), "name")
    for example in range(0, picture.examples, 1 if cell > ROOM else 2):
        drawing.text((left + (example + 0.5) * cell, 28), str(example), "digit", "middle")
    for number, batch in enumerate(picture.batches):
        y = top + number * 24
        drawing.text((left - 8, y + 16), _("batch {number}", number=number + 1), anchor="end")
        times = Counter(batch)
        for example in range(picture.examples):
            used = "used" if times[example] else "unused"
            drawing.box((left + example * cell + 1, y + 1), cell - 2, 22, used)
    y = top + len(picture.batches) * 24 + 17
    drawing.text((left - 8, y), _("times used"), "name", "end")
    counts = Counter(example for batch in picture.batches for example in batch)
    for example in range(picture.examples):
        shade = "digit" if counts[example] == 1 else "digit bad"
        drawing.text((left + (example + 0.5) * cell, y), str(counts[example]), shade, "middle")
    return drawing.markup(y + 8)


def _key(
    drawing: Drawing,
    number: int,
    shade: str,
    words: str | Text,
    marker: int | None = None,
    dotted: bool = False,
) -> None:
    """A row below the axes: how something is drawn, and what it is."""
    y = key_row(number)
    if dotted:
        drawing.dots([(LEFT + 8, y), (LEFT + 14, y), (LEFT + 20, y)], shade)
    elif marker is None or shade.startswith("curve"):
        drawing.line((LEFT, y), (LEFT + 28, y), shade)
    if marker is not None:
        drawing.markers([(LEFT + 14, y)], marker, f"{shade} marker" if shade.startswith("curve") else shade)
    drawing.text((KEY_X, y + 4), words)


def _clipped(plane: Plane, line: Sequence[float]) -> list[Point]:
    """The part of a line that lies within the axes; nothing if there is none."""
    low, high = plane.x.low, plane.x.high
    slope, height = line
    if slope:
        ends = sorted(((plane.y.low - height) / slope, (plane.y.high - height) / slope))
        low, high = max(low, ends[0]), min(high, ends[1])
    if low > high or not plane.y.low <= height_at(line, (low + high) / 2) <= plane.y.high:
        return []
    return [plane.at(x, height_at(line, x)) for x in (low, high)]
