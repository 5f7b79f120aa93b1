"""The hidden checks: the network computed again from its weights, what it can learn, sizes, counts, what is left alone."""

import contextlib

import pytest
import torch
from torch.nn import functional

from grader import StudentError, check, fetch, held, number, place, same, shape_of

# Of 1 + |expected|, float32 against float64: a right network is off by at most 5e-6 (50 networks each); one without a
# ReLU by 0.007 and more.
TOLERANCE = 2e-4

WEIGHTS = {
    "conv1.weight": (10, 1, 5, 5), "conv1.bias": (10,), "conv2.weight": (20, 10, 3, 3), "conv2.bias": (20,),
    "fc1.weight": (500, 2000), "fc1.bias": (500,), "fc2.weight": (10, 500), "fc2.bias": (10,),
}

# Scores of several thousand, whose exp is beyond all floats.
HUGE = 100_000


class Network:
    """A ConvNet in the session. The names of its layers are free: they are found by their shapes."""

    def __init__(self, net):
        self.net = net
        for dtype in (torch.float32, torch.float64):
            with contextlib.suppress(Exception):
                net(pictures(1).to(dtype))  # lazy layers get their sizes from the first image
        found = [(name, value) for name, value in net.named_parameters() if value.is_floating_point()]
        self.shapes = {name: tuple(value.shape) for name, value in found}
        self.dtype = found[0][1].dtype if found else torch.float32

    def names(self):
        """The names of the four layers' weights and biases in this network."""
        assert sorted(self.shapes.values()) == sorted(WEIGHTS.values()), "the layers have other sizes"
        names = {}
        for key, shape in WEIGHTS.items():
            fitting = [name for name in self.shapes if self.shapes[name] == shape]
            # Two biases have ten numbers. Each stands beside the weight of its layer; if all stand together, in order.
            beside = [name for name in fitting if above(name) == above(names.get(f"{above(key)}.weight", ""))]
            names[key] = beside[0] if len(beside) == 1 else fitting[-1 if key == "fc2.bias" else 0]
        return names

    def load(self, weights):
        """Give the layers these weights."""
        names = self.names()
        self.net.load_state_dict({names[key]: value.to(self.dtype) for key, value in weights.items()}, strict=False)

    def cast(self, wide):
        """Make the weights float64, or float32; the images will follow."""
        (self.net.double if wide else self.net.float)()
        self.dtype = torch.float64 if wide else torch.float32

    def like(self, images):
        """The images with the dtype of the network's weights; what is held in the session stays as it is."""
        return images.to(self.dtype) if isinstance(images, torch.Tensor) else images

    def answers(self, images, n):
        """What the network makes of n images, in float64; the images may be held in the session."""
        output = self.net(self.like(images))
        assert isinstance(output, torch.Tensor) and output.is_floating_point()
        shape_of(output, (n, 10), what="net(x)")
        return output.detach().double()

    def parameters(self):
        """The network's weights and biases, held in the session."""
        return [held(self.net.get_parameter)(name) for name in self.shapes]

    def modules(self):
        """The modules that hold them, and how many numbers are in each."""
        counts = {}
        for name, shape in self.shapes.items():
            counts[above(name)] = counts.get(above(name), 0) + torch.Size(shape).numel()
        return [(self.net.get_submodule(name), count) for name, count in counts.items()]


def above(name):
    """The layer of a parameter: its name without the last part."""
    return name.rpartition(".")[0]


def pictures(n):
    return torch.rand(n, 1, 28, 28)


@pytest.fixture(scope="module")
def ours():
    """Weights of our own, from the range that PyTorch's layers start with."""
    inputs = {key: torch.Size(WEIGHTS[f"{above(key)}.weight"][1:]).numel() for key in WEIGHTS}
    return {key: (2 * torch.rand(shape) - 1) / inputs[key] ** 0.5 for key, shape in WEIGHTS.items()}


@pytest.fixture(scope="module")
def network(student, ours):
    """One network for all checks. Every start is right, also one that hardly looks at the image: so it gets our weights."""
    made = Network(student.ConvNet())
    with contextlib.suppress(AssertionError):
        made.load(ours)
    return made


def forward(weights, x):
    """What a network with these weights should answer, in float64."""
    weights = {key: value.double() for key, value in weights.items()}
    x = functional.conv2d(x.double(), weights["conv1.weight"], weights["conv1.bias"])
    x = functional.max_pool2d(torch.relu(x), 2)
    x = torch.relu(functional.conv2d(x, weights["conv2.weight"], weights["conv2.bias"])).reshape(len(x), 2000)
    x = torch.relu(x @ weights["fc1.weight"].T + weights["fc1.bias"])
    x = x @ weights["fc2.weight"].T + weights["fc2.bias"]
    return x - x.logsumexp(dim=1, keepdim=True)


def compare(answer, expected, what="net(x)"):
    """Raise Mismatch unless an answer has the expected shape and numbers."""
    same(answer, expected, atol=TOLERANCE, rtol=TOLERANCE, what=what)


def near(answer, expected):
    return bool(((answer - expected).abs() <= TOLERANCE * (1 + expected.abs())).all())


def sizes(student, network, images):
    """What feature_sizes says, as a list of tuples."""
    try:
        return [tuple(size) for size in student.feature_sizes(network.net, network.like(images))]
    except TypeError:
        raise AssertionError("feature_sizes gave no list of shapes") from None


def sizes_of(n, side):
    """What it should say about n images with that many pixels in a row."""
    first, second = side - 4, (side - 4) // 2 - 2
    return [(n, 10, first, first), (n, 10, first // 2, first // 2), (n, 20, second, second), (n, 20 * second * second)]


def state(network):
    """What a look at the network must not change: its weights, whether they learn, its mode, and its hooks."""
    weights = [(one.requires_grad, one.sum().item(), one.grad is None) for one in network.parameters()]
    modules = [network.net, *(module for module, _ in network.modules())]
    return weights, [(module.training, len(module._forward_hooks)) for module in modules]


def is_sent_through(student, network):
    """Whether feature_sizes sends the images through a layer of the network, or can at least tell larger ones.

    Whoever takes another network than the given one then finds its weights of another dtype than the images.
    """
    with contextlib.suppress(Exception):
        seen = place(student, {})
        hooks = [module.register_forward_pre_hook(seen.setdefault) for module, _ in network.modules()]
        sizes(student, network, pictures(2))
        for hook in hooks:
            hook.remove()
        if len(seen):
            return True
    wide = network.dtype == torch.float64
    network.cast(not wide)
    try:
        return sizes(student, network, torch.rand(2, 1, 32, 32)) == sizes_of(2, 32)
    except Exception:
        return False
    finally:
        network.cast(wide)


@check(points=1, title="The four layers have the right sizes", zh="四个层的尺寸都正确",
       hint="Two convolutions and two fully connected layers, each with a bias, and nothing else that can learn: compare "
            "them with the table.",
       zh_hint="两个卷积层、两个全连接层，都带偏置，此外没有别的可学习的东西：请与表格对照。")
def test_layers(network):
    assert network.names()


@check(points=1, title="The log-probabilities are those that the layers imply, however large the scores",
       zh="输出正是由各层权重算出的对数概率，得分再大也一样",
       depends=["test_layers"],
       hint="Follow the table: ReLU behind conv1, conv2 and fc1, one pool, each image flattened by itself, "
            "log-softmax over the classes at the end, and nothing random such as dropout. exp of a score of 1000 is "
            "beyond all floats: F.log_softmax gets around that.",
       zh_hint="对照表格：conv1、conv2、fc1 之后有 ReLU，只有一次池化，每张图像各自展平，最后在类别上做 log-softmax；不要有 dropout 之类随机的东西。"
               "得分 1000 取 exp 就溢出了，F.log_softmax 会避开这一点。")
def test_log_probabilities(network, ours):
    small = {key: value for key, value in ours.items() if not key.startswith("fc1")}
    last = {key: value for key, value in ours.items() if key.startswith("fc2")}
    x = pictures(4)
    try:
        for changed in (small, {key: 4 * value for key, value in small.items()}, {key: HUGE * value for key, value in last.items()}):
            network.load(changed)
            compare(network.answers(x, 4), forward(ours | small | changed, x))
            network.load(small)
    finally:
        network.load(small)


@check(points=1, title="The network can learn: gradients reach every weight and bias", zh="网络能学习：梯度能传到每个权重和偏置",
       hint="Nothing on the way may cut the graph: no detach(), no .data, no torch.no_grad() in forward, and no weight with "
            "requires_grad=False.",
       zh_hint="途中不能切断计算图：forward 里不要 detach()、.data、torch.no_grad()，也不要把权重设成 requires_grad=False。")
def test_learns(network):
    x = network.like(pictures(4))
    assert network.net(x).requires_grad
    network.net.zero_grad()
    held(network.net)(x).backward(torch.randn(4, 10).to(network.dtype))
    for weights in network.parameters():
        assert weights.requires_grad and weights.grad is not None and weights.grad.any()


@check(points=1, title="Each image is judged by itself, in a batch of any size", zh="批量无论大小，每张图像都独立判断",
       hint="Flatten everything but dimension 0, write no batch size down, and take the softmax over the classes, not "
            "over the batch. Nothing random such as dropout: the same image gets the same answer each time.",
       zh_hint="除第 0 维之外全部展平，不要写死批量大小；softmax 是对类别做，不是对批量做。不要有 dropout 之类随机的东西：同一张图像每次的回答都一样。")
def test_batches(network):
    x = pictures(7)
    together = network.answers(x, 7)
    compare(network.answers(x[:2], 2), together[:2], "net(x[:2])")
    for i in (0, 3, 6):
        compare(network.answers(x[i:i + 1], 1), together[i:i + 1], f"net(x[{i}:{i + 1}])")
    assert not near(together[0], together[1])


@check(points=1, title="feature_sizes(net, x) follows x on its way through net, for any batch", zh="feature_sizes(net, x) 跟着 x 走过 net，批量任意",
       hint="Send x through the layers of the net that you are given and take the shapes from the tensors themselves. "
            "Don't write the sizes down.",
       zh_hint="让 x 真正流过传入的 net 的各层，形状从张量本身取得，不要把尺寸直接写出来。")
def test_sizes_of_batches(student, network):
    for n in (3, 8):
        told = [[number(length) for length in size] for size in sizes(student, network, pictures(n))]
        same(told, sizes_of(n, 28), what=f"feature_sizes(net, x) for {n} images")
    assert is_sent_through(student, network)


@check(points=1, title="count_parameters counts any model", zh="count_parameters 对任意模型都能计数",
       hint="Go through model.parameters() of the model that you are given: weights and biases, of a single layer as "
            "well. Other entries of its state_dict are nothing that can learn.",
       zh_hint="遍历传入的 model 的 model.parameters()：权重和偏置都要算，单独一层也要能数。state_dict 里其余的东西不是可学习的。")
def test_count_of_layers(student):
    extra = Network(student.ConvNet())
    modules = extra.modules()
    assert modules, "the network has no weights"
    for module, count in modules:
        same(number(student.count_parameters(module)), count, what="count_parameters(layer)")

    # A layer as large as no other, with a buffer, as BatchNorm has them; and that layer within another one.
    (first, count), (last, more) = modules[0], modules[-1]
    middle = next(name for name, shape in extra.shapes.items() if len(shape) == 1 and shape != (10,))
    last.register_parameter("scale", held(extra.net.get_parameter)(middle))
    last.register_buffer("seen", torch.zeros(7))
    if len(modules) == len(WEIGHTS) // 2:
        more += extra.shapes[middle][0]
        same(number(student.count_parameters(last)), more, what="count_parameters(layer with a buffer)")
        first.add_module("inner", last)
        same(number(student.count_parameters(first)), count + more, what="count_parameters(layer within a layer)")
    else:
        same(number(student.count_parameters(extra.net)), sum(count for _, count in modules), what="count_parameters(net)")


@check(points=1, title="The functions leave the images and the network as they are", zh="各个函数都不改动传入的图像和网络",
       hint="Write x = F.relu(…) and the like, which make new tensors; do nothing in place on the input, and don't "
            "set its requires_grad. Looking at a network's weights is no reason to change or freeze them, to leave it in "
            "evaluation mode, to clear their gradients, or to leave hooks behind.",
       zh_hint="像 x = F.relu(…) 这样会得到新的张量；不要对输入做原地（in-place）操作，也不要给它设置 requires_grad。数权重、看尺寸时不要改动、冻结权重，不要清零梯度，也不要让网络留在评估模式，或留下钩子（hook）。")
def test_left_alone(student, network):
    with contextlib.suppress(StudentError):  # whether it can learn is another check's concern
        held(network.net)(network.like(pictures(1))).sum().backward()
    frozen = network.parameters()[0]
    frozen.requires_grad_(False)
    network.net.train()
    before = state(network)
    plain, learning = network.like(pictures(4)) - 0.5, (network.like(pictures(4)) - 0.5).requires_grad_()
    learning.grad = network.like(pictures(4))
    for x in (plain, learning):
        images = place(student, x)
        answer = network.answers(images, 4)
        assert not near(answer[0], answer[1])
        assert len(sizes(student, network, images)) == 4
        after = fetch(images)
        assert torch.equal(after, x) and after.requires_grad == x.requires_grad
        assert after.grad is None if x.grad is None else torch.equal(after.grad, x.grad)
    number(student.count_parameters(network.net))
    assert state(network) == before
    frozen.requires_grad_(True)
