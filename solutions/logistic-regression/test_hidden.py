"""The hidden checks: the functions on other data, single steps and long training, and the notebook on another file.

Both files come from a known line with noise. A generator `r = numpy.random.default_rng(seed)` draws X from N(0, 1), which is
standardised and rounded to three digits, and a row has passed where X·w + b + r.logistic() is above 0.

| file | rows | seed | w, b | least cross-entropy, at w, b | accuracy there | best of all lines | always the same |
|---|---|---|---|---|---|---|---|
| assignments/…/exam.csv | 200 | 0 | 2.5, 1.5, −0.5 | 0.28860 at 3.2750, 1.9332, −0.4359 | 0.870 | 0.890 | 0.545 |
| solutions/…/exam.csv | 160 | 1 | −1.5, 2.5, 1 | 0.35828 at −1.7116, 2.3604, 0.8497 | 0.831 | 0.856 | 0.600 |
"""

import contextlib
import io
import math

import numpy as np
import torch

from grader import StudentError, check, fetch, number, place, same, scale_gradients, shape_of, within

# Of the cross-entropy at probabilities from 0.1 to 0.9: adding 1e-5 to them makes it wrong by 1e-4, another loss by 0.05.
ENTROPY = 1e-3

# What a certain miss costs at least: as much as one at 0.01. Kept 1e-3 away from 0 it costs 6.9.
MISS = 4.6

# Of the way that a few steps go: float32 is off by 1e-6, and probabilities to which 1e-5 is added by 5e-4. A step more or less
# is off by 0.05, a rate 1 % wrong by 0.005.
PLAIN = 2e-3

# At this rate no optimizer moves the logits by more than 1e-3 in five steps.
TINY, STILL = 1e-30, 1e-2

EQUAL = 1e-4

# Rates and epochs with which one optimizer or another arrives: most with the first, NAdam, RMSprop and Adafactor with one of
# the next two, Adadelta with the last (17 optimizers, 4 schedules, 6 seeds: off by at most 0.021). Trained on other rows, or
# with another loss, a model ends 0.06 or more away (10 seeds).
ARRIVE = ((1.0, 100), (0.1, 250), (0.02, 600), (5.0, 800))
ARRIVED = 0.04

# Of rate times gradient: Nesterov's momentum of 0.9 makes 1.9 of a step; twice the rate, or two steps, 1.99 and more.
TWICE = 1.97


def table(content):
    """X and y of a file, float64."""
    rows = torch.tensor(np.loadtxt(io.BytesIO(content), delimiter=",", skiprows=1))
    return rows[:, :2], rows[:, 2:]


def entropy(z, y):
    """The mean cross-entropy of logits, without overflow."""
    z, y = z.double(), y.double()
    return (torch.logaddexp(torch.zeros_like(z), z) - y * z).mean().item()


def descent(X, y, rate, epochs):
    """Plain gradient descent on the mean cross-entropy from zeros, by the formula, in float64."""
    X, y = X.double(), y.double()
    w, b = torch.zeros(2, 1).double(), torch.zeros(1).double()
    for _ in range(epochs):
        wrong = 0.5 + 0.5 * torch.tanh((X @ w + b) / 2) - y
        w, b = w - rate * X.T @ wrong / len(y), b - rate * wrong.mean()
    return torch.cat([w.flatten(), b])


def columns_of(X):
    """X with a column of ones for b, in float64."""
    return torch.cat([X, torch.ones(len(X), 1)], dim=1).double()


def optimum(X, y):
    """w and b of the least cross-entropy, by Newton's method, as one column."""
    columns = columns_of(X)
    line = torch.zeros(3, 1).double()
    for _ in range(25):
        p = torch.sigmoid(columns @ line)
        line = line - torch.linalg.solve((columns * p * (1 - p)).T @ columns, columns.T @ (p - y))
    return line


def line_of(answer):
    """The three numbers of a (w, b), in float64. Whether their shapes are right is another check's concern."""
    w, b = answer
    w = torch.as_tensor(w).detach().double().flatten()
    assert len(w) == 2
    return torch.cat([w, torch.tensor([number(b)]).double()])


def students(n):
    """n rows of which none can be left out: X with mean 0 and without correlation, and labels.

    The labels of the first quarter follow another line than those of the rest. The first row and the last are far out, and
    failed in spite of that.
    """
    X, angle = torch.randn(n, 2), 2 * math.pi * torch.rand(())
    along, across = torch.stack([angle.cos(), angle.sin()]), torch.stack([-angle.sin(), angle.cos()])
    z = (X @ along).reshape(n, 1)
    early = (torch.arange(n) < n // 4).reshape(n, 1)
    y = (torch.rand(n, 1) < torch.sigmoid(torch.where(early, 1.5 - z, 2.5 * z - 0.5))).float()
    X[0], X[-1] = 4 * (along + across), 4 * (along - across)
    y[0] = y[-1] = 0
    X = X - X.mean(dim=0)
    return torch.linalg.solve(torch.linalg.cholesky(X.T @ X / n), X.T).T.contiguous(), y


@check(points=1, title="cross_entropy(p, y) is the mean cross-entropy, and finite where p is 0 or 1",
       zh="cross_entropy(p, y) 是平均交叉熵，p 为 0 或 1 时也是有限的数",
       hint="Minus the mean of y·ln p + (1 − y)·ln(1 − p); keep p a tiny bit away from 0 and 1 first, because 0 · ln 0 is nan. "
            "p and y stay as they are.",
       zh_hint="对 y·ln p + (1 − y)·ln(1 − p) 求平均，再加负号；0 · ln 0 是 nan，所以先让 p 离 0 和 1 远一点点。p 和 y 保持不变。")
def test_cross_entropy(student):
    for n in (1, 7, 60):
        p, y = 0.1 + 0.8 * torch.rand(n, 1), torch.randint(0, 2, (n, 1)).float()
        held = place(student, p), place(student, y)
        given = torch.where(y == 1, p, 1 - p).double()
        same(number(student.cross_entropy(*held)), -given.log().mean().item(), atol=ENTROPY, what="cross_entropy(p, y)")
        assert torch.equal(fetch(held[0]), p) and torch.equal(fetch(held[1]), y)

    def cost(p, y):
        return number(student.cross_entropy(torch.tensor(p).reshape(-1, 1), torch.tensor(y).reshape(-1, 1)))

    same(cost([0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]), 0, atol=ENTROPY, what="cross_entropy([0, 1, 0, 1], [0, 1, 0, 1])")
    some = cost([0.0, 0.5, 1.0, 0.25], [0.0, 1.0, 1.0, 1.0])
    same(some, math.log(8) / 4, atol=ENTROPY, what="cross_entropy([0, 0.5, 1, 0.25], [0, 1, 1, 1])")
    for p, y in ((0.0, 1.0), (1.0, 0.0)):
        miss = cost([p, p], [y, y])
        assert math.isfinite(miss)
        within(miss, MISS, None, what=f"cross_entropy([{p:g}, {p:g}], [{y:g}, {y:g}])")


@check(points=1, title="fit takes plain steps of learning_rate from zeros, along what autograd finds, on all rows",
       zh="fit 从零开始，用全部的行，沿 autograd 求出的梯度走普通的步子，步长由 learning_rate 决定",
       hint="w and b are zeros in every call; each of the epochs subtracts learning_rate times the gradient of the mean, once, from both; "
            "clear both gradients. No formula, no torch.optim; X and y stay as they are.",
       zh_hint="每次调用 w 和 b 都从零开始；每一轮从两者中各减去一次 learning_rate 乘以平均值的梯度；两个梯度都要清零。不用公式，不用 torch.optim；X 和 y 保持不变。")
def test_steps(student, source):
    # No call may go on from where the one before ended. Steps at rate 8 are so long that the loss goes up.
    for n, rate, epochs in ((9, 0.8, 1), (40, 0.3, 12), (40, 8.0, 3)):
        while True:
            X, y = 0.4 + torch.randn(n, 2), (torch.rand(n, 1) < 0.7).float()
            expected = descent(X, y, rate, epochs)
            if rate < 8 or entropy(columns_of(X) @ expected.reshape(3, 1), y) > 0.75:
                break
        held = place(student, X), place(student, y)
        near = PLAIN * expected.norm().item()
        same(line_of(student.fit(*held, rate, epochs)), expected, atol=near, what=f"[w, w, b] after {epochs} epochs")
        assert torch.equal(fetch(held[0]), X) and torch.equal(fetch(held[1]), y)
    once, larger = student.fit(X, y, 1e-3, 1), scale_gradients(student.fit, 3)(X, y, 1e-3, 1)
    assert (line_of(larger) - 3 * line_of(once)).norm() <= 0.01 * line_of(once).norm()
    assert not source.behind("fit").uses("torch.optim")


@check(points=1, title="predict(X, w, b) is 1 where the probability is above one half, else 0",
       zh="predict(X, w, b) 在概率大于二分之一处为 1，其余为 0",
       hint="Compare sigmoid(X @ w + b) with 0.5, using the w and b that are given; a probability is never below 0. One answer for each row, "
            "shape (n, 1).",
       zh_hint="用传入的 w 和 b 算出 sigmoid(X @ w + b)，与 0.5 比较；概率从来不会小于 0。每行一个答案，形状是 (n, 1)。")
def test_predict(student):
    for scale, n in ((0.2, 50), (1.0, 23), (6.0, 50)):
        while True:
            X, w, b = torch.randn(n, 2), scale * torch.randn(2, 1), scale * torch.randn(1)
            z = X.double() @ w.double() + b.double()
            if z.abs().min() > 1e-4 and 4 < (z > 0).sum() < n - 4:
                break
        held = [place(student, each) for each in (X, w, b)]
        answer = student.predict(*held)
        assert isinstance(answer, torch.Tensor)
        same(answer.detach().double(), (z > 0).double(), what="predict(X, w, b)")
        assert all(torch.equal(fetch(there), here) for there, here in zip(held, (X, w, b)))


def fresh(student):
    """A new model that has seen an input, as lazy layers must."""
    model = student.LogisticRegression()
    with contextlib.suppress(StudentError):  # a float64 model, which need not be lazy
        model(torch.zeros(1, 2))
    return model


def twin_of(student, model):
    """Another model with the same weights."""
    twin = fresh(student)
    twin.load_state_dict(dict(model.state_dict().items()))
    return twin


def like(model, *tensors):
    """The tensors with the dtype of the model's weights, which `train` may have changed."""
    kinds = [value.dtype for _, value in model.state_dict().items() if value.is_floating_point()]
    return [each.to(kinds[0] if kinds else torch.float32) for each in tensors]


def logits_of(model, X):
    """What the model makes of X, in float64."""
    answer = model(*like(model, X))
    assert isinstance(answer, torch.Tensor) and answer.is_floating_point()
    shape_of(answer, (len(X), 1), what="model(X)")
    return answer.detach().double()


def trained(student, model, X, y, rate, epochs):
    """The logits for X of a twin of the model, once it has been trained."""
    twin = twin_of(student, model)
    student.train(twin, *like(model, X, y), rate, epochs)
    return logits_of(twin, X)


def task(model):
    """Rows whose best line is away from the model's in w and in b, so that all three have to be learned."""
    for _ in range(100):  # one in three will do; of a model that answers nan, none
        X, y = students(120)
        way = optimum(X, y) - torch.linalg.lstsq(columns_of(X), logits_of(model, X)).solution
        if way.abs().min() > 0.25:
            return X, y
    raise AssertionError("the model's logits are no line's")


def step_along_gradient(X, y, start, end):
    """How long a step of the logits from `start` to `end` is, of the gradient's; None if it goes another way."""
    columns = columns_of(X)
    slopes = columns @ (columns.T @ (torch.sigmoid(start) - y)) / len(y)
    step = start - end
    along = (step * slopes).sum() / slopes.square().sum()
    return None if (step - along * slopes).norm() > 0.02 * step.norm() else along.item()


@check(points=1, title="train moves the model that it is given, at the rate that it is given, to the least cross-entropy of all rows",
       zh="train 按给定的学习率更新传入的模型，直到对全部的行而言交叉熵最小",
       hint="BCEWithLogitsLoss on model(X), the logits, and y, all rows; model.parameters() of the argument, all of them, and lr=learning_rate; "
            "zero_grad() and one step in every epoch. X and y stay as they are.",
       zh_hint="用 BCEWithLogitsLoss 比较 model(X)（即 logit）和 y，全部的行；把参数 model 的 model.parameters() 全部交给优化器，lr=learning_rate；"
               "每一轮都 zero_grad()，只走一步。X 和 y 保持不变。")
def test_train(student, source):
    model = fresh(student)
    X, y = task(model)
    start, best = logits_of(model, X), columns_of(X) @ optimum(X, y)

    # At a rate of almost 0 nothing moves, and four times the rate goes four times as far.
    same(trained(student, model, X, y, TINY, 5), start, atol=STILL, what="model(X) after training at a rate of almost 0")
    rates = 0.02, 0.1, 0.4
    ends = [trained(student, model, X, y, rate, 1) for rate in rates]
    for (small, near), (large, far) in zip(zip(rates, ends), zip(rates[1:], ends[1:])):
        assert (near - start).norm() > 0
        # Only LBFGS is not proportional to its rate: one step of it all but arrives.
        arrived = (far - best).norm() <= 0.25 * (start - best).norm()
        if not arrived:
            ratio = (far - start).norm() / (near - start).norm() / (large / small)
            within(ratio, 0.6, 1.5, what=f"a step at learning rate {large}, of {large / small:g} steps at {small}")
    made = step_along_gradient(X, y, start, ends[0])
    assert made is None or made <= TWICE * rates[0] or source.uses("torch.optim.LBFGS")

    # Nothing is drawn at random, and the caller's rows stay as they are.
    held = [place(student, each) for each in like(model, X, y)]
    given = [fetch(each) for each in held]
    twins = [twin_of(student, model) for _ in range(2)]
    for twin in twins:
        student.train(twin, *held, 0.1, 4)
    same(logits_of(twins[1], X), logits_of(twins[0], X), atol=EQUAL, what="model(X), trained once more")
    assert all(torch.equal(fetch(there), here) for there, here in zip(held, given))

    def arrives(rate, epochs):
        return (trained(student, model, X, y, rate, epochs) - best).square().mean().sqrt() <= ARRIVED

    assert any(arrives(rate, epochs) for rate, epochs in ARRIVE)


def numbers(losses):
    """The losses as numbers, and whether a graph hangs on them."""
    assert isinstance(losses, list | tuple | torch.Tensor | np.ndarray)
    graph = any(isinstance(each, torch.Tensor) and each.requires_grad for each in (losses, *losses))
    return [number(each) for each in losses], graph


@check(points=1, title="train returns the loss from before each update, one plain number an epoch",
       zh="train 返回每次更新之前的损失，每轮一个不带计算图的数",
       hint="losses.append(loss.item()) with the very loss that you call backward() on: BCEWithLogitsLoss, the mean over all rows, "
            "once in each epoch.",
       zh_hint="losses.append(loss.item())，用的就是调用 backward() 的那个损失：BCEWithLogitsLoss 对全部的行求的平均，每轮一次。")
def test_losses(student):
    # At the larger rate the loss goes up and down.
    for scale, rate, epochs in ((1, 0.1, 12), (4, 3.0, 5)):
        model = fresh(student)
        X, y = students(40)
        given = like(model, scale * X, y)
        first, state = entropy(logits_of(model, given[0]), y), dict(model.state_dict().items())
        before, graph = numbers(student.train(model, *given, rate, epochs))
        last = entropy(logits_of(model, given[0]), y)
        assert len(before) == epochs and not graph
        same(before[0], first, rtol=EQUAL, what="the first loss")

        model.load_state_dict(state)
        losses, _ = numbers(student.train(model, *given, rate, epochs + 1))
        assert len(losses) == epochs + 1 and abs(losses[epochs] - losses[0]) > 0
        # A schedule over all epochs makes other steps in the longer run: the loss is off by at most 0.1 of the first.
        if all(abs(a - b) <= 1e-6 * (1 + b) for a, b in zip(before, losses)):
            same(losses[epochs], last, rtol=EQUAL, what="the last loss")
        elif scale == 1:
            same(losses[epochs], last, atol=0.15 * first, what="the last loss")


@check(points=1, title="On another file, with another rate and other epochs, the notebook finds that file's line",
       zh="换一个文件、学习率和轮数，笔记本找到的就是那个文件的直线",
       hint="X and y come from load(file), w and b from fit(X, y, learning_rate, epochs), losses from train(model, X, y, learning_rate, epochs): "
            "no file name, no rate, no number of epochs and no answer is written in.",
       zh_hint="X、y 来自 load(file)，w、b 来自 fit(X, y, learning_rate, epochs)，losses 来自 train(model, X, y, learning_rate, epochs)：文件名、数值和答案都不要直接写进去。")
def test_other_file(rerun, files):
    rate, epochs = 0.3, 120
    content = {"other.csv": files.other["exam.csv"], "exam.csv": files.handed_out["exam.csv"]}
    other = rerun(files=content, file="other.csv", learning_rate=rate, epochs=epochs)
    X, y = table(content["other.csv"])
    same(other.X.double(), X, atol=1e-5, what="X")
    same(other.y.flatten().double(), y.flatten(), what="y")
    expected = descent(X, y, rate, epochs)
    same(line_of((other.w, other.b)), expected, atol=2 * PLAIN * expected.norm().item(), what="[w, w, b]")
    predicted = torch.as_tensor(other.predict(X.float(), other.w, other.b)).double()
    same(number(other.accuracy), (predicted == y).double().mean().item(), atol=1e-6, what="accuracy")
    # The least is 0.358. RAdam with a warm-up ends at 0.411, Adadelta, which is slow, at 0.9; the public file's line has 1.8.
    assert len(list(other.losses)) == epochs
    within(entropy(logits_of(other.model, X), y), None, 0.5, what="the cross-entropy of model(X)")
    assert other.model.training is False

    # At a rate of almost 0 neither training moves, and the other file is found under the usual name.
    still = rerun(learning_rate=TINY, epochs=3)
    shape_of(still.X, X.shape, what="X")
    same(line_of((still.w, still.b)), torch.zeros(3), atol=STILL, what="[w, w, b] at a rate of almost 0")
    losses, _ = numbers(still.losses)
    assert len(losses) == 3
    within(max(losses) - min(losses), None, EQUAL * losses[0], what="max(losses) − min(losses) at a rate of almost 0")
    same(losses[0], entropy(logits_of(still.model, X), y), atol=STILL * losses[0], what="the first loss")
