"""The hidden checks: other shapes, rates and numbers of steps, the caller's array, other parameters."""

import numpy as np

from grader import Mismatch, check, fetch, number, place, same, shape_of

# Of 1 + |expected|. float16, the coarsest float dtype, is off by at most 0.0047 (1,000 seeds), float32 by 4e-7. What the
# functions answer in a finer dtype has to be finer, and not rounded to four digits; a start can have been rounded before.
TOLERANCE = 0.01
FINE = 1e-5

SHAPES = [(), (1,), (7,), (2, 3, 4)]

# Shape, rate, steps: a single number, all the way in one step, slowly, far away from -1, no step at all, and so many steps
# that the last ones are small.
WALKS = [((), 0.3, 3), ((3,), 0.5, 1), ((2, 3, 4), 0.05, 7), ((4, 1), 1.6, 4), ((2, 2), 0.2, 0), ((5,), 0.1, 30)]


def anywhere(shape):
    """An array of values between -3 and 3; one without dimensions is an array, too."""
    return np.array(np.random.uniform(-3, 3, shape))


def slope(x):
    return 2 * x + 2


def end(x, rate, steps):
    """Each step multiplies the distance to -1 by 1 - 2 * rate."""
    return (x + 1) * (1 - 2 * rate) ** steps - 1


def compare(answer, expected, what, fine=FINE):
    """Raise Mismatch unless an answer has the expected shape and values."""
    if expected.ndim == 0 and not isinstance(answer, np.ndarray):
        # A plain number is as good as an array without dimensions. How finely it was computed is not known.
        answer, fine = np.array(number(answer)), TOLERANCE
    assert isinstance(answer, np.ndarray) and answer.dtype.kind == "f"
    tolerance = TOLERANCE if answer.dtype == np.float16 else fine
    same(answer, expected, atol=tolerance, rtol=tolerance, what=what)


def matches(answer, expected, fine=FINE):
    """Whether an answer of the expected shape has the expected values."""
    if isinstance(answer, np.ndarray):
        shape_of(answer, expected.shape)
    try:
        compare(answer, expected, "", fine)
    except Mismatch:
        return False
    return True


def compare_end(answer, what, student, x, rate, steps, fine=FINE):
    """Raise Mismatch unless a point is where so many steps lead, or where they lead by the student's own gradient.

    So a slip in gradient is not paid for twice.
    """
    try:
        compare(answer, end(x, rate, steps), what, fine)
    except Mismatch:
        here = by_own_gradient(student, x, rate, steps)
        if not matches(answer, here, fine) or np.allclose(here, x):
            raise


def by_own_gradient(student, x, rate, steps):
    """Where so many steps lead by the student's own gradient."""
    here = x
    for _ in range(steps):
        step = student.gradient(here)
        assert isinstance(step, np.ndarray | np.number | float)
        here = here - rate * np.reshape(step, x.shape)
    return here


@check(points=2, title="gradient(x) works for an array of any shape", zh="gradient(x) 对任意形状的数组都成立", depends=["test_numpy_alone"],
       hint="Compute with the whole array at once and let NumPy care for its shape; an array without dimensions has no "
            "rows to loop over.",
       zh_hint="对整个数组直接运算，形状交给 NumPy 处理；零维数组没有“行”可以循环。")
def test_gradient_anywhere(student):
    for shape in SHAPES:
        x = anywhere(shape)
        compare(student.gradient(x), slope(x), "gradient(x)")


@check(points=2, title="descend(x, learning_rate, epochs) goes where other rates and step counts lead",
       zh="换别的学习率和步数，descend(x, learning_rate, epochs) 也走到正确的位置", depends=["test_numpy_alone"],
       hint="Use the arguments, not the notebook's variables. Exactly `epochs` steps, each against the gradient at "
            "the point where you are now, and at the end return the point.",
       zh_hint="请使用函数的参数，而不是笔记本里的变量。恰好走 epochs 步，每一步都用当前位置的梯度、朝反方向走，最后返回的是位置。")
def test_descend_anywhere(student):
    for shape, rate, steps in WALKS:
        x = anywhere(shape)
        compare_end(student.descend(x, rate, steps), f"descend(x, {rate}, {steps})", student, x, rate, steps)


@check(points=1, title="Neither function changes the array it is given", zh="两个函数都不改动传入的数组",
       hint="x -= … works in place, on the caller's own array. Write x = x - …, or work on x.copy().",
       zh_hint="x -= … 是原地修改，改的正是调用者的数组。请写成 x = x - …，或者在 x.copy() 上计算。")
def test_left_alone(student):
    for shape in ((3, 2), (5,)):
        x = anywhere(shape)
        held = place(student, x)
        found, arrived = student.gradient(held), student.descend(held, 0.2, 3)
        # One of them has to be right. Whether both are is another check's concern.
        if not matches(found, slope(x)):
            compare_end(arrived, "descend(x, 0.2, 3)", student, x, 0.2, 3)
        assert np.array_equal(fetch(held), x)


@check(points=2, title="x_final follows the parameters", zh="参数变了，x_final 也跟着变", depends=["test_numpy_alone"],
       hint="x_final has to be computed from start, learning_rate and epochs, not written in.",
       zh_hint="x_final 要由 start、learning_rate 和 epochs 算出来，不能写成固定的数。")
def test_other_parameters(rerun):
    start = anywhere((3, 4))
    other = rerun(start=start.tolist(), learning_rate=0.15, epochs=4)
    compare_end(other.x_final, "x_final", other, start, 0.15, 4, TOLERANCE)
