"""The public checks. Students have this file, so it tests what the notebook's text says, and nothing beyond it."""

import torch

from grader import check

# The two examples in the notebook's text.
EXAMPLE, EXAMPLE_MEANS = torch.tensor([2.0, 4.0, 9.0]), torch.tensor([3.0, 6.5])
SMOOTH = torch.tensor([15.0, 16.0, 14.0, 12.0])

CLOSE = 0.001  # far above the rounding of float32, and far below what any mistake changes


def is_close(answer, expected):
    answer = torch.as_tensor(answer).double()  # students may return a list or an array, too
    # In a public check, the student reads the text after the comma.
    assert answer.shape == expected.shape, f"shape {tuple(answer.shape)} in place of {tuple(expected.shape)}"
    return torch.allclose(answer, expected.double(), rtol=0, atol=CLOSE)


# The title says what holds when the check passes, and the hint what to look at when it does not.
@check(
    points=2,
    title="moving_average gives the two means of the example",
    zh="moving_average 算出例子中的两个平均数",
    hint="With width 2 the windows of 2, 4, 9 are (2, 4) and (4, 9): they overlap.",
    zh_hint="宽度为 2 时，2、4、9 的窗口是 (2, 4) 和 (4, 9)，它们有重叠。",
)
def test_example(student):  # `student`: the notebook's names after it has run
    assert is_close(student.moving_average(EXAMPLE, 2), EXAMPLE_MEANS)


@check(
    points=1,
    title="smooth holds the four means of the temperatures",
    zh="smooth 是气温的四个平均数",
    hint="Call moving_average with the temperatures as a tensor and with width.",
    zh_hint="把气温变成张量，连同 width 一起交给 moving_average。",
)
def test_smooth(student):
    assert is_close(student.smooth, SMOOTH)
