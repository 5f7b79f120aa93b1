"""The public checks: one way of dealing, the notebook's examples by hand, and five loss curves that come down."""

from itertools import islice

import numpy as np

from grader import check, draw_batches, draw_losses, number, same, within

NAMES = ("bgd", "sgd", "minibatch", "momentum", "adam")
STEPS, RATE = 100, 0.1

# Of 1 + |expected|. Any float dtype may be used: bfloat16 is off by 0.001.
CLOSE = 0.01

# Of the first loss of "bgd". The last ten losses are at most 0.03 on average (700 seeds, the worst name is "sgd").
LOW = 0.1

# Of the first loss. In bfloat16 "bgd" goes up by 6e-5 all in all, in float32 not at all (60 seeds).
NEVER_UP = 1e-3


def whole(index):
    """An index as an int; one with a decimal point is none."""
    assert type(index) is int or "int" in str(getattr(index, "dtype", "")), f"the index {index!r} should be an int"
    return int(number(index))


def dealt(student):
    """The picture: which of ten examples batches puts into each batch of four."""
    return draw_batches(list(islice(student.batches(10, 4), 11)), 10)


def curves(student):
    """The picture: the losses of all five."""
    return draw_losses({name: list(islice(student.minimise(name, STEPS, RATE), STEPS + 1)) for name in NAMES}, rate=RATE)


@check(points=1, title="batches(10, 4) deals every index once, by fours", zh="batches(10, 4) 把每个下标恰好发一次，每批四个", picture=dealt,
       hint="A shuffled list of 0 to 9, cut into pieces of 4, 4 and 2. Nothing is dropped, nothing comes twice.",
       zh_hint="先得到打乱的 0 到 9，再切成 4、4、2 三段。一个不漏，一个不重。")
def test_dealt(student):
    hands = list(islice(student.batches(10, 4), 11))
    same(len(hands), 3, what="len(list(batches(10, 4)))")
    for place, (hand, size) in enumerate(zip(hands, (4, 4, 2))):
        same(len(hand), size, what=f"len(list(batches(10, 4))[{place}])")
    dealt = [whole(index) for hand in hands for index in hand]
    for index in range(10):
        same(dealt.count(index), 1, what=f"batches(10, 4): count of {index}")


@check(points=1, title="momentum and smooth give the numbers of the examples", zh="momentum 和 smooth 算出例子里的数",
       hint="previous · (1 − alpha) + gradient · alpha; and smooth starts at the first value itself, then weighs the past "
            "with beta.",
       zh_hint="previous ·（1 − alpha）+ gradient · alpha；smooth 从第一个值本身开始，之后过去的权重是 beta。")
def test_examples(student):
    same(student.momentum(2.0, 4.0, 0.1), 2.2, atol=CLOSE, rtol=CLOSE, what="momentum(2, 4, 0.1)")
    smoothed = list(islice(student.smooth([4.0, 2.0, 6.0], 0.5), 4))
    same(len(smoothed), 3, what="len(smooth([4, 2, 6], 0.5))")
    for place, (answer, expected) in enumerate(zip(smoothed, (4.0, 3.0, 4.5))):
        same(answer, expected, atol=CLOSE, rtol=CLOSE, what=f"smooth([4, 2, 6], 0.5)[{place}]")


@check(points=1, title="All five curves come down, and batch descent never goes up", zh="五条曲线都降下来了，而且批量梯度下降一次也不上升", picture=curves,
       hint="Average the squares instead of adding them up, clear the gradients in every step, subtract. \"bgd\" uses all "
            "the data in every step. One loss a step, as many as there are steps.",
       zh_hint="平方误差要求平均而不是求和，每一步都要清零梯度，更新时用减号。\"bgd\" 每一步都用全部数据。每一步记录一个损失，共 steps 个。")
def test_curves(student):
    curves = {name: np.array([number(loss) for loss in islice(student.minimise(name, STEPS, RATE), STEPS + 1)])
              for name in NAMES}
    for name, losses in curves.items():
        same(len(losses), STEPS, what=f'len(minimise("{name}", {STEPS}, {RATE}))')
    first = curves["bgd"][0]
    for name, losses in curves.items():
        within(losses[-10:].mean(), None, LOW * first, what=f'mean of minimise("{name}", {STEPS}, {RATE})[-10:]')
    up = np.maximum(np.diff(curves["bgd"]), 0).sum()
    assert up <= NEVER_UP * first, f'the losses of "bgd" go up on the way, by {up:.3g} in all'
