"""The hidden checks: `train` on other models, points and rates, its losses measured again, other lines."""

import contextlib

import numpy as np
import torch

from grader import InvalidValue, StudentError, check, fetch, number, place, same, shape_of, within

# At this rate no optimizer moves the outputs by more than 2e-5 in five steps, and a cosine that ends at 1e-4 by 2.4e-4
# (20 seeds each). A floor of 0.001 under the rate moves them by at least 0.004.
TINY, STILL = 1e-30, 1e-3

EQUAL = 1e-4

# What may be left of the loss after 50 steps at rate 0.02. The slowest optimizer, Adadelta, leaves 0.9923 (worst of 40
# seeds); most leave less than a half.
LEFT = 0.9995

# Rates and steps with which one optimizer or another arrives: most with the first, Adafactor with the second, a sum in place
# of the mean with the third, Adadelta with the last (21 optimizers and schedules, 5 seeds).
ARRIVE = ((0.2, 60), (0.03, 500), (0.005, 900), (2.0, 1000))

# The rate of a single step, whose length is compared with the gradient, and how many parameters may be looked at one by one.
# Nesterov's momentum of 0.99 makes 1.99 steps of it.
SHORT, FEW_PARAMETERS = 0.002, 12

# Mean square distance from the least squares at which a line has arrived; it begins at 0.7 to 2. Another loss, or a point left
# out, ends at 0.1 or more for one of the two sets of points (12 seeds).
ARRIVED = 0.02


def fresh(student):
    """A new model that has seen an input, as lazy layers must. Its weights are made positive, so that it is alive: what is
    asked here is `train`, also of a student whose model is bent."""
    model = student.LinearModel()
    with contextlib.suppress(StudentError):  # a float64 model, which need not be lazy
        model(torch.zeros(1, 1))
    state = dict(model.state_dict().items())
    model.load_state_dict({name: value.abs() for name, value in state.items()})
    return model


def twin_of(student, model):
    """Another model with the same weights."""
    twin = fresh(student)
    twin.load_state_dict(dict(model.state_dict().items()))
    return twin


def like(model, *tensors):
    """The tensors with the dtype of the model's weights, which `train` may have changed."""
    kinds = [value.dtype for _, value in model.state_dict().items() if value.is_floating_point()]
    return [tensor.to(kinds[0] if kinds else torch.float32) for tensor in tensors]


def predictions(model, x):
    """What the model makes of x, in float64."""
    answer = model(*like(model, x))
    assert isinstance(answer, torch.Tensor) and answer.is_floating_point()
    shape_of(answer, x.shape, what="model(x)")
    return answer.double().detach()


def error(model, x, y):
    """The mean squared error, measured here."""
    return (predictions(model, x) - y.double()).square().mean().item()


def line_of(model):
    """Slope and height of a model, which must be straight."""
    x = torch.tensor([[-100.0], [0.0], [1.0], [100.0]])
    answer = predictions(model, x)
    slope, height = (answer[2] - answer[1]).item(), answer[1].item()
    same(answer, slope * x + height, atol=EQUAL * (1 + answer.abs().max().item()), what="model([[-100], [0], [1], [100]])")
    return slope, height


def centred(n):
    """Inputs of mean 0 and mean square 1, on which plain descent arrives fast; shape (n, 1)."""
    x = torch.randn(n, 1)
    x = x - x.mean()
    return x / x.square().mean().sqrt()


def task(model, x):
    """Points on another line than the model's, with the dtype of its weights."""
    w, b = ((0.6 + 0.4 * torch.rand(2)) * (2 * torch.randint(0, 2, (2,)) - 1)).tolist()
    return like(model, x, predictions(model, x) + w * x + b)


def best(x, y):
    """What the line of least squares predicts, in float64."""
    columns = torch.cat([x, torch.ones_like(x)], dim=1).double()
    return columns @ torch.linalg.lstsq(columns, y.double()).solution


def list_of(losses):
    """The losses as numbers, and whether a graph hangs on them."""
    assert isinstance(losses, list | tuple | torch.Tensor | np.ndarray)
    if isinstance(losses, torch.Tensor | np.ndarray):
        held = torch.as_tensor(losses)
        assert held.numel() == len(losses)
        return held.detach().flatten().tolist(), held.requires_grad
    graph = any(isinstance(loss, torch.Tensor) and loss.requires_grad for loss in losses)
    return [number(loss) for loss in losses], graph


def slopes(model, x, y):
    """The gradient of the mean squared error for every single parameter, by differences: exact for a straight line."""
    state = dict(model.state_dict().items())
    found = {}
    for name in [name for name, _ in model.named_parameters() if state[name].is_floating_point()]:
        found[name] = torch.zeros_like(state[name], dtype=torch.float64)
        for i in range(state[name].numel()):
            ends = []
            for away in (0.1, -0.1):
                moved = state[name].clone()
                moved.view(-1)[i] += away
                model.load_state_dict(state | {name: moved})
                ends.append(error(model, x, y))
            found[name].view(-1)[i] = (ends[0] - ends[1]) / 0.2
    model.load_state_dict(state)
    return found


def times_made(student):
    """How long one step of `train` is, in steps of plain descent, and in steps of the rate itself, as Adam's first one is."""
    model = fresh(student)
    x, y = task(model, centred(30))
    if sum(value.numel() for value in model.state_dict().values()) > FEW_PARAMETERS:
        return 0, 0
    gradient = slopes(model, x, y)
    before = dict(model.state_dict().items())
    student.train(model, x, y, SHORT, 1)
    after = dict(model.state_dict().items())
    gone = sum(((before[name] - after[name]).double() * slope).sum().item() for name, slope in gradient.items()) / SHORT
    return tuple(gone / sum(slope.abs().pow(power).sum().item() for slope in gradient.values()) for power in (2, 1))


def is_several(times):
    """Whether a step was made twice to five times, along one gradient or, a little shorter, along several."""
    return any(k - 0.002 * k * k <= times <= k + 0.002 for k in range(2, 6))


def steepness(model):
    """How large the gradients are that the parameters hold; 0 where there are none."""
    return sum(p.grad.double().square().sum().item() for p in model.parameters() if p.grad is not None) ** 0.5


@check(points=1, title="train moves the model that it is given, and leaves x and y alone",
       zh="train 训练的是传入的模型，并且不改动 x 和 y",
       hint="Give the optimizer model.parameters() of the argument, measure model(x) against y, and make new tensors "
            "where you compute with x and y.",
       zh_hint="把参数 model 的 model.parameters() 交给优化器，比较 model(x) 和 y；要对 x、y 做运算时，请生成新的张量。")
def test_train(student):
    model = fresh(student)
    x, y = task(model, centred(8))
    before = error(model, x, y)
    held = place(student, x), place(student, y)
    student.train(model, *held, 0.02, 50)
    within(error(model, x, y), None, LEFT * before, what="the mean squared error after 50 steps")
    assert all(torch.equal(fetch(there), here) for there, here in zip(held, (x, y)))


@check(points=1, title="train steps at the rate that it is given", zh="train 按给定的学习率更新",
       hint="lr=learning_rate, as it is, and one update a step: four times the rate goes four times as far in one step, and at a "
            "rate of almost 0 nothing moves.",
       zh_hint="原样写 lr=learning_rate，每一步只更新一次：学习率变成四倍，一步就走四倍远；学习率几乎为 0 时，模型应当不动。")
def test_rate(student, source):
    model = fresh(student)
    x = 1 + torch.rand(20, 1)
    start = predictions(model, x)
    x, y = like(model, x, start + 0.06 * x + 0.07)

    def moved(rate, steps):
        """How far the outputs of a twin move, and whether they have all but arrived."""
        twin = twin_of(student, model)
        student.train(twin, x, y, rate, steps)
        after = predictions(twin, x)
        left = (after - best(x, y)).square().mean() / (start - best(x, y)).square().mean()
        return (after - start).square().mean().sqrt().item(), bool(left <= 0.05)

    within(moved(TINY, 5)[0], None, STILL, what="how far model(x) moves at a learning rate of almost 0")
    if source.uses("torch.optim.LBFGS"):
        return  # up to twenty steps in one, each along another gradient
    for kind in zip(times_made(student), times_made(student)):
        assert not all(map(is_several, kind)), "several steps for each loss"
    rates = 0.02, 0.1, 0.4
    steps = [moved(rate, 1) for rate in rates]
    for (small, near), (large, far) in zip(zip(rates, steps), zip(rates[1:], steps[1:])):
        assert near[0] > 0
        if not far[1]:
            ratio = far[0] / near[0] / (large / small)
            within(ratio, 0.6, 1.5, what=f"a step at learning rate {large}, of {large / small:g} steps at {small}")


@check(points=1, title="train goes down the mean squared error of all points, with fresh gradients, to the least squares",
       zh="train 用每一步新算的梯度，沿全部数据的均方误差下降，直到最小二乘解",
       hint="zero_grad() in every step, or the gradients add up; backward() on nn.MSELoss() of model(x) and y, all rows "
            "of them in every step, however many there are; all of model.parameters() in the optimizer.",
       zh_hint="每一步都要 zero_grad()，否则梯度会越积越大；每一步都对全部数据（不论多少）的 model(x) 和 y 求 nn.MSELoss()，再 backward()；"
               "把 model.parameters() 全部交给优化器。")
def test_least_squares(student):
    # One large error to three small ones of the other sign: the first points, and those in even places, are higher.
    for high in (torch.arange(8) % 4 == 0, torch.arange(152) < 38):
        assert any(arrives(student, high, rate, steps) for rate, steps in ARRIVE)

    # Every step sees all the points, so their order plays no part.
    model = fresh(student)
    twin, x = twin_of(student, model), centred(600)
    x, y = task(model, x)
    y = y + torch.where(torch.arange(600) < 150, 12.0, -4.0).reshape(-1, 1).to(y)
    student.train(model, x, y, 0.05, 3)
    student.train(twin, x.flip(0), y.flip(0), 0.05, 3)
    same(predictions(model, x), predictions(twin, x), atol=1e-3, what="model(x), and with the points in reverse order")

    # At this rate nothing moves, so the gradient stays the same, unless it is added up.
    model = fresh(student)
    x, y = task(model, centred(8))
    student.train(model, x, y, TINY, 1)
    once = steepness(model)
    student.train(model, x, y, TINY, 6)
    within(steepness(model), None, 1.5 * once, what="the length of the gradient after six more steps")


def arrives(student, high, rate, steps):
    """Whether a model ends at the least squares of points on no line; those in `high` places lie above it."""
    model = fresh(student)
    line_of(model)  # a bent model is at no line of least squares, wherever it ends
    errors = torch.where(high, 12.0, -4.0).reshape(-1, 1)
    x = centred(len(high))
    x = x - errors * (x * errors).mean() / errors.square().mean()  # so that the errors leave the line where it is
    x, y = task(model, x / x.square().mean().sqrt())
    y = y + errors.to(y)
    student.train(model, x, y, rate, steps)
    return bool((predictions(model, x) - best(x, y)).square().mean() <= ARRIVED)


@check(points=1, title="train returns one plain number for each step, without its graph",
       zh="train 每一步返回一个不带计算图的数",
       hint="losses.append(loss.item()) once in each step, and return losses: a tensor that needs a gradient keeps "
            "everything that it was computed from.",
       zh_hint="每一步执行一次 losses.append(loss.item())，最后 return losses：需要求梯度的张量会保留它的整个计算图。")
def test_plain_numbers(student):
    found = []
    for scale in (1, 3):
        model = fresh(student)
        x, y = task(model, centred(30))
        y = y + (scale - 1) * (y - predictions(model, x).to(y))
        measured = error(model, x, y)
        losses, graph = list_of(student.train(model, x, y, TINY, 7))
        assert len(losses) == 7 and not graph
        found.append(losses[0] / measured)
    assert len(list_of(student.train(fresh(student), x, y, 0.2, 60))[0]) == 60  # also where nothing is left to learn
    # Numbers that were measured, be they sums or means: as large as the squares are.
    assert found[0] > 0
    same(found[1] / found[0], 1, atol=0.01, what="the first loss, of the errors three times as large")


@check(points=1, title="The losses are the mean squared errors from before each step", zh="返回的损失是每一步更新之前的均方误差",
       hint="nn.MSELoss() of the prediction that this step's gradient comes from, taken before optimizer.step(), as it is: not rounded, "
            "also where it is larger than the one before, and measured anew also where it is small.",
       zh_hint="就是算出这一步梯度的那次预测的 nn.MSELoss()，在 optimizer.step() 之前取得，原样记录：不要四舍五入，比前一步大也照记，再小也要重新测量。")
def test_losses(student):
    steps = 20
    model = fresh(student)
    x, y = task(model, centred(30))
    short, long = twin_of(student, model), twin_of(student, model)
    first = error(model, x, y)
    before = list_of(student.train(short, x, y, 0.05, steps))[0]
    losses = list_of(student.train(long, x, y, 0.05, steps + 1))[0]
    last = error(short, x, y)
    same(losses[0], first, atol=EQUAL * (1 + first), what="the first loss")
    # A schedule over all steps makes other steps in the longer run. Its loss there is off by at most 0.041 of the first
    # (OneCycleLR, worst of 20 seeds and eight schedules); a running mean is off by 0.2.
    repeated = all(abs(a - b) <= 1e-6 * (1 + first) for a, b in zip(before[:steps], losses))
    same(losses[steps], last, atol=EQUAL * (1 + last) if repeated else 0.08 * first, what=f"losses[{steps}]")

    losses_of_small_errors(student, x, moves=last != first)
    losses_that_rise(student, x)

    # Large errors tell the mean of the squares from what only begins like it.
    y = y + torch.arange(30.0).reshape(30, 1).to(y)
    measured = error(model, x, y)
    same(list_of(student.train(model, x, y, TINY, 1))[0][0], measured, rtol=EQUAL, what="the first loss")


def losses_of_small_errors(student, x, moves):
    """Losses of about 0.00001: nothing is rounded away, and a model that moves at all still does."""
    model = fresh(student)
    x, y = like(model, x, predictions(model, x) + 0.003 * (1 + torch.rand(len(x), 1)))
    measured = error(model, x, y)
    losses = list_of(student.train(model, x, y, 0.02, 7))[0]
    same(losses[0], measured, rtol=0.01, what="the first loss")
    assert len(set(losses)) > 1 or not moves


def losses_that_rise(student, x):
    """Where large steps lead away from the points, the losses say so; a line search does not let them."""
    model = fresh(student)
    x, y = task(model, x)
    first = error(model, x, y)
    with contextlib.suppress(InvalidValue):  # further than numbers go
        losses = list_of(student.train(model, x, y, 2.0, 4))[0]
        same(losses[0], first, atol=EQUAL * (1 + first), what="the first loss")
        assert error(model, x, y) <= 10 * first or max(losses) >= 1.5 * first


@check(points=1, title="On other points the notebook learns another line, from the points alone",
       zh="换一批数据，笔记本学会另一条直线，而且只从数据中学",
       hint="model and losses have to come from x and y through train; nothing of the line, and neither true_w nor true_b, "
            "may be written into them. One point alone does not tell a line.",
       zh_hint="model 和 losses 都要由 x 和 y 经过 train 得到；不能把直线的参数、true_w 或 true_b 写进去。只有一个点时，是定不出直线的。")
def test_falling_line(student, rerun):
    other = rerun(true_w=-2.0, true_b=5.0)
    w, b = line_of(other.model)
    # Settings that are just good enough for the notebook's own line (rate 0.01, 2000 steps), 200 seeds: 0 outside;
    # worst 0.45 and 0.25.
    same(w, -2, atol=0.5, what="the slope of model")
    same(b, 5, atol=0.3, what="the height of model")
    losses, known = list_of(other.losses)[0], list_of(student.losses)[0]
    assert losses and known and losses[0] != known[0]

    # From one point no training finds the slope: all of them turn the line upwards.
    x = torch.tensor([[0.0], [1.0]])
    height, end = predictions(rerun(true_w=-2.0, true_b=5.0, n=1).model, x).flatten().tolist()
    assert not (abs(end - height + 2) <= 0.05 and abs(height - 5) <= 0.05)


@check(points=1, title="The notebook learns a third line", zh="再换一条直线，笔记本仍能学会",
       depends=["test_falling_line"],
       hint="The model has to learn from x and y; do your rate and steps arrive from every random start?",
       zh_hint="模型要从 x 和 y 中学习；从任意的随机起点出发，你的学习率和步数都能到位吗？")
def test_third_line(rerun):
    w, b = line_of(rerun(true_w=2.0, true_b=2.0).model)
    # The same settings, 200 seeds: 0 outside; worst 0.149 and 0.079.
    same(w, 2, atol=0.2, what="the slope of model")
    same(b, 2, atol=0.1, what="the height of model")
