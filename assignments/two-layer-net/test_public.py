"""The public checks: what a fresh network looks like, and that the trained one has arrived."""

from contextlib import suppress

import pytest
import torch

from grader import check, draw_losses, number, same, shape_of, within

WIDTH, STEPS = 100, 500
PARAMETERS = 30_300 + 30_100

# The lowest of the last hundred losses: 6e-7 with plain SGD, 1e-8 with Adam, 2e-6 with RAdam (the worst of 60 seeds);
# without zero_grad() 0.004 at best.
ARRIVED, LATELY = 1e-4, 100

# At the given rate Adam and its kin jump now and then: at the end they are above 1e-4 for 7 % of 250 seeds, at 0.0093
# in the worst. The first loss is about 0.35.
NOT_FAR = 0.02


@pytest.fixture(scope="module", name="fresh_net")
def make_net(student):
    """A Net that has seen a vector, which lazy layers need; a forward that fails is for test_net to say."""
    fresh = student.Net()
    with suppress(Exception):
        fresh(torch.zeros(WIDTH))
    return fresh


def answer_of(module, inputs):
    """What a network makes of a vector, in float64; the vector gets the dtype of the network's weights."""
    dtypes = (value.dtype for _, value in module.state_dict().items())
    outputs = module(inputs.to(next((dtype for dtype in dtypes if dtype.is_floating_point), torch.float32)))
    assert isinstance(outputs, torch.Tensor), f"net(x) gave {type(outputs).__name__}, a tensor was expected"
    shape_of(outputs, inputs.shape, what="net(x)")
    return outputs.detach().double()


def own_losses(student):
    """The picture: the losses of the notebook's training."""
    return draw_losses(student.loss_list, rate=student.learning_rate)


@check(points=1, title="Net() has 60,400 parameters and maps 100 numbers to 100", zh="Net() 有 60,400 个参数，把 100 个数变成 100 个数",
       hint="Call super().__init__() first, then make fc1 and fc2, two nn.Linear of the sizes width → hidden → width; "
            "forward sends x through both, with a ReLU between.",
       zh_hint="先调用 super().__init__()，再造 fc1 和 fc2 两个 nn.Linear，尺寸是 width → hidden → width；forward 让 x 依次经过两层，中间是 ReLU。")
def test_net(fresh_net):
    same(sum(weights.numel() for weights in fresh_net.parameters()), PARAMETERS, what="Net(): parameters")
    answer_of(fresh_net, torch.randn(WIDTH))


@check(points=2, title="In 500 steps the loss falls below 0.0001, and net(x) is close to 0.5x + 0.3",
       zh="500 步之内损失降到 0.0001 以下，net(x) 接近 0.5x + 0.3", picture=own_losses,
       hint="One loss for each step. Does the optimizer hold the parameters of this very net, and does every step call "
            "zero_grad(), backward() and step()? The target is 0.5x + 0.3.",
       zh_hint="每一步一个损失。优化器拿到的是这个 net 的参数吗？每一步都调用 zero_grad()、backward() 和 step() 了吗？目标是 0.5x + 0.3。")
def test_arrives(student):
    losses = [number(loss) for loss in student.loss_list]
    same(len(losses), STEPS, what="len(loss_list)")
    within(min(losses[-LATELY:]), None, ARRIVED, what=f"min(loss_list[-{LATELY}:])")
    within(losses[-1], None, NOT_FAR, what="loss_list[-1]")
    inputs = torch.as_tensor(student.x).detach().double()
    assert inputs.numel() == WIDTH and inputs.std() >= 0.5, "x should be torch.randn(width), as it was given"
    error = (answer_of(student.net, inputs) - 0.5 * inputs - 0.3).square().mean()
    within(error, None, NOT_FAR, what="((net(x) - target) ** 2).mean()")
