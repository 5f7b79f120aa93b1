"""The public checks: ten log-probabilities an image, the sizes on the way, and the number of parameters."""

from contextlib import suppress

import pytest
import torch

from grader import check, draw_shapes, number, same, shape_of

SIZES = [(1, 10, 24, 24), (1, 10, 12, 12), (1, 20, 10, 10), (1, 2000)]
PARAMETERS = 260 + 1_820 + 1_000_500 + 5_010
EXACT = 1e-4


@pytest.fixture(scope="module", name="fresh_net")
def make_net(student):
    """A ConvNet that has seen an image, which lazy layers need; a forward that fails is for test_output to say."""
    fresh = student.ConvNet()
    for dtype in (torch.float32, torch.float64):
        with suppress(Exception):
            fresh(torch.rand(1, 1, 28, 28, dtype=dtype))
    return fresh


def images_for(fresh_net, n):
    """Random images with the dtype of the network's weights."""
    dtypes = (value.dtype for _, value in fresh_net.state_dict().items())
    return torch.rand(n, 1, 28, 28, dtype=next((dtype for dtype in dtypes if dtype.is_floating_point), torch.float32))


def shapes(student):
    """The picture: the shapes on the way through the first layers."""
    found = student.feature_sizes(student.ConvNet(), torch.rand(1, 1, 28, 28))
    return draw_shapes(("conv1", "pool", "conv2", "flatten"), found, SIZES)


@check(points=1, title="ConvNet() maps four images to four rows of log-probabilities", zh="ConvNet() 把四张图像变成四行对数概率",
       hint="The output has shape (n, 10), and exp of each row sums to 1: log-softmax over the dimension of the "
            "classes.",
       zh_hint="输出的形状是 (n, 10)，每一行取 exp 再求和等于 1：在类别那一维上做 log-softmax。")
def test_output(fresh_net):
    output = fresh_net(images_for(fresh_net, 4))
    assert isinstance(output, torch.Tensor), f"net(x) is not a tensor: it is {type(output).__name__}"
    output = output.detach().double()
    shape_of(output, (4, 10), what="net(x)")
    same(output.exp().sum(dim=1), torch.ones(4), atol=EXACT, what="net(x).exp().sum(dim=1)")


@check(points=1, title="feature_sizes(net, x) is right for one image", zh="feature_sizes(net, x) 对单张图像正确", picture=shapes,
       hint="Four shapes, after conv1, the pool, conv2 and the flatten, each with the batch dimension in front.",
       zh_hint="四个形状：conv1 之后、池化之后、conv2 之后、展平之后，每个都带上最前面的批量维。")
def test_sizes(student, fresh_net):
    found = student.feature_sizes(fresh_net, images_for(fresh_net, 1))
    assert isinstance(found, list | tuple), f"feature_sizes(net, x) is not a list: it is {type(found).__name__}"
    assert all(isinstance(size, list | tuple) for size in found), "every shape is a torch.Size, a tuple or a list"
    same([[number(length) for length in size] for size in found], SIZES, what="feature_sizes(net, x)")


@check(points=1, title="count_parameters(ConvNet()) is right", zh="count_parameters(ConvNet()) 正确",
       hint="Add up numel() of all parameters. If the sum is another, print every parameter's shape and compare with "
            "the table.",
       zh_hint="把所有参数的 numel() 加起来。如果总数不对，就打印每个参数的形状，与表格对照。")
def test_count(student, fresh_net):
    same(number(student.count_parameters(fresh_net)), PARAMETERS, what="count_parameters(net)")
