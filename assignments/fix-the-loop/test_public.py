"""The public checks: both lines, and that a loop still makes gradient steps."""

import ast
from contextlib import suppress

import torch

from grader import check, draw_line, draw_losses, number, same, shape_of, within

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
    assert isinstance(answer, torch.Tensor), f"model(x) is not a tensor: it is {type(answer).__name__}"
    answer = answer.detach().double()
    shape_of(answer, inputs.shape, what="model(x)")
    return answer


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


def compare_line(model):
    """Compare a model's line with the one that the notebook asks for."""
    height, end = outputs(model, torch.tensor([[0.0], [1.0]])).flatten().tolist()
    same(end - height, 3, atol=CLOSE_W, what="model(1) - model(0)")
    same(height, 0.8, atol=CLOSE_B, what="model(0)")


def own_line(student):
    """The picture: the line of the loop by hand over the notebook's points."""
    return draw_line(student.x, student.y, student.w, student.b, true=(3, 0.8))


def model_line(student):
    """The picture: the trained model's line over the notebook's points."""
    height, end = outputs(student.model, torch.tensor([[0.0], [1.0]])).flatten().tolist()
    return draw_line(student.x, student.y, end - height, height, true=(3, 0.8))


def own_losses(student):
    """The picture: the losses of the loop by hand."""
    return draw_losses(student.losses)


@check(points=1, title="w and b are close to y = 3x + 0.8", zh="w 和 b 接近 y = 3x + 0.8", picture=own_line,
       hint="In every step of the loop by hand: a fresh prediction, its loss, backward(), an update of both w and b "
            "against their gradients, and the gradients cleared.",
       zh_hint="手写循环的每一步都要：重新预测，算损失，backward()，w 和 b 都朝各自梯度的反方向更新，然后把梯度清零。")
def test_line(student):
    w, b = number(student.w), number(student.b)
    same(w, 3, atol=CLOSE_W, what="w")
    same(b, 0.8, atol=CLOSE_B, what="b")


@check(points=1, title="The model is close to y = 3x + 0.8", zh="model 接近 y = 3x + 0.8", picture=model_line,
       hint="Mend the names first. If it runs and is far off, the learning rate is too small for these steps.",
       zh_hint="先把名字改对。如果能运行但差得远，就是学习率太小，这些步数走不到。")
def test_model(student):
    compare_line(student.model)


@check(points=1, title="A loop makes the gradient steps", zh="梯度步是在循环里走的", picture=own_losses,
       hint="Repair the loop, don't replace it by a formula: a for or while with backward() and an update in it, that runs.",
       zh_hint="要修好循环，不要用公式代替：for 或 while 里应有 backward() 和更新，并且要能运行。")
def test_loop(student, source):
    assert steps_in_a_loop(source.trees), "no loop makes gradient steps"
    try:
        compare_line(student.model)
    except Exception:  # then the loop by hand has to have run
        within(len(student.losses), STEPS, None, what="len(losses)")
