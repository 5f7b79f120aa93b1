"""The public checks: first gradients, end point, and that autograd found the slope."""

import numpy as np
import torch

from grader import check, draw_descent, same, scale_gradients

START = torch.tensor([[0.5039, 0.0183], [0.4765, 0.1726]])
GRADIENTS = torch.tensor([[3.0078, 2.0366], [2.9530, 2.3452]])
END = torch.tensor([[-0.5072, -0.6663], [-0.5162, -0.6158]])

# Any float dtype may be used: bfloat16, the coarsest, is off by 0.008. One step more or less changes the end point by
# 0.08.
CLOSE = 0.02


def compare(answer, expected, what):
    assert isinstance(answer, torch.Tensor | np.ndarray), f"{what} is not a tensor: it is {type(answer).__name__}"
    answer = torch.as_tensor(answer).detach()
    assert answer.is_floating_point(), f"{what} does not hold floats: its dtype is {answer.dtype}"
    same(answer, expected, atol=CLOSE, what=what)


def walk(student):
    """The picture: five steps of descend on the parabola."""
    steps = [student.descend(START, 0.1, count) for count in range(6)]
    return draw_descent(lambda x: (x + 1) ** 2, steps, lowest=-1)


@check(points=1, title="gradient(x) is the slope at the four starting values", zh="gradient(x) 给出四个起点处的导数",
       hint="Compute y from a copy of x that requires a gradient, call backward() on y's sum, return the copy's .grad.",
       zh_hint="用 x 的一份副本（requires_grad 为真）算出 y，对 y 的和调用 backward()，再返回副本的 .grad。")
def test_first_gradient(student):
    compare(student.gradient(START), GRADIENTS, "gradient(x)")


@check(points=1, title="The derivative comes from autograd", zh="导数由 autograd 求出",
       hint="Don't write 2x + 2 yourself, and don't divide differences: return what backward(), torch.autograd.grad or "
            "torch.func finds.",
       zh_hint="不要自己写出 2x + 2，也不要用差商：请返回 backward()、torch.autograd.grad 或 torch.func 求出的结果。")
def test_autograd(student):
    # With autograd's derivatives three times as large, only an answer that does not come from it stays the same.
    first, again = student.gradient(START), student.gradient(START)
    larger = scale_gradients(student.gradient, 3)(START)
    assert all(isinstance(slope, torch.Tensor | np.ndarray) for slope in (first, again, larger)), "gradient(x) is not a tensor"
    first, again, larger = (torch.as_tensor(slope).detach().double() for slope in (first, again, larger))
    assert torch.equal(first, again), "two calls with the same x give different answers"
    assert not torch.allclose(first, larger), "the answer does not depend on autograd"


@check(points=2, title="x_final is where five steps at rate 0.1 end", zh="x_final 是以学习率 0.1 走五步之后的位置", picture=walk,
       hint="Each of the steps is x − learning_rate · gradient. Count the steps, check the sign, and if you call "
            "backward() several times on one tensor, clear its gradient in between.",
       zh_hint="每一步都是 x − learning_rate · 梯度。数一数步数，看看正负号；如果对同一个张量多次 backward()，中间要把梯度清零。")
def test_end_point(student):
    compare(student.x_final, END, "x_final")
