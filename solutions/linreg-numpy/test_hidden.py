"""The hidden checks: `fit` on other data, with many steps and with few, and the notebook on another line."""

import numpy as np

from grader import check, number

# 100 steps from any start between -10 and 10, float32 or float64: off by at most 4.5e-4 (2,000 seeds).
ON_THE_LINE = 0.01

# Of the scale: points as high as this make any start between -10 and 10 count as zero (off by at most 1.1e-4, 5,000
# seeds). One step more or less is off by 0.026, a rate 10 % wrong by 0.01, moving w before b by 0.004.
PLAIN = 1e-3
SCALE = 1e5
FEW, RATE = 4, 0.15


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


@check(points=2, title="With enough steps fit(x, y, …) finds the line through other points",
       zh="步数足够时，fit(x, y, …) 能找到别的数据所在的直线",
       hint="Use the arguments x, y, learning_rate and steps, and take n from the data. Start w and b afresh in every call. "
            "Is the error of shape (n, 1), like x and y?",
       zh_hint="请使用参数 x、y、learning_rate 和 steps，点的个数要从数据里取；每次调用都让 w 和 b 重新开始。误差的形状和 x、y 一样是 (n, 1) 吗？")
def test_enough_steps(student):
    for low, high in ((-2, 2), (-1, 2)):
        true_w, true_b = np.random.uniform(-3, 3, 2)
        w, b = fitted(student, *points(40, low, high, true_w, true_b), rate=0.2, steps=100)
        assert abs(w - true_w) <= ON_THE_LINE
        assert abs(b - true_b) <= ON_THE_LINE


@check(points=3, title="After few steps fit(x, y, …) is where plain gradient descent is",
       zh="只走几步时，fit(x, y, …) 恰好到达普通梯度下降应到的位置",
       hint="The loss is the mean of the squares, not their sum or half of it. Work out both parts of the gradient before "
            "you move w or b. Every call starts afresh, and makes exactly `steps` steps, each of them learning_rate times "
            "the gradient, no more and no less.",
       zh_hint="损失是平方的平均，不是总和，也不除以 2。先算好两个偏导数，再更新 w 和 b。"
               "每次调用都重新开始，恰好走 steps 步，每一步恰好是 learning_rate 乘以梯度。")
def test_few_steps(student):
    for _ in range(2):  # the second call must not go on from where the first one ended
        true_w, true_b = SCALE * np.random.uniform(1, 2, 2)
        x, y = points(40, 0, 2, true_w, -true_b)
        w, b = fitted(student, x, y, RATE, FEW)
        expected_w, expected_b = plain_descent(x, y, RATE, FEW)
        assert abs(w - expected_w) <= PLAIN * SCALE
        assert abs(b - expected_b) <= PLAIN * SCALE


@check(points=2, title="The notebook finds another line as well", zh="换一条直线，笔记本也能找到", depends=["test_enough_steps"],
       hint="w and b have to come from fit(x, y, …), not from numbers that are written in.",
       zh_hint="w 和 b 要由 fit(x, y, …) 得出，不能直接写成固定的数。")
def test_falling_line(rerun):
    other = rerun(true_w=-2.0, true_b=5.0)
    # The usual loop, from rand and zero, 2,000 seeds: 0 outside; worst 0.45 and 0.25.
    assert abs(number(other.w) + 2) <= 0.5
    assert abs(number(other.b) - 5) <= 0.3
