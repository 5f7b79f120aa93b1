"""The hidden checks: the network computed again from its weights, what loss_list holds, other sizes and steps."""

import contextlib

import pytest
import torch

from grader import check, number

# Of 1 + |expected|, float32 against float64: off by at most 1e-5 (100 networks); without the ReLU by 0.35 and more.
TOLERANCE = 1e-3

# Of the first loss, in 400 steps from 40 numbers to 40: SGD leaves 6e-4 (the worst of 60 seeds), Adam 0.0054
# (of 250).
LEFT = 0.01

# Of the loss. The first step changes it by 1.1 % and more (20 seeds of sixteen optimizers; RMSprop makes it larger);
# measured again, it is off by 1e-6.
SAME = 1e-4


def layers_of(net):
    """Weights ("fc1", 2) and biases ("fc1", 1) of both layers by name and dimension, in float64."""
    found = {}
    for name, value in net.state_dict().items():
        if (layer := name.partition(".")[0]) in ("fc1", "fc2"):
            found[layer, value.dim()] = value.detach().double()
    assert len(found) == 4, "fc1 and fc2 have a weight and a bias each"
    return found


def output(net, x):
    """What the network makes of x, in float64; x gets the dtype of the network's parameters."""
    dtypes = [value.dtype for _, value in net.state_dict().items()]
    y = net(x.to(dtypes[0]))
    assert isinstance(y, torch.Tensor) and y.is_floating_point() and y.shape == x.shape
    return y.detach().double()


def assert_layers(net, x, hidden):
    """The network has the right sizes, and its answer is that which its weights imply."""
    layers = layers_of(net)
    width = x.shape[-1]
    assert layers["fc1", 2].shape == (hidden, width) and layers["fc1", 1].shape == (hidden,)
    assert layers["fc2", 2].shape == (width, hidden) and layers["fc2", 1].shape == (width,)
    middle = (layers["fc1", 2] @ x.double() + layers["fc1", 1]).clamp(min=0)
    expected = layers["fc2", 2] @ middle + layers["fc2", 1]
    assert ((output(net, x) - expected).abs() <= TOLERANCE * (1 + expected.abs())).all()


def task_of(session, width):
    """The notebook's x, a vector of numbers from the normal distribution, and what the network is to make of it."""
    x = torch.as_tensor(session.x).detach().double()
    assert x.numel() == width and 0.4 <= x.std() <= 1.8
    return x, 0.5 * x + 0.3


def final_loss(session, width):
    """The mean squared error of the trained network, measured here."""
    x, target = task_of(session, width)
    return (output(session.net, x) - target).square().mean().item()


@pytest.fixture(scope="module")
def net(student):
    """One fresh network. Lazy layers get their sizes from its first vector."""
    made = student.Net()
    with contextlib.suppress(Exception):
        made(torch.zeros(100))
    return made


@check(points=2, title="The output is what fc1, ReLU and fc2 make of the input", zh="输出正是输入经过 fc1、ReLU、fc2 的结果",
       hint="fc1, then ReLU, then fc2 and nothing after it; both layers have a bias.",
       zh_hint="先 fc1，再 ReLU，再 fc2，之后什么都不加；两层都有偏置。")
def test_forward(net):
    for scale in (1, 10, 100):
        assert_layers(net, scale * torch.randn(100), hidden=300)


@check(points=1, title="loss_list holds plain numbers that go down", zh="loss_list 里是普通的数，并且不断变小", depends=["test_arrives"],
       hint="Append loss.item(), the bare number: a loss tensor keeps the whole graph of its step in memory.",
       zh_hint="放进列表的应是 loss.item()，单纯的数：存损失张量会把那一步的整张计算图留在内存里。")
def test_plain_numbers(student):
    losses = list(student.loss_list)
    assert not any(isinstance(loss, torch.Tensor) and loss.requires_grad for loss in losses)
    assert min(map(number, losses[-100:])) <= LEFT * number(losses[0])


@check(points=2, title="Each loss is from before its step's update", zh="每个损失都是这一步更新之前的", depends=["test_arrives"],
       hint="Append the loss that you call backward() on, one for each of the steps; what you measure after "
            "optimizer.step() is the next one's.",
       zh_hint="放进列表的就是调用 backward() 的那个损失，每一步一个；optimizer.step() 之后再量，量到的就是下一步的损失了。")
def test_before_the_step(rerun):
    width = 60
    other = rerun(width=width, hidden=90, steps=1)
    (first,) = [number(loss) for loss in other.loss_list]
    _, target = task_of(other, width)
    # An untrained network answers with little: its loss is 0.8 to 1.8 of the target's mean square (1,000 networks).
    assert 0.25 <= first / target.square().mean().item() <= 4
    assert abs(final_loss(other, width) - first) >= SAME * first


@check(points=2, title="With other sizes and steps the network learns as well", zh="换别的尺寸和步数，网络也能学会",
       hint="The sizes come from width and hidden, the number of steps from steps; nothing else is written in.",
       zh_hint="尺寸取自 width 和 hidden，步数取自 steps，不要写成固定的数。")
def test_other_sizes(rerun):
    width, hidden, steps = 40, 150, 400
    other = rerun(width=width, hidden=hidden, steps=steps)
    losses = [number(loss) for loss in other.loss_list]
    assert len(losses) == steps
    assert losses[-1] <= LEFT * losses[0]
    assert final_loss(other, width) <= LEFT * losses[0]
    assert_layers(other.net, torch.randn(width), hidden)
