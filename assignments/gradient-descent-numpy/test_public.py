"""The public checks: that the derivative is a formula, first gradients, end point."""

import numpy as np

from grader import check, draw_descent, same, scale_gradients

START = np.array([[0.5039, 0.0183], [0.4765, 0.1726]])
GRADIENTS = np.array([[3.0078, 2.0366], [2.9530, 2.3452]])
END = np.array([[-0.5072, -0.6663], [-0.5162, -0.6158]])

# Any float dtype may be used: float16, the coarsest, is off by 0.001. One step more or less changes the end point by
# 0.08.
CLOSE = 0.01


# For the roundings of a difference quotient to show.
FAR = 1e12 * np.array([1.1, 1.3, 1.7, 1.9, 2.3, 2.9, 3.1])

# The square is beyond all floats, and the difference of two such squares is NaN, however wide the step.
BEYOND = 1e160


def plain(answer):
    assert isinstance(answer, np.ndarray), f"gradient(x) is not an array: it is {type(answer).__name__}"
    return answer.astype(float)


def compare(answer, expected, what):
    assert isinstance(answer, np.ndarray), f"{what} is not an array: it is {type(answer).__name__}"
    assert answer.dtype.kind == "f", f"{what} does not hold floats: its dtype is {answer.dtype}"
    same(answer, expected, atol=CLOSE, what=what)


def walk(student):
    """The picture: five steps of descend on the parabola."""
    steps = [student.descend(START, 0.1, count) for count in range(6)]
    return draw_descent(lambda x: (x + 1) ** 2, steps, lowest=-1)


@check(points=1, title="The derivative is written by hand: no PyTorch, no differences", zh="导数是手写的：没有用 PyTorch，也没有用差商",
       hint="NumPy is all you need here, so remove what imports torch. gradient(x) is a formula in x: dividing the difference of two "
            "values by a step is for checking it.",
       zh_hint="这里只需要 NumPy，请去掉导入 torch 的语句。gradient(x) 应是 x 的公式；“往两边各挪一小步再相除”只用来验算。")
def test_numpy_alone(student, source):
    assert not source.uses("torch"), "the notebook uses PyTorch"
    slopes = plain(student.gradient(START))
    assert slopes.max() > slopes.min() and not np.array_equal(slopes, START), "nothing is computed from x"
    assert np.array_equal(slopes, plain(scale_gradients(student.gradient, 3)(START))), "autograd finds the derivative"
    # Whatever the formula, its leading term decides so far out: twice the x gives the same multiple everywhere. A
    # difference over a step of 1 or less has lost all but four digits, a formula in float64 none (1e-15).
    near, far = student.gradient(FAR), student.gradient(2 * FAR)
    if near.dtype == far.dtype == np.float64:
        assert np.ptp(plain(far) / plain(near)) <= 1e-6, "differences find the derivative"
        assert not np.isnan(plain(student.gradient(BEYOND * FAR))).any(), "differences find the derivative"
    assert not source.behind("gradient").uses(".imag"), "an imaginary step finds the derivative"


@check(points=1, title="gradient(x) is the slope at the four starting values", zh="gradient(x) 给出四个起点处的导数",
       hint="Differentiate x² + 2x + 1 term by term, and compare with a tiny step to both sides. The answer is an array "
            "of the same shape.",
       zh_hint="对 x² + 2x + 1 逐项求导，再用“往两边各挪一小步”的办法验算。结果是同样形状的数组。")
def test_first_gradient(student):
    compare(student.gradient(START), GRADIENTS, "gradient(x)")


@check(points=1, title="x_final is where five steps at rate 0.1 end", zh="x_final 是以学习率 0.1 走五步之后的位置", picture=walk,
       hint="Each step is x − learning_rate · gradient, with the gradient taken anew at the point where you are. Count "
            "the steps and check the sign.",
       zh_hint="每一步都是 x − learning_rate · 梯度，而且梯度要在当前位置重新求。数一数步数，看看正负号。")
def test_end_point(student):
    compare(student.x_final, END, "x_final")
