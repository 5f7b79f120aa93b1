"""The public checks: what a fresh model does, the trained model's own line, and how the notebook leaves things."""

import contextlib
import math

import numpy as np
import torch

from grader import StudentError, check, draw_line, draw_losses, number, same, shape_of, within

# As in `linreg-manual`. Rate 0.001 for 2000 steps ends at w 0.55 to 2.39 and must not do.
CLOSE_W, CLOSE_B = 0.21, 0.12

# The mean squared error of a line that is just close enough is at most 0.055. With fewer losses than FEW there may
# be no late one: LBFGS arrives in one step.
SMALL, FEW = 0.1, 3

# Outputs are compared up to this share of their size. A bend shows somewhere between the ends of WIDE.
EXACT = 1e-4
WIDE = torch.tensor([[-100.0], [-10.0], [-1.0], [0.0], [1.0], [2.0], [10.0], [100.0]])


def ready(model):
    """The model, once it has seen an input: a lazy layer has no weights before."""
    with contextlib.suppress(StudentError):  # a float64 model, which need not be lazy
        model(torch.zeros(1, 1))
    return model


def like(model, inputs):
    """The inputs with the dtype of the model's weights."""
    entries = [value for _, value in model.state_dict().items() if value.is_floating_point()]
    return inputs.to(entries[0].dtype if entries else torch.float32)


def outputs(model, inputs):
    """What the model makes of an (n, 1) tensor, in float64."""
    answer = model(like(model, inputs))
    assert isinstance(answer, torch.Tensor), f"model(x) gave {type(answer).__name__}, a tensor was expected"
    shape_of(answer, inputs.shape, what="model(x)")
    return answer.detach().double()


def line(model):
    """Slope and height of the model's line, which must be straight."""
    answer = outputs(model, WIDE)
    slope, height = (answer[4] - answer[3]).item(), answer[3].item()
    size = 1 + answer.abs().max()
    assert (answer - (slope * WIDE + height)).abs().max() <= EXACT * size, "model(x) is not a straight line"
    return slope, height


def own_line(student):
    """The picture: the trained model's line over the notebook's points."""
    return draw_line(student.x, student.y, *line(student.model), true=(3, 0.8))


def own_losses(student):
    """The picture: the losses of the notebook's training."""
    return draw_losses(student.losses)


@check(points=1, title="LinearModel() is a straight line, y = wx + b, whose w and b are its parameters",
       zh="LinearModel() 是一条直线 y = wx + b，w 和 b 是它的参数",
       hint="__init__ first calls the __init__ of nn.Module, then makes one nn.Linear with one input and one output; "
            "forward applies it to x and does nothing else.",
       zh_hint="__init__ 先调用父类 nn.Module 的 __init__，再造一个一输入一输出的 nn.Linear；forward 只把它作用在 x 上。")
def test_model(student):
    model = ready(student.LinearModel())
    before = line(model)
    state = dict(model.state_dict().items())
    names = [name for name, value in model.named_parameters() if value.is_floating_point()]

    # Other weights make other lines, which differ in slope and in height.
    for _ in range(4):
        model.load_state_dict(state | {name: state[name] + 0.5 + torch.rand(()).item() for name in names})
        after = line(model)
        changed = all(abs(new - old) > EXACT for new, old in zip(after, before))
        assert changed, "other parameters do not change both w and b: the line must be made of the model's parameters"
        model.load_state_dict(state | {name: torch.randn_like(state[name]) for name in names})
        line(model)


@check(points=1, title="The trained model's line is close to y = 3x + 0.8", zh="训练好的模型接近 y = 3x + 0.8", picture=own_line,
       hint="Is the rate large enough, are there enough steps? Does the optimizer hold this model's parameters, and "
            "does every step call zero_grad() before backward()?",
       zh_hint="学习率够大吗，步数够多吗？优化器拿到的是这个模型的参数吗？每一步都在 backward() 之前调用 zero_grad() 了吗？")
def test_line(student):
    slope, height = line(student.model)
    same(slope, 3, atol=CLOSE_W, what="model: w")
    same(height, 0.8, atol=CLOSE_B, what="model: b")


@check(points=1, title="The notebook keeps the losses of this training and leaves the model in eval mode",
       zh="笔记本保留了这次训练各步的损失，并把模型留在评估模式", depends=["test_line"], picture=own_losses,
       hint="End with losses = train(model, x, y, …), numbers that get smaller, and then model.eval().",
       zh_hint="最后是 losses = train(model, x, y, …)，里面的数越来越小，然后调用 model.eval()。")
def test_end(student):
    losses = student.losses
    kind = type(losses).__name__
    assert isinstance(losses, list | tuple | torch.Tensor | np.ndarray), f"losses is {kind}, a list was expected"
    if isinstance(losses, torch.Tensor):
        losses = losses.detach().numpy()
    if isinstance(losses, np.ndarray):
        assert losses.size == len(losses), f"losses has shape {losses.shape}, one number a step was expected"
        losses = losses.ravel().tolist()
    losses = [number(loss) for loss in losses]
    assert losses, "losses is empty"
    assert all(math.isfinite(loss) for loss in losses), "one of the losses is infinite"
    if len(losses) >= FEW:
        assert losses[-1] < losses[0], "the last loss is not smaller than the first"
        within(losses[-1], None, SMALL, what="losses[-1]")  # the model is better than that
    same(student.model.training, False, what="model.training")
