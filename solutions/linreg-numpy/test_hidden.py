"""The hidden checks: `fit` on other data, with one step, with few and with many, and the notebook on other points."""

import math

import numpy as np

from grader import check, fetch, number, place, same

# 100 steps from any start between -10 and 10, float32 or float64: off by at most 2e-5 (2,000 draws), also where the
# sum is taken for the mean. Whoever stops at a loss of 0.00001 is off by 0.003.
ON_THE_LINE = 2e-4

# Of the scale: points as high as this make any start between -10 and 10 count as zero (off by at most 1.1e-4, 5,000
# seeds). One step more or less is off by 0.026, a rate 10 % wrong by 0.01, moving w before b by 0.004.
# A part of the points, a rate that falls or a formula is off by 0.004 and more after many steps.
PLAIN = 1e-3
SCALE = 1e5
FEW, RATE = 4, 0.15

# Points, how far they reach, rate, steps: few steps twice, many of which none is near the end, and so large a rate that
# the steps lead away.
WALKS = ((40, 2, RATE, FEW), (40, 2, RATE, FEW), (300, 2, 0.02, 150), (40, 0.5, 3.0, 3))

# The rate of the single step, on points so high that any start counts as zero. w and b that move one after the other
# are off by 0.003 of the step, other losses by 0.1 and more, difference quotients of the loss by their rounding.
TINY, VERY_HIGH, ALONG = 1e-3, 1e13, 0.02

# A line far from every start: training on one of its points ends at least 20 from it, from any start in [-10, 10].
FAR_W, FAR_B, NEAR = -40.0, 70.0, 3.0


def points(n, low, high, w, b):
    x = np.random.uniform(low, high, (n, 1))
    return x, w * x + b


def fitted(student, x, y, rate, steps):
    line = student.fit(x, y, rate, steps)
    assert isinstance(line, tuple | list | np.ndarray) and len(line) == 2
    return number(line[0]), number(line[1])


def plain_descent(x, y, rate, steps):
    """Gradient descent on the mean squared error from w = b = 0."""
    w = b = 0.0
    for _ in range(steps):
        error = w * x + b - y
        w, b = w - rate * 2 * np.mean(error * x), b - rate * 2 * np.mean(error)
    return w, b


@check(points=2, title="One step changes w and b in the proportion of the gradient", zh="走一步时，w 和 b 的改变量之比与梯度一致",
       depends=["test_means"],
       hint="Both w and b move: w by the mean of 2·error·x, b by the mean of 2·error, times learning_rate. Is the error of "
            "shape (n, 1), like x and y? A column minus a flat array is a table.",
       zh_hint="w 和 b 都要动：w 用 2 · 误差 · x 的平均，b 用 2 · 误差的平均，各乘以 learning_rate。误差的形状和 x、y 一样是 (n, 1) 吗？"
               "一列减去一维数组会变成一张表。")
def test_one_step(student):
    for _ in range(2):
        true_w, true_b = VERY_HIGH * np.random.uniform(1, 2, 2)
        x, y = points(40, 0, 2, true_w, -true_b)
        w, b = fitted(student, x, y, TINY, 1)
        expected_w, expected_b = plain_descent(x, y, TINY, 1)
        # Along the gradient, either way: the sign and the length are judged where a few steps have to lead.
        across = w * expected_b - b * expected_w
        assert math.hypot(w, b) > 0
        margin = ALONG * math.hypot(w, b) * math.hypot(expected_w, expected_b)
        same(across, 0, atol=margin, what="w and b, across the gradient")


@check(points=1, title="With enough steps fit(x, y, …) finds the line through other points",
       zh="步数足够时，fit(x, y, …) 能找到别的数据所在的直线", depends=["test_means"],
       hint="Use the arguments x, y, learning_rate and steps, and take n from the data. Start w and b afresh in every call, "
            "and step against the gradient, as long as anything moves.",
       zh_hint="请使用参数 x、y、learning_rate 和 steps，点的个数要从数据里取；每次调用都让 w 和 b 重新开始，并朝梯度的反方向走，只要还在动就不要停。")
def test_enough_steps(student):
    for _ in range(2):
        true_w, true_b = np.random.uniform(-3, 3, 2)
        # Two points only: whoever adds the squares up in place of averaging them arrives here as well.
        x = np.array([[-1.0], [1.0]]) * np.random.uniform(0.8, 1.2, (2, 1))
        w, b = fitted(student, x, true_w * x + true_b, rate=0.2, steps=100)
        same(w, true_w, atol=ON_THE_LINE, what="w")
        same(b, true_b, atol=ON_THE_LINE, what="b")


@check(points=2, title="After few steps and after many, fit(x, y, …) is where plain gradient descent is",
       zh="不论走几步还是走很多步，fit(x, y, …) 恰好到达普通梯度下降应到的位置", depends=["test_means"],
       hint="The loss is the mean of the squares, not their sum or half of it. Work out both parts of the gradient before "
            "you move w or b. Every call starts afresh, and makes exactly `steps` steps, each of them learning_rate times "
            "the gradient of all the points, no more and no less.",
       zh_hint="损失是平方的平均，不是总和，也不除以 2。先算好两个偏导数，再更新 w 和 b。"
               "每次调用都重新开始，恰好走 steps 步，每一步恰好是 learning_rate 乘以由全部点求得的梯度。")
def test_few_steps(student):
    for n, high, rate, steps in WALKS:  # no call may go on from where the one before ended
        true_w, true_b = SCALE * np.random.uniform(1, 2, 2)
        x, y = points(n, 0, high, true_w, -true_b)
        y[::50] += 10 * SCALE  # far from the line, and they count as well
        expected = plain_descent(x, y, rate, steps)
        size = max(SCALE, *map(abs, expected))
        for name, answer, wanted in zip("wb", fitted(student, x, y, rate, steps), expected):
            same(answer, wanted, atol=PLAIN * size, what=f"{name} after {steps} steps")


@check(points=1, title="fit(x, y, …) leaves x and y as they are", zh="fit(x, y, …) 不改动传入的 x 和 y", depends=["test_means"],
       hint="x *= … and y -= … change the caller's arrays: compute something new.",
       zh_hint="x *= … 和 y -= … 会改动调用者的数组：请算出新的来。")
def test_left_alone(student):
    given = points(20, -1, 2, -1.5, 2.5)
    held = [place(student, each) for each in given]
    fitted(student, *held, RATE, FEW)
    assert all(np.array_equal(fetch(there), each) for there, each in zip(held, given))


def ends_at(notebook):
    """The notebook's w and b, as they are: inf and nan too, where the training has exploded."""
    return [np.asarray(value, dtype=float).item() for value in (notebook.w, notebook.b)]


def explodes(ends):
    return not all(map(math.isfinite, ends))


@check(points=1, title="w and b come from the points: on a single point, training ends where that point leads",
       zh="w 和 b 由数据点得出：只有一个点时，训练停在这个点所引向的地方", depends=["test_means"],
       hint="w and b have to come from fit(x, y, …), not from true_w and true_b, from a formula or from numbers that are "
            "written in. One point lies on many lines: nobody can know which of them it was taken from.",
       zh_hint="w 和 b 要由 fit(x, y, …) 得出，不能取自 true_w、true_b，不能用公式，也不能直接写数字。经过一个点的直线有很多，单凭一个点不可能知道是哪一条。")
def test_single_point(student, rerun):
    # A large rate that is right for 500 points may explode for one on the far right, so up to eight points are tried: a
    # rate of 0.6 ends at nan in at most 7 % of them. A formula for the slope ends at 0 / 0 each time. Of a point near
    # x = 0, b is known: one in five is passed over.
    for _ in range(8):
        notebook = rerun(true_w=FAR_W, true_b=FAR_B, n=1)
        w, b = ends = ends_at(notebook)
        x = number(notebook.x)
        if x >= 0.2 and (not explodes(ends) or explodes(ends_at(student))):
            break
    else:
        raise AssertionError("one point gives nan, each time")
    # From a start in [-10, 10], b ends at 69.7 at most.
    assert not abs(w - FAR_W) <= NEAR and not abs(b - FAR_B) <= 0.1
    # Each step moves w by x times what it moves b, so w - x·b stays as it started. Where b never moves, or the steps
    # explode, other checks say so.
    if 10 < abs(b) < 1000:
        assert not abs(w - x * b) > 10 + 10 * x + 0.5
    assert not max(abs(w - 3), abs(b - 0.8)) <= 0.5


@check(points=1, title="The notebook finds another line as well", zh="换一条直线，笔记本也能找到", depends=["test_single_point"],
       hint="w and b have to come from fit(x, y, …), not from numbers that are written in; is the learning rate large "
            "enough to arrive, and small enough not to explode?",
       zh_hint="w 和 b 要由 fit(x, y, …) 得出，不能直接写成固定的数；学习率够大、走得到吗？又够小、不会发散吗？")
def test_falling_line(rerun):
    other = rerun(true_w=-2.0, true_b=5.0)
    # The usual loop, from rand and zero, 2,000 seeds: 0 outside; worst 0.45 and 0.25.
    same(number(other.w), -2, atol=0.5, what="w")
    same(number(other.b), 5, atol=0.3, what="b")
