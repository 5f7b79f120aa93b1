"""The hidden checks: other samples, most of them on no line through 0, so that order and every step show."""

import random

from grader import Mismatch, check, fetch, number, place, same

# Python's floats are off by at most 9e-16, whatever the order of the factors, float32 by 5e-7 (5,000 seeds), and both in
# proportion to the unit of the labels. Samples in reverse order end at least 0.045 away, all epochs for one sample before the next 0.066.
EXACT = 1e-9
FLOAT32 = 1e-5

# The unit of the labels in every second walk: gradients too large for whoever clips them.
LARGE = 1000

# Samples, rate, epochs: one sample, a single epoch, several, none at all.
WALKS = [(1, 0.1, 2), (4, 0.05, 1), (3, 0.03, 4), (2, 0.05, 0)]


def samples(n, unit=1, twins=True):
    """Samples whose slopes y/x rise from one to the next: in any other order they end elsewhere.

    Of three and more, the first and the last may have the same x.
    """
    xs = [random.uniform(1, 2) for _ in range(n)]
    if twins and n > 2:
        xs[-1] = xs[0]
    return xs, [unit * x * random.uniform(k + 1, k + 1.5) for k, x in enumerate(xs)]


def walks():
    """Walks (xs, ys, w, rate, epochs): with all else the same, each start is tried on two sets of samples."""
    for n, rate, epochs in WALKS:
        small, large = samples(n), samples(n, LARGE)
        for w in starts(*small):
            yield *small, w, rate, epochs
            yield *large, w, rate, epochs


def slope(x, y, w):
    return 2 * x * (x * w - y)


def descent(xs, ys, w, rate, epochs, gradient=slope):
    for _ in range(epochs):
        for x, y in zip(xs, ys, strict=True):
            w -= rate * number(gradient(x, y, w))
    return w


def starts(xs, ys):
    """Where walks begin: somewhere, at the lowest cost, which every step on a single sample leaves, and where the first
    sample has no error, but the others have."""
    lowest = sum(x * y for x, y in zip(xs, ys, strict=True)) / sum(x * x for x in xs)
    return random.uniform(-1, 0.5), lowest, ys[0] / xs[0]


def untouched(student, *lists):
    """The lists, placed in the session, and a function that tells whether they are still what they were."""
    held = [place(student, values) for values in lists]
    return held, lambda: [fetch(one) for one in held] == [*lists]


def compare_end(answer, what, student, xs, ys, w, rate, epochs):
    """Raise Mismatch unless a weight is where so many epochs lead, or where they lead by the student's own gradient.

    So a slip in gradient is not paid for twice.
    """
    walk = xs, ys, w, rate, epochs
    try:
        same(number(answer), descent(*walk), atol=EXACT, what=what)
    except Mismatch:
        own = descent(*walk, student.gradient)
        if not (abs(number(answer) - own) <= EXACT and abs(own - w) > 1e-3):
            raise


@check(points=1, title="forward, loss and gradient are right for other samples", zh="换别的样本，forward、loss、gradient 也正确",
       hint="The prediction is x · w. The loss is the square of prediction − y; its derivative has a factor 2 and a factor x.",
       zh_hint="预测是 x · w；损失是 (预测 − y) 的平方；它的导数有一个因子 2 和一个因子 x。")
def test_one_sample(student):
    for _ in range(3):
        x, y, w = random.uniform(-3, -1), random.uniform(4, 9), random.uniform(2, 3)
        error = x * w - y
        same(number(student.forward(x, w)), x * w, atol=EXACT, what="forward(x, w)")
        same(number(student.loss(x, y, w)), error ** 2, atol=EXACT, what="loss(x, y, w)")
        same(number(student.gradient(x, y, w)), 2 * x * error, atol=EXACT, what="gradient(x, y, w)")


@check(points=1, title="cost is the mean loss of any number of samples, and changes no list",
       zh="样本个数不同时，cost 也是损失的平均，并且不改动列表",
       hint="Add up the losses of all samples and divide by how many there are: len(xs), not 3. Loop over the lists without a pop, sort or "
            "reverse.",
       zh_hint="把所有样本的损失加起来，再除以样本个数：用 len(xs)，不要写死 3。遍历列表时不要 pop、sort 或 reverse。")
def test_cost(student):
    for n in (1, 5):
        w = random.uniform(-3, -1)
        for xs, ys in (samples(n), samples(n)):  # the same w, and as many samples, twice
            held, as_before = untouched(student, xs, ys)
            expected = sum((x * w - y) ** 2 for x, y in zip(xs, ys, strict=True)) / n
            same(number(student.cost(*held, w)), expected, atol=EXACT, what="cost(xs, ys, w)")
            assert as_before()


@check(points=2, title="train takes one step per sample, in order, for other samples, rates and epochs, and changes no list",
       zh="换别的样本、学习率和轮数，train 也是按顺序每个样本走一步，并且不改动列表", depends=["test_plain"],
       hint="Inside each epoch: for each sample, in the given order, the gradient at the w of now, and a step at once, however small or "
            "large the gradient is. Two samples may have the same x. Use the arguments, not the notebook's variables, and leave the "
            "lists as they are.",
       zh_hint="每个 epoch 里：按给定顺序，对每个样本用此刻的 w 求梯度，不论梯度多小多大，马上走一步。两个样本的 x 可以相同。"
               "请使用函数的参数，而不是笔记本里的变量，也不要改动列表。")
def test_train(student):
    for xs, ys, *rest in walks():
        held, as_before = untouched(student, xs, ys)
        compare_end(student.train(*held, *rest), "train(xs, ys, w, …)", student, xs, ys, *rest)
        assert as_before()


@check(points=1, title="train_autograd walks the same way for other samples, and changes no list",
       zh="换别的样本，train_autograd 也走同样的路，并且不改动列表",
       depends=["test_autograd"],
       hint="Without clearing, backward() adds to .grad. One step after each sample, by the whole gradient, none after the epoch. Two "
            "samples may have the same x. The lists stay as they are.",
       zh_hint="不清零的话，backward() 会把梯度累加到 .grad 上。每个样本之后按整个梯度走一步，epoch 结束时不再走。两个样本的 x 可以相同。列表要保持原样。")
def test_train_autograd(student):
    for xs, ys, *rest in walks():
        held, as_before = untouched(student, xs, ys)
        near = FLOAT32 * (LARGE if max(ys) > LARGE else 1)
        same(number(student.train_autograd(*held, *rest)), descent(xs, ys, *rest), atol=near, what="train_autograd(xs, ys, w, …)")
        assert as_before()


@check(points=2, title="w and prediction follow the parameters", zh="参数变了，w 和 prediction 也跟着变", depends=["test_plain"],
       hint="w comes from train with the notebook's parameters, and prediction from forward at 4.0 with that w.",
       zh_hint="w 要由 train 用笔记本的参数算出，prediction 要由 forward 在 4.0 处用这个 w 算出。")
def test_other_parameters(rerun):
    xs, ys = samples(4, twins=False)
    other = rerun(x_data=xs, y_data=ys, w_start=-0.5, learning_rate=0.04, epochs=3)
    compare_end(other.w, "w", other, xs, ys, -0.5, 0.04, 3)
    w = number(other.w)
    try:
        same(number(other.prediction), 4 * w, atol=EXACT, what="prediction")
    except Mismatch:
        if number(other.prediction) != number(other.forward(4.0, w)):
            raise
