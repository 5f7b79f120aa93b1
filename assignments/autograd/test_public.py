"""The public checks: the notebook's own out and x.grad, and each function on a small tensor."""

import numpy as np
import torch

from grader import StudentError, check, fetch, held, number, place, scale_gradients

# Any float dtype may be used; the numbers below are exact in all of them, bfloat16 included.
CLOSE = 0.01

SMALL = torch.tensor([[0.0, 1.0], [2.0, -1.0]])  # four terms 12, 27, 48, 3: their mean is 22.5
ROW = torch.tensor([0.0, 1.0, 2.0])
SLOPES = torch.tensor([[3.0, 4.5], [6.0, 1.5]])


def is_close(answer, expected):
    assert isinstance(answer, torch.Tensor | np.ndarray), f"a tensor was expected, this is {type(answer).__name__}"
    answer = torch.as_tensor(answer).detach()
    assert answer.shape == expected.shape, f"shape {tuple(answer.shape)} in place of {tuple(expected.shape)}"
    return torch.allclose(answer.double(), expected.double(), rtol=0, atol=CLOSE)


def own_slope(student, x):
    """The derivative of the student's own forward at x, found in the session. None if its graph does not reach x."""
    leaf = place(student, x.detach().clone().requires_grad_())
    try:
        held(student.forward)(leaf).backward()
    except StudentError:
        return None
    return fetch(leaf).grad


@check(points=1, title="out is 27 and backward() leaves 4.5 in x.grad", zh="out 是 27，backward() 之后 x.grad 处处是 4.5",
       hint="forward averages 3(x + 2)² over all elements and returns a tensor that still hangs in the graph: no .item(), "
            "no NumPy on the way.",
       zh_hint="forward 对所有元素求 3(x + 2)² 的平均，返回的张量要仍在计算图里：中途不要用 .item() 或 NumPy。")
def test_forward_backward(student):
    assert abs(number(student.forward(SMALL)) - 22.5) <= CLOSE
    assert abs(number(student.out) - 27) <= CLOSE
    assert is_close(student.x.grad, torch.full((2, 2), 4.5))


@check(points=1, title="gradient_at(x) is the gradient of forward at x", zh="gradient_at(x) 给出 forward 在 x 处的梯度",
       hint="Call backward() on forward of a tensor that requires a gradient, and return that tensor's .grad.",
       zh_hint="取一个需要梯度的张量，算出 forward，对结果调用 backward()，再返回这个张量的 .grad。")
def test_gradient(student):
    answer = student.gradient_at(SMALL)
    if not is_close(answer, SLOPES):
        own = own_slope(student, SMALL)  # a slip in forward is not paid for twice
        assert own is not None and own.any() and is_close(answer, own)


@check(points=1, title="gradient_at's answer comes from autograd", zh="gradient_at 的结果由 autograd 求出",
       hint="No formula and no differences: return what backward() left in .grad, or what torch.autograd.grad finds.",
       zh_hint="不要写公式，也不要用差商：请返回 backward() 放进 .grad 的结果，或者 torch.autograd.grad 求出的结果。")
def test_by_autograd(student):
    # With autograd's derivatives three times as large, only an answer that does not come from it stays the same.
    first, again = student.gradient_at(ROW), student.gradient_at(ROW)
    larger = scale_gradients(student.gradient_at, 3)(ROW)
    assert all(isinstance(slope, torch.Tensor | np.ndarray) for slope in (first, again, larger)), "a tensor was expected"
    first, again, larger = (torch.as_tensor(slope).detach().double() for slope in (first, again, larger))
    assert torch.equal(first, again), "two calls with the same x give different answers"
    assert not torch.allclose(first, larger), "the answer does not depend on autograd"


@check(points=1, title="energy_without_graph and as_array give numbers without a graph",
       zh="energy_without_graph 和 as_array 给出不带计算图的数值",
       hint="Compute the sum of the squares under torch.no_grad(); detach a tensor before you call .numpy() on it.",
       zh_hint="平方和要放在 torch.no_grad() 里计算；对张量调用 .numpy() 之前先 detach()。")
def test_without_graph(student):
    a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    energy, array = student.energy_without_graph(a), student.as_array(a)
    assert abs(number(energy) - 14) <= CLOSE and not getattr(energy, "requires_grad", False)
    assert isinstance(array, np.ndarray) and is_close(array, a)
