"""The hidden checks: other shapes, rates and numbers of steps, the caller's tensor, other parameters."""

import contextlib

import numpy as np
import torch

from grader import Mismatch, check, fetch, held, number, place, same, shape_of

# Of 1 + |expected|. bfloat16 is off by at most 0.016 (300 seeds), float32 by 4e-7. What the functions answer in a finer
# dtype has to be finer, and not rounded to four digits; a start can have been rounded before.
TOLERANCE = 0.03
FINE = 1e-5

SHAPES = [(), (1,), (7,), (2, 3, 4)]

# Shape, rate, steps: a single number, all the way in one step, slowly, far away from -1, no step at all, and so many steps
# that the last ones are small.
WALKS = [((), 0.3, 3), ((3,), 0.5, 1), ((2, 3, 4), 0.05, 7), ((4, 1), 1.6, 4), ((2, 2), 0.2, 0), ((5,), 0.1, 30)]


def anywhere(shape):
    """Values between -3 and 3."""
    return 6 * torch.rand(shape) - 3


def both(shape):
    """A tensor that requires no gradient, and another that does."""
    return anywhere(shape), anywhere(shape).requires_grad_()


def slope(x):
    return 2 * x + 2


def end(x, rate, steps):
    """Each step multiplies the distance to -1 by 1 - 2 * rate."""
    return (x + 1) * (1 - 2 * rate) ** steps - 1


def compare(answer, expected, what, fine=FINE):
    """Raise Mismatch unless an answer has the expected shape and values."""
    if expected.ndim == 0 and not isinstance(answer, torch.Tensor | np.ndarray):
        # A plain number is as good as a tensor without dimensions. How finely it was computed is not known.
        answer, fine = torch.tensor(number(answer)), TOLERANCE
    assert isinstance(answer, torch.Tensor | np.ndarray)
    found = torch.as_tensor(answer).detach()
    assert found.is_floating_point(), f"{what} holds no decimal numbers"
    tolerance = fine if found.dtype in (torch.float32, torch.float64) else TOLERANCE
    same(found, expected, atol=tolerance, rtol=tolerance, what=what)


def matches(answer, expected, fine=FINE):
    """Whether an answer of the expected shape has the expected values."""
    if isinstance(answer, torch.Tensor | np.ndarray):
        shape_of(answer, expected.shape)
    try:
        compare(answer, expected, "", fine)
    except Mismatch:
        return False
    return True


def compare_end(answer, what, student, x, rate, steps, fine=FINE):
    """Raise Mismatch unless a point is where so many steps lead, or where they lead by the student's own gradient.

    So a slip in gradient is not paid for twice.
    """
    try:
        compare(answer, end(x, rate, steps), what, fine)
    except Mismatch:
        here = by_own_gradient(student, x.detach(), rate, steps)
        if not matches(answer, here, fine) or torch.allclose(here, x):
            raise


def by_own_gradient(student, x, rate, steps):
    """Where so many steps lead by the student's own gradient."""
    here = x
    for _ in range(steps):
        step = student.gradient(here)
        assert isinstance(step, torch.Tensor | np.ndarray | np.number | float)
        here = here - rate * torch.as_tensor(step).detach().reshape(x.shape)
    return here


@check(points=2, title="gradient(x) works for a tensor of any shape, whether or not it requires a gradient",
       zh="gradient(x) 对任意形状的张量都成立，不论它是否需要梯度",
       hint="A tensor without dimensions is a tensor too, and one that requires a gradient has to be detached first. backward() needs one "
            "number: take the sum, not the mean.",
       zh_hint="零维张量也是张量；已经需要梯度的张量要先 detach()。backward() 要从一个数出发：用求和，不要用平均。")
def test_gradient_anywhere(student):
    for shape in SHAPES:
        for x in both(shape):
            compare(student.gradient(x), slope(x), "gradient(x)")


@check(points=2, title="descend(x, learning_rate, epochs) goes where other rates and step counts lead",
       zh="换别的学习率和步数，descend(x, learning_rate, epochs) 也走到正确的位置",
       hint="Use the arguments, not the notebook's variables. Exactly `epochs` steps, each against the gradient at "
            "the point where you are now, and at the end return the point.",
       zh_hint="请使用函数的参数，而不是笔记本里的变量。恰好走 epochs 步，每一步都用当前位置的梯度、朝反方向走，最后返回的是位置。")
def test_descend_anywhere(student):
    for shape, rate, steps in WALKS:
        for x in both(shape):
            compare_end(student.descend(x, rate, steps), f"descend(x, {rate}, {steps})", student, x, rate, steps)


@check(points=1, title="Neither function changes the tensor it is given", zh="两个函数都不改动传入的张量",
       hint="detach() shares storage with the original. Work on a clone of it, and leave requires_grad of the "
            "caller's x alone: an x that was computed can't be switched, and has no .grad.",
       zh_hint="detach() 与原张量共享存储。请在它的克隆上计算，也不要动调用者的 x 的 requires_grad：算出来的 x 改不了它，也没有 .grad。")
def test_left_alone(student):
    plain, learning = both((3, 2))
    learning.grad = anywhere((3, 2))
    for x in (plain, learning):
        given = place(student, x)
        found, arrived = student.gradient(given), student.descend(given, 0.2, 3)
        # One of them has to be right. Whether both are is another check's concern.
        if not matches(found, slope(x)):
            compare_end(arrived, "descend(x, 0.2, 3)", student, x, 0.2, 3)
        after = fetch(given)
        assert torch.equal(after, x) and after.requires_grad == x.requires_grad
        assert after.grad is None if x.grad is None else torch.equal(after.grad, x.grad)
    # Only a leaf has a requires_grad that can be switched, and a grad that can be borrowed.
    right = False
    with contextlib.suppress(AssertionError):
        right = matches(student.gradient(learning), slope(learning))
    if right:
        compare(student.gradient(held(place(student, learning).mul)(1.0)), slope(learning), "gradient(x * 1.0)")


@check(points=1, title="x_final follows the parameters", zh="参数变了，x_final 也跟着变",
       hint="x_final has to be computed from start, learning_rate and epochs, not written in.",
       zh_hint="x_final 要由 start、learning_rate 和 epochs 算出来，不能写成固定的数。")
def test_other_parameters(rerun):
    start = anywhere((3, 4))
    other = rerun(start=start.tolist(), learning_rate=0.15, epochs=4)
    compare_end(other.x_final, "x_final", other, start, 0.15, 4, TOLERANCE)
