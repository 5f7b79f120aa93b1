"""The hidden checks: `fit` on other data, with many steps and with few, and the notebook on other lines."""

import numpy as np
import torch

from grader import check, number

# A start at w = 10, b = -10 is then off by 0.0015 at most (20,000 draws).
ON_THE_LINE, MANY = 0.01, 70

# Of the scale: points as high as this make any start between -10 and 10 count as zero (off by at most 1.1e-4, 200
# seeds). One step more or less is off by 0.025, a rate 10 % wrong by 0.01.
PLAIN = 1e-3
SCALE = 1e5
FEW, RATE = 4, 0.15


def points(n, low, high, w, b):
    x = low + (high - low) * torch.rand(n, 1)
    return x, w * x + b


def fitted(student, x, y, rate, steps):
    line = student.fit(x, y, rate, steps)
    assert isinstance(line, tuple | list | torch.Tensor | np.ndarray) and len(line) == 2
    return number(line[0]), number(line[1])


def plain_descent(x, y, rate, steps):
    """Gradient descent on the mean squared error from w = b = 0, in float64."""
    x, y = x.double(), y.double()
    w = b = 0.0
    for _ in range(steps):
        error = w * x + b - y
        w, b = w - rate * 2 * (error * x).mean().item(), b - rate * 2 * error.mean().item()
    return w, b


@check(points=2, title="With enough steps fit(x, y, …) finds the line through other points",
       zh="步数足够时，fit(x, y, …) 能找到别的数据所在的直线",
       hint="Use the arguments x, y, learning_rate and steps; start w and b afresh in every call; clear both "
            "gradients in every step.",
       zh_hint="请使用参数 x、y、learning_rate 和 steps；每次调用都让 w 和 b 重新开始；每一步都把两个梯度清零。")
def test_enough_steps(student):
    for low, high in ((-2, 2), (-1.5, 2)):
        true_w, true_b = (6 * torch.rand(2) - 3).tolist()
        w, b = fitted(student, *points(40, low, high, true_w, true_b), rate=0.2, steps=MANY)
        assert abs(w - true_w) <= ON_THE_LINE
        assert abs(b - true_b) <= ON_THE_LINE


@check(points=2, title="After few steps fit(x, y, …) is where plain gradient descent is",
       zh="只走几步时，fit(x, y, …) 恰好到达普通梯度下降应到的位置",
       hint="The loss is the mean of the squares, not their sum or half of it; each step is learning_rate times the "
            "gradient, no more and no less, and there are exactly `steps` of them. Check that y and the prediction "
            "have the same shape.",
       zh_hint="损失是平方的平均，不是总和，也不除以 2；每一步恰好是 learning_rate 乘以梯度，一共恰好 steps 步。"
               "再看看 y 和预测值的形状是否相同。")
def test_few_steps(student):
    for _ in range(2):  # the second call must not go on from where the first one ended
        true_w, true_b = (SCALE * (1 + torch.rand(2))).tolist()
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
    # The usual loop, from rand and zero, 200 seeds: 0 outside; worst 0.43 and 0.23.
    assert abs(number(other.w) + 2) <= 0.5
    assert abs(number(other.b) - 5) <= 0.3


@check(points=1, title="The notebook finds a third line", zh="再换一条直线，笔记本仍能找到", depends=["test_enough_steps"],
       hint="w and b have to come from fit(x, y, …); is the learning rate large enough to arrive from where you start?",
       zh_hint="w 和 b 要由 fit(x, y, …) 得出；从你的起点出发，学习率够大、走得到吗？")
def test_third_line(rerun):
    other = rerun(true_w=2.0, true_b=2.0)
    # The same loop, 200 seeds: 0 outside; worst 0.072 and 0.038.
    assert abs(number(other.w) - 2) <= 0.2
    assert abs(number(other.b) - 2) <= 0.1
