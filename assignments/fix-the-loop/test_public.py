"""The public checks: both lines, and that a loop still makes gradient steps."""

import ast
from contextlib import suppress

import torch

from grader import check, number

# As in `linreg-manual`: the usual loop (rate 0.01, 2000 steps) ends at w 2.80 to 2.94, b 0.83 to 0.91.
CLOSE_W, CLOSE_B = 0.21, 0.12

# A notebook of which either loop has run. Without that the slips of the stub would pass for steps.
STEPS = 100

LOOPS = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
GRADIENT_STEP = {"backward", "grad", "step", "grad_and_value", "jacrev", "jacobian"}


def outputs(model, inputs):
    """What the model makes of an (n, 1) tensor, in float64; the inputs get the dtype of the model's weights."""
    dtype = torch.float32
    with suppress(Exception):  # what has no weights may answer all the same
        dtype = next(value.dtype for _, value in model.state_dict().items() if value.is_floating_point())
    answer = model(inputs.to(dtype))
    assert isinstance(answer, torch.Tensor), f"model(x) gave {type(answer).__name__}, a tensor was expected"
    assert answer.shape == inputs.shape, f"model(x) has shape {tuple(answer.shape)} in place of {tuple(inputs.shape)}"
    return answer.detach().double()


def uses(node, names):
    """Whether a piece of code has one of these names behind a dot, or calls a function of that name."""
    return any((isinstance(part, ast.Attribute) and part.attr in names)
               or (isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id in names)
               for part in ast.walk(node))


def is_update(node):
    """Whether a statement is a step by hand, with a derivative by hand: `w -= …` or `w = w - …`."""
    if isinstance(node, ast.AugAssign):
        return isinstance(node.op, ast.Sub)
    return (isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Sub)
            and ast.unparse(node.value.left) in map(ast.unparse, node.targets))


def steps_in_a_loop(trees):
    """Whether a loop makes gradient steps, itself or through functions that it calls."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    functions = [(node.name, node) for node in nodes if isinstance(node, ast.FunctionDef)]
    functions += [(target.id, node.value) for node in nodes if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)
                  for target in node.targets if isinstance(target, ast.Name)]
    stepping = set(GRADIENT_STEP)
    for _ in functions:  # far enough for the longest chain of calls
        stepping |= {name for name, body in functions if uses(body, stepping)}
    return any(isinstance(node, LOOPS) and (uses(node, stepping) or any(map(is_update, ast.walk(node)))) for node in nodes)


def line_of(model):
    """The slope and the height of a model's line."""
    height, end = outputs(model, torch.tensor([[0.0], [1.0]])).flatten().tolist()
    return end - height, height


def is_close(slope, height):
    return abs(slope - 3) <= CLOSE_W and abs(height - 0.8) <= CLOSE_B


@check(points=1, title="w and b are close to y = 3x + 0.8", zh="w 和 b 接近 y = 3x + 0.8",
       hint="In every step of the loop by hand: a fresh prediction, its loss, backward(), an update of both w and b "
            "against their gradients, and the gradients cleared.",
       zh_hint="手写循环的每一步都要：重新预测，算损失，backward()，w 和 b 都朝各自梯度的反方向更新，然后把梯度清零。")
def test_line(student):
    assert is_close(number(student.w), number(student.b))


@check(points=1, title="The model is close to y = 3x + 0.8", zh="model 接近 y = 3x + 0.8",
       hint="Mend the names first. If it runs and is far off, the learning rate is too small for these steps.",
       zh_hint="先把名字改对。如果能运行但差得远，就是学习率太小，这些步数走不到。")
def test_model(student):
    assert is_close(*line_of(student.model))


@check(points=1, title="A loop makes the gradient steps", zh="梯度步是在循环里走的",
       hint="Repair the loop, don't replace it by a formula: a for or while with backward() and an update in it, that runs.",
       zh_hint="要修好循环，不要用公式代替：for 或 while 里应有 backward() 和更新，并且要能运行。")
def test_loop(student, source):
    assert steps_in_a_loop(source.trees)
    trained = False
    with suppress(Exception):
        trained = is_close(*line_of(student.model))
    assert trained or len(student.losses) >= STEPS
