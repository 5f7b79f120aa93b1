"""The public checks: the four small functions, plain Python in train, where 100 epochs lead, and that autograd leads there."""

from grader import check, draw_descent, number, same, scale_gradients

X, Y = [1.0, 2.0, 3.0], [2.0, 4.0, 6.0]

EXACT = 1e-9  # one step an epoch, on all samples at once, is off by 6e-5
FLOAT32 = 1e-5  # the usual loop ends at 1.9999996

LIBRARIES = ("torch", "numpy", "scipy", "sympy", "pandas", "sklearn", "jax", "autograd")


def walk(student):
    """The picture: w after each of twelve epochs, on the curve of the cost."""
    steps = [student.train(X, Y, 1.0, 0.01, epochs) for epochs in range(13)]
    return draw_descent(lambda w: 14 / 3 * (w - 2) ** 2, steps, name="w", lowest=2)


@check(points=0.5, title="The four small functions are right on a few numbers", zh="四个小函数在几个数上给出正确结果",
       hint="Try them by hand at w = 2.5: the sample (2, 4) is predicted as 5, too high by 1, and has to pull w down.",
       zh_hint="取 w = 2.5 手算一遍：样本 (2, 4) 的预测是 5，高了 1，所以它要把 w 往下拉。")
def test_pieces(student):
    same(student.forward(4.0, 2.5), 10, atol=EXACT, what="forward(4, 2.5)")
    same(number(student.loss(2.0, 4.0, 2.5)), 1, atol=EXACT, what="loss(2, 4, 2.5)")
    same(student.gradient(2.0, 4.0, 2.5), 4, atol=EXACT, what="gradient(2, 4, 2.5)")
    same(student.cost(X, Y, 2.5), 3.5 / 3, atol=EXACT, what="cost(x_data, y_data, 2.5)")


@check(points=1, title="train moves w in plain Python, without a library", zh="train 用纯 Python 移动 w，不用任何库",
       hint="Lists, floats and loops are enough in train and in the functions that it calls: no torch, no NumPy and the like. It "
            "returns the number w.",
       zh_hint="train 和它调用的函数里只用列表、浮点数和循环就够了，不要用 torch、NumPy 之类的库。它返回的是数 w。")
def test_plain(student, source):
    once, twice = student.train(X, Y, 1.0, 0.01, 1), student.train(X, Y, 1.0, 0.01, 2)
    assert type(once) is type(twice) is float, "train does not return a float"
    assert len({1.0, once, twice}) == 3, "w does not move in train"
    used = source.behind("train").uses(*LIBRARIES)
    assert not used, f"train uses {', '.join(used)}"
    # Larger derivatives of autograd change nothing where it is not used.
    assert scale_gradients(student.train, 3)(X, Y, 1.0, 0.01, 1) == once, "autograd is at work in train"


@check(points=1, title="train ends at w = 2, for a prediction of 8", zh="train 走到 w = 2，预测值为 8", depends=["test_plain"], picture=walk,
       hint="Print w after each sample and compare it with the table.",
       zh_hint="每个样本之后打印 w，与表格对照。")
def test_result(student):
    same(student.w, 1.9999999999999236, atol=EXACT, what="w")
    same(student.prediction, 7.9999999999996945, atol=EXACT, what="prediction")


@check(points=0.5, title="train_autograd ends there as well, by autograd", zh="train_autograd 用 autograd 也走到同一处",
       hint="For every sample: backward(), a step under torch.no_grad(), and a cleared gradient. w itself has to stay the tensor that "
            "requires a gradient, and the step has to use what backward() found, not a formula.",
       zh_hint="对每个样本：backward()，在 torch.no_grad() 里走一步，再把梯度清零。w 要一直是那个需要梯度的张量；走步用的是 backward() 求出的梯度，而不是公式。")
def test_autograd(student):
    end = student.train_autograd(X, Y, 1.0, 0.01, 100)
    same(end, 2, atol=FLOAT32, what="train_autograd(x_data, y_data, 1, 0.01, 100)")
    # With autograd's derivatives twice as large, one epoch leads to 1.49. What does not ask autograd stays at 1.26.
    usual = number(student.train_autograd(X, Y, 1.0, 0.01, 1))
    larger = number(scale_gradients(student.train_autograd, 2)(X, Y, 1.0, 0.01, 1))
    assert abs(larger - usual) > 0.01, "the steps of train_autograd do not depend on autograd"
