"""The public checks: the data that synthetic_data makes, and the trained w and b."""

from contextlib import suppress

import numpy as np
import torch

from grader import check, draw_batches, same, shape_of, within

# Two-feature data of 1000 examples, 3 epochs at rate 0.03: every error is at most 0.0021 (150 seeds).
CLOSE = 0.01

NOISE = 0.01


def values(answer, shape, what):
    """The numbers of a tensor or array that must have this shape, in float64."""
    assert isinstance(answer, torch.Tensor | np.ndarray), f"{what} should be a tensor, not {type(answer).__name__}"
    answer = torch.as_tensor(answer).detach()
    assert answer.is_floating_point(), f"{what} should hold floats, not {answer.dtype}"
    shape_of(answer, shape, what=what)
    return answer.double()


def dtype_of(student):
    """The dtype of the notebook's own features, for whoever has made float64 the default."""
    with suppress(Exception):
        if torch.as_tensor(student.features).is_floating_point():
            return torch.as_tensor(student.features).dtype
    return torch.float32


def dealt(student):
    """The picture: which of ten examples data_iter puts into each batch of four."""
    numbers = torch.arange(10.0, dtype=dtype_of(student)).reshape(-1, 1)
    return draw_batches([X for X, _ in student.data_iter(4, numbers, numbers)], 10)


@check(points=1, title="synthetic_data gives features of shape (n, k) and labels of shape (n, 1) close to Xw + b",
       zh="synthetic_data 给出形状为 (n, k) 的特征和形状为 (n, 1) 的标签，标签接近 Xw + b",
       hint="Draw X with torch.randn, compute X @ w + b, add noise of standard deviation 0.01, and make a column of it.",
       zh_hint="用 torch.randn 取 X，算出 X @ w + b，加上标准差 0.01 的噪声，再变成一列。")
def test_data(student):
    w, b, n = torch.tensor([1.5, -2.0, 0.5], dtype=dtype_of(student)), -1.0, 200
    X, y = student.synthetic_data(w, b, n)
    X, y = values(X, (n, 3), "synthetic_data(w, b, 200): X"), values(y, (n, 1), "synthetic_data(w, b, 200): y")
    within(X.std(), 0.8, 1.2, what="synthetic_data(w, b, 200): X.std()")  # off by at most 0.1: 2,000 seeds
    noise = y - X @ w.double().reshape(-1, 1) - b
    # Off by at most 0.19 of it: 2,000 seeds.
    within(noise.std(), 0.7 * NOISE, 1.3 * NOISE, what="synthetic_data(w, b, 200): (y - X @ w - b).std()")


@check(points=1, title="The trained w and b are close to true_w and true_b", zh="训练好的 w 和 b 接近 true_w 和 true_b", picture=dealt,
       hint="Is the loss summed and then divided by batch_size once? Are gradients cleared, parameters changed in "
            "place? Do the prediction and y have the same shape? w has shape (2, 1), b has shape (1,).",
       zh_hint="损失是先求和、再除以一次 batch_size 吗？梯度清零了吗？参数是原地修改的吗？预测值和 y 的形状相同吗？w 的形状是 (2, 1)，b 的形状是 (1,)。")
def test_trained(student):
    w, b = values(student.w, (2, 1), "w"), values(student.b, (1,), "b")
    same(w, [[2.0], [-3.4]], atol=CLOSE, what="w")
    same(b, 4.2, atol=CLOSE, what="b")
