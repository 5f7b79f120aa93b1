"""What the pictures in a report show, in words: for those who don't see them, and for everyone else too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.picture import Batches, Border, Costs, Curve, Descent, Line, Losses, Picture, Shapes
from grader.reports.axes import number_shown

RISES = 10.0  # a last loss of so many times the lowest one is worth a word


def caption(picture: Picture) -> Text:
    """A picture in a few sentences."""
    sentences = _sentences(picture)
    return Text(" ".join(each.en for each in sentences), "".join(each.zh for each in sentences))


def _sentences(picture: Picture) -> list[Text]:
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


def equation(line: Sequence[float]) -> str:
    """A line as people write it: `y = 3x − 0.8`."""
    slope, height = (number_shown(each) for each in line)
    return f"y = {slope}x " + (f"− {height[1:]}" if height.startswith("−") else f"+ {height}")


def named(curve: Curve, said: Text) -> Text:
    """What is said of one of several curves, after its name."""
    return Text(f"{curve.name}: {said.en}", f"{curve.name}：{said.zh}") if curve.name else said


def height_at(line: Sequence[float], x: float) -> float:
    """The height of a line at x."""
    return line[0] * x + line[1]


def heights_near(picture: Line) -> list[float]:
    """The heights of the student's line at the data's x that are not far from the data."""
    if not picture.y or not picture.line:
        return []
    low, high = min(picture.y), max(picture.y)
    span = (high - low) or 1.0
    heights = [height_at(picture.line, x) for x in picture.x]
    return [height for height in heights if low - span <= height <= high + span]


def shape_shown(shape: Sequence[int] | None) -> str:
    """A shape as its sizes: `1 × 10 × 24 × 24`; a question mark if there is none."""
    return " × ".join(map(str, shape)) if shape else "?" if shape is None else "()"


def first_wrong(picture: Shapes) -> int | None:
    """The place of the first layer whose shape is not as wanted; None if all are."""
    wrong = (place for place, layer in enumerate(picture.layers) if layer.shape != layer.wanted)
    return next(wrong, None)


def _line(picture: Line) -> list[Text]:
    found = [
        _("Your line is {line}.", line=equation(picture.line))
        if picture.line
        else _("Your line can't be drawn: its w or its b is not a finite number.")
    ]
    if picture.line and picture.y and not heights_near(picture):
        found.append(_("It lies far away from the data, outside of the picture."))
    if picture.true:
        found.append(
            _(
                "The line to be found, through {count} points, is {line}.",
                line=equation(picture.true),
                count=picture.count,
            )
        )
    else:
        found.append(_("The data has {count} points.", count=picture.count))
    return found


def _border(picture: Border) -> list[Text]:
    if not picture.weights:
        return [_("Your border can't be drawn: its w or its b is not finite, or w is zero.")]
    words = {"right": picture.right, "count": picture.count}
    return [_("{right} of the {count} points lie on their own side of your border.", **words)]


def _losses(picture: Losses) -> list[Text]:
    found = [_course_of(curve, picture.epochs) for curve in picture.curves]
    if picture.rate is not None:
        found.insert(0, _("The learning rate is {rate}.", rate=number_shown(picture.rate)))
    return found


def _course_of(curve: Curve, epochs: bool) -> Text:
    """What became of one curve."""
    if not curve.losses:
        said = _("The very first loss is {value}.", value=curve.broken)
        return named(curve, said)
    first, last, step = curve.losses[0], curve.losses[-1], int(curve.steps[-1])
    words = {"first": number_shown(first), "last": number_shown(last), "count": curve.count}
    if curve.broken:
        said = (
            _("The loss is {first} at first and {last} in epoch {step}; then it is {value}.",
              **words, step=step, value=curve.broken)
            if epochs
            else _("The loss is {first} at first and {last} in step {step}; then it is {value}.",
                   **words, step=step, value=curve.broken)
        )  # fmt: skip
    elif last > RISES * (low := min(curve.losses)) > 0 and last > first:
        where = int(curve.steps[curve.losses.index(low)])
        said = (
            _("The loss rises: from {first} to {last} in {count} epochs. It is lowest in epoch {where}.",
              **words, where=where)
            if epochs
            else _("The loss rises: from {first} to {last} in {count} steps. It is lowest in step {where}.",
                   **words, where=where)
        )  # fmt: skip
    elif last < first:
        said = (
            _("The loss falls from {first} to {last} in {count} epochs.", **words)
            if epochs
            else _("The loss falls from {first} to {last} in {count} steps.", **words)
        )
    else:
        said = (
            _("The loss does not fall: it goes from {first} to {last} in {count} epochs.", **words)
            if epochs
            else _("The loss does not fall: it goes from {first} to {last} in {count} steps.", **words)
        )
    return named(curve, said)


def _descent(picture: Descent) -> list[Text]:
    walks = [walk for walk in picture.walks if walk.x]
    ways = ", ".join(f"{number_shown(walk.x[0])} → {number_shown(walk.x[-1])}" for walk in walks)
    steps = max((walk.steps for walk in walks), default=0)
    found = [_("Where your {count} steps lead {name}: {ways}.", count=steps, name=picture.name, ways=ways)]
    if broken := next((walk.broken for walk in picture.walks if walk.broken), ""):
        found.append(_("Then it is {value}.", value=broken))
    if picture.lowest is not None:
        shown = number_shown(picture.lowest)
        found.append(_("The lowest point is at {name} = {low}.", name=picture.name, low=shown))
    up = [walk.height[-1] > walk.height[0] for walk in walks]
    if all(walk.height[-1] == walk.height[0] for walk in walks):
        found.append(_("They end as high as they began."))
    elif not any(up):
        found.append(_("They lead down."))
    else:
        found.append(_("They lead up.") if all(up) else _("Some of them lead up."))
    low = picture.lowest
    if low is not None and any((walk.x[0] - low) * (walk.x[-1] - low) < 0 for walk in walks):
        found.append(_("They go beyond the lowest point, to its other side."))
    return found


def _costs(picture: Costs) -> list[Text]:
    found = [_("On this map the cost is lowest at w = {w}, b = {b}.", **_words(picture.lowest))]
    if picture.chosen:
        found.append(_("Your lowest point is w = {w}, b = {b}.", **_words(picture.chosen)))
    if picture.walk:
        first, last = _words(picture.walk[0]), _words(picture.walk[-1])
        found.append(
            _(
                "Your path leads from w = {w}, b = {b} to w = {other_w}, b = {other_b}.",
                **first,
                other_w=last["w"],
                other_b=last["b"],
            )
        )
        if any(not _is_on(picture, pair) for pair in picture.walk):
            found.append(_("Some of it lies outside of the map."))
    if picture.broken:
        found.append(_("Then it is {value}.", value=picture.broken))
    return found


def _words(pair: Sequence[float]) -> dict[str, str]:
    return {"w": number_shown(pair[0]), "b": number_shown(pair[1])}


def _is_on(picture: Costs, pair: Sequence[float]) -> bool:
    return all(min(axis) <= each <= max(axis) for axis, each in zip((picture.w, picture.b), pair))


def _shapes(picture: Shapes) -> list[Text]:
    sizes = ", ".join(f"{layer.name} {shape_shown(layer.shape)}" for layer in picture.layers)
    found = [_("The shapes on the way: {sizes}.", sizes=sizes)]
    wrong = first_wrong(picture)
    if wrong is None:
        found.append(_("All of them are as expected."))
    else:
        layer = picture.layers[wrong]
        found.append(
            _(
                "The first that is not as expected is that of {layer}: {shape} is expected there.",
                layer=layer.name,
                shape=shape_shown(layer.wanted),
            )
        )
    return found


def _batches(picture: Batches) -> list[Text]:
    sizes = ", ".join(str(len(batch)) for batch in picture.batches)
    counts = Counter(example for batch in picture.batches for example in batch)
    never = [example for example in range(picture.examples) if not counts[example]]
    often = [example for example in range(picture.examples) if counts[example] > 1]
    found = [_("Sizes of the batches: {sizes}.", sizes=sizes)]
    if never:
        found.append(_("Examples in no batch: {examples}.", examples=", ".join(map(str, never))))
    if often:
        found.append(_("Examples that come more than once: {examples}.", examples=", ".join(map(str, often))))
    if not never and not often:
        found.append(_("Each of the {count} examples comes exactly once.", count=picture.examples))
    return found
