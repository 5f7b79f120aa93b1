"""The hidden checks: the network computed again from its weights, batches against single images, sizes, counts."""

import contextlib
import functools

import pytest
import torch
from torch.nn import functional

from grader import check, fetch, number, place

# Float32 against float64: a right network is off by at most 4e-7, with larger weights by 5e-6 (50 networks each); one
# without a ReLU by 0.007 and more.
TOLERANCE = 2e-4

WEIGHTS = {
    "conv1.weight": (10, 1, 5, 5), "conv1.bias": (10,), "conv2.weight": (20, 10, 3, 3), "conv2.bias": (20,),
    "fc1.weight": (500, 2000), "fc1.bias": (500,), "fc2.weight": (10, 500), "fc2.bias": (10,),
}
LAYERS = {"conv1": 260, "conv2": 1820, "fc1": 1_000_500, "fc2": 5010}


@pytest.fixture(scope="module")
def net(student):
    """One network for all checks. Lazy layers get their sizes from the first image."""
    made = student.ConvNet()
    for dtype in (torch.float32, torch.float64):
        with contextlib.suppress(Exception):
            made(pictures(1).to(dtype))
    return made


def weights_of(net):
    """The network's parameters by name, as data."""
    return {name: value.detach().double() for name, value in net.state_dict().items()}


def pictures(n):
    return torch.rand(n, 1, 28, 28)


@functools.cache
def dtype_of(net):
    """The dtype of the network's parameters: asked for once, since a million of them come with the answer."""
    return next((value.dtype for value in net.state_dict().values()), torch.float32)


def like(net, images):
    """The images with that dtype; what is held in the session stays as it is."""
    return images.to(dtype_of(net)) if isinstance(images, torch.Tensor) else images


def forward(weights, x):
    """What the network should answer, in float64."""
    x = functional.conv2d(x.double(), weights["conv1.weight"], weights["conv1.bias"])
    x = functional.max_pool2d(torch.relu(x), 2)
    x = torch.relu(functional.conv2d(x, weights["conv2.weight"], weights["conv2.bias"])).reshape(len(x), 2000)
    x = torch.relu(x @ weights["fc1.weight"].T + weights["fc1.bias"])
    x = x @ weights["fc2.weight"].T + weights["fc2.bias"]
    return x - x.logsumexp(dim=1, keepdim=True)


def answers(net, images, n):
    """What the network makes of n images, in float64; the images may be held in the session."""
    output = net(like(net, images))
    assert isinstance(output, torch.Tensor) and output.is_floating_point()
    assert output.shape == (n, 10)
    return output.detach().double()


def changed_answers(net, images, n, weights, changed):
    """What the network makes of the images with some of its weights changed. They are put back."""
    net.load_state_dict(changed, strict=False)
    try:
        return answers(net, images, n)
    finally:
        net.load_state_dict(weights, strict=False)


def near(answer, expected):
    return torch.allclose(answer, expected, rtol=0, atol=TOLERANCE)


def sizes(student, net, images):
    """What feature_sizes says, as a list of tuples."""
    try:
        return [tuple(size) for size in student.feature_sizes(net, like(net, images))]
    except TypeError:
        raise AssertionError("feature_sizes gave no list of shapes") from None


@check(points=1, title="The four layers have the right sizes, and the output comes from them", zh="四个层的尺寸都正确，输出由它们算出",
       hint="Name the layers conv1, conv2, fc1 and fc2, each with a bias, compare them with the table, and use them in "
            "forward.",
       zh_hint="四个层分别命名为 conv1、conv2、fc1、fc2，都带偏置，请与表格对照，并在 forward 中用上它们。")
def test_layers(net):
    weights, x = weights_of(net), pictures(4)
    assert {name: tuple(value.shape) for name, value in weights.items()} == WEIGHTS
    before = answers(net, x, 4)
    assert near(answers(net, x, 4), before)
    assert not near(changed_answers(net, x, 4, weights, {"fc2.weight": weights["fc2.weight"] * 4}), before)


@check(points=2, title="The log-probabilities are those that the layers imply", zh="输出正是由各层权重算出的对数概率",
       depends=["test_layers"],
       hint="Follow the table: ReLU behind conv1, conv2 and fc1, one pool, each image flattened by itself, "
            "log-softmax over the classes at the end.",
       zh_hint="对照表格：conv1、conv2、fc1 之后有 ReLU，只有一次池化，每张图像各自展平，最后在类别上做 log-softmax。")
def test_log_probabilities(net):
    weights, x = weights_of(net), pictures(5)
    assert near(answers(net, x, 5), forward(weights, x))

    # Changed weights change the answer.
    changed = {name: value * 4 for name, value in weights.items() if not name.startswith("fc1")}
    assert near(changed_answers(net, x, 5, weights, changed), forward(weights | changed, x))


@check(points=1, title="Each image is judged by itself, in a batch of any size", zh="批量无论大小，每张图像都独立判断",
       hint="Flatten everything but dimension 0, write no batch size down, and take the softmax over the classes, not "
            "over the batch.",
       zh_hint="除第 0 维之外全部展平，不要写死批量大小；softmax 是对类别做，不是对批量做。")
def test_batches(net):
    x = pictures(7)
    together = answers(net, x, 7)
    assert near(answers(net, x[:2], 2), together[:2])
    for i in (0, 3, 6):
        assert near(answers(net, x[i:i + 1], 1), together[i:i + 1])
    assert near(together.exp().sum(dim=1), torch.ones(7).double())
    assert not near(together[0], together[1])


@check(points=1, title="feature_sizes(net, x) is right for other batch sizes", zh="换别的批量大小，feature_sizes(net, x) 仍然正确",
       hint="Take the shapes from the tensors themselves, so that the batch dimension follows x.",
       zh_hint="形状要从张量本身取得，这样批量维自然随 x 变化。")
def test_sizes_of_batches(student, net):
    for n in (3, 8):
        expected = [(n, 10, 24, 24), (n, 10, 12, 12), (n, 20, 10, 10), (n, 2000)]
        assert sizes(student, net, pictures(n)) == expected


@check(points=1, title="count_parameters counts any model", zh="count_parameters 对任意模型都能计数",
       hint="Go through model.parameters() of the model that you are given: weights and biases, of a single layer as "
            "well.",
       zh_hint="遍历传入的 model 的 model.parameters()：权重和偏置都要算，单独一层也要能数。")
def test_count_of_layers(student, net):
    for layer, count in LAYERS.items():
        assert number(student.count_parameters(getattr(net, layer))) == count


@check(points=1, title="Neither the network nor feature_sizes changes the images", zh="网络和 feature_sizes 都不改动传入的图像",
       hint="Write x = F.relu(…) and the like, which make new tensors; do nothing in place on the input, and don't "
            "set its requires_grad.",
       zh_hint="像 x = F.relu(…) 这样会得到新的张量；不要对输入做原地（in-place）操作，也不要给它设置 requires_grad。")
def test_left_alone(student, net):
    plain, learning = like(net, pictures(2)) - 0.5, (like(net, pictures(2)) - 0.5).requires_grad_()
    learning.grad = like(net, pictures(2))
    for x in (plain, learning):
        held = place(student, x)
        answer = answers(net, held, 2)
        assert near(answer, answers(net, x, 2)) and not near(answer[0], answer[1])
        assert len(sizes(student, net, held)) == 4
        after = fetch(held)
        assert torch.equal(after, x) and after.requires_grad == x.requires_grad
        assert after.grad is None if x.grad is None else torch.equal(after.grad, x.grad)
