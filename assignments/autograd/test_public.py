"""The public checks: the notebook's own out and x.grad, and each function on a small tensor."""

import numpy as np
import torch

from grader import check, number

# Any float dtype may be used; the numbers below are exact in all of them, bfloat16 included.
CLOSE = 0.01

SMALL = torch.tensor([[0.0, 1.0], [2.0, -1.0]])  # four terms 12, 27, 48, 3: their mean is 22.5
SLOPES = torch.tensor([[3.0, 4.5], [6.0, 1.5]])


def is_close(answer, expected):
    assert isinstance(answer, torch.Tensor | np.ndarray), f"a tensor was expected, this is {type(answer).__name__}"
    answer = torch.as_tensor(answer).detach()
    assert answer.shape == expected.shape, f"shape {tuple(answer.shape)} in place of {tuple(expected.shape)}"
    return torch.allclose(answer.double(), expected.double(), rtol=0, atol=CLOSE)


@check(points=1, title="out is 27 and backward() leaves 4.5 in x.grad", zh="out 是 27，backward() 之后 x.grad 处处是 4.5",
       hint="forward averages 3(x + 2)² over all elements and returns a tensor that still hangs in the graph: no .item(), "
            "no NumPy on the way.",
       zh_hint="forward 对所有元素求 3(x + 2)² 的平均，返回的张量要仍在计算图里：中途不要用 .item() 或 NumPy。")
def test_forward_backward(student):
    assert abs(number(student.forward(SMALL)) - 22.5) <= CLOSE
    assert abs(number(student.out) - 27) <= CLOSE
    assert is_close(student.x.grad, torch.full((2, 2), 4.5))


@check(points=1, title="gradient_at(x) is the gradient at x", zh="gradient_at(x) 给出 x 处的梯度",
       hint="Call backward() on forward of a tensor that requires a gradient, and return that tensor's .grad.",
       zh_hint="取一个需要梯度的张量，算出 forward，对结果调用 backward()，再返回这个张量的 .grad。")
def test_gradient(student):
    assert is_close(student.gradient_at(SMALL), SLOPES)


@check(points=1, title="energy_without_graph and as_array give numbers without a graph",
       zh="energy_without_graph 和 as_array 给出不带计算图的数值",
       hint="Compute the sum of the squares under torch.no_grad(); detach a tensor before you call .numpy() on it.",
       zh_hint="平方和要放在 torch.no_grad() 里计算；对张量调用 .numpy() 之前先 detach()。")
def test_without_graph(student):
    a = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    energy, array = student.energy_without_graph(a), student.as_array(a)
    assert abs(number(energy) - 14) <= CLOSE and not getattr(energy, "requires_grad", False)
    assert isinstance(array, np.ndarray) and is_close(array, a)
