"""The public checks: a few errors by hand, the notebook's own map and its lowest point, the four Hessians of the table."""

import numpy as np
import torch

from grader import check, draw_costs, number, same

X = np.array([1.0, 2.0, 3.0])
Y = np.array([2.0, 4.0, 6.0])
BY_HAND = [(1.0, 0.0, 14 / 3), (2.0, 0.0, 0.0), (2.0, 1.0, 1.0), (0.0, -1.0, 83 / 3)]

# Of 1 + |expected|. Any float dtype may be used: on these 1,681 points bfloat16 is off by 0.04 at most, float16 by
# 0.005, float32 by 7e-7. Coordinates are not squared and lose less.
TOLERANCE = 0.05
COORDINATES = 0.01

KINDS = [([[2.0, 0.0], [0.0, 2.0]], "minimum"), ([[-2.0, 0.0], [0.0, -2.0]], "maximum"),
         ([[2.0, 0.0], [0.0, -2.0]], "saddle"), ([[2.0, 4.0], [4.0, 2.0]], "saddle")]


def compare(answer, expected, tolerance, what):
    """The answer may be a tensor, too, or a list of rows of any kind."""
    assert isinstance(answer, np.ndarray | torch.Tensor | list | tuple), f"{what} should be an array, not {type(answer).__name__}"
    found = answer.detach().double().numpy() if isinstance(answer, torch.Tensor) else np.array(answer)
    assert found.dtype.kind in "fiu", f"{what} should hold numbers, not {found.dtype}"
    same(found, expected, atol=tolerance, rtol=tolerance, what=what)


def own_map(student):
    """The picture: the notebook's map, with the point that it found."""
    return draw_costs(student.ws, student.bs, student.costs, chosen=(student.w, student.b))


@check(points=1, title="mse(w, b, x, y) is right for a few lines", zh="mse(w, b, x, y) 对几条直线都算对",
       hint="Errors w·x + b − y, squared, then the mean: not the sum, not half of it, and no square root.",
       zh_hint="误差是 w·x + b − y，先平方再求平均：不是求和，不除以 2，也不开方。")
def test_by_hand(student):
    for w, b, expected in BY_HAND:
        same(number(student.mse(w, b, X, Y)), expected, atol=TOLERANCE, rtol=TOLERANCE, what=f"mse({w:g}, {b:g}, x, y)")


@check(points=1, title="costs is the map, and (w, b) its lowest point", zh="costs 是整张地图，(w, b) 是它的最低点", picture=own_map,
       hint="costs has one row for each b and one column for each w. minimum gives back the values of w and b at the "
            "smallest cost, in this order; for y = 2x they are 2 and 0.",
       zh_hint="costs 的每一行对应一个 b，每一列对应一个 w。minimum 按 w、b 的顺序返回代价最小处的值；对 y = 2x 来说就是 2 和 0。")
def test_own_map(student):
    axis_w, axis_b = np.linspace(0, 4, 41), np.linspace(-2, 2, 41)
    compare(student.x, X, COORDINATES, "x")
    compare(student.y, Y, COORDINATES, "y")
    compare(student.ws, axis_w, COORDINATES, "ws")
    compare(student.bs, axis_b, COORDINATES, "bs")
    costs = np.array([[np.mean((w * X + b - Y) ** 2) for w in axis_w] for b in axis_b])
    compare(student.costs, costs, TOLERANCE, "costs")
    same(student.w, 2, atol=COORDINATES, what="w")
    same(number(student.b), 0, atol=COORDINATES, what="b")


@check(points=1, title="saddle_kind is right for the four Hessians of the table", zh="saddle_kind 对表格里的四个 Hessian 矩阵都判断正确",
       hint="Look at the signs of both eigenvalues (np.linalg.eigvalsh), not at the diagonal, and return one of the "
            "three words as it is written in the table.",
       zh_hint="看两个特征值（np.linalg.eigvalsh）的正负，不要只看对角线；返回的单词要和表格里写的一模一样。")
def test_table(student):
    for hessian, kind in KINDS:
        same(student.saddle_kind(np.array(hessian)), kind, what=f"saddle_kind({hessian})")
