"""The hidden checks: `fit` on other data, with one step, with few and with many, and the notebook on other points."""

import math

import numpy as np
import torch

from grader import check, fetch, number, place, same

# A start at w = 10, b = -10 is then off by 0.002 at most (20,000 draws), also where the sum is taken for the mean.
ON_THE_LINE, MANY = 0.01, 70

# A small rate for as long. Who stops where the loss changes by less than 0.0001 is 0.02 from the line, by less than
# 0.00001 only 0.007: there nothing moves any more.
SMALL, LONG = 0.05, 300

# A line so high that a thousand small steps are needed (rate, steps, size, how near): half of them end 0.1 away, and
# float32 moves nothing from 0.012 on.
FAR_AWAY = (0.01, 1000, 1000, 0.03)

# Of the scale: points as high as this make any start between -10 and 10 count as zero (off by at most 1.1e-4, 200
# seeds). One step more or less is off by 0.025, a rate 10 % wrong by 0.01.
PLAIN = 1e-3
SCALE = 1e5
FEW, RATE = 4, 0.15

# More points than the notebook has, and a rate that is right for x from 0 to 1.
MOST, LARGE = 1000, 0.6

# The rate of the single step, on points so high that any start counts as zero. w and b that move one after the other
# are off by 0.003 of the step, other losses by 0.1 and more, difference quotients of the loss by their rounding.
TINY, VERY_HIGH, ALONG = 1e-3, 1e13, 0.02

# A line far from every start: training on one of its points ends at least 20 from it, from any start in [-10, 10].
FAR_W, FAR_B, NEAR = -40.0, 70.0, 3.0


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


@check(points=1, title="One step changes w and b in the proportion of the gradient", zh="走一步时，w 和 b 的改变量之比与梯度一致",
       depends=["test_means"],
       hint="Both w and b move, each by its own part of the gradient of the mean of (w·x + b − y)². Check that y and the "
            "prediction have the same shape: a column minus a row is a table.",
       zh_hint="w 和 b 都要动，各自沿着 (w·x + b − y)² 的平均的梯度。再看看 y 和预测值的形状是否相同：一列减一行会变成一张表。")
def test_one_step(student):
    for _ in range(2):
        true_w, true_b = (VERY_HIGH * (1 + torch.rand(2))).tolist()
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
       hint="Use the arguments x, y, learning_rate and steps; start w and b afresh in every call; clear both "
            "gradients in every step, and step against them. Don't stop early while w and b still move.",
       zh_hint="请使用参数 x、y、learning_rate 和 steps；每次调用都让 w 和 b 重新开始；每一步都把两个梯度清零，并朝它们的反方向走。"
               "只要 w 和 b 还在移动，就不要提前停下。")
def test_enough_steps(student):
    for rate, steps, size, near in ((0.2, MANY, 1, ON_THE_LINE), (SMALL, LONG, 1, ON_THE_LINE), FAR_AWAY):
        true_w, true_b = (size * (6 * torch.rand(2) - 3)).tolist()
        # Two points only: whoever adds the squares up in place of averaging them arrives here as well.
        x = torch.tensor([[-1.0], [1.0]]) * (0.8 + 0.4 * torch.rand(2, 1))
        w, b = fitted(student, x, true_w * x + true_b, rate, steps)
        same(w, true_w, atol=near, what="w")
        same(b, true_b, atol=near, what="b")


@check(points=2, title="After few steps fit(x, y, …) is where plain gradient descent is",
       zh="只走几步时，fit(x, y, …) 恰好到达普通梯度下降应到的位置", depends=["test_means"],
       hint="The loss is the mean of the squares at all the points, not their sum or half of it; each step is learning_rate times the "
            "gradient, no more and no less, and there are exactly `steps` of them. Clear both gradients in every step.",
       zh_hint="损失是全部点上平方的平均，不是总和，也不除以 2；每一步恰好是 learning_rate 乘以梯度，一共恰好 steps 步；每一步都要把两个梯度清零。")
def test_few_steps(student):
    # The second call must not go on from where the first one ended, nor leave any of its many points out.
    for n, right, rate in ((40, 2, RATE), (MOST, 1, LARGE)):
        true_w, true_b = (SCALE * (1 + torch.rand(2))).tolist()
        x, y = points(n, 0, right, true_w, -true_b)
        w, b = fitted(student, x, y, rate, FEW)
        expected_w, expected_b = plain_descent(x, y, rate, FEW)
        same(w, expected_w, atol=PLAIN * SCALE, what=f"w after {FEW} steps")
        same(b, expected_b, atol=PLAIN * SCALE, what=f"b after {FEW} steps")


@check(points=1, title="fit(x, y, …) leaves x and y as they are", zh="fit(x, y, …) 不改动传入的 x 和 y", depends=["test_means"],
       hint="y -= … and y.zero_() change the caller's tensor: compute something new. Only w and b require a gradient, not x and y.",
       zh_hint="y -= … 和 y.zero_() 会改动调用者的张量：请算出新的来。需要梯度的只有 w 和 b，x 和 y 不需要。")
def test_left_alone(student):
    given = points(20, -1, 2, -1.5, 2.5)
    held = [place(student, each) for each in given]
    fitted(student, *held, RATE, FEW)
    for there, each in zip(map(fetch, held), given):
        assert torch.equal(there, each) and not there.requires_grad and there.grad is None


def ends_at(notebook):
    """The notebook's w and b, as they are: inf and nan too, where the training has exploded."""
    ends = [torch.as_tensor(value).detach().double() for value in (notebook.w, notebook.b)]
    return [end.item() for end in ends]


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
    # The usual loop, from rand and zero, 200 seeds: 0 outside; worst 0.43 and 0.23.
    same(number(other.w), -2, atol=0.5, what="w")
    same(number(other.b), 5, atol=0.3, what="b")


@check(points=1, title="The notebook finds a third line", zh="再换一条直线，笔记本仍能找到", depends=["test_single_point"],
       hint="w and b have to come from fit(x, y, …); is the learning rate large enough to arrive from where you start, and "
            "small enough not to explode?",
       zh_hint="w 和 b 要由 fit(x, y, …) 得出；从你的起点出发，学习率够大、走得到吗？又够小、不会发散吗？")
def test_third_line(rerun):
    other = rerun(true_w=2.0, true_b=2.0)
    # The same loop, 200 seeds: 0 outside; worst 0.072 and 0.038.
    same(number(other.w), 2, atol=0.2, what="w")
    same(number(other.b), 2, atol=0.1, what="b")
