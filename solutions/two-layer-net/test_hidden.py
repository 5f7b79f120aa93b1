"""The hidden checks: the network computed again from its weights, what loss_list holds, other rates, sizes and steps."""

import contextlib
import itertools

import pytest
import torch

from grader import check, number

# Of 1 + |expected|, float32 against float64: off by at most 1e-5 (100 networks); without the ReLU by 0.35 and more.
TOLERANCE = 1e-3

# Of the first loss, in 400 steps from 40 numbers to 40: SGD leaves 6e-4 (the worst of 60 seeds), Adam 0.0054
# (of 250).
LEFT = 0.01

# A rate at which a few steps change little: SGD lowers the loss by 0.01 % a step, Adam by 1 %, RMSprop by 10 %.
SLOW, FEW = 1e-4, 4

# Of the loss, float32 against float64: the same loss measured again is off by 1e-6.
SAME = 1e-5

# A rate at which two steps carry every weight far beyond any start, with gradients clipped to 1 as well.
FAST, FAR = 1e4, 10

# What the first step takes off the loss, of rate · |gradient|²: 1.00 with SGD, 1.91 with Nesterov's momentum of 0.9, 2
# and more where the step is made twice; or of rate · Σ|gradient|: 1.04 to 1.13 with Adam and its kin, 14 with RMSprop,
# 2.2 where Adam's step is made twice. Adam's share of the former is above 46. (16 optimizers, 6 seeds.)
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
    assert isinstance(y, torch.Tensor) and y.is_floating_point() and y.shape == x.shape
    return y.detach().double()


def answer(layers, x):
    """What fc1, ReLU and fc2 make of x."""
    middle = (layers["fc1", 2] @ x.double() + layers["fc1", 1]).clamp(min=0)
    return layers["fc2", 2] @ middle + layers["fc2", 1]


def task_of(session, width):
    """The notebook's x, a vector of numbers from the normal distribution, and what the network is to make of it."""
    x = torch.as_tensor(session.x).detach().double()
    assert x.numel() == width and 0.4 <= x.std() <= 1.8
    return x, 0.5 * x + 0.3


def final_loss(session, width):
    """The mean squared error of the trained network, measured here."""
    x, target = task_of(session, width)
    return (output(session.net, x) - target).square().mean().item()


def first_step(run, width):
    """What the first step took off the loss: of the rate times the squares of the gradient, and times its magnitudes."""
    x, target = task_of(run, width)
    layers = {place: value.requires_grad_() for place, value in layers_of(run.net).items()}
    loss = (answer(layers, x.flatten()) - target.flatten()).square().mean()
    gradient = torch.cat([part.flatten() for part in torch.autograd.grad(loss, list(layers.values()))])
    step = number(run.loss_list[0]) - number(run.loss_list[1])
    return step / (SLOW * gradient.square().sum().item()), step / (SLOW * gradient.abs().sum().item())


def made_twice(*runs):
    """Whether these runs at the slow rate show the same step, made twice. Shares that mean something else vary."""
    shares = [first_step(run, 100) for run in runs]
    return any(all(low <= share[kind] <= high for share in shares)
               and max(share[kind] for share in shares) <= 1.05 * min(share[kind] for share in shares)
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
    assert {place: value.shape for place, value in layers_of(net).items()} == sizes
    # Every start is right, also one that answers with zeros: so these weights are ours.
    ours = {place: (2 * torch.rand(size) - 1) / size[-1] ** 0.5 for place, size in sizes.items()}
    net.load_state_dict({names[place]: value for place, value in ours.items()}, strict=False)
    layers = layers_of(net)
    for scale in (1, 10, 100):
        x = scale * torch.randn(100)
        expected = answer(layers, x)
        assert ((output(net, x) - expected).abs() <= TOLERANCE * (1 + expected.abs())).all()


@check(points=1, title="Each loss is the mean squared error between net(x) and the target",
       zh="每个损失都是 net(x) 与目标之间的均方误差",
       hint="The mean of the squares over all numbers of x, as nn.MSELoss() has it: not their sum, not half of it.",
       zh_hint="对 x 的所有分量取平方误差的平均，也就是 nn.MSELoss() 的默认做法：不是总和，也不是一半。")
def test_mean_squares(slow, searches):
    losses = [number(loss) for loss in slow.loss_list]
    assert len(losses) == FEW
    if searches:
        return
    # The network has moved on since the last loss, by about a step.
    end, last = final_loss(slow, 100), losses[-1]
    step = abs(losses[-2] - last)
    assert -0.5 * step - 10 * SAME * last <= last - end <= 1.5 * step + 10 * SAME * last


@check(points=1, title="loss_list holds plain numbers", zh="loss_list 里是普通的数", depends=["test_mean_squares"],
       hint="Append loss.item(), the bare number: a loss tensor keeps the whole graph of its step in memory.",
       zh_hint="放进列表的应是 loss.item()，单纯的数：存损失张量会把那一步的整张计算图留在内存里。")
def test_plain_numbers(student):
    losses = list(student.loss_list)
    assert len(losses) == 500
    assert not any(isinstance(loss, torch.Tensor) and loss.requires_grad for loss in losses)


@check(points=1, title="Each loss is from before its step's update", zh="每个损失都是这一步更新之前的",
       hint="Append the loss that you call backward() on, one for each of the steps; what you measure after "
            "optimizer.step() is the next one's. The steps have to change the loss of this very net.",
       zh_hint="放进列表的就是调用 backward() 的那个损失，每一步一个；optimizer.step() 之后再量，量到的就是下一步的损失了。"
               "还要确认走的每一步真的改变了这个 net 的损失。")
def test_before_the_step(slow):
    losses = [number(loss) for loss in slow.loss_list]
    assert len(losses) == FEW
    steps = [abs(now - after) for now, after in itertools.pairwise(losses)]
    assert max(steps) >= SAME * losses[0] > 0
    # The last update has changed the loss once more, unless it was made at a rate that had come down to 0.
    assert abs(losses[-1] - final_loss(slow, 100)) >= SAME * losses[-1] or steps[-1] < 0.7 * max(steps)


@check(points=1, title="Each step moves all weights and biases once, at learning_rate",
       zh="每一步都以 learning_rate 把所有权重和偏置更新一次",
       hint="Hand net.parameters() and lr=learning_rate to the optimizer, and call backward() and step() once for each loss.",
       zh_hint="把 net.parameters() 和 lr=learning_rate 交给优化器，每个损失只调用一次 backward() 和 step()。")
def test_rate(rerun, slow, searches):
    if searches:
        return
    moved = set()
    for steps in (2, 1):  # Adagrad's second step takes the first one back, and some starts give fc1 a gradient only then.
        if len(moved) < 4:
            layers = layers_of(rerun(learning_rate=FAST, steps=steps).net)
            # What has gone beyond all numbers has moved as well.
            moved |= {place for place, value in layers.items() if not (value.abs() <= FAR).all()}
    assert len(moved) == 4
    if made_twice(slow):
        assert not made_twice(slow, rerun(learning_rate=SLOW, steps=FEW))


@check(points=1, title="With other sizes and steps the network learns as well", zh="换别的尺寸和步数，网络也能学会",
       hint="The sizes come from width and hidden, the number of steps from steps; nothing else is written in.",
       zh_hint="尺寸取自 width 和 hidden，步数取自 steps，不要写成固定的数。")
def test_other_sizes(rerun):
    width, hidden, steps = 40, 150, 400
    other = rerun(width=width, hidden=hidden, steps=steps)
    losses = [number(loss) for loss in other.loss_list]
    assert len(losses) == steps
    assert losses[-1] <= LEFT * losses[0]
    assert final_loss(other, width) <= LEFT * losses[0]
    layers = layers_of(other.net)
    assert layers["fc1", 2].shape == (hidden, width) and layers["fc2", 2].shape == (width, hidden)
