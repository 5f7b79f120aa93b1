"""Pictures are made from whatever a notebook computed: few numbers, all finite, and never an error."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
import torch

from grader.model.codec import to_data
from grader.model.picture import Layer, Line, Losses
from grader.rubric.errors import Missing, TooMuchWork
from grader.rubric.pictures import (
    MAX_CURVES,
    MAX_EXAMPLES,
    MAX_POINTS,
    Undrawable,
    draw_batches,
    draw_border,
    draw_costs,
    draw_descent,
    draw_line,
    draw_losses,
    draw_shapes,
    drawn,
)
from pictures import AXIS, LABELS, LAYERS, POINTS, WANTED, bowl, parabola, walk

ODD = np.array([-1.2345e-123, 9.8765e299] * 50_000)  # as many characters as numbers can have


def test_a_line_and_its_points() -> None:
    """Of many points some are kept, the first and the last among them; all are counted that are finite."""
    x = torch.arange(1000.0).reshape(-1, 1)
    y = 2 * x
    y[3] = math.nan
    line = draw_line(x, y, torch.tensor([2.0], requires_grad=True), np.float32(0.5), true=(2, 0))
    assert len(line.x) == len(line.y) == MAX_POINTS and line.count == 999
    assert (line.x[0], line.x[-1], line.line, line.true) == (0, 999, (2, 0.5), (2, 0))
    assert draw_line([1], [2], math.inf, 0).line == ()


def test_a_border_between_points() -> None:
    """Points are kept by their label, and counted if they lie on their own side."""
    found = draw_border(POINTS, LABELS, torch.tensor([[1.0], [2.0]]), torch.tensor([-0.5]))
    assert found.zeros == ((-1, 2, 0.5), (-1, -2, 0.5)) and found.ones == ((1, -1), (1, 2))
    assert (found.weights, found.right, found.count, found.names) == ((1, 2, -0.5), 4, 5, ("x", "y"))
    assert draw_border(POINTS, LABELS, [0, 0], 1).weights == ()
    assert draw_border(POINTS, LABELS, [math.nan, 0], 1).weights == ()


def test_losses_end_where_they_break() -> None:
    """What comes behind the first loss that is not finite is left out, and that one is named."""
    (curve,) = draw_losses([4.0, torch.tensor(2.0), np.float64(1.0), math.nan, 0.5]).curves
    assert (curve.steps, curve.losses, curve.count, curve.broken) == ((1, 2, 3), (4, 2, 1), 5, "NaN")
    assert draw_losses([math.inf]).curves[0].losses == ()
    assert draw_losses([1.0, 1e301]).curves[0].broken == "inf"


def test_the_largest_loss_is_kept() -> None:
    """A single peak among thousands of losses stays in the picture, as do the first and the last."""
    losses = [1.0] * 5000
    losses[1234], losses[2345] = 70.0, 0.25
    (curve,) = draw_losses(losses).curves
    assert len(curve.losses) <= MAX_POINTS and {70.0, 0.25} <= set(curve.losses)
    assert (curve.steps[0], curve.steps[-1]) == (1, 5000)


def test_several_curves_share_the_points() -> None:
    """Each has its name; no more are kept than can be told apart."""
    found = draw_losses(
        {f"{number}": [1.0] * 500 for number in range(9)}, epochs=True, rate=torch.tensor(0.1)
    )
    assert [curve.name for curve in found.curves] == list("012345") and len(found.curves) == MAX_CURVES
    assert sum(len(curve.losses) for curve in found.curves) <= MAX_POINTS
    assert found.epochs and found.rate == 0.1


def test_a_descent() -> None:
    """Each element of the steps walks for itself, at its height on the curve."""
    found = draw_descent(parabola, walk(0.1, 5), lowest=-1.0)
    assert [each.x[0] for each in found.walks] == [0.5039, 0.0183, 0.4765, 0.1726]
    assert [each.steps for each in found.walks] == [5] * 4 and found.lowest == -1
    assert found.walks[0].height[0] == pytest.approx(parabola(0.5039), rel=1e-3)
    assert min(found.x) < -1 < 0.6 < max(found.x)


def test_a_descent_that_runs_away() -> None:
    """The curve keeps its shape, and the walk ends where it is not finite any more."""
    found = draw_descent(lambda x: x**2, [[1.0], [-30.0], [900.0], [1e200], [math.nan]], name="w")
    assert found.walks[0].x == (1, -30, 900) and found.walks[0].broken == "inf"
    assert min(found.x) > -20 and max(found.x) < 20


def test_a_map() -> None:
    """A grid is thinned out. Its lowest point is that of the whole grid."""
    table = [[bowl(w, b) for w in AXIS] for b in AXIS]
    found = draw_costs(AXIS, AXIS, np.array(table), walk=[(0, 0), torch.tensor([1.0, 2.0])], chosen=(1, 2))
    assert found == draw_costs(AXIS, AXIS, bowl, walk=[(0, 0), (1, 2)], chosen=[1, 2])
    assert len(found.w) == len(found.b) == len(found.rows) == len(found.rows[0]) == 25
    assert found.lowest == (1, -0.5) and found.walk == ((0, 0), (1, 2)) and found.chosen == (1, 2)
    coarse = torch.linspace(-1, 1, 11)  # which has -1.49e-08 in its middle
    assert draw_costs(coarse, coarse, lambda w, b: w**2 + b**2).lowest == (0, 0)
    broken = draw_costs(AXIS, AXIS, bowl, walk=[(0, 0), (math.nan, 1), (2, 2)], chosen=(math.nan, 1))
    assert broken.walk == ((0, 0),) and broken.broken == "NaN" and broken.chosen == ()


def test_shapes() -> None:
    """Each layer has its shape and the wanted one. What is no shape, or is not there, is None."""
    found = draw_shapes(LAYERS, [torch.Size(WANTED[0]), [1, 10.0], "x"], WANTED).layers
    assert found[0] == Layer("conv1", WANTED[0], WANTED[0])
    assert [layer.shape for layer in found] == [WANTED[0], (1, 10), None, None]


def test_batches() -> None:
    """Numbers of examples, of any kind; what is the number of none is left out."""
    batches = [torch.tensor([0.0, 2.0]), np.array([[1]]), [3, 99, -1, math.nan]]
    assert draw_batches(batches, 4).batches == ((0, 2), (1,), (3,))
    endless = draw_batches(([0] for _ in iter(int, 1)), 4)
    assert len(endless.batches) == 12


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (draw_line, ([1, 2], [1], 0, 0)),
        (draw_line, ("x", [1], 0, 0)),
        (draw_line, ([1], [1], [1, 2], 0)),
        (draw_line, (np.zeros(100_001), np.zeros(100_001), 0, 0)),
        (draw_border, (POINTS, LABELS[:3], [1, 2], 0)),
        (draw_border, (POINTS, LABELS, [1], 0)),
        (draw_losses, ([],)),
        (draw_losses, (None,)),
        (draw_losses, ({},)),
        (draw_losses, (["a"],)),
        (draw_descent, (parabola, [])),
        (draw_descent, (parabola, [[1.0], [1.0, 2.0]])),
        (draw_descent, (parabola, [[math.nan]])),
        (draw_costs, (AXIS, AXIS, np.zeros((2, 2)))),
        (draw_costs, (AXIS, AXIS, np.full((41, 41), math.nan))),
        (draw_costs, ([1], [1], [[1]])),
        (draw_costs, (AXIS, AXIS, "costs")),
        (draw_shapes, (LAYERS, None, WANTED)),
        (draw_shapes, (LAYERS, [], WANTED)),
        (draw_batches, ([], 3)),
        (draw_batches, ([[1]], MAX_EXAMPLES + 1)),
    ],
)
def test_what_can_not_be_drawn(function: Any, arguments: tuple) -> None:
    """Values that make no picture are told from a mistake in the rubric."""
    with pytest.raises(Undrawable):
        function(*arguments)


def test_no_picture_is_large() -> None:
    """Whatever a notebook computed, a picture takes less than 10 kB of a report."""
    large = [
        draw_line(ODD, ODD, 1e299, 1e299, true=(1e299, 1e299)),
        draw_border(ODD, ODD[: len(ODD) // 2], [1e299, 1e299], 1e299, names=("x" * 99, "y" * 99)),
        draw_losses({str(number) * 100: ODD for number in range(9)}),
        draw_descent(lambda x: -1.2345e-123, [ODD[:50] * 1e-300] * 200),
        draw_costs(np.linspace(1e-9, 2e-9, 50), np.linspace(1e-9, 2e-9, 50), lambda w, b: -1.2345e-123,
                   walk=[(-1.2345e-123, 1.2345e-123)] * 300),
        draw_shapes(["x" * 100] * 50, [[10**15] * 6] * 50, [[10**15] * 6] * 50),
        draw_batches([list(range(20)) * 9] * 50, 20),
    ]  # fmt: skip
    assert all(len(json.dumps(to_data(each))) < 10_000 for each in large)


def test_whatever_goes_wrong_there_is_no_picture() -> None:
    """A function that raises, also since the notebook lacks a name, or that returns no picture gives none."""

    def lacks(student: Any) -> Any:
        raise Missing("x")

    def endless(student: Any) -> Any:
        raise TooMuchWork("more than 3 s of computing")

    assert drawn(lambda student: draw_losses(student), [1.0]).picture == draw_losses([1.0])
    assert drawn(lacks, None) == (None, "Missing: the notebook does not define `x`")
    assert drawn(endless, None).why.startswith("TooMuchWork")
    assert drawn(lambda student: 3, None).why == "<lambda> returned int, no picture"


def test_kinds() -> None:
    """What the functions return is what reports hold."""
    assert isinstance(draw_line([1], [1], 1, 1), Line) and isinstance(draw_losses([1]), Losses)
