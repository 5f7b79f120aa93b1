"""The public checks: the notebook's own line, and that autograd and nothing more found it."""

import numpy as np
import torch

from grader import check, draw_costs, draw_line, number, same, scale_gradients

# The usual loop (rate 0.01, 2000 steps) ends at w 2.80 to 2.94, b 0.83 to 0.91: 0 of 5,000 runs are outside.
CLOSE_W, CLOSE_B = 0.21, 0.12

READY_MADE = ("torch.nn", "torch.optim")
CLOSED_FORMS = (".lstsq", ".solve", ".inv", ".pinv", ".polyfit")


def one_step(fit):
    """Where one step of `fit` leads, on points so high that any usual start counts as zero."""
    line = fit(torch.tensor([[1.0], [2.0]]), torch.tensor([[4e5], [7e5]]), 0.1, 1)
    return number(line[0]), number(line[1])


def own_line(student):
    """The picture: the notebook's line over its points."""
    return draw_line(student.x, student.y, student.w, student.b, true=(3, 0.8))


def path(student):
    """The picture: the way of fit, at rate 0.5, on the map of the mean squared error."""
    x = torch.linspace(0, 1, 50).reshape(-1, 1)
    y = 3 * x + 0.8
    lines = [student.fit(x, y, 0.5, steps) for steps in (0, 1, 2, 3, 5, 8, 13, 20, 30, 50, 100)]
    ws, bs = np.linspace(-1, 5, 25), np.linspace(-1, 2.6, 25)
    return draw_costs(ws, bs, lambda w, b: float(((w * x + b - y) ** 2).mean()), walk=lines)


@check(points=1, title="w and b are close to y = 3x + 0.8", zh="w 和 b 接近 y = 3x + 0.8", picture=own_line,
       hint="Is each step against the gradient, are the gradients of w and b cleared every time, are both updated? If "
            "all of that is right, the rate is too small or the steps too few.",
       zh_hint="每一步都朝梯度的反方向吗？w 和 b 的梯度每次都清零了吗？两个都更新了吗？如果都没问题，那就是学习率太小或步数太少。")
def test_line(student):
    w, b = number(student.w), number(student.b)
    same(w, 3, atol=CLOSE_W, what="w")
    same(b, 0.8, atol=CLOSE_B, what="b")


@check(points=1, title="Autograd finds the gradient; torch.nn, torch.optim and closed forms are not used",
       zh="梯度由 autograd 求出，没有使用 torch.nn、torch.optim 和闭式解", picture=path,
       hint="Get the gradient with backward() or torch.autograd.grad and write the update yourself.",
       zh_hint="用 backward() 或 torch.autograd.grad 求梯度，参数更新自己写。")
def test_means(student, source):
    once, larger = one_step(student.fit), one_step(scale_gradients(student.fit, 3))
    most = max(map(abs, once))
    assert most > 100, "fit(x, y, …) takes no step"
    assert all(abs(many - 3 * part) <= 0.01 * most for many, part in zip(larger, once)), "autograd does not find the gradient"
    # A closed form in a cell that only compares does no harm.
    ready = source.behind("fit", "w", "b").uses(*READY_MADE, *CLOSED_FORMS)
    assert not ready, "torch.nn, torch.optim or a closed form is behind fit, w or b"
