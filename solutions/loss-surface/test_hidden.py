"""The hidden checks: other data, grids that are not square, any map's lowest point, turned Hessians, other parameters."""

import numpy as np
import torch

from grader import check, fetch, number, place, same

# Of 1 + |expected|, and for smaller data of its square + |expected|. In 4,000 draws bfloat16 is off by 0.018 at most, in 30,000 float16 by 0.003, float32 by 4e-7.
TOLERANCE = 0.03
COORDINATES = 0.01
VALUE = 0.001  # of coordinates below 0.1, which bfloat16 keeps to 0.0002

# Numbers of ws, of bs and of data points. (1, 4, 4) and (3, 3, 3) broadcast where they should not.
SIZES = [(3, 5, 4), (7, 2, 1), (1, 4, 4), (3, 3, 3), (4, 1, 6)]


def anywhere(*shape):
    """Values between -2 and 2."""
    return np.random.uniform(-2, 2, shape)


def mean_square(w, b, x, y):
    return float(np.mean((w * x + b - y) ** 2))


def heights(ws, bs, x, y):
    return np.array([[mean_square(w, b, x, y) for w in ws] for b in bs])


# Of the data: rounded squares would show in small ones. Powers of 2 change no digit; float16 keeps the smaller squares to
# 6e-8.
SCALES = (1, 1 / 256)


def compare(answer, expected, what, tolerance=TOLERANCE, unit=1):
    """Raise Mismatch unless an answer has the expected array's shape and numbers."""
    assert isinstance(answer, np.ndarray | torch.Tensor | list | tuple)
    found = answer.detach().double().numpy() if isinstance(answer, torch.Tensor) else np.array(answer)
    assert found.dtype.kind in "fiu"
    same(found, expected, atol=tolerance * unit, rtol=tolerance, what=what)


def compare_number(answer, expected, what, tolerance=TOLERANCE, unit=1):
    """Raise Mismatch unless an answer is the expected number."""
    same(number(answer), float(expected), atol=tolerance * unit, rtol=tolerance, what=what)


def untouched(student, *arrays):
    """The arrays, placed in the session, and a function that tells whether they are still what they were."""
    held = [place(student, array) for array in arrays]
    return held, lambda: all(np.array_equal(fetch(one), array) for one, array in zip(held, arrays))


def hessian(first, second, angle):
    """The symmetric 2×2 array with these eigenvalues, turned by an angle."""
    middle, half = (first + second) / 2, (first - second) / 2
    p, q = half * np.cos(2 * angle), half * np.sin(2 * angle)
    return np.array([[middle + p, q], [q, middle - p]])


@check(points=1, title="mse(w, b, x, y) is right for other data", zh="换别的数据，mse(w, b, x, y) 也算对",
       hint="Use the four arguments, not the notebook's x and y; b counts as well; divide by the number of points, whatever "
            "it is; leave x and y as they are.",
       zh_hint="请使用传入的四个参数，而不是笔记本里的 x 和 y；b 也要算进去；有多少个点就除以多少；不要改动 x 和 y。")
def test_mse_anywhere(student):
    for count in (1, 2, 5, 8):
        for scale in SCALES:
            x, y, (w, b) = scale * anywhere(count), scale * anywhere(count), anywhere(2).tolist()
            held, as_before = untouched(student, x, y)
            compare_number(student.mse(w, scale * b, *held), mean_square(w, scale * b, x, y), "mse(w, b, x, y)", unit=scale**2)
            assert as_before()
            y = scale * anywhere(count)  # the same w, b and shapes once more
            compare_number(student.mse(w, scale * b, x, y), mean_square(w, scale * b, x, y), "mse(w, b, x, y)", unit=scale**2)


@check(points=2, title="surface has a row for each b and a column for each w, whatever the grid",
       zh="不论什么网格，surface 都是行对应 b、列对应 w",
       hint="np.meshgrid(ws, bs), in this order, gives grids of shape (len(bs), len(ws)). Average over the data points only, "
            "never over the grid, and try it with more ws than bs. The arrays you are given stay as they are.",
       zh_hint="np.meshgrid(ws, bs) 按这个顺序给出形状为 (len(bs), len(ws)) 的网格。只对数据点求平均，不要对网格求平均；"
               "用 ws 比 bs 多的情形试一试。传入的数组要保持原样。")
def test_surface_anywhere(student):
    for many_w, many_b, count in SIZES:
        for scale in SCALES:
            given = anywhere(many_w), scale * anywhere(many_b), scale * anywhere(count), scale * anywhere(count)
            held, as_before = untouched(student, *given)
            compare(student.surface(*held), heights(*given), "surface(ws, bs, x, y)", unit=scale**2)
            assert as_before()


@check(points=1, title="minimum finds the lowest point of any map", zh="任何地图的最低点，minimum 都能找到",
       hint="The smallest entry of the whole array: its row tells b, its column tells w. Return the values from ws and bs, "
            "w first, and round nothing. Neither a bowl nor a square grid nor sorted axes can be taken for granted.",
       zh_hint="找整个数组中最小的一项：它的行决定 b，列决定 w。返回 ws 和 bs 里的值，w 在前，什么都不要四舍五入。地图不一定是碗形，网格不一定是正方形，坐标也不一定排好序。")
def test_minimum_anywhere(student):
    for rows, columns in ((4, 6), (6, 4), (5, 5), (1, 7), (8, 1), (4, 6)):
        for scale in SCALES:  # small ones show what is rounded, coordinates and costs
            # Neighbors are as far apart as rounding to two digits moves them.
            ws, bs = scale * (np.random.permutation(columns) * 0.004 + 0.0013), scale * (np.random.permutation(rows) * 0.004 - 0.0733)
            costs = scale * (np.random.permutation(rows * columns).reshape(rows, columns) - 3.0)
            row, column = np.unravel_index(costs.argmin(), costs.shape)
            held, as_before = untouched(student, ws, bs, costs)
            answer = student.minimum(*held)
            assert len(answer) == 2
            same(number(answer[0]), float(ws[column]), atol=VALUE * scale, what="minimum(ws, bs, costs)[0]")
            same(number(answer[1]), float(bs[row]), atol=VALUE * scale, what="minimum(ws, bs, costs)[1]")
            assert as_before()


@check(points=2, title="saddle_kind is right for any Hessian", zh="任意 Hessian 矩阵，saddle_kind 都判断正确",
       hint="Both eigenvalues positive, both negative, or one of each: neither the diagonal nor the determinant alone "
            "tells, and size plays no part: a curvature of a billionth is one, too, and an entry may be 0. Leave the array as it is.",
       zh_hint="两个特征值都为正、都为负，还是一正一负？只看对角线或只看行列式都不够；特征值的大小无关紧要，十亿分之一也是曲率；矩阵里也可以有 0。数组要保持原样。")
def test_kind_anywhere(student):
    for size in (1, 0.03, 1000):  # nothing on the diagonal: one curvature up, one down
        assert student.saddle_kind(np.array([[0.0, size], [size, 0.0]])) == "saddle"
    for angle, size in zip((0, np.pi / 4, *np.random.uniform(0, np.pi, 6)), (1, 1, 0.03, 1000, 1e-9, 1, 0.03, 1000)):
        weak, strong = np.random.uniform(0.1, 0.4), np.random.uniform(1.5, 4)
        if size == 1:
            weak /= 1000  # float32 tells it from 0: off by 1e-6 of the strong one
        for first, second, kind in ((weak, strong, "minimum"), (-weak, -strong, "maximum"), (weak, -strong, "saddle"), (-weak, strong, "saddle"),
                                    (weak, weak / 2, "minimum"), (-weak, -weak / 2, "maximum")):
            held, as_before = untouched(student, size * hessian(first, second, angle))
            assert student.saddle_kind(*held) == kind
            assert as_before()


@check(points=1, title="The map and its lowest point follow the parameters", zh="参数变了，地图和最低点也跟着变",
       hint="ws and bs come from np.linspace of the parameters, costs from surface, w and b from minimum; nothing is written in.",
       zh_hint="ws 和 bs 由参数经 np.linspace 得到，costs 由 surface 算出，w 和 b 由 minimum 找到，都不能写成固定的数。")
def test_other_parameters(rerun):
    # The lowest of these 49 points is (1.8, 0.5), 0.04 high; the next is 0.19 high.
    other = rerun(w_low=-1.0, w_high=3.2, b_low=-0.5, b_high=2.5, steps=7)
    ws, bs, x = np.linspace(-1, 3.2, 7), np.linspace(-0.5, 2.5, 7), np.array([1.0, 2.0, 3.0])
    costs = heights(ws, bs, x, 2 * x)
    row, column = np.unravel_index(costs.argmin(), costs.shape)
    compare(other.ws, ws, "ws", COORDINATES)
    compare(other.bs, bs, "bs", COORDINATES)
    compare(other.costs, costs, "costs")
    compare_number(other.w, ws[column], "w", COORDINATES)
    compare_number(other.b, bs[row], "b", COORDINATES)
