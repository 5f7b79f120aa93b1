"""The hidden checks: the network computed again from its weights, what loss_list holds, other rates, sizes and steps."""

import contextlib
import itertools

import pytest
import torch

from grader import check, number, same, shape_of, within

# Of 1 + |expected|, float32 against float64: off by at most 1e-5 (100 networks); without the ReLU by 0.35 and more.
TOLERANCE = 1e-3

# Of the first loss, in 400 steps from 40 numbers to 40: SGD leaves 6e-4 (the worst of 60 seeds), Adam 0.0054
# (of 250).
LEFT = 0.01

# A rate at which a few steps change little: SGD lowers the loss by 0.01 % a step, Adam by 1 %, RMSprop by 10 %.
SLOW, FEW = 1e-4, 4

# Of the loss, float32 against float64: the same loss measured again is off by 1e-6.
SAME = 1e-5

# A rate at which two steps carry every weight far beyond any start, with gradients clipped to 1 as well, and one at which a
# single step does, also where a schedule begins with a small part of the rate.
FAST, HUGE, FAR = 1e4, 1e12, 10

# A rate at which the first step leads away: the loss grows by a factor of 1e5.
AWAY = 100

# Of a network that has seen nothing: 0.2 and more from PyTorch's start, 0.1 from a start at the identity.
UNTRAINED = 0.02

# Cosine between the gradient that is left at the bias of fc2 after a slow step and that of the mean square, which has moved on:
# 0.997 and more, 0.88 at most for the absolute errors, Huber's with a small beta or the fourth powers (8 optimizers, 10 seeds). An
# own optimizer may keep its directions there, which are 100 times as large.
ALONG, LIKE = 0.95, (0.1, 20)

# What the first step takes off the loss, of rate · |gradient|²: 1.00 with SGD, 1.91 with Nesterov's momentum of 0.9, 2
# and more where the step is made twice; or of rate · Σ|gradient|: 1.04 to 1.13 with Adam and its kin, 14 with RMSprop,
# 2.2 where Adam's step is made twice. Adam's share of the former is above 46, and 3 to 6 where a schedule begins with a small
# part of the rate: then it varies, and the latter does not. (16 optimizers, 6 seeds.)
TWICE, TWICE_EVENLY = (1.98, 20), (1.85, 2.8)


def dtype_of(net):
    """The dtype of the network's weights; counters and the like are whole numbers."""
    dtypes = (value.dtype for _, value in net.state_dict().items())
    return next((dtype for dtype in dtypes if dtype.is_floating_point), torch.float32)


def names_of(net):
    """The names of both layers' weights, ("fc1", 2), and biases, ("fc1", 1), wherever they are in the network."""
    found = {}
    for name, value in net.state_dict().items():
        for layer in {"fc1", "fc2"} & set(name.split(".")):
            if value.is_floating_point():
                found[layer, value.dim()] = name
    assert len(found) == 4, "fc1 and fc2 have a weight and a bias each"
    return found


def layers_of(net):
    """Those weights and biases, in float64."""
    values = dict(net.state_dict().items())
    return {place: values[name].detach().double() for place, name in names_of(net).items()}


def output(net, x):
    """What the network makes of x, in float64; x gets the dtype of the network's weights."""
    y = net(x.to(dtype_of(net)))
    assert isinstance(y, torch.Tensor) and y.is_floating_point()
    shape_of(y, x.shape, what="net(x)")
    return y.detach().double()


def answer(layers, x):
    """What fc1, ReLU and fc2 make of x."""
    middle = (layers["fc1", 2] @ x.double() + layers["fc1", 1]).clamp(min=0)
    return layers["fc2", 2] @ middle + layers["fc2", 1]


def task_of(session, width):
    """The notebook's x, a vector of numbers from the normal distribution, and what the network is to make of it."""
    x = torch.as_tensor(session.x).detach().double()
    same(x.numel(), width, what="x.numel()")
    within(x.std(), 0.4, 1.8, what="x.std()")
    return x, 0.5 * x + 0.3


def final_loss(session, width):
    """The mean squared error of the trained network, measured here."""
    x, target = task_of(session, width)
    return (output(session.net, x) - target).square().mean().item()


def gradient_of(run, width):
    """The gradient of the mean squared error at the run's network, for each weight and bias."""
    x, target = task_of(run, width)
    layers = {place: value.requires_grad_() for place, value in layers_of(run.net).items()}
    loss = (answer(layers, x.flatten()) - target.flatten()).square().mean()
    return dict(zip(layers, torch.autograd.grad(loss, list(layers.values()))))


def is_two_layers(run, width):
    """Whether the run's network computes what its layers say: else test_forward tells, and nothing follows from them."""
    x, _ = task_of(run, width)
    return bool(((output(run.net, x) - answer(layers_of(run.net), x.flatten()).reshape(x.shape)).abs() <= TOLERANCE).all())


def goes_along(run, width):
    """Whether the gradient that the last bias still holds is that of the mean squared error, if it holds one."""
    name, there = names_of(run.net)["fc2", 1], gradient_of(run, width)["fc2", 1]
    left = next(weights.grad for found, weights in run.net.named_parameters() if found == name)
    if left is None or not left.any() or not is_two_layers(run, width):
        return True
    low, high = LIKE
    left = left.double()
    return not low <= left.norm() / there.norm() <= high or bool(left @ there >= ALONG * left.norm() * there.norm())


def has_moved(run):
    """The weights and biases that have gone far. What has gone beyond all numbers has moved as well."""
    return {place for place, value in layers_of(run.net).items() if not (value.abs() <= FAR).all()}


def rates_kept(run, source):
    """The rates of the optimizers of weights that the notebook keeps, as far as neither a schedule nor it changes them."""
    rates, sizes = [], {(300, 100), (100, 300)}
    for name in sorted(source.defines):
        with contextlib.suppress(Exception):  # all that is no optimizer
            kept = getattr(run, name)
            usual = number(kept.defaults["lr"])
            rates += [usual for group in kept.param_groups if number(group["lr"]) == usual and "initial_lr" not in group
                      and sizes & {tuple(weights.shape) for weights in group["params"]}]
    return rates


def first_step(run, width):
    """What the first step took off the loss: of the rate times the squares of the gradient, and times its magnitudes."""
    gradient = torch.cat([part.flatten() for part in gradient_of(run, width).values()])
    step = number(run.loss_list[0]) - number(run.loss_list[1])
    return step / (SLOW * gradient.square().sum().item()), step / (SLOW * gradient.abs().sum().item())


def made_twice(*runs):
    """Whether these runs at the slow rate show the same step, made twice. Shares that mean something else vary.

    Of the two shares the one that tells the step varies less than the other.
    """
    shares = list(zip(*(first_step(run, 100) for run in runs)))
    spreads = [max(each) / min(each) if min(each) > 0 else float("inf") for each in shares]
    return any(all(low <= share <= high for share in shares[kind])
               and spreads[kind] <= 1.05 and (len(runs) == 1 or spreads[kind] < spreads[1 - kind])
               for kind, (low, high) in enumerate((TWICE, TWICE_EVENLY)))


@pytest.fixture(scope="module")
def net(student):
    """One fresh network. Lazy layers get their sizes from its first vector."""
    made = student.Net()
    with contextlib.suppress(Exception):
        made(torch.zeros(100))
    return made


@pytest.fixture(scope="module")
def slow(rerun):
    """The notebook at a small rate, with few steps."""
    return rerun(learning_rate=SLOW, steps=FEW)


@pytest.fixture(scope="module")
def searches(source):
    """Whether the optimizer looks for its own rate, with up to twenty steps in one: then nothing follows from the rate."""
    return bool(source.uses("torch.optim.LBFGS"))


@check(points=2, title="The output is what fc1, ReLU and fc2 make of the input", zh="输出正是输入经过 fc1、ReLU、fc2 的结果",
       hint="fc1, then ReLU, then fc2 and nothing after it; both layers have a bias.",
       zh_hint="先 fc1，再 ReLU，再 fc2，之后什么都不加；两层都有偏置。")
def test_forward(net):
    names = names_of(net)
    sizes = {("fc1", 2): (300, 100), ("fc1", 1): (300,), ("fc2", 2): (100, 300), ("fc2", 1): (100,)}
    layers = layers_of(net)
    for (layer, dimensions), size in sizes.items():
        shape_of(layers[layer, dimensions], size, what=f"{layer}.{'weight' if dimensions == 2 else 'bias'}")
    # Every start is right, also one that answers with zeros: so these weights are ours.
    ours = {place: (2 * torch.rand(size) - 1) / size[-1] ** 0.5 for place, size in sizes.items()}
    net.load_state_dict({names[place]: value for place, value in ours.items()}, strict=False)
    layers = layers_of(net)
    for scale in (1, 10, 100):
        x = scale * torch.randn(100)
        same(output(net, x), answer(layers, x), atol=TOLERANCE, rtol=TOLERANCE, what="net(x)")


@check(points=1, title="Each loss is the mean squared error between net(x) and the target, and its gradient is what the step follows",
       zh="每个损失都是 net(x) 与目标之间的均方误差，走步用的就是它的梯度",
       hint="The mean of the squares over all numbers of x, as nn.MSELoss() has it: not their sum, not half of it. The loss that goes into "
            "the list is the one to call backward() on.",
       zh_hint="对 x 的所有分量取平方误差的平均，也就是 nn.MSELoss() 的默认做法：不是总和，也不是一半。放进列表的损失，就是调用 backward() 的那个损失。")
def test_mean_squares(slow, searches):
    losses = [number(loss) for loss in slow.loss_list]
    assert len(losses) == FEW
    if searches:
        return
    # The network has moved on since the last loss, by about a step.
    end, last = final_loss(slow, 100), losses[-1]
    step = abs(losses[-2] - last)
    margin = 10 * SAME * last
    within(last - end, -0.5 * step - margin, 1.5 * step + margin, what="loss_list[-1] minus the trained net's mean squared error")
    assert goes_along(slow, 100), "backward() starts from something else"


@check(points=1, title="loss_list holds plain numbers", zh="loss_list 里是普通的数", depends=["test_mean_squares"],
       hint="Append loss.item(), the bare number: a loss tensor keeps the whole graph of its step in memory.",
       zh_hint="放进列表的应是 loss.item()，单纯的数：存损失张量会把那一步的整张计算图留在内存里。")
def test_plain_numbers(student):
    losses = list(student.loss_list)
    assert len(losses) == 500
    assert not any(isinstance(loss, torch.Tensor) and loss.requires_grad for loss in losses)


@check(points=1, title="Each loss is from before its step's update", zh="每个损失都是这一步更新之前的",
       hint="Append the loss that you call backward() on, one for each of the steps, also where it has grown; what you measure after "
            "optimizer.step() is the next one's. The steps have to change the loss of this very net.",
       zh_hint="放进列表的就是调用 backward() 的那个损失，每一步一个，变大了也照记；optimizer.step() 之后再量，量到的就是下一步的损失了。"
               "还要确认走的每一步真的改变了这个 net 的损失。")
def test_before_the_step(rerun, slow, searches):
    losses = [number(loss) for loss in slow.loss_list]
    assert len(losses) == FEW
    steps = [abs(now - after) for now, after in itertools.pairwise(losses)]
    assert losses[0] > 0
    within(max(steps), SAME * losses[0], None, what="the largest change from one loss to the next")
    # The last update has changed the loss once more, unless it was made at a rate that had come down to 0.
    assert abs(losses[-1] - final_loss(slow, 100)) >= SAME * losses[-1] or steps[-1] < 0.7 * max(steps)
    if searches:
        return
    # Where the first step leads away, a longer list says so, and begins below. What is beyond all numbers is not smaller.
    if not final_loss(rerun(learning_rate=AWAY, steps=1), 100) <= 10 * losses[0]:
        away = rerun(learning_rate=AWAY, steps=FEW)
        first, *later = [torch.as_tensor(loss).detach().double().reshape(()).item() for loss in away.loss_list]
        assert first <= 10 * losses[0] and any(not loss <= 1.5 * first for loss in later)


@check(points=1, title="Each step moves all weights and biases once, at learning_rate",
       zh="每一步都以 learning_rate 把所有权重和偏置更新一次",
       hint="Hand net.parameters(), of both layers, and lr=learning_rate, as it is, to the optimizer, and call backward() and step() once "
            "for each loss.",
       zh_hint="把 net.parameters()（两层都在内）和原样的 lr=learning_rate 交给优化器，每个损失只调用一次 backward() 和 step()。")
def test_rate(rerun, slow, source, searches):
    if searches:
        return
    rates = rates_kept(slow, source)
    assert not rates or any(abs(rate - SLOW) <= 1e-6 * SLOW for rate in rates), "the optimizer has another rate"
    moved = has_moved(rerun(learning_rate=HUGE, steps=1))
    if 0 < len(moved) < 4:  # some starts give fc1 a gradient only in the second step
        start = rerun(steps=0)
        assert moved >= {place for place, slope in gradient_of(start, 100).items() if slope.any()}, "some layers only"
    for steps in (2, 4):  # a schedule may begin at 0, or end there
        if len(moved) < 4:
            moved |= has_moved(rerun(learning_rate=FAST, steps=steps))
    assert len(moved) == 4
    if is_two_layers(slow, 100) and made_twice(slow):
        assert not made_twice(slow, *(rerun(learning_rate=SLOW, steps=FEW) for _ in range(2)))


@check(points=1, title="With other sizes and steps the network learns as well", zh="换别的尺寸和步数，网络也能学会",
       hint="The sizes come from width and hidden, the number of steps from steps; nothing else is written in, and the steps lead to the "
            "answer, not the start.",
       zh_hint="尺寸取自 width 和 hidden，步数取自 steps，不要写成固定的数；答案要靠一步步走到，而不是一开始就摆在那里。")
def test_other_sizes(rerun):
    width, hidden, steps = 40, 150, 400
    other = rerun(width=width, hidden=hidden, steps=steps)
    losses = [number(loss) for loss in other.loss_list]
    assert len(losses) == steps
    within(losses[0], UNTRAINED, None, what="the first loss, before any step")
    within(losses[-1], None, LEFT * losses[0], what="the last loss")
    within(final_loss(other, width), None, LEFT * losses[0], what="the trained net's mean squared error")
    layers = layers_of(other.net)
    shape_of(layers["fc1", 2], (hidden, width), what="fc1.weight")
    shape_of(layers["fc2", 2], (width, hidden), what="fc2.weight")
