"""The public checks: how the examples are split, what a fresh network answers, and how good the trained one is."""

from contextlib import suppress

import pytest
import torch

from grader import check, draw_losses, number, same, shape_of, within

EPOCHS = 15

# Of exp(output), summed over the classes, in float32.
EXACT = 1e-4

# What the notebook asks for. The solution reaches 0.961 or more (60 seeds of the split and of the net).
DEMANDED = 0.95

# How many of 500 numbers are in the same part as the number that comes `gap` behind them: 0.44 of them, give or take
# 0.02, if they are well mixed; nearly all or hardly any at some gap if they are cut in blocks or dealt in turn.
MIXED, GAPS = (0.31, 0.57), (1, 2, 3, 4, 5, 10)


def parts_of(student, n, seed):
    """What split(n, seed) gives: three tensors of indices that share the numbers 0 … n - 1 out, 60, 20 and 20 %."""
    parts = student.split(n, seed)
    assert isinstance(parts, tuple | list) and len(parts) == 3, "split has to give three parts"
    for which, (part, share) in enumerate(zip(parts, (3, 1, 1))):
        assert isinstance(part, torch.Tensor), f"each part has to be a tensor, but this is {type(part).__name__}"
        assert part.dim() == 1, f"each part has to have one dimension, but this has the shape {tuple(part.shape)}"
        assert not part.is_floating_point() and part.dtype != torch.bool, f"the indices are not whole numbers: {part.dtype}"
        same(len(part), share * n / 5, atol=2 if n % 5 else 0, what=f"len(split({n}, {seed})[{which}])")
    assert sorted(torch.cat(list(parts)).tolist()) == list(range(n)), "not every number is in exactly one part"
    return [part.long() for part in parts]


def owners(parts):
    """For each number, which part it is in."""
    owner = torch.empty(sum(map(len, parts)), dtype=torch.long)
    for which, part in enumerate(parts):
        owner[part] = which
    return owner


@pytest.fixture(scope="module", name="fresh_net")
def make_net(student):
    """A DigitNet in evaluation mode that has seen two images, which lazy layers need."""
    fresh = student.DigitNet()
    for dtype in (torch.float32, torch.float64):
        with suppress(Exception):
            fresh(torch.rand(2, 1, 8, 8, dtype=dtype))
    fresh.eval()
    return fresh


def images_for(net, n):
    """Random images with the dtype of the network's weights."""
    dtypes = (value.dtype for _, value in net.state_dict().items())
    return torch.rand(n, 1, 8, 8, dtype=next((dtype for dtype in dtypes if dtype.is_floating_point), torch.float32))


def own_losses(student):
    """The picture: the losses of the notebook's training."""
    return draw_losses(student.train_losses, epochs=True)


@check(points=1, title="split shares the numbers out by 60, 20 and 20 %, mixed by the seed", zh="split 按 60%、20%、20% 分开所有下标，并按种子打乱",
       hint="Mix all n numbers with a generator that starts from the seed, then cut once, one part behind the other. Each part "
            "is a tensor of whole numbers.",
       zh_hint="用从种子开始的生成器打乱全部 n 个数，然后一份接一份地切一次。每一份都是整数张量。")
def test_split(student):
    for n, seed in ((1797, 0), (10, 1), (13, 2), (1000 + int(torch.randint(500, ())), 3)):
        parts_of(student, n, seed)
    one, other = parts_of(student, 500, 7), parts_of(student, 500, 8)
    assert torch.equal(owners(parts_of(student, 500, 7)), owners(one)), "the same seed gives other parts the next time"
    for parts in (one, other):
        owner = owners(parts)
        for gap in GAPS:
            assert MIXED[0] <= (owner[gap:] == owner[:-gap]).double().mean() <= MIXED[1], "the numbers are not well mixed"
    # Two drawn at random agree on 20 % of the test part, give or take 4; the seed has to matter that much.
    assert len(set(one[2].tolist()) & set(other[2].tolist())) <= 50, "another seed gives nearly the same parts"


@check(points=1, title="DigitNet() maps four images to four rows of log-probabilities", zh="DigitNet() 把四张图像变成四行对数概率",
       hint="The output has shape (n, 10), and exp of each row sums to 1: log-softmax over the dimension of the classes.",
       zh_hint="输出的形状是 (n, 10)，每一行取 exp 再求和等于 1：在类别那一维上做 log-softmax。")
def test_output(fresh_net):
    output = fresh_net(images_for(fresh_net, 4))
    assert isinstance(output, torch.Tensor), f"net(x) is not a tensor: it is {type(output).__name__}"
    output = output.detach().double()
    shape_of(output, (4, 10), what="net(x)")
    same(output.exp().sum(dim=1), torch.ones(4), atol=EXACT, what="net(x).exp().sum(dim=1)")


@check(points=1, title="test_accuracy is 0.95 or more, and net is left in evaluation mode", zh="test_accuracy 不低于 0.95，并且 net 处于评估模式", picture=own_losses,
       hint="Does the loss fall in every epoch at first? If so, a larger rate, more channels or some dropout help on. An accuracy is "
            "a share, from 0 to 1. At the end call net.eval().",
       zh_hint="开头几轮损失一直在降吗？如果是，再试试更大的学习率、更多的通道或一点 dropout。准确率是一个比例，从 0 到 1。最后调用 net.eval()。")
def test_end(student):
    losses = [number(loss) for loss in student.train_losses]
    same(len(losses), EPOCHS, what="len(train_losses)")
    assert losses[-1] < losses[0], "the loss has not fallen"
    within(number(student.test_accuracy), DEMANDED, 1, what="test_accuracy")
    same(student.net.training, False, what="net.training")
