"""The hidden checks: other values and shapes, with and without a gradient, the caller's tensor, another size."""

import numpy as np
import torch

from grader import check, fetch, number, place

# Of 1 + |expected|. bfloat16, the coarsest float dtype, is off by at most 0.0135 (1,000 seeds).
TOLERANCE = 0.03
EXACT = 1e-3  # for values that are only handed on; float16 keeps them to 0.0004

SHAPES = [(), (1,), (7,), (2, 3, 4)]


def anywhere(shape):
    """Values between -3 and 3, at least 0.5 away from -2, where forward is flat, and from 0."""
    return torch.where(torch.rand(shape) < 0.5, -1.5 + torch.rand(shape), 0.5 + 2.5 * torch.rand(shape))


def both(shape):
    """A tensor that requires no gradient, and another that does."""
    return anywhere(shape), anywhere(shape).requires_grad_()


def mean_of_squares(x):
    return (3 * (x.detach().double() + 2) ** 2).mean()


def slope(x):
    return 6 * (x.detach().double() + 2) / x.numel()


def energy(a):
    return (a.detach().double() ** 2).sum()


def needs_gradient(answer):
    return isinstance(answer, torch.Tensor) and answer.requires_grad


def matches(answer, expected, tolerance=TOLERANCE):
    if expected.ndim == 0:
        answer = torch.tensor(number(answer))
    assert isinstance(answer, torch.Tensor | np.ndarray)
    found, wanted = torch.as_tensor(answer).detach(), expected.detach().double()
    assert found.shape == wanted.shape
    return bool(((found.double() - wanted).abs() <= tolerance * (1 + wanted.abs())).all())


def is_array_of(answer, tensor):
    assert isinstance(answer, np.ndarray | np.number | np.bool_), f"an array was expected, this is {type(answer).__name__}"
    return matches(np.asarray(answer, dtype=float), tensor, EXACT)


@check(points=1, title="forward(x) works for any shape and keeps the graph", zh="forward(x) 对任意形状都成立，并保留计算图",
       hint="The mean is over all elements, however many there are. Where x requires a gradient, so must the result: stay "
            "with PyTorch's operations.",
       zh_hint="平均是对所有元素求的，不管有多少个。x 需要梯度时，结果也要需要梯度：全程使用 PyTorch 的运算。")
def test_forward_anywhere(student):
    for shape in SHAPES:
        for x in both(shape):
            out = student.forward(x)
            assert matches(out, mean_of_squares(x))
            assert needs_gradient(out) or not x.requires_grad


@check(points=2, title="gradient_at(x) works for any shape, whether or not x requires a gradient",
       zh="gradient_at(x) 对任意形状都成立，不论 x 是否需要梯度",
       hint="Differentiate your forward at the x that is passed in; don't count on four elements. Return one derivative for "
            "each element.",
       zh_hint="在传入的 x 处对你的 forward 求导；元素不一定是四个。每个元素对应一个导数。")
def test_gradient_anywhere(student):
    for shape in SHAPES:
        for x in both(shape):
            assert matches(student.gradient_at(x), slope(x))


@check(points=1, title="energy_without_graph(a) is right and never needs a gradient",
       zh="energy_without_graph(a) 结果正确，并且从不需要梯度",
       hint="Put the whole computation inside `with torch.no_grad():`, or detach a first. The sum is over all elements.",
       zh_hint="把整个计算放进 with torch.no_grad(): 里面，或者先 detach a。求和要包括所有元素。")
def test_energy_anywhere(student):
    for shape in SHAPES:
        for a in both(shape):
            answer = student.energy_without_graph(a)
            assert matches(answer, energy(a)) and not needs_gradient(answer)


@check(points=1, title="as_array(t) makes an array of any tensor", zh="as_array(t) 能把任何张量变成数组",
       hint="t.detach().numpy() works whether t requires a gradient or not; the shape stays what it is.",
       zh_hint="不论 t 是否需要梯度，t.detach().numpy() 都行得通；形状保持不变。")
def test_array_anywhere(student):
    for shape in SHAPES:
        for t in both(shape):
            assert is_array_of(student.as_array(t), t)
    whole = torch.randint(1, 100, (4, 5))
    assert is_array_of(student.as_array(whole), whole)
    assert is_array_of(student.as_array(whole > 50), whole > 50)


@check(points=1, title="No function changes the tensor it is given", zh="四个函数都不改动传入的张量",
       hint="Work on x.detach(), and don't touch the caller's requires_grad. If backward() runs on the caller's own tensor, "
            "it adds to their .grad.",
       zh_hint="请在 x.detach() 上计算，不要动调用者的 requires_grad。如果直接对调用者的张量 backward()，就会累加到他的 .grad 上。")
def test_left_alone(student):
    plain, learning = both((3, 2))
    learning.grad = anywhere((3, 2))
    for x in (plain, learning):
        held = place(student, x)
        assert matches(student.forward(held), mean_of_squares(x))
        assert matches(student.gradient_at(held), slope(x))
        assert matches(student.energy_without_graph(held), energy(x))
        assert is_array_of(student.as_array(held), x)
        after = fetch(held)
        assert torch.equal(after, x) and after.requires_grad == x.requires_grad
        assert after.grad is None if x.grad is None else torch.equal(after.grad, x.grad)


@check(points=1, title="out and x.grad follow the size", zh="size 变了，out 和 x.grad 也跟着变",
       hint="Make x with torch.ones(size, size, requires_grad=True), then out = forward(x), then out.backward(), once.",
       zh_hint="用 torch.ones(size, size, requires_grad=True) 生成 x，再令 out = forward(x)，然后调用一次 out.backward()。")
def test_other_size(rerun):
    size = int(torch.randint(3, 7, ()))
    other = rerun(size=size)
    assert matches(other.out, torch.tensor(27.0))
    assert matches(other.x.grad, torch.full((size, size), 18 / size**2))
