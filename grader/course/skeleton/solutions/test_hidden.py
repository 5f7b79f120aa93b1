"""The hidden checks. An answer that is made for the examples alone does not pass them."""

import torch

from grader import check, same

CLOSE = 0.001

# Length and width: the narrowest window, the widest, and some between.
CASES = [(5, 1), (6, 6), (12, 2), (30, 7)]

# A name stands for everything below it. A name that begins with a dot stands for everything that ends with it.
READY_MADE = ("torch.nn", ".avg_pool1d", ".conv1d", ".convolve", "pandas", "scipy")


def means(series, width):
    """The expected values, computed in another way than in the solution, so that a slip in one of the two shows."""
    return torch.stack([series[first : first + width].mean() for first in range(len(series) - width + 1)])


# The inputs can't be guessed, and are the same in every run: torch, NumPy and random are seeded before each check.
@check(
    points=4,
    title="moving_average works for every series and every width",
    zh="moving_average 对任何序列、任何宽度都成立",
    hint="Use the arguments, not the notebook's variables. There are len(series) − width + 1 windows.",
    zh_hint="请使用函数的参数，而不是笔记本里的变量。窗口一共有 len(series) − width + 1 个。",
)
def test_any_series(student):
    for length, width in CASES:
        series = 40 * torch.rand(length) - 10
        answer = torch.as_tensor(student.moving_average(series, width))
        # If they differ, staff see a small table. Of a hidden check students see the title and the hint alone.
        same(answer, means(series, width), atol=CLOSE, what=f"moving_average(series, {width})")


# `rerun` runs the whole notebook again with other values for what its cells assign. A number that was written in
# stays the same.
@check(
    points=2,
    title="smooth follows the parameters",
    zh="参数变了，smooth 也跟着变",
    hint="smooth has to be computed from temperatures and width, not written in.",
    zh_hint="smooth 要由 temperatures 和 width 算出来，不能写成固定的数。",
)
def test_other_parameters(rerun):
    series = 40 * torch.rand(9) - 10
    other = rerun(temperatures=series.tolist(), width=4)
    same(torch.as_tensor(other.smooth), means(series, 4), atol=CLOSE, what="smooth")


# `source` is the notebook's code. Alone, this check would pass even if nothing were written. So it depends on
# one that needs a right answer.
@check(
    points=1,
    title="The means are computed by your own code",
    zh="平均数由自己的代码算出",
    depends=["test_any_series"],
    hint="Leave out torch.nn, conv1d, convolve and pandas: unfold, slices or sums are all you need.",
    zh_hint="不要用 torch.nn、conv1d、convolve 和 pandas：用 unfold、切片或求和就够了。",
)
def test_own_code(source):
    assert not source.uses(*READY_MADE)
