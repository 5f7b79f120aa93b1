"""The public checks: what a fresh model does, the trained model's own line, and how the notebook leaves things."""

import math

import numpy as np
import torch

from grader import check, number

# As in `linreg-manual`. Rate 0.001 for 2000 steps ends at w 0.55 to 2.39 and must not do.
CLOSE_W, CLOSE_B = 0.21, 0.12
EXACT = 1e-4


def like(model, inputs):
    """The inputs with the dtype of the model's parameters."""
    dtypes = [value.dtype for _, value in model.state_dict().items()]
    return inputs.to(dtypes[0] if dtypes else torch.float32)


def outputs(model, inputs):
    """What the model makes of an (n, 1) tensor, in float64."""
    answer = model(inputs)
    assert isinstance(answer, torch.Tensor), f"model(x) gave {type(answer).__name__}, a tensor was expected"
    assert answer.shape == inputs.shape, f"model(x) has shape {tuple(answer.shape)} in place of {tuple(inputs.shape)}"
    return answer.detach().double()


@check(points=1, title="LinearModel() maps one input to one output, along a straight line",
       zh="LinearModel() 把一个输入变成一个输出，且呈直线关系",
       hint="__init__ first calls the __init__ of nn.Module, then makes one nn.Linear with one input and one output; "
            "forward applies it to x.",
       zh_hint="__init__ 先调用父类 nn.Module 的 __init__，再造一个一输入一输出的 nn.Linear；forward 把它作用在 x 上。")
def test_model(student):
    model = student.LinearModel()
    inputs = like(model, torch.tensor([[-1.0], [0.0], [1.0], [2.0]]))
    before = outputs(model, inputs)
    steps = before.diff(dim=0)
    assert (steps - steps.mean()).abs().max() <= EXACT

    # Other weights make another line.
    model.load_state_dict({name: value + 1 for name, value in model.state_dict().items()})
    assert not torch.allclose(outputs(model, inputs), before, rtol=0, atol=EXACT)


@check(points=2, title="The trained model's line is close to y = 3x + 0.8", zh="训练好的模型接近 y = 3x + 0.8",
       hint="Is the rate large enough, are there enough steps? Does the optimizer hold this model's parameters, and "
            "does every step call zero_grad() before backward()?",
       zh_hint="学习率够大吗，步数够多吗？优化器拿到的是这个模型的参数吗？每一步都在 backward() 之前调用 zero_grad() 了吗？")
def test_line(student):
    model = student.model
    height, end = outputs(model, like(model, torch.tensor([[0.0], [1.0]]))).flatten().tolist()
    assert abs(end - height - 3) <= CLOSE_W
    assert abs(height - 0.8) <= CLOSE_B


@check(points=1, title="The notebook keeps the losses and leaves the model in eval mode",
       zh="笔记本保留了各步的损失，并把模型留在评估模式", depends=["test_line"],
       hint="End with losses = train(model, x, y, …), numbers that get smaller, and then model.eval().",
       zh_hint="最后是 losses = train(model, x, y, …)，里面的数越来越小，然后调用 model.eval()。")
def test_end(student):
    losses = student.losses
    kind = type(losses).__name__
    assert isinstance(losses, list | tuple | torch.Tensor | np.ndarray), f"losses is {kind}, a list was expected"
    assert len(losses) > 0 and all(math.isfinite(number(loss)) for loss in losses)
    assert number(losses[-1]) <= number(losses[0])
    assert student.model.training is False
