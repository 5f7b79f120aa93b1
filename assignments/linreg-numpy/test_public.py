"""The public checks: the notebook's own line, and that neither PyTorch nor a ready-made formula found it."""

import numpy as np

from grader import check, draw_costs, draw_line, number, same

# The usual loop (rate 0.01, 2000 steps) ends at w 2.80 to 2.94, b 0.83 to 0.91: 0 of 5,000 runs are outside.
CLOSE_W, CLOSE_B = 0.21, 0.12

CLOSED_FORMS = (".lstsq", ".solve", ".inv", ".pinv", ".tensorsolve", ".tensorinv", ".polyfit", ".cov", ".corrcoef",
                ".covariance", ".correlation", ".linear_regression", ".linregress", ".curve_fit")


def takes_a_step(student):
    """Whether one step of `fit` leads anywhere. Nothing forbidden is used where nothing is written."""
    line = student.fit(np.array([[1.0], [2.0]]), np.array([[4e5], [7e5]]), 0.1, 1)
    return max(abs(number(part)) for part in line) > 100  # from any usual start, the gradient being about 1e6


def own_line(student):
    """The picture: the notebook's line over its points."""
    return draw_line(student.x, student.y, student.w, student.b, true=(3, 0.8))


def path(student):
    """The picture: the way of fit, at rate 0.5, on the map of the mean squared error."""
    x = np.linspace(0, 1, 50).reshape(-1, 1)
    y = 3 * x + 0.8
    lines = [student.fit(x, y, 0.5, steps) for steps in (0, 1, 2, 3, 5, 8, 13, 20, 30, 50, 100)]
    ws, bs = np.linspace(-1, 5, 25), np.linspace(-1, 2.6, 25)
    return draw_costs(ws, bs, lambda w, b: float(((w * x + b - y) ** 2).mean()), walk=lines)


@check(points=1, title="w and b are close to y = 3x + 0.8", zh="w 和 b 接近 y = 3x + 0.8", picture=own_line,
       hint="Does each step subtract the gradient, are w and b both moved, is x part of the gradient for w? If all of "
            "that is right, the rate is too small or the steps too few.",
       zh_hint="每一步都是减去梯度吗？w 和 b 都更新了吗？w 的梯度里乘了 x 吗？如果都没问题，那就是学习率太小或步数太少。")
def test_line(student):
    w, b = student.w, student.b
    same(w, 3, atol=CLOSE_W, what="w")
    same(b, 0.8, atol=CLOSE_B, what="b")


@check(points=1, title="NumPy does it, without PyTorch and without a closed form", zh="只用 NumPy，没有使用 PyTorch 和闭式解", picture=path,
       hint="Write the gradient yourself and take many small steps: no torch, not even an import of it, and no "
            "function that solves or fits in one go.",
       zh_hint="梯度自己写，一小步一小步地走：不要用 torch（连导入也不要），也不要用一步就解出或拟合好的函数。")
def test_means(student, source):
    assert takes_a_step(student), "fit(x, y, …) takes no step"
    assert not source.uses("torch"), "torch is not allowed here"
    # A closed form in a cell that only compares does no harm.
    ready = source.behind("fit", "w", "b").uses("numpy.polynomial", "scipy", "sklearn", *CLOSED_FORMS)
    assert not ready, f"ready-made formulas are not allowed here: {', '.join(ready)}"
