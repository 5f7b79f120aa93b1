"""Pictures of every kind, made in memory from values like a student's."""

from __future__ import annotations

import math

import numpy as np
import torch

from grader.model.picture import Picture
from grader.rubric.pictures import (
    draw_batches,
    draw_border,
    draw_costs,
    draw_descent,
    draw_line,
    draw_losses,
    draw_shapes,
)

X = torch.linspace(0, 1, 500).reshape(-1, 1)
Y = 3 * X + 0.8
WANTED = [(1, 10, 24, 24), (1, 10, 12, 12), (1, 20, 10, 10), (1, 2000)]
LAYERS = ("conv1", "pool", "conv2", "flatten")
AXIS = np.linspace(-2, 2, 41)


POINTS = torch.tensor([[-1.0, -1.0], [1.0, 1.0], [2.0, -2.0], [-1.0, 2.0], [0.5, 0.5]])
LABELS = torch.tensor([[0.0], [1.0], [0.0], [1.0], [0.0]])


def parabola(x: float) -> float:
    """The curve of two assignments, lowest at -1."""
    return (x + 1) ** 2


def bowl(w: float, b: float) -> float:
    """A map that is lowest at (1, -0.5)."""
    return (w - 1) ** 2 + 4 * (b + 0.5) ** 2


def walk(rate: float, steps: int) -> list[torch.Tensor]:
    """Four points that walk on the parabola side by side."""
    points = [torch.tensor([[0.5039, 0.0183], [0.4765, 0.1726]])]
    for _ in range(steps):
        points.append(points[-1] - rate * (2 * points[-1] + 2))
    return points


PICTURES: dict[str, Picture] = {
    "line": draw_line(X, Y, torch.tensor([2.5]), 1.25, true=(3.0, 0.8)),
    "no line": draw_line(X, Y, math.nan, 1.0),
    "border": draw_border(POINTS, LABELS, torch.tensor([[1.0], [2.0]]), -0.5, names=("hours", "sleep")),
    "no border": draw_border(POINTS, LABELS, [0, 0], 1),
    "falling": draw_losses([8.0, 2.0, 0.5, 0.01], rate=0.5),
    "broken": draw_losses([1.0, 1e10, 1e30, math.nan, math.nan], rate=2),
    "rising": draw_losses([3.0, 1.0, 40.0, 900.0], epochs=True),
    "several": draw_losses({"sgd": [4.0, 5.0, 1.0], "adam": [4.0, math.inf]}),
    "down": draw_descent(parabola, walk(0.1, 5), lowest=-1.0),
    "up": draw_descent(parabola, walk(-0.1, 5)),
    "map": draw_costs(AXIS, AXIS, bowl, chosen=(0.0, 0.0)),
    "path": draw_costs(AXIS, AXIS, bowl, walk=[(-1, 1), (0.5, 0), (9, 9), (1, -0.5)]),
    "shapes": draw_shapes(LAYERS, WANTED, WANTED),
    "wrong shapes": draw_shapes(LAYERS, [WANTED[0], WANTED[1], (1, 20, 8, 8), (1, 1280)], WANTED),
    "batches": draw_batches([[3, 1, 0], [2, 4]], 5),
    "wrong batches": draw_batches([[3, 1, 0], [3]], 5),
}
