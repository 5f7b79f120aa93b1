"""The hidden checks: each function on other data, the caller's tensors, and the notebook with other parameters."""

from collections import Counter
from contextlib import suppress
from itertools import pairwise

import numpy as np
import torch

from grader import check, fetch, number, place, same, shape_of

NOISE = 0.01
CLOSE = 0.01

# Of 1 + |expected|: room for any float dtype.
TOLERANCE = 0.02

# Of a rerun with two examples so high that any start near zero counts as zero: end points are within 2e-5 of the path
# that was taken (600 runs from a start of 0.01 · N(0, 1), float32). Newly shuffled epochs look kept in 7 % of the runs, so
# that four such runs are one in 50,000; of kept ones, one run in twenty tells nothing.
HIGH, EPOCHS, STEP, ON_A_PATH = 1e6, 8, 0.05, 2e-5
RUNS, KEPT = 6, 4

# Epochs of one batch that holds all the examples, at a rate at which they lead further and further away: there is one path,
# whatever the order, and its last epoch is nowhere near the best. Off by less than 1e-5 of the end (float32).
ALL, FAST, AWAY, ON_THE_PATH = 16, 4.0, 3, 1e-3


def values(answer):
    """The numbers of a tensor or array, in float64."""
    assert isinstance(answer, torch.Tensor | np.ndarray)
    answer = torch.as_tensor(answer).detach()
    assert answer.is_floating_point()
    return answer.double()


def compare(answer, expected, what):
    """Raise Mismatch unless an answer has the expected shape and numbers."""
    same(values(answer), expected, atol=TOLERANCE, rtol=TOLERANCE, what=what)


def dtype_of(student):
    """The dtype of the student's own features, for whoever has made float64 the default."""
    with suppress(Exception):
        if torch.as_tensor(student.features).is_floating_point():
            return torch.as_tensor(student.features).dtype
    return torch.float32


def untouched(held, original):
    """Whether a tensor in the session is what was put there: values, requires_grad, grad."""
    now = fetch(held)
    same_grad = now.grad is None if original.grad is None else torch.equal(now.grad, original.grad)
    return torch.equal(now, original) and now.requires_grad == original.requires_grad and same_grad


def parameter(*shape):
    """A tensor that requires a gradient and has one."""
    tensor = torch.randn(shape).requires_grad_()
    tensor.grad = 10 * torch.randn(shape)
    return tensor


@check(points=1, title="Features are N(0, 1), labels are Xw + b with noise of standard deviation 0.01, for any w and n",
       zh="对任意的 w 和 n：特征服从 N(0, 1)，标签是 Xw + b 加上标准差为 0.01 的噪声",
       hint="Use the arguments w, b and num_examples; the number of features is len(w). Each example has a noise of "
            "its own, drawn from a normal distribution.",
       zh_hint="请使用参数 w、b 和 num_examples，特征的个数是 len(w)。每个样本有各自的噪声，服从正态分布。")
def test_synthetic(student):
    for n, b in ((4000, 3.7), (4000, -1.2)):  # as many examples and features again, on another line
        w = (4 * torch.rand(4) - 2).to(dtype_of(student))
        held = place(student, w)
        X, y = map(values, student.synthetic_data(held, b, n))
        shape_of(X, (n, 4), what="X")
        shape_of(y, (n, 1), what="y")
        noise = y - X @ w.double().reshape(-1, 1) - b

        # Six standard deviations and more of each statistic.
        same(torch.cov(X.T), torch.eye(4), atol=0.15, what="torch.cov(X.T)")
        same(X.mean(dim=0), torch.zeros(4), atol=0.1, what="X.mean(dim=0)")
        same((X.abs() < 1).double().mean(), 0.683, atol=0.03, what="the share of X within one standard deviation")
        same(noise.std(), NOISE, atol=0.1 * NOISE, what="the standard deviation of the noise")
        same(noise.mean(), 0, atol=0.1 * NOISE, what="the mean of the noise")
        same((noise.abs() < NOISE).double().mean(), 0.683, atol=0.06, what="the share of the noise within one standard deviation")
        assert len(X.unique(dim=0)) >= n - 4  # examples of their own: float32 repeats none, bfloat16 hardly any
        assert untouched(held, w)


def drawn(student, n, size, x, y):
    """The numbers of the examples in each batch of one pass: what their labels say, and their features too."""
    batches = []
    for features, labels in student.data_iter(size, x, y):
        shape_of(features, (len(labels), 3), what="features of a batch")
        shape_of(labels, (len(labels), 1), what="labels of a batch")
        order = values(labels).flatten().round()
        compare(features, order.reshape(-1, 1) + torch.tensor([0.0, 0.25, 0.5]), "the features of these labels")
        batches.append(order.int().tolist())
    same([len(batch) for batch in batches], [size] * (n // size) + [n % size] * (n % size > 0), what="sizes of the batches")
    assert sorted(sum(batches, [])) == list(range(n))
    return batches


def strangers(order):
    """Whether the numbers 0 to n − 1 stand in no order, for an n above 50.

    Wrong for a cut, a reversal, pieces that keep their inner order, every k-th number, a few swaps and small windows,
    whatever n; for a right shuffle in 1 of 10 million.
    """
    gaps = Counter((after - before) % len(order) for before, after in pairwise(order))
    return max(gaps.values()) <= 20 and abs(np.corrcoef(range(len(order)), order)[0, 1]) <= 0.75


def company(student):
    """How often, in 30 passes by sixes, each pair of 12 examples shares a batch, and each example is in the first."""
    y = torch.arange(12.0).reshape(12, 1)
    x = y + torch.tensor([0.0, 0.25, 0.5])
    pairs, first = np.zeros((12, 12)), np.zeros(12)
    for _ in range(30):
        batches = drawn(student, 12, 6, x, y)
        first[batches[0]] += 1
        for batch in batches:
            pairs[np.ix_(batch, batch)] += 1
    return pairs, first


@check(points=2, title="data_iter yields every example once, shuffled, with its own label; the last batch is smaller",
       zh="data_iter 产出打乱的小批量：每个样本恰好一次，带着自己的标签，最后一批小一些",
       hint="Shuffle the numbers of all examples anew in each call, so that any two can meet in a batch; cut them into batches, keep the rest that is "
            "smaller, and pick the same rows of features and labels.",
       zh_hint="每次调用都把全部样本的编号重新打乱，让任意两个样本都可能分在同一批；再切成小批量，剩下的不足一批也要保留；特征和标签要取相同的行。")
def test_batches(student):
    for n, size in ((53, 5), (40, 8), (30, 64)):
        y = torch.arange(float(n)).reshape(n, 1)
        x = y + torch.tensor([0.0, 0.25, 0.5])
        held = place(student, x), place(student, y)
        first, second = (drawn(student, n, size, *held) for _ in range(2))
        if size < n:
            assert first != second
        if n > 50:
            assert strangers(sum(first, [])) and strangers(sum(second, []))
        assert untouched(held[0], x) and untouched(held[1], y)
    # Right answers fail what follows in 1 of a million runs.
    pairs, first = company(student)
    assert (pairs >= 1).all() and ((first >= 1) & (first <= 29)).all()


@check(points=1, title="linreg is Xw + b, squared_loss half the square of each error in the shape of y_hat, whatever the shape of y",
       zh="linreg 是 Xw + b；squared_loss 是每个误差平方的一半，形状与 y_hat 相同，y 是一列还是一行都可以",
       hint="Half of the square, for each example, without a mean. Give y the shape of y_hat before you subtract, and "
            "change neither of them.",
       zh_hint="每个样本误差平方的一半，不求平均。相减之前先把 y 变成 y_hat 的形状，而且两者都不要改动。")
def test_model_and_loss(student):
    for _ in range(2):  # other numbers of the same shapes
        X, w, b = torch.randn(7, 3), parameter(3, 1), parameter(1)
        held = [place(student, each) for each in (X, w, b)]
        compare(student.linreg(*held), X @ w + b, "linreg(X, w, b)")
        assert all(map(untouched, held, (X, w, b)))

        y_hat, y = 4 * torch.randn(7, 1), 4 * torch.randn(7, 1)
        for predictions, labels in ((y_hat, y), (y_hat, y.flatten()), (y_hat.flatten(), y)):
            held = [place(student, each) for each in (predictions, labels)]
            expected = ((y_hat - y) ** 2 / 2).reshape(predictions.shape)
            compare(student.squared_loss(*held), expected, "squared_loss(y_hat, y)")
            assert all(map(untouched, held, (predictions, labels)))


@check(points=1, title="sgd changes the parameters in place, by the rate and the batch size given, and clears gradients",
       zh="sgd 按给定的学习率和批量大小原地修改参数，并把梯度清零",
       hint="param -= lr · grad / batch_size under no_grad(), with the arguments, for every parameter; then zero its "
            "gradient or set it to None.",
       zh_hint="在 no_grad() 里对每个参数做 param -= lr · grad / batch_size，用的是函数的参数；然后把梯度归零或设为 None。")
def test_sgd(student):
    for rate, size in ((0.3, 7), (1.5, 64)):
        params = parameter(3, 1), parameter(1)
        held = [place(student, param) for param in params]
        student.sgd(held, rate, size)
        for name, param, reference in zip("wb", params, held):
            after = fetch(reference)
            compare(after, param - rate * param.grad / size, f"{name} after sgd([w, b], {rate}, {size})")
            assert after.requires_grad
            assert after.grad is None or not after.grad.any()


NAMES = ("w[0]", "w[1]", "b")


def a_line():
    """Three numbers between 2 and 4, of either sign: true_w and true_b of a rerun."""
    *w, b = ((2 + 2 * torch.rand(3)) * (2 * torch.randint(0, 2, (3,)) - 1)).tolist()
    return w, b


def found(other):
    w = values(other.w)
    shape_of(w, (2, 1), what="w")
    return [*w.flatten().tolist(), number(other.b)]


@check(points=1, title="The notebook finds another line, with other batches and another rate",
       zh="换一条直线、一个批量大小和一个学习率，笔记本也能找到",
       hint="Make the data from true_w, true_b and n, and train with batch_size and learning_rate.",
       zh_hint="数据要由 true_w、true_b 和 n 生成，训练要用 batch_size 和 learning_rate。")
def test_other_line(rerun):
    w, b = a_line()
    other = rerun(true_w=w, true_b=b, n=605, batch_size=20, learning_rate=0.1)
    for name, answer, expected in zip(NAMES, found(other), [*w, b]):
        same(answer, expected, atol=CLOSE, what=name)  # at most 0.0027: 100 seeds


def on_high_examples(rerun, **parameters):
    """Features, labels, and where a rerun ended whose labels are so high that any start near zero counts as zero."""
    (*w, b) = (HIGH * number for part in a_line() for number in np.atleast_1d(part).tolist())
    other = rerun(true_w=w, true_b=b, **parameters)
    return values(other.features), values(other.labels).flatten(), torch.tensor(found(other)).double()


def goes_all_the_way(rerun):
    """Raise Mismatch unless a few steps on all the examples, each larger than the one before, end where they lead."""
    x, y, end = on_high_examples(rerun, n=ALL, batch_size=ALL, learning_rate=FAST, num_epochs=AWAY)
    rows, line = torch.cat([x, torch.ones(ALL, 1).double()], dim=1), torch.zeros(3).double()
    for _ in range(AWAY):
        line = line - FAST * rows.T @ (rows @ line - y) / ALL
    near = ON_THE_PATH * line.abs().max().item()
    same(end, line, atol=near, what=f"[w, w, b] after {AWAY} large steps on all the examples")


@check(points=1, title="After few steps, w and b are where these lead, small or large", zh="只走几步时，不论步子大小，w 和 b 走到了该到的地方",
       hint="Start near zero; train num_epochs epochs at learning_rate, whatever it is, on all the examples, and keep the last w and b, not "
            "the best; the gradient of the summed half squares is divided by batch_size, once.",
       zh_hint="从 0 附近出发；不论 learning_rate 多大，都按它用全部样本训练 num_epochs 轮，留下的是最后的 w 和 b，不是最好的；"
               "平方一半之和的梯度要除以 batch_size，而且只除一次。")
def test_part_way(rerun):
    (w, b), steps = a_line(), 20
    other = rerun(true_w=w, true_b=b, n=200 * steps, batch_size=200, learning_rate=0.05, num_epochs=1)
    for name, answer, expected in zip(NAMES, found(other), [*w, b]):
        # Off by at most 0.13: 150 seeds.
        same(answer, (1 - 0.95 ** steps) * expected, atol=0.3, what=f"{name} after {steps} steps")
    goes_all_the_way(rerun)


def paths(x, y):
    """Where EPOCHS epochs of single examples lead from zero: one row for each way of shuffling two examples."""
    rows = torch.cat([x, torch.ones(2, 1).double()], dim=1)
    ends = torch.zeros(1, 3).double()
    for _ in range(EPOCHS):
        after = []
        for order in ((0, 1), (1, 0)):
            moved = ends
            for i in order:
                moved = moved - STEP * (moved @ rows[i] - y[i])[:, None] * rows[i]
            after.append(moved)
        ends = torch.cat(after)
    return ends


def is_kept(path):
    """Whether the epochs of this path share their batches: all of them, each two that follow, or every second one."""
    orders = [path >> epoch & 1 for epoch in range(EPOCHS)]
    return all(map(int.__eq__, orders[::2], orders[1::2])) or all(map(int.__eq__, orders, orders[2:]))


def paths_taken(rerun):
    """The paths that end where a rerun with two examples ended."""
    x, y, end = on_high_examples(rerun, n=2, batch_size=1, learning_rate=STEP, num_epochs=EPOCHS)
    return ((paths(x, y) - end).abs().amax(dim=1) <= ON_A_PATH * HIGH).nonzero().flatten().tolist()


@check(points=1, title="Each epoch of the training is one step for each mini-batch, shuffled anew",
       zh="训练的每一轮里，每个小批量走一步，而且每一轮都重新打乱",
       hint="Call data_iter anew in each epoch and sgd once for each of its batches, with the notebook's learning_rate, whatever it is, and "
            "batch_size, on all the examples. w and b come from all of these steps and nothing else, starting near zero: the last ones, not the best ones.",
       zh_hint="每一轮都重新调用 data_iter，对它给出的每一批调用一次 sgd，用笔记本的 learning_rate（不论多大）和 batch_size，用上全部样本。"
               "w 和 b 从 0 附近出发，只由全部这些步得出：要最后的，不是最好的。")
def test_epochs(rerun):
    kept = 0
    for _ in range(RUNS):
        taken = [is_kept(path) for path in paths_taken(rerun)]
        assert taken
        if not any(taken):
            return
        kept += all(taken)
        assert kept < KEPT, "epochs that keep their batches"
