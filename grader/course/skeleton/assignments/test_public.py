"""The public checks. Students have this file, so it tests what the notebook's text says, and nothing beyond it."""

import torch

from grader import check, same

# The two examples in the notebook's text.
EXAMPLE, EXAMPLE_MEANS = torch.tensor([2.0, 4.0, 9.0]), torch.tensor([3.0, 6.5])
SMOOTH = torch.tensor([15.0, 16.0, 14.0, 12.0])

CLOSE = 0.001  # far above the rounding of float32, and far below what any mistake changes


# The title says what holds when the check passes, and the hint what to look at when it does not.
@check(
    points=2,
    title="moving_average gives the two means of the example",
    zh="moving_average 算出例子中的两个平均数",
    hint="With width 2 the windows of 2, 4, 9 are (2, 4) and (4, 9): they overlap.",
    zh_hint="宽度为 2 时，2、4、9 的窗口是 (2, 4) 和 (4, 9)，它们有重叠。",
)
def test_example(student):  # `student`: the notebook's names after it has run
    means = torch.as_tensor(student.moving_average(EXAMPLE, 2))  # a list or an array will do, too
    # If they differ, the student sees a small table: what, got, wanted and the tolerance.
    same(means, EXAMPLE_MEANS, atol=CLOSE, what="moving_average([2, 4, 9], 2)")


@check(
    points=1,
    title="smooth holds the four means of the temperatures",
    zh="smooth 是气温的四个平均数",
    hint="Call moving_average with the temperatures as a tensor and with width.",
    zh_hint="把气温变成张量，连同 width 一起交给 moving_average。",
)
def test_smooth(student):
    same(torch.as_tensor(student.smooth), SMOOTH, atol=CLOSE, what="smooth")
