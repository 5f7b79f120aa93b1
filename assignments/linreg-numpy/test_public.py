"""The public checks: the notebook's own line, and that neither PyTorch nor a ready-made formula found it."""

from grader import check, number

# The usual loop (rate 0.01, 2000 steps) ends at w 2.80 to 2.94, b 0.83 to 0.91: 0 of 5,000 runs are outside.
CLOSE_W, CLOSE_B = 0.21, 0.12

CLOSED_FORMS = (".lstsq", ".solve", ".inv", ".pinv", ".tensorsolve", ".tensorinv", ".polyfit", ".cov", ".corrcoef",
                ".covariance", ".correlation", ".linear_regression", ".linregress", ".curve_fit")


@check(points=2, title="w and b are close to y = 3x + 0.8", zh="w 和 b 接近 y = 3x + 0.8",
       hint="Does each step subtract the gradient, are w and b both moved, is x part of the gradient for w? If all of "
            "that is right, the rate is too small or the steps too few.",
       zh_hint="每一步都是减去梯度吗？w 和 b 都更新了吗？w 的梯度里乘了 x 吗？如果都没问题，那就是学习率太小或步数太少。")
def test_line(student):
    w, b = number(student.w), number(student.b)
    assert abs(w - 3) <= CLOSE_W
    assert abs(b - 0.8) <= CLOSE_B


@check(points=1, title="NumPy does it, without PyTorch and without a closed form", zh="只用 NumPy，没有使用 PyTorch 和闭式解",
       depends=["test_line"],
       hint="Write the gradient yourself and take many small steps: no torch, not even an import of it, and no "
            "function that solves or fits in one go.",
       zh_hint="梯度自己写，一小步一小步地走：不要用 torch（连导入也不要），也不要用一步就解出或拟合好的函数。")
def test_means(source):
    assert not source.uses("torch")
    # A closed form in a cell that only compares does no harm.
    assert not source.behind("fit", "w", "b").uses("numpy.polynomial", "scipy", "sklearn", *CLOSED_FORMS)
