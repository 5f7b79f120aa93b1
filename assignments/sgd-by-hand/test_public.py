"""The public checks: the four small functions, where 100 epochs lead, and that autograd leads there too."""

from grader import check, number

X, Y = [1.0, 2.0, 3.0], [2.0, 4.0, 6.0]

EXACT = 1e-9  # one step an epoch, on all samples at once, is off by 6e-5
FLOAT32 = 1e-5  # the usual loop ends at 1.9999996

LIBRARIES = ("torch", "numpy")
AUTOGRAD = ("torch.autograd.grad", "torch.autograd.backward", "torch.autograd.functional", "torch.func", "functorch")


def below(name, *parents):
    return any(name == parent or name.startswith(parent + ".") for parent in parents)


@check(points=1, title="The four small functions are right on a few numbers", zh="四个小函数在几个数上给出正确结果",
       hint="Try them by hand at w = 2.5: the sample (2, 4) is predicted as 5, too high by 1, and has to pull w down.",
       zh_hint="取 w = 2.5 手算一遍：样本 (2, 4) 的预测是 5，高了 1，所以它要把 w 往下拉。")
def test_pieces(student):
    assert abs(number(student.forward(4.0, 2.5)) - 10) <= EXACT
    assert abs(number(student.loss(2.0, 4.0, 2.5)) - 1) <= EXACT
    assert abs(number(student.gradient(2.0, 4.0, 2.5)) - 4) <= EXACT
    assert abs(number(student.cost(X, Y, 2.5)) - 3.5 / 3) <= EXACT


@check(points=1, title="train, in plain Python, ends at w = 2 and a prediction of 8", zh="train 用纯 Python 走到 w = 2，预测值为 8",
       hint="Print w after each sample and compare it with the table. If the last digits differ, is a library at work in train?",
       zh_hint="每个样本之后打印 w，与表格对照。如果只是末尾几位不同，train 里是不是用了库？")
def test_result(student, source):
    assert abs(number(student.w) - 1.9999999999999236) <= EXACT
    assert abs(number(student.prediction) - 7.9999999999996945) <= EXACT
    assert not source.behind("train").uses(*LIBRARIES)


@check(points=1, title="train_autograd ends there as well, by autograd", zh="train_autograd 用 autograd 也走到同一处",
       hint="For every sample: backward(), a step under torch.no_grad(), and a cleared gradient. w itself has to stay the tensor that "
            "requires a gradient.",
       zh_hint="对每个样本：backward()，在 torch.no_grad() 里走一步，再把梯度清零。w 要一直是那个需要梯度的张量。")
def test_autograd(student, source):
    assert abs(number(student.train_autograd(X, Y, 1.0, 0.01, 100)) - 2) <= FLOAT32
    # Names that are used, not what is only imported.
    assert any(name.endswith(".backward") or below(name, *AUTOGRAD) for name in source.names)
