"""The hidden checks: other numbers, how restless each curve is, and reruns with one sample, two, five and one large batch."""

import math
from collections import Counter
from itertools import combinations, islice, pairwise, product

import numpy as np
import torch

from grader import check, fetch, number, place, same, shape_of, within

# Of 1 + |expected|: bfloat16 is off by at most 0.008 for momentum (2,000 draws) and 0.02 for smooth (1,200), float32 by
# 5e-7.
TOLERANCE = 0.04

# Of the numbers given to them: rounding would show in small ones. Powers of 2 change no digit.
SCALES = (1, 1 / 256)

# Of a loss: near enough to tell which samples it was measured on. float32 is off by less than 1e-5 in 13 steps; of a loss
# near 0, whose errors are differences, by more, and by less than 1e-6 of the errors' unit.
TOLD, UNIT = 1e-4, 1e-5

STEPS, RATE = 101, 0.1  # one step more than the public check asks for, whose answers could be repeated


def whole(index):
    """An index as an int; one with a decimal point is none."""
    assert type(index) is int or "int" in str(getattr(index, "dtype", ""))
    return int(number(index))


def dealt(student, n, size):
    hands = list(islice(student.batches(n, size), n + 1))
    assert all(len(hand) <= size for hand in hands)
    return [[whole(index) for index in hand] for hand in hands]


def strangers(order):
    """Whether the numbers 0 to n − 1 stand in no order, for an n above 50.

    Wrong for a cut, a reversal, pieces that keep their inner order, every k-th number, a few swaps and small windows,
    whatever n; for a right shuffle in 1 of 10 million.
    """
    gaps = Counter((after - before) % len(order) for before, after in pairwise(order))
    return max(gaps.values()) <= 20 and abs(np.corrcoef(range(len(order)), order)[0, 1]) <= 0.75


def company(student):
    """How often, in 30 deals by sixes, each pair of 12 indices shares a hand, and each index is in the first."""
    pairs, first = np.zeros((12, 12)), np.zeros(12)
    for _ in range(30):
        hands = dealt(student, 12, 6)
        first[hands[0]] += 1
        for hand in hands:
            pairs[np.ix_(hand, hand)] += 1
    return pairs, first


def curve(student, name, steps=STEPS, rate=RATE):
    losses = np.array([number(loss) for loss in islice(student.minimise(name, steps, rate), steps + 1)])
    shape_of(losses, (steps,), what=f'the losses of "{name}"')
    assert np.isfinite(losses).all()
    return losses


def rises(losses):
    return np.maximum(np.diff(losses), 0).sum()


def bends(losses):
    """How much the steps downhill grow, all in all: nothing for descent on all the data, whose steps only get shorter.

    Noise shows here even where the losses are measured on all the data and hardly ever rise.
    """
    return np.maximum(-np.diff(losses, 2), 0).sum()


def unevenness(losses):
    """The bends, each as a part of the loss there: it shows samples taken in turn even where two are much alike."""
    around = np.maximum.reduce([losses[:-2], losses[1:-1], losses[2:]])
    return (np.maximum(-np.diff(losses, 2), 0) / (around + 1e-10 * losses[0])).sum()


def curves(student, name, count):
    return [curve(student, name) for _ in range(count)]


def mean_of(measure, several):
    return np.mean([measure(losses) for losses in several])


def alone(name, x, alpha, steps, rate):
    """The losses on the one sample (x, 3x + 0.8)."""
    line, features = np.zeros(2), np.array([x, 1.0])
    average, squares = np.zeros(2), np.zeros(2)
    losses = []
    for step in range(1, steps + 1):
        error = line @ features - (3 * x + 0.8)
        losses.append(error ** 2)
        move = gradient = 2 * error * features
        if name == "momentum":
            move = average = average * (1 - alpha) + gradient * alpha
        elif name == "adam":
            average = 0.9 * average + 0.1 * gradient
            squares = 0.999 * squares + 0.001 * gradient ** 2
            move = average / (1 - 0.9 ** step) / (np.sqrt(squares / (1 - 0.999 ** step)) + 1e-8)
        line = line - rate * move
    return np.array(losses)


def is_coarse(losses):
    """Whether the losses are of 16 bits."""
    return any(np.array_equal(torch.tensor(losses).to(dtype).double(), losses) for dtype in (torch.float16, torch.bfloat16))


def on_one_sample(losses, name, alpha, rate):
    """The losses that the named method has on one sample. Which sample it was, the first loss tells."""
    x = (math.sqrt(losses[0]) - 0.8) / 3
    within(x, -0.01, 1.01, what="the x that the first loss tells")
    return alone(name, x, alpha, len(losses), rate)


def compare(losses, name, alpha, rate):
    """Raise Mismatch unless the losses on one sample are those of the named method."""
    # Of the first loss. 150 samples, each method: float32 is off by 2e-7 at most, float16 by 0.002, bfloat16 by 0.015; a
    # loss from after the step, a gradient of half the size and the like by 0.003 or more at one of the rates.
    tolerance = 0.03 if is_coarse(losses) else 1e-3
    expected = on_one_sample(losses, name, alpha, rate)
    same(losses, expected, atol=tolerance * losses[0], what=f'the losses of "{name}" at rate {rate}')


def compare_swings(losses):
    """Raise Mismatch unless Adam's last swings at rate 0.3 are as large, and come as fast, as they should."""
    if is_coarse(losses):
        return
    errors, expected = np.sqrt(losses), np.sqrt(on_one_sample(losses, "adam", 0, 0.3))
    size = np.array([expected[max(0, step - 10):step + 11].max() for step in range(len(expected))])
    # 60 samples, 150 steps: float32 is off by at most 0.0004 of the swings around it, an eps of 1e-4 by 0.01; AMSGrad
    # by at least 0.25, weight decay of 0.001 by 0.5, a beta of 0.99 for 0.999 by 0.66.
    same(errors / size, expected / size, atol=0.05, what="the errors of \"adam\" at rate 0.3, of the swings around each")


def steps_taken(losses, x, rate, sizes, on_all, late):
    """The samples of each step, as sets of indices; None where the losses do not tell which they were, and nothing, an
    empty list, where no samples have these losses.

    Losses are compared with those of every choice of `sizes` samples out of x: on the choice itself, or on all x from
    after the step, if that is what the losses are measured on. Late ones are from after their own step, which is for
    test_single_sample to say.
    """
    rows, y = np.stack([x, np.ones_like(x)], axis=1), 3 * x + 0.8
    choices = [list(choice) for size in sizes for choice in combinations(range(len(x)), size)]
    if on_all and not late and abs(losses[0] - np.mean(y ** 2)) > TOLD * losses[0]:
        return []
    line, taken = np.zeros(2), []
    for step in range(len(losses) - 1):
        error = rows @ line - y
        moved = [line - rate * 2 * (error[choice, None] * rows[choice]).mean(axis=0) for choice in choices]
        if on_all:
            told, seen = [np.mean((rows @ there - y) ** 2) for there in moved], losses[step + (not late)]
        elif late:
            told, seen = [np.mean((rows @ there - y)[choice] ** 2) for there, choice in zip(moved, choices)], losses[step]
        else:
            told, seen = [np.mean(error[choice] ** 2) for choice in choices], losses[step]
        fitting = np.flatnonzero(np.abs(np.array(told) - seen) <= TOLD * seen + UNIT * np.sqrt(seen) + UNIT**2)
        if len(fitting) != 1:
            return None if len(fitting) else []
        taken.append(frozenset(choices[fitting[0]]))
        line = moved[fitting[0]]
    return taken


def traces(other, x, name, sizes):
    """What six runs of 13 steps took, as far as their losses tell. Losses of 16 bits never do."""
    told = []
    for _ in range(6):
        losses = curve(other, name, steps=13)
        ways = [steps_taken(losses, x, RATE, sizes, *way) for way in product((True, False), repeat=2)]
        assert any(way != [] for way in ways) or is_coarse(losses), "no samples have these losses"
        told += [way for way in ways if way][:1]
    return told


def expected_descent(steps, rate):
    """Batch descent for x spread evenly over [0, 1)."""
    w, b = -3.0, -0.8  # from the goal
    losses = []
    for _ in range(steps):
        losses.append(w * w / 3 + w * b + b * b)
        w, b = w - rate * 2 * (w / 3 + b / 2), b - rate * 2 * (w / 2 + b)
    return np.array(losses)


@check(points=1, title="batches deals any number of indices, shuffled anew each time", zh="任意个数的下标，batches 都能分好，而且每次重新打乱",
       hint="Every index once, all batches full but the last, no empty one. Shuffle the indices themselves, not just the "
            "order of the batches, in every call, so that any two can meet in a batch.",
       zh_hint="每个下标恰好一次，除最后一批外都是满的，也没有空的一批。要打乱的是下标本身，而不只是各批的先后；每次调用都要重新打乱，任意两个下标都可能分在同一批。")
def test_any_deal(student):
    for n, size in ((23, 5), (24, 6), (9, 1), (3, 8), (1, 1)):
        hands = dealt(student, n, size)
        sizes = [min(size, n - start) for start in range(0, n, size)]
        same([len(hand) for hand in hands], sizes, what=f"sizes of batches({n}, {size})")
        assert sorted(index for hand in hands for index in hand) == list(range(n))
    # Right answers fail what follows in 1 of 10 million runs.
    assert {dealt(student, 5, 2)[-1][0] for _ in range(80)} == set(range(5))
    first, second = dealt(student, 60, 12), dealt(student, 60, 12)
    assert first != second
    assert {frozenset(hand) for hand in first} != {frozenset(hand) for hand in second}
    for _ in range(2):
        assert strangers([index for hand in dealt(student, 60, 5) for index in hand])
    pairs, first = company(student)
    assert (pairs >= 1).all() and ((first >= 1) & (first <= 29)).all()


@check(points=1, title="momentum works for other numbers and for tensors, and changes none of them",
       zh="换别的数，换成张量，momentum 都算对，而且不改动它们",
       hint="Use the argument alpha, not the notebook's. `previous *= …` changes the caller's tensor: return a new one.",
       zh_hint="请使用参数 alpha，而不是笔记本里的 alpha。`previous *= …` 会改动调用者的张量：要返回一个新的。")
def test_momentum_anywhere(student):
    for alpha in (0.0, 1.0, *np.random.uniform(0.2, 0.8, 3).tolist()):
        for scale in SCALES:
            previous, gradient = (scale * np.random.uniform(-3, 3, 2)).tolist()
            expected = previous * (1 - alpha) + gradient * alpha
            answer = number(student.momentum(previous, gradient, alpha))
            same(answer, expected, atol=TOLERANCE * scale, rtol=TOLERANCE, what=f"momentum(previous, gradient, {alpha:.2g})")
    for shape in ((2,), (3, 4), (2,)):
        given = 6 * torch.rand(shape) - 3, 6 * torch.rand(shape) - 3
        held = [place(student, one) for one in given]
        answer = student.momentum(*held, 0.3)
        expected = given[0] * 0.7 + given[1] * 0.3
        assert isinstance(answer, torch.Tensor | np.ndarray)
        same(answer, expected, atol=TOLERANCE, rtol=TOLERANCE, what="momentum(previous, gradient, 0.3)")
        assert all(torch.equal(fetch(there), one) for there, one in zip(held, given))


@check(points=1, title="smooth follows its rule on other curves, and leaves them as they are", zh="换别的曲线，smooth 也按规则平滑，而且不改动它们",
       hint="Return a new list, and leave the one that is given as it is. The first value as it is, without correction; each further one is beta times the last smoothed value plus "
            "1 − beta times the new one, and nothing is rounded. As many come out as went in, be it one.",
       zh_hint="返回一个新列表，不要改动传入的列表。第一个值原样保留，不做修正；之后每个值是 beta 乘以上一个平滑后的值，加上 1 − beta 乘以新的值，不要四舍五入。"
               "进去几个，出来几个，只有一个值时也一样。")
def test_smooth_anywhere(student):
    for count, beta in ((1, 0.9), (2, 0.25), (12, 0.9), (30, np.random.uniform(0.4, 0.8)), (5, 0.0), (5, 1.0)):
        for scale in SCALES:
            values = (scale * np.random.uniform(-5, 5, count)).tolist()
            expected = values[:1]
            for value in values[1:]:
                expected.append(beta * expected[-1] + (1 - beta) * value)
            held = place(student, values)
            answer = [number(value) for value in islice(student.smooth(held, float(beta)), count + 1)]
            assert len(answer) == count and fetch(held) == values
            same(answer, expected, atol=TOLERANCE * scale, rtol=TOLERANCE, what=f"smooth(values, {beta:.2g})")


@check(points=1, title="The less data in a step, the more restless the curve", zh="每一步用的数据越少，曲线起伏越大",
       hint="\"sgd\" takes one sample a step, \"minibatch\" takes batch_size of them, \"bgd\" takes all; each step is one update.",
       zh_hint="\"sgd\" 每步用一个样本，\"minibatch\" 每步用 batch_size 个，\"bgd\" 每步用全部；每一步只更新一次。")
def test_restless(student):
    batch, small, single = curve(student, "bgd"), curves(student, "minibatch", 8), curves(student, "sgd", 8)
    # 12,000 seeds, losses on the batch or on all the data, with and without replacement: of "sgd" the rises are at least
    # 2.4 times those of "minibatch", the bends 2.0 times; bends of "minibatch" are at least 0.0138 of the first loss,
    # those of "bgd" at most 0.0064 (bfloat16; in float32 nothing). The same method twice: both in at most 1 % of seeds.
    within(mean_of(rises, single), 1.7 * mean_of(rises, small), None, what='how much the losses of "sgd" rise')
    within(mean_of(bends, single), 1.6 * mean_of(bends, small), None, what='how much the steps of "sgd" grow')
    within(mean_of(bends, small), 0.01 * batch[0], None, what='how much the steps of "minibatch" grow')
    within(bends(batch), None, 0.01 * batch[0], what='how much the steps of "bgd" grow')
    within(rises(batch), None, 1e-3 * batch[0], what='how much the losses of "bgd" rise')


@check(points=1, title="With a single sample every loss is as worked out; of two samples, one is taken at a time",
       zh="只有一个样本时，每个损失都和算出来的一致；有两个样本时，每步只取一个",
       hint="Start from w = b = 0 in every call; take the loss before the update; one step, the last like the first, is the rate times the gradient of "
            "the mean square. Momentum starts from 0 and uses the notebook's alpha; Adam has betas 0.9 and 0.999, corrects "
            "its averages for their start at 0, and knows neither AMSGrad nor weight decay. \"sgd\" takes exactly one sample, \"minibatch\" exactly batch_size.",
       zh_hint="每次调用都从 w = b = 0 出发；损失在更新之前记录；从第一步到最后一步，每一步都是学习率乘以均方误差的梯度。动量从 0 开始，用笔记本的 alpha；"
               "Adam 的 beta 是 0.9 和 0.999，并对从 0 开始的平均值做偏差修正，不带 AMSGrad，也不带权重衰减。\"sgd\" 每步恰好取一个样本，\"minibatch\" 恰好取 batch_size 个。")
def test_single_sample(rerun):
    other = rerun(n=1, batch_size=1, alpha=0.4)
    for name in ("bgd", "sgd", "minibatch", "momentum", "adam"):
        for rate in (0.1, 0.3):
            compare(curve(other, name, steps=20, rate=rate), name, 0.4, rate)
    compare_swings(curve(other, "adam", steps=150, rate=0.3))
    for name in ("bgd", "sgd", "minibatch", "momentum"):  # many steps, at a rate that is the same for all of them
        losses = curve(other, name, steps=120, rate=0.01)
        if not is_coarse(losses):
            compare(losses, name, 0.4, 0.01)
    # 6,000 pairs, losses on the batch or on all the data: one at a time is 3.1 or more, both at once 0.02 at most.
    pair = rerun(n=2, batch_size=1)
    for name in ("sgd", "minibatch"):
        within(unevenness(curve(pair, name)), 0.5, None, what=f'how uneven the steps of "{name}" are with two samples')


@check(points=1, title="The batches of \"sgd\" and \"minibatch\" are dealt anew in each round; all the data are used, by \"bgd\" in each step",
       zh="\"sgd\" 和 \"minibatch\" 的各批每一轮都重新分过；全部数据都用到了，\"bgd\" 则每一步都用全部",
       depends=["test_restless"],
       hint="Take the batches one after the other, the smaller last one as well, with the mean over the samples that it has; when all are "
            "used up, call `batches` again, for each round. The samples are those of x and y.",
       zh_hint="各批依次使用，最后不满的一批也要用，按这一批实有的样本个数求平均；一轮发完，就重新调用 `batches`，每一轮都是如此。样本取自 x 和 y。")
def test_rounds(rerun, source):
    if "x" not in source.behind("minimise").defines:
        return  # the data have another name, or are drawn in every call: nobody can tell what was taken
    other = rerun(n=5, batch_size=2)
    x = torch.as_tensor(other.x).detach().double().reshape(5).numpy()
    everything = frozenset(range(5))
    assert all(taken == everything for run in traces(other, x, "bgd", (1, 2, 3, 4, 5)) for taken in run)
    for name, size in (("sgd", 1), ("minibatch", 2)):
        a_round = -(-5 // size)
        # Five in six runs tell, or more. Samples drawn one by one, with replacement or without, pass as well: what
        # follows fails for right answers in 1 of 100,000 reruns.
        runs = traces(other, x, name, range(1, size + 1))
        if len(runs) < 4:
            continue
        taken = [batch for run in runs for batch in run]
        assert frozenset().union(*taken) == everything
        for start in range(0, 12 - 2 * a_round + 1, a_round):
            assert any(run[start:][:a_round] != run[start + a_round:][:a_round] for run in runs), "two rounds of the same order"
        if size > 1:
            assert any(len(set(run)) > a_round for run in runs), "the same batches in each round"
            twice = [[frozenset(run[start:start + a_round]) for start in range(0, 12, a_round)] for run in runs]
            assert any(rounds[::2] != rounds[1::2] for rounds in twice), "each deal for two rounds"
            assert any(len(batch) < size for batch in taken) or any(run[i] & run[i + 1] for run in runs for i in range(0, 12, 2))


@check(points=1, title="A batch of all the data is as calm as batch descent, and the data are the line's",
       zh="一批就是全部数据时，曲线和批量梯度下降一样平稳；数据也确实来自那条直线", depends=["test_restless"],
       hint="Take n and batch_size from the notebook's parameters wherever you use them, for \"bgd\" as well; x is uniform on [0, 1), "
            "y = 3x + 0.8.",
       zh_hint="凡是用到 n 和 batch_size 的地方，都要取笔记本的参数，\"bgd\" 也一样；x 在 [0, 1) 上均匀分布，y = 3x + 0.8。")
def test_one_large_batch(student, rerun):
    other = rerun(n=512, batch_size=512)
    batch = curve(other, "bgd")
    # 400 seeds: the first loss is within 0.71 of 6.04, and the curve's shape within 0.026.
    expected = expected_descent(STEPS, RATE)
    same(batch[0], expected[0], atol=1.2, what='the first loss of "bgd"')
    same(batch / batch[0], expected / expected[0], atol=0.05, what='the losses of "bgd", of the first one')
    within(bends(batch), None, 0.01 * batch[0], what='how much the steps of "bgd" grow')
    # Drawn with replacement, the large batch keeps up to 0.12 of the small one's bends (600 seeds); a batch of 8 has at
    # least 0.178 (4,000). Of "sgd" there are at least 0.27 (4,000); were it to take the whole batch, at most 0.04.
    large, usual = (mean_of(bends, curves(each, "minibatch", 2)) for each in (other, student))
    within(large, None, 0.16 * usual, what='how much the steps of "minibatch" grow with one batch')
    large, usual = (mean_of(bends, curves(each, "sgd", 2)) for each in (other, student))
    within(large, 0.1 * usual, None, what='how much the steps of "sgd" grow with one batch')
