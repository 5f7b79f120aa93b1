"""The public checks: how the notebook's examples are split, the trained net, and the loss on the test set."""

import numpy as np
import torch

from grader import check, draw_batches, draw_losses, number, same, within

# Plain SGD is off by at most 0.0017, with momentum 0.9 by 0.0077 (150 seeds).
CLOSE = 0.02

# The noise's variance is 0.0001. On 300 examples the loss is 0.00008 to 0.00013, with momentum 0.9 up to 0.00016
# (150 seeds). Noise of twice the size has 0.0004.
LEAST, MOST = 0.00006, 0.00025


def sizes(answer):
    """Three whole numbers, as they must come from split."""
    assert isinstance(answer, tuple | list), f"split(n) is not three numbers: it is {type(answer).__name__}"
    assert len(answer) == 3 and all(isinstance(size, int | np.integer) for size in answer), "split(n) is not three whole numbers"
    return [int(size) for size in answer]


def dealt(student):
    """The picture: which of ten examples load_array puts into each batch of four."""
    numbers = torch.arange(10.0).reshape(-1, 1)
    return draw_batches([X for X, _ in student.load_array((numbers, numbers), 4)], 10)


def own_losses(student):
    """The picture: the losses on both sets after each epoch."""
    training, validation = zip(*student.losses)
    return draw_losses({"training": training, "validation": validation}, epochs=True, rate=student.learning_rate)


@check(points=1, title="split(1500) is 900, 300 and 300", zh="split(1500) 是 900、300 和 300",
       hint="60, 20 and 20 % of n, as whole numbers (int), in this order.",
       zh_hint="n 的 60%、20% 和 20%，都是整数（int），按这个顺序。")
def test_sizes(student):
    same(sizes(student.split(1500)), [900, 300, 300], what="split(1500)")


@check(points=1, title="The trained net is close to true_w and true_b", zh="训练好的 net 接近 true_w 和 true_b", picture=dealt,
       hint="net is nn.Sequential(nn.Linear(2, 1)); labels are a column, the optimizer holds net.parameters(), and each "
            "step clears the gradients first.",
       zh_hint="net 就是 nn.Sequential(nn.Linear(2, 1))；标签要是一列，优化器拿的是 net.parameters()，每一步都要先清零梯度。")
def test_net(student):
    layer = student.net[0]
    weight, bias = layer.weight.detach(), layer.bias.detach()
    same(weight, torch.tensor([[2.0, -3.4]]), atol=CLOSE, what="net[0].weight")
    same(number(bias), 4.2, atol=CLOSE, what="net[0].bias")

    inputs = torch.tensor([[0.0, 0.0], [1.0, 2.0], [-3.0, 0.5]], dtype=weight.dtype)
    outputs = student.net(inputs).detach()
    same(outputs, inputs @ weight.T + bias, atol=CLOSE, what="net(x)")


@check(points=1, title="test_loss is about 0.0001, and the net is left in eval mode",
       zh="test_loss 约为 0.0001，并且 net 处于评估模式", depends=["test_net"], picture=own_losses,
       hint="Call net.eval(), then take nn.MSELoss() of the net's predictions on the test set. Is the noise's standard "
            "deviation 0.01?",
       zh_hint="先调用 net.eval()，再对测试集上的预测值求 nn.MSELoss()。噪声的标准差是 0.01 吗？")
def test_end(student):
    within(number(student.test_loss), LEAST, MOST, what="test_loss")
    same(student.net.training, False, what="net.training")
