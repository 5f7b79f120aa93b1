"""The public checks: the file's data, the sigmoid, the line that `fit` finds, the module and its training."""

import contextlib
import io
import math

import numpy as np
import torch

from grader import (
    StudentError,
    check,
    draw_border,
    draw_losses,
    fetch,
    number,
    place,
    same,
    scale_gradients,
    shape_of,
    within,
)

# Values between 0 and 1, float32 against float64: off by at most 2e-7 (1,000,000 numbers).
PROBABILITY = 1e-5

# The file has three digits after the point, and float32 holds seven digits in all.
READ = 1e-6

# Where plain descent is after 500 epochs at rate 0.5, computed in float64: the least cross-entropy is at 3.2750, 1.9332,
# -0.4359. A probability that is kept 1e-4 away from 0 and 1 moves the end by 0.001.
W, B, CLOSE = ((3.2571,), (1.9223,)), -0.4337, 0.02

# The least loss is 0.2886. At the notebook's rate and epochs RMSprop ends at 0.297, other optimizers below 0.291, and
# Adadelta alone has not arrived (17 optimizers, with and without a schedule, 4 seeds).
LOW = 0.32

EPOCHS = 500

# A share of 200 rows, in float32.
SHARE = 1e-6

# Logits are compared up to this share of their size. A bend shows somewhere on the way to the far points.
EXACT = 1e-4
POINTS = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [-2.0, 3.0], [0.3, -0.6], [100.0, -70.0], [-100.0, 90.0]])


def tensor(value, shape, what):
    """A tensor of this shape, which the notebook's text promises."""
    assert isinstance(value, torch.Tensor), f"{what} should be a tensor, not {type(value).__name__}"
    shape_of(value, shape, what=what)
    return value.detach()


@check(points=1, title="X and y are the file's rows, as float32", zh="X 和 y 就是文件里的各行，类型为 float32",
       hint="Skip the header; the first two columns are X, the last one is y. Slices such as table[:, 2:] keep y a column.",
       zh_hint="跳过表头；前两列是 X，最后一列是 y。像 table[:, 2:] 这样切片，y 仍然是一列。")
def test_load(student, files):
    rows = np.loadtxt(io.BytesIO(files.handed_out["exam.csv"]), delimiter=",", skiprows=1)
    X, y = tensor(student.X, (len(rows), 2), "X"), tensor(student.y, (len(rows), 1), "y")
    for name, found, wanted in (("X", X, rows[:, :2]), ("y", y, rows[:, 2:])):
        same(str(found.dtype), "torch.float32", what=f"{name}.dtype")
        same(found, wanted, atol=READ, what=name)


@check(points=1, title="sigmoid(z) is right for any shape, and for numbers up to 10,000", zh="sigmoid(z) 对任意形状都正确，数值大到 10000 也一样",
       hint="exp(1000) is inf, and inf / inf is nan: keep z within bounds before you take the exponential. Every element counts, and z stays as it is.",
       zh_hint="exp(1000) 是 inf，而 inf / inf 是 nan：取指数之前先限制 z 的范围。每个元素都要算，并且不改动 z。")
def test_sigmoid(student):
    large = torch.tensor([-1e4, -1000.0, -100.0, -89.0, -20.0, 0.0, 20.0, 89.0, 100.0, 1000.0, 1e4])
    for z in (torch.randn(()), 3 * torch.randn(5), torch.randn(4, 1), 10 * torch.randn(2, 3, 2), large, -30 * torch.rand(3, 2)):
        held = place(student, z)
        answer = student.sigmoid(held)
        if z.ndim == 0:
            answer = torch.tensor(number(answer))
        # z is float32; the exact value is 0.5 + 0.5 tanh(z / 2).
        exact = 0.5 + 0.5 * torch.tanh(z.double() / 2)
        found = tensor(torch.as_tensor(answer), z.shape, "sigmoid(z)")
        for each, got, wanted in zip(*(values.flatten().tolist() for values in (z, found, exact))):
            same(got, wanted, atol=PROBABILITY, what=f"sigmoid({each:g})")
        assert torch.equal(fetch(held), z), "sigmoid changes z"


def own_border(student):
    """The picture: the students of the file, and the border that fit finds between them."""
    return draw_border(student.X, student.y, student.w, student.b, names=("hours", "sleep"))


@check(points=1, title="fit finds the line by autograd, and accuracy is the share of its right answers",
       zh="fit 用 autograd 找到直线，accuracy 是预测正确的比例", picture=own_border,
       hint="w and b come from fit(X, y, learning_rate, epochs): backward(), a step by hand, both gradients cleared. accuracy is the "
            "mean of predict(X, w, b) == y, between 0 and 1.",
       zh_hint="w 和 b 由 fit(X, y, learning_rate, epochs) 得出：backward()，手写一步更新，两个梯度都清零。accuracy 是 predict(X, w, b) == y 的平均，在 0 和 1 之间。")
def test_fit(student, source):
    w, b = tensor(student.w, (2, 1), "w"), tensor(student.b, (1,), "b")
    same(w, W, atol=CLOSE, what="w")
    same(b, B, atol=CLOSE, what="b")
    predicted = torch.as_tensor(student.predict(student.X, w, b)).double()
    right = (predicted == torch.as_tensor(student.y)).double().mean().item()
    same(number(student.accuracy), right, atol=SHARE, what="accuracy")

    # With derivatives three times as large, the first step is too.
    example = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0]]), 0.01, 1
    once, larger = student.fit(*example), scale_gradients(student.fit, 3)(*example)
    for part, many in zip(once, larger):
        assert (torch.as_tensor(many) / torch.as_tensor(part) - 3).abs().max() <= 0.01, "the gradient in fit does not come from autograd"
    assert not source.behind("fit").uses("torch.optim"), "torch.optim does not belong in fit"


def logits(model, inputs):
    """What the model makes of an (n, 2) tensor, in float64; the inputs get the dtype of its weights."""
    kinds = [value.dtype for _, value in model.state_dict().items() if value.is_floating_point()]
    answer = model(inputs.to(kinds[0] if kinds else torch.float32))
    return tensor(answer, (len(inputs), 1), "model(X)").double()


def plane(model):
    """Both slopes and the height of a model, whose logits must be w₁·hours + w₂·sleep + b."""
    answer = logits(model, POINTS).flatten()
    height, one, two = answer[0], answer[1] - answer[0], answer[2] - answer[0]
    flat = POINTS.double() @ torch.stack([one, two]) + height
    assert (answer - flat).abs().max() <= EXACT * (1 + flat.abs().max()), "model(X) is not Xw + b"
    return torch.stack([one, two, height])


def own_losses(student):
    """The picture: the losses of the notebook's training."""
    return draw_losses(student.losses, epochs=True, rate=student.learning_rate)


@check(points=1, title="LogisticRegression() returns logits, and the notebook's model is trained and in eval mode",
       zh="LogisticRegression() 返回 logit，笔记本里的 model 训练好了，并处于评估模式", picture=own_losses,
       hint="One nn.Linear(2, 1), and no sigmoid: BCEWithLogitsLoss has it. losses is what train returns for this model, one number an "
            "epoch; model.eval() comes last.",
       zh_hint="一个 nn.Linear(2, 1)，不要 sigmoid：BCEWithLogitsLoss 自带。losses 是 train 对这个 model 的返回值，每轮一个数；最后是 model.eval()。")
def test_model(student, files):
    rows = torch.tensor(np.loadtxt(io.BytesIO(files.handed_out["exam.csv"]), delimiter=",", skiprows=1))
    answers = logits(student.model, rows[:, :2])
    losses = [number(each) for each in student.losses]
    loss = (torch.logaddexp(torch.zeros(()), answers) - rows[:, 2:] * answers).mean()
    within(loss, None, LOW, what="cross_entropy(sigmoid(model(X)), y)")
    same(student.model.training, False, what="model.training")
    same(len(losses), EPOCHS, what="len(losses)")
    assert all(map(math.isfinite, losses)), "one of the losses is infinite"
    assert losses[-1] < losses[0], "the last loss is not smaller than the first"
    within(losses[-1], None, LOW, what="losses[-1]")

    fresh = student.LogisticRegression()
    with contextlib.suppress(StudentError):  # a lazy layer has no weights before it has seen an input
        fresh(torch.zeros(1, 2))
    state = dict(fresh.state_dict().items())
    learned = [name for name, value in fresh.named_parameters() if value.is_floating_point()]
    before = plane(fresh)
    for _ in range(2):  # other weights are another plane
        fresh.load_state_dict(state | {name: state[name] + 0.5 + torch.rand_like(state[name]) for name in learned})
        after = plane(fresh)
        assert ((after - before).abs() > EXACT).all(), "other parameters have to change w and b of the model"
        before = after
