"""The hidden checks: the losses of the loop by hand, the model at other points, both lines for other data."""

from contextlib import suppress

import pytest
import torch

from grader import check, number

CLOSE_W, CLOSE_B = 0.21, 0.12

# On another line the usual loop (rate 0.01, 2000 steps) ends within these: 0 of 5,000 outside.
OTHER_W, OTHER_B = 0.5, 0.3

# A far line, of which one point is given: nobody can learn it from that. The steps lead up from every start above w = -20.
FAR_W, FAR_B = -20.0, 50.0

# Of the first loss. The usual loop leaves 0.0005 of it (100 seeds).
LEFT = 0.2

# Of the loss: the first step of the usual loop changes it by 4.6 % and more (100 seeds).
STALE = 1e-5


def outputs(model, x):
    """What the model makes of x, in float64; x gets the dtype of the model's parameters."""
    dtype = torch.float32
    with suppress(Exception):
        dtype = next(value.dtype for _, value in model.state_dict().items())
    y = model(x.to(dtype))
    assert isinstance(y, torch.Tensor) and y.is_floating_point() and y.shape == x.shape
    return y.detach().double()


@pytest.fixture(scope="module")
def other(rerun):
    """The notebook on another line, a falling one."""
    return rerun(true_w=-2.0, true_b=5.0)


@pytest.fixture(scope="module")
def one(rerun):
    """The notebook on a single point of the far line."""
    return rerun(true_w=FAR_W, true_b=FAR_B, n=1)


def slope_and_height(model):
    height, end = outputs(model, torch.tensor([[0.0], [1.0]])).flatten().tolist()
    return end - height, height


def told(one, line):
    """Whether a notebook has found from one point what can't be found from it. One that fails there, or made more points, has not."""
    with suppress(Exception):
        if len(one.x) == 1:
            w, b = line(one)
            return abs(w - FAR_W) <= OTHER_W and abs(b - FAR_B) <= OTHER_B
    return False


@check(points=2, title="The loop by hand finds another line as well", zh="换一条直线，手写循环也能找到",
       hint="w, b and losses have to come from the loop, on the x and y of this run.",
       zh_hint="w、b 和 losses 都要由循环根据这一次的 x 和 y 得出。")
def test_other_line(student, other, one):
    assert abs(number(other.w) + 2) <= OTHER_W
    assert abs(number(other.b) - 5) <= OTHER_B
    first, again = number(student.losses[0]), number(other.losses[0])
    assert abs(first - again) >= STALE * first
    assert not told(one, lambda run: (number(run.w), number(run.b)))


@check(points=2, title="losses has one number a step, each of a fresh prediction, and they go down",
       zh="losses 每一步一个数，每个都来自新的预测，并且不断变小", depends=["test_line", "test_other_line"],
       hint="Append loss.item() in every step, at least 100 times. Are the first two losses the same? Then the "
            "prediction was made before the update.",
       zh_hint="每一步都 append 一次 loss.item()，至少 100 个。前两个损失一样吗？那说明预测是在更新之前做的。")
def test_losses(student):
    losses = [number(loss) for loss in student.losses]
    assert len(losses) >= 100
    assert max(losses[-10:]) <= LEFT * losses[0]
    assert abs(losses[1] - losses[0]) >= STALE * losses[0] > 0


@check(points=2, title="The model learns another line as well", zh="换一条直线，model 也能学会",
       hint="The model has to learn from the x and y of this run; does your rate arrive from every start?",
       zh_hint="model 要从这一次的 x 和 y 中学习；从任意的起点出发，你的学习率都能到位吗？")
def test_other_model(other, one):
    w, b = slope_and_height(other.model)
    assert abs(w + 2) <= OTHER_W
    assert abs(b - 5) <= OTHER_B
    assert not told(one, lambda run: slope_and_height(run.model))


@check(points=1, title="The model is right at other points, one or many", zh="换别的点，无论一个还是多个，model 都答得对",
       depends=["test_other_model"],
       hint="model(x) maps (n, 1) to (n, 1) for every n.",
       zh_hint="对任意的 n，model(x) 都把 (n, 1) 变成 (n, 1)。")
def test_model_elsewhere(student):
    for count in (1, 7, 64):
        x = torch.rand(count, 1)
        assert ((outputs(student.model, x) - 3 * x - 0.8).abs() <= CLOSE_W * x + CLOSE_B).all()
