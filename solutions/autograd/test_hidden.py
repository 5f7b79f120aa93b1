"""The hidden checks: other values and shapes, with and without a gradient, the caller's tensor, another size."""

import ast
import contextlib

import numpy as np
import pytest
import torch

from grader import Mismatch, StudentError, check, fetch, held, number, place, same, shape_of

# Of 1 + |expected|. bfloat16, the coarsest float dtype, is off by at most 0.0135 (1,000 seeds).
TOLERANCE = 0.03

SHAPES = [(), (1,), (7,), (2, 3, 4)]

FUNCTIONS = {"forward", "gradient_at", "energy_without_graph", "as_array"}


def anywhere(shape):
    """Values between -3 and 3, at least 0.5 away from -2, where forward is flat, and from 0."""
    return torch.where(torch.rand(shape) < 0.5, -1.5 + torch.rand(shape), 0.5 + 2.5 * torch.rand(shape))


def both(shape):
    """A tensor that requires no gradient, and another that does."""
    return anywhere(shape), anywhere(shape).requires_grad_()


def computed(student):
    """A tensor in the middle of a graph, held in the session, its leaf there, and its values."""
    leaf = place(student, anywhere((3, 4)).requires_grad_())
    middle = held(leaf.mul)(1.0)
    return middle, leaf, fetch(leaf).detach()


def mean_of_squares(x):
    return (3 * (x.detach().double() + 2) ** 2).mean()


def slope(x):
    return 6 * (x.detach().double() + 2) / x.numel()


def energy(a):
    return (a.detach().double() ** 2).sum()


def needs_gradient(answer):
    return isinstance(answer, torch.Tensor) and answer.requires_grad


def compare(answer, expected, what):
    """Raise Mismatch unless an answer is a tensor or array of the expected shape and numbers."""
    if expected.ndim == 0 and not isinstance(answer, torch.Tensor | np.ndarray):
        answer = torch.tensor(number(answer))  # a plain number is as good as a tensor without dimensions
    assert isinstance(answer, torch.Tensor | np.ndarray)
    same(answer, expected, atol=TOLERANCE, rtol=TOLERANCE, what=what)


def compare_number(answer, expected, what):
    """Raise Mismatch unless an answer is the expected number, whatever holds it."""
    compare(torch.tensor(number(answer)), expected, what)


def is_array_of(answer, tensor):
    """Whether an answer is an array of a tensor's shape and values: numbers that are only handed on stay what they are."""
    assert isinstance(answer, np.ndarray | np.number | np.bool_), f"an array was expected, this is {type(answer).__name__}"
    shape_of(answer, tensor.shape, what="as_array(t)")
    return answer.tolist() == tensor.detach().numpy().tolist()


def own_slope(student, x):
    """The derivative of the student's own forward at x, found in the session. None if its graph does not reach x."""
    leaf = place(student, x.detach().clone().requires_grad_())
    try:
        held(student.forward)(leaf).backward()
    except StudentError:
        return None
    return fetch(leaf).grad


def is_same(function, x, expected):
    """Whether a function of the student's gives this answer at x."""
    try:
        answer, expected = (torch.as_tensor(each).detach() for each in (function(x), expected))
    except (StudentError, RuntimeError, TypeError):
        return False
    return answer.shape == expected.shape and torch.allclose(answer.double(), expected.double())


def is_computed(answer, x):
    """Whether an answer is more than x itself or one number everywhere: an array, or other values.

    Whether it is right is another check's concern.
    """
    if not isinstance(answer, torch.Tensor | np.ndarray) or answer.shape != x.shape:
        return False
    found = torch.as_tensor(answer).detach().double()
    same = isinstance(answer, torch.Tensor) and torch.allclose(found, x.detach().double(), 0.1, 0.1)
    return bool(found.max() > found.min()) and not same


@check(points=1, title="forward(x) works for any shape and keeps the graph", zh="forward(x) 对任意形状都成立，并保留计算图",
       hint="The mean is over all elements, however many there are. Where x requires a gradient, so must the result: stay "
            "with PyTorch's operations.",
       zh_hint="平均是对所有元素求的，不管有多少个。x 需要梯度时，结果也要需要梯度：全程使用 PyTorch 的运算。")
def test_forward_anywhere(student):
    for shape in SHAPES:
        for x in both(shape):
            out = student.forward(x)
            compare_number(out, mean_of_squares(x), "forward(x)")
            assert needs_gradient(out) or not x.requires_grad
        reached = own_slope(student, x)
        assert reached is not None, "backward() does not lead from the result to x"
        compare(reached, slope(x), "x.grad after forward(x).backward()")


@check(points=1, title="gradient_at(x) works for any shape, whether or not x requires a gradient",
       zh="gradient_at(x) 对任意形状都成立，不论 x 是否需要梯度",
       hint="Differentiate your forward at the x that is passed in; don't count on four elements. Return one derivative for "
            "each element.",
       zh_hint="在传入的 x 处对你的 forward 求导；元素不一定是四个。每个元素对应一个导数。")
def test_gradient_anywhere(student):
    for shape in SHAPES:
        for x in both(shape):
            answer = student.gradient_at(x)
            try:
                compare(answer, slope(x), "gradient_at(x)")
            except Mismatch:
                own = own_slope(student, x)  # a slip in forward is not paid for twice
                if own is None or not own.any():
                    raise
                compare(answer, own, "gradient_at(x)")


@check(points=1, title="energy_without_graph(a) is right and never needs a gradient",
       zh="energy_without_graph(a) 结果正确，并且从不需要梯度",
       hint="Put the whole computation inside `with torch.no_grad():`, or detach a first. The sum is over all elements.",
       zh_hint="把整个计算放进 with torch.no_grad(): 里面，或者先 detach a。求和要包括所有元素。")
def test_energy_anywhere(student):
    for shape in SHAPES:
        for a in both(shape):
            answer = student.energy_without_graph(a)
            compare_number(answer, energy(a), "energy_without_graph(a)")
            assert not needs_gradient(answer)


@check(points=1, title="as_array(t) makes an array of any tensor", zh="as_array(t) 能把任何张量变成数组",
       hint="t.detach().numpy() works whether t requires a gradient or not. Shape and values stay what they are: large whole "
            "numbers do not survive float32, nor do the last digits of float64.",
       zh_hint="不论 t 是否需要梯度，t.detach().numpy() 都行得通。形状和数值都保持不变：很大的整数、float64 的末尾几位经过 float32 都会变样。")
def test_array_anywhere(student):
    for shape in SHAPES:
        for t in both(shape):
            assert is_array_of(student.as_array(t), t)
    whole = torch.randint(2**60, 2**61, (4, 5))
    assert is_array_of(student.as_array(whole), whole)
    assert is_array_of(student.as_array(whole % 2 == 0), whole % 2 == 0)
    fine = torch.rand(3, 2, dtype=torch.float64)
    assert is_array_of(student.as_array(fine), fine)
    assert is_array_of(student.as_array(fine.T), fine.T)


@check(points=1, title="No function changes the tensor it is given", zh="四个函数都不改动传入的张量",
       hint="Work on x.detach(), and don't touch the caller's requires_grad. If backward() runs on the caller's own tensor, "
            "it adds to their .grad; and a tensor that was computed has no .grad.",
       zh_hint="请在 x.detach() 上计算，不要动调用者的 requires_grad。如果直接对调用者的张量 backward()，就会累加到他的 .grad 上；而算出来的张量没有 .grad。")
def test_left_alone(student):
    plain, learning = both((3, 2))
    learning.grad = anywhere((3, 2))
    for x in (plain, learning):
        given, answers = place(student, x), []
        for function in (student.forward, student.gradient_at, student.energy_without_graph, student.as_array):
            with contextlib.suppress(StudentError):  # another check's concern, as is whether the answers are right
                answers.append(function(given))
        assert any(is_computed(answer, x) for answer in answers)
        after = fetch(given)
        assert torch.equal(after, x) and after.requires_grad == x.requires_grad
        assert after.grad is None if x.grad is None else torch.equal(after.grad, x.grad)
    middle, leaf, values = computed(student)
    in_a_graph = middle.requires_grad  # unless a function has switched autograd off for good, which other checks see
    for function in (student.forward, student.gradient_at, student.energy_without_graph, student.as_array):
        with contextlib.suppress(StudentError):
            usual = function(values.clone().requires_grad_())
            # Only a leaf has a requires_grad that can be switched, and a grad that can be borrowed.
            assert usual is None or is_same(function, middle, usual)
    if in_a_graph:
        held(middle.sum)().backward()  # the graph of the tensor is the caller's, too
        after = fetch(leaf)
        assert torch.equal(after.detach(), values) and torch.equal(after.grad, torch.ones(3, 4))


@check(points=1, title="out and x.grad follow the size, by out.backward()", zh="size 变了，out 和 x.grad 也跟着变，并且由 out.backward() 得到",
       hint="Make x with torch.ones(size, size, requires_grad=True), then out = forward(x), then out.backward(), once. Write nothing "
            "into x.grad yourself.",
       zh_hint="用 torch.ones(size, size, requires_grad=True) 生成 x，再令 out = forward(x)，然后调用一次 out.backward()。不要自己给 x.grad 赋值。")
def test_other_size(rerun, source):
    size = int(torch.randint(3, 7, ()))
    other = rerun(size=size)
    compare_number(other.out, torch.tensor(27.0), "out")
    compare(other.x.grad, torch.full((size, size), 18 / size**2), "x.grad")
    assert needs_gradient(other.out), "out has no graph"
    # A graph can be walked once, unless it is asked to stay. How the four functions ask is their own affair.
    parts = [node for tree in source.trees for node in tree.body if getattr(node, "name", "") not in FUNCTIONS]
    keywords = {node.arg for part in parts for node in ast.walk(part) if isinstance(node, ast.keyword)}
    if not keywords & {"retain_graph", "create_graph"}:
        with pytest.raises(StudentError):
            held(other).out.backward()
