"""The hidden checks: `train` on other models, points and rates, its losses measured again, other lines."""

import numpy as np
import torch

from grader import check, number

RATE, STEPS = 0.2, 50

# What may be left of the loss after those steps. Most optimizers leave a hundredth or nothing; the slowest that can still
# reach the notebook's line, Adadelta, leaves 0.978 (worst of 200 seeds).
LEFT = 0.99

# At this rate no optimizer moves the outputs by more than 4e-5 (30 seeds of nine optimizers).
TINY, STILL = 1e-7, 1e-3

EQUAL = 1e-4


def centred(n):
    """Inputs of mean 0 and mean square 1, on which plain descent arrives fast; shape (n, 1)."""
    x = torch.randn(n, 1)
    x = x - x.mean()
    return x / x.square().mean().sqrt()


def task(n):
    """Points on a line away from where nn.Linear starts."""
    w, b = ((1.5 + torch.rand(2)) * (2 * torch.randint(0, 2, (2,)) - 1)).tolist()
    x = centred(n)
    return x, w * x + b


def like(model, *tensors):
    """The tensors with the dtype of the model's parameters, which `train` may have changed."""
    for _, value in model.state_dict().items():
        return [tensor.to(value.dtype) for tensor in tensors]
    return list(tensors)


def predictions(model, x):
    answer = model(x)
    assert isinstance(answer, torch.Tensor) and answer.is_floating_point()
    assert answer.shape == x.shape
    return answer.double().detach()


def error(model, x, y):
    """The mean squared error, measured here."""
    return (predictions(model, x) - y.double()).square().mean().item()


def trained(student, model, x, y, rate, steps):
    """Train, and give the losses that were returned."""
    losses = student.train(model, x, y, rate, steps)
    assert isinstance(losses, list | tuple | torch.Tensor | np.ndarray) and len(losses) == steps
    return [number(loss) for loss in losses]


def steepness(model):
    """How large the gradients are that the parameters hold; 0 where there are none."""
    return sum(p.grad.double().square().sum().item() for p in model.parameters() if p.grad is not None) ** 0.5


@check(points=2, title="train moves the model that it is given, by the rate that it is given, with fresh gradients",
       zh="train 按给定的学习率训练给定的模型，每一步都用新算的梯度",
       hint="Give the optimizer model.parameters() of the argument and lr=learning_rate; zero_grad() in every step, "
            "or the gradients add up.",
       zh_hint="把参数 model 的 model.parameters() 和 lr=learning_rate 交给优化器；每一步都要 zero_grad()，否则梯度会越积越大。")
def test_train(student):
    model = student.LinearModel()
    x, y = like(model, *task(40))
    before = error(model, x, y)
    trained(student, model, x, y, RATE, STEPS)
    assert error(model, *like(model, x, y)) <= LEFT * before

    # At a tiny rate nothing moves, so the gradient stays the same, unless it is added up.
    still = student.LinearModel()
    start = predictions(still, x)
    trained(student, still, x, y, TINY, 1)
    once = steepness(still)
    trained(student, still, x, y, TINY, 5)
    assert steepness(still) <= 2 * once
    assert (predictions(still, *like(still, x)) - start).abs().max() <= STILL


@check(points=2, title="The losses are the mean squared errors from before each step", zh="返回的损失是每一步更新之前的均方误差",
       hint="One number a step: nn.MSELoss() of the prediction that this step's gradient comes from, taken before "
            "optimizer.step().",
       zh_hint="每一步一个数：就是算出这一步梯度的那次预测的 nn.MSELoss()，在 optimizer.step() 之前取得。")
def test_losses(student):
    steps = 4
    model, twin = student.LinearModel(), student.LinearModel()
    x, y = like(model, *task(30))
    twin.load_state_dict(model.state_dict())
    first = error(model, x, y)
    losses = trained(student, model, x, y, 0.05, steps)
    trained(student, twin, x, y, 0.05, steps - 1)
    last = error(twin, *like(twin, x, y))
    assert abs(losses[0] - first) <= EQUAL * (1 + first)
    assert abs(losses[-1] - last) <= EQUAL * (1 + last)
    assert losses[-1] < losses[0]


def found_line(other):
    """Slope and height of the notebook's model."""
    model = other.model
    height, end = predictions(model, *like(model, torch.tensor([[0.0], [1.0]]))).flatten().tolist()
    return end - height, height


@check(points=1, title="The notebook learns another line as well", zh="换一条直线，笔记本也能学会",
       depends=["test_train"],
       hint="The model has to learn from x and y; nothing about the line may be written in.",
       zh_hint="模型要从 x 和 y 中学习，不能把直线的参数写进代码。")
def test_falling_line(rerun):
    w, b = found_line(rerun(true_w=-2.0, true_b=5.0))
    # Settings that are just good enough for the notebook's own line (rate 0.01, 2000 steps), 200 seeds: 0 outside;
    # worst 0.45 and 0.25.
    assert abs(w + 2) <= 0.5
    assert abs(b - 5) <= 0.3


@check(points=1, title="The notebook learns a third line", zh="再换一条直线，笔记本仍能学会",
       depends=["test_train", "test_falling_line"],
       hint="The model has to learn from x and y; do your rate and steps arrive from every random start?",
       zh_hint="模型要从 x 和 y 中学习；从任意的随机起点出发，你的学习率和步数都能到位吗？")
def test_third_line(rerun):
    w, b = found_line(rerun(true_w=2.0, true_b=2.0))
    # The same settings, 200 seeds: 0 outside; worst 0.149 and 0.079.
    assert abs(w - 2) <= 0.2
    assert abs(b - 2) <= 0.1
