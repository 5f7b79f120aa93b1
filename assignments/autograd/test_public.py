"""The public checks: the notebook's own out and x.grad, and each function on a small tensor."""

import numpy as np
import torch

from grader import StudentError, check, fetch, held, number, place, same, scale_gradients, shape_of

# Any float dtype may be used; the numbers below are exact in all of them, bfloat16 included.
CLOSE = 0.01

SMALL = torch.tensor([[0.0, 1.0], [2.0, -1.0]])  # four terms 12, 27, 48, 3: their mean is 22.5
ROW = torch.tensor([0.0, 1.0, 2.0])
SLOPES = torch.tensor([[3.0, 4.5], [6.0, 1.5]])


def plain(answer, what):
    assert isinstance(answer, torch.Tensor | np.ndarray), f"{what} is not a tensor: it is {type(answer).__name__}"
    return torch.as_tensor(answer).detach().double()


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
    same(number(student.forward(SMALL)), 22.5, atol=CLOSE, what="forward([[0, 1], [2, -1]])")
    same(number(student.out), 27, atol=CLOSE, what="out")
    same(plain(student.x.grad, "x.grad"), torch.full((2, 2), 4.5), atol=CLOSE, what="x.grad")


@check(points=1, title="gradient_at(x) is the gradient of forward at x", zh="gradient_at(x) 给出 forward 在 x 处的梯度",
       hint="Call backward() on forward of a tensor that requires a gradient, and return that tensor's .grad.",
       zh_hint="取一个需要梯度的张量，算出 forward，对结果调用 backward()，再返回这个张量的 .grad。")
def test_gradient(student):
    answer = plain(student.gradient_at(SMALL), "gradient_at(x)")
    shape_of(answer, SLOPES.shape, what="gradient_at(x)")
    expected = SLOPES
    if not torch.allclose(answer, SLOPES.double(), rtol=0, atol=CLOSE):
        own = own_slope(student, SMALL)  # a slip in forward is not paid for twice
        expected = own if own is not None and own.any() else SLOPES
    same(answer, expected, atol=CLOSE, what="gradient_at(x)")


@check(points=1, title="gradient_at's answer comes from autograd", zh="gradient_at 的结果由 autograd 求出",
       hint="No formula and no differences: return what backward() left in .grad, or what torch.autograd.grad finds.",
       zh_hint="不要写公式，也不要用差商：请返回 backward() 放进 .grad 的结果，或者 torch.autograd.grad 求出的结果。")
def test_by_autograd(student):
    # With autograd's derivatives three times as large, only an answer that does not come from it stays the same.
    first, again = student.gradient_at(ROW), student.gradient_at(ROW)
    larger = scale_gradients(student.gradient_at, 3)(ROW)
    assert all(isinstance(slope, torch.Tensor | np.ndarray) for slope in (first, again, larger)), "gradient_at(x) is not a tensor"
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
    same(number(energy), 14, atol=CLOSE, what="energy_without_graph([1, 2, 3])")
    assert not getattr(energy, "requires_grad", False), "energy_without_graph(a) still hangs in the graph: it requires a gradient"
    assert isinstance(array, np.ndarray), f"as_array(a) is not a NumPy array: it is {type(array).__name__}"
    same(plain(array, "as_array(a)"), a, atol=CLOSE, what="as_array([1, 2, 3])")
