"""The public checks: first gradients, end point, and that PyTorch did none of the work."""

import numpy as np

from grader import check

START = np.array([[0.5039, 0.0183], [0.4765, 0.1726]])
GRADIENTS = np.array([[3.0078, 2.0366], [2.9530, 2.3452]])
END = np.array([[-0.5072, -0.6663], [-0.5162, -0.6158]])

# Any float dtype may be used: float16, the coarsest, is off by 0.001. One step more or less changes the end point by
# 0.08.
CLOSE = 0.01


def is_close(answer, expected):
    assert isinstance(answer, np.ndarray), f"an array was expected, this is {type(answer).__name__}"
    assert answer.dtype.kind == "f", f"dtype {answer.dtype} in place of a float dtype"
    assert answer.shape == expected.shape, f"shape {answer.shape} in place of {expected.shape}"
    return np.allclose(answer.astype(float), expected, rtol=0, atol=CLOSE)


@check(points=1, title="gradient(x) is the slope at the four starting values", zh="gradient(x) 给出四个起点处的导数",
       hint="Differentiate x² + 2x + 1 term by term, and compare with a tiny step to both sides. The answer is an array "
            "of the same shape.",
       zh_hint="对 x² + 2x + 1 逐项求导，再用“往两边各挪一小步”的办法验算。结果是同样形状的数组。")
def test_first_gradient(student):
    assert is_close(student.gradient(START), GRADIENTS)


@check(points=1, title="x_final is where five steps at rate 0.1 end", zh="x_final 是以学习率 0.1 走五步之后的位置",
       hint="Each step is x − learning_rate · gradient, with the gradient taken anew at the point where you are. Count "
            "the steps and check the sign.",
       zh_hint="每一步都是 x − learning_rate · 梯度，而且梯度要在当前位置重新求。数一数步数，看看正负号。")
def test_end_point(student):
    assert is_close(student.x_final, END)


@check(points=1, title="The derivative is written by hand: no PyTorch", zh="导数是手写的：没有用到 PyTorch",
       depends=["test_first_gradient", "test_end_point"],
       hint="NumPy is all you need here; remove what imports torch.",
       zh_hint="这里只需要 NumPy，请去掉导入 torch 的语句。")
def test_numpy_alone(source):
    assert not source.uses("torch")
