"""The hidden checks: the losses and gradients of the loop by hand, its parts, the model elsewhere, both for other data."""

from contextlib import suppress

import pytest
import torch

from grader import StudentError, check, number, same, shape_of, within

CLOSE_W, CLOSE_B = 0.21, 0.12

# On another line the usual loop (rate 0.01, 2000 steps) ends within these: 0 of 5,000 outside.
LINE_W, LINE_B = 3.0, 0.8
OTHER_W, OTHER_B = -2.0, 5.0
WITHIN_W, WITHIN_B = 0.5, 0.3

# A far line, of which one point is given: nobody can learn it from that. The steps lead up from every start above w = -20.
FAR_W, FAR_B = -20.0, 50.0

# Of the first loss. The usual loop leaves 0.0005 of it (100 seeds).
LEFT = 0.2

# Of the loss: the first step of the usual loop changes it by 4.6 % and more (100 seeds).
STALE = 1e-5

# Of what an uncleared gradient adds to a step. Where it is cleared, all of that is missing; float32 leaves 1e-4.
UNCLEARED = 0.02
# Where neither is cleared, momentum of 0.99 looks nearly the same: it misses 0.0099.
BOTH = 0.005
# Whether the gradient is cleared before the second step, and before the third.
CLEARED = ((False, False), (False, True), (True, False))
TOO_LARGE = 1.9  # of the error, in one step; from 2 on the errors grow

# Of a last loss, for the one after it: a loop at a constant rate gives it within 0.1 %. Below the floor it is noise.
NEXT, FLOOR = 0.02, 1e-10

EXACT = 1e-4


def outputs(model, x):
    """What the model makes of x, in float64; x gets the dtype of the model's weights."""
    dtype = torch.float32
    with suppress(Exception):
        dtype = next(value.dtype for _, value in model.state_dict().items() if value.is_floating_point())
    y = model(x.to(dtype))
    assert isinstance(y, torch.Tensor) and y.is_floating_point()
    shape_of(y, x.shape, what="model(x)")
    return y.detach().double()


@pytest.fixture(scope="module")
def other(rerun):
    """The notebook on another line, a falling one."""
    return rerun(true_w=OTHER_W, true_b=OTHER_B)


@pytest.fixture(scope="module")
def one(rerun):
    """The notebook on a single point of the far line."""
    return rerun(true_w=FAR_W, true_b=FAR_B, n=1)


def losses_of(run):
    return [number(loss) for loss in run.losses]


def slope_and_height(model):
    height, end = outputs(model, torch.tensor([[0.0], [1.0]])).flatten().tolist()
    return end - height, height


def told(one, line):
    """Whether a notebook has found from one point what can't be found from it. One that fails there, or made more points, has not."""
    with suppress(Exception):
        if len(one.x) == 1:
            w, b = line(one)
            return abs(w - FAR_W) <= WITHIN_W and abs(b - FAR_B) <= WITHIN_B
    return False


def keeps_a_gradient(losses, x):
    """Whether the losses of a loop on the single point x are those of one that does not clear w's gradient, or b's.

    Let r be the errors, whose squares are the losses. At the rate a/2 a fresh gradient takes a·r off in b's step, and
    a·x²·r in w's. What is not cleared is taken off again in later steps, until it is cleared.
    """
    r0, *after = (loss**0.5 for loss in losses[:4])
    for r1 in (after[0], -after[0]):  # a large step goes across the target
        share = 1 - r1 / r0
        a = share / (1 + x * x)
        for kept, missing in ((a, UNCLEARED), (a * x * x, UNCLEARED), (share, BOTH)):
            # Float32 can't tell steps that are too small, and the loop does not arrive with steps that are too large.
            if kept < EXACT or share > TOO_LARGE:
                continue
            for cleared in CLEARED:
                ends, left = [r0, r1], kept * r0
                for is_cleared in cleared:
                    left = 0 if is_cleared else left
                    # Taken off are the fresh gradient and what is left; of the fresh one a part is left for the next.
                    ends.append(ends[-1] * (1 - share) - left)
                    left += kept * ends[-2]
                missed = max(abs(abs(r) - seen) for r, seen in zip(ends[2:], after[1:]))
                if missed <= missing * kept * r0:
                    return True
    return False


def lead_to(run, line, found):
    """Whether the losses of a run lead to a line that was found, as far as can be told: None if it can't."""
    before, last = losses_of(run)[-2:]
    x = torch.as_tensor(run.x).detach().double()
    slope, height = (was - is_ for was, is_ in zip(line, found, strict=True))
    end = (slope * x + height).square().mean().item()
    if end < FLOOR or last < FLOOR:
        return None
    return abs(last * last / before / end - 1) <= NEXT


def are_the_models(student, other):
    """Whether the losses are those of the model, and not of w and b, in both runs."""
    with suppress(Exception):
        runs = ((student, (LINE_W, LINE_B)), (other, (OTHER_W, OTHER_B)))
        by_hand = [lead_to(run, line, (number(run.w), number(run.b))) for run, line in runs]
        by_model = [lead_to(run, line, slope_and_height(run.model)) for run, line in runs]
        return all(by_model) and False in by_hand
    return False


def belong(run):
    """Whether the last loss is one of steps that led to the run's w and b, in whatever measure. None if it can't be told.

    A mean over many steps is not: the loop on a single point has arrived, and the mean still has the first losses in it.
    """
    with suppress(Exception):  # a notebook that needs more than one point, or other names
        w, b, last = number(run.w), number(run.b), losses_of(run)[-1]
        x, y = (torch.as_tensor(each).detach().double() for each in (run.x, run.y))
        end = (w * x + b - y).square().mean().item()
        # Squares, their sum, or absolute errors, from before the last step or after it.
        return last <= 10 * max(end**0.5, len(x) * end, STALE * (1 + abs(w) + abs(b)))
    return None


def is_own(error):
    """Whether a function did not take the stub's arguments: it was written anew, for others. No line of it has run."""
    return error.kind == "TypeError" and not error.trace


def call(function, *arguments):
    """What a part of the stub answers, as numbers. None if it is no longer the stub's: no function, or one of other arguments."""
    if not callable(function):
        return None
    try:
        return torch.as_tensor(function(*arguments)).detach().double()
    except StudentError as error:
        if is_own(error):
            return None
        raise


def part(student, name):
    """A name of the notebook; None if there is no such name."""
    with suppress(Exception):
        return getattr(student, name)
    return None


@check(points=1, title="The loop by hand finds another line as well", zh="换一条直线，手写循环也能找到", depends=["test_loop"],
       hint="w, b and losses have to come from the loop, on the x and y of this run.",
       zh_hint="w、b 和 losses 都要由循环根据这一次的 x 和 y 得出。")
def test_other_line(other, one):
    same(number(other.w), OTHER_W, atol=WITHIN_W, what="w")
    same(number(other.b), OTHER_B, atol=WITHIN_B, what="b")
    assert not told(one, lambda run: (number(run.w), number(run.b)))


@check(points=1, title="losses has one number a step of the loop by hand, each of a fresh prediction, and they go down",
       zh="losses 是手写循环每一步的损失，每个都来自新的预测，并且不断变小", depends=["test_loop"],
       hint="Append loss.item() itself, no mean of several, in every step of part A, at least 100 times. Are the first two the same? Then the "
            "prediction was made before the update.",
       zh_hint="在 A 部分的每一步都 append 一次 loss.item() 本身（不要取几步的平均），至少 100 个。前两个损失一样吗？那说明预测是在更新之前做的。")
def test_losses(student, other, one):
    first, again = losses_of(student), losses_of(other)
    for losses in (first, again):
        assert len(losses) >= 100
        within(max(losses[-10:]), None, LEFT * losses[0], what="the largest of the last ten losses")
        assert abs(losses[1] - losses[0]) >= STALE * losses[0] > 0
    assert all(belong(run) is not False for run in (student, other, one))
    assert abs(first[0] - again[0]) >= STALE * first[0]
    assert not are_the_models(student, other)


@check(points=1, title="predict and mse are repaired as well", zh="predict 和 mse 也修好了",
       hint="predict(x) is w·x + b at the w and b of now. mse(y_pred, y) is the mean of the squares: 2.5 in the example above it.",
       zh_hint="predict(x) 用当前的 w 和 b 算 w·x + b。mse(y_pred, y) 是平方误差的平均：上面的例子应得 2.5。")
def test_parts(student):
    w, b, x = number(student.w), number(student.b), torch.rand(5, 1)
    predicted = call(part(student, "predict"), x)
    measured = call(part(student, "mse"), torch.tensor([1.0, 3.0, 0.0]), torch.tensor([2.0, 5.0, 5.0]))
    if predicted is not None:
        assert w or b
        same(predicted, w * x.double() + b, atol=EXACT * (1 + abs(w) + abs(b)), what="predict(x)")
    if measured is not None:
        same(measured, 10, atol=EXACT, what="mse([1, 3, 0], [2, 5, 5])")  # (1 + 4 + 25) / 3
    # Whoever wrote part A anew may do without them.
    if predicted is None or measured is None:
        same(w, LINE_W, atol=CLOSE_W, what="w")
        same(b, LINE_B, atol=CLOSE_B, what="b")


@check(points=1, title="Both gradients are cleared in every step", zh="每一步都清零了两个梯度", depends=["test_other_line"],
       hint="backward() adds to w.grad and to b.grad. Clear both, each time: what is left of one goes into all later steps.",
       zh_hint="backward() 会累加到 w.grad 和 b.grad 上。每次都要把两个都清零：漏掉一个，它就会混进之后的每一步。")
def test_cleared(one):
    losses, x = [], None
    with suppress(Exception):  # a notebook that needs more than one point has shown what it can
        losses, x = losses_of(one), number(one.x)
    if x is not None and len(losses) >= 4 and min(losses[:4]) > EXACT**2 * losses[0]:
        assert not keeps_a_gradient(losses, x)


@check(points=2, title="The model learns another line as well", zh="换一条直线，model 也能学会", depends=["test_loop"],
       hint="The model has to learn from the x and y of this run; does your rate arrive from every start?",
       zh_hint="model 要从这一次的 x 和 y 中学习；从任意的起点出发，你的学习率都能到位吗？")
def test_other_model(other, one):
    w, b = slope_and_height(other.model)
    same(w, OTHER_W, atol=WITHIN_W, what="the slope of model")
    same(b, OTHER_B, atol=WITHIN_B, what="the height of model")
    assert not told(one, lambda run: slope_and_height(run.model))


@check(points=1, title="The model is right at other points, one or many", zh="换别的点，无论一个还是多个，model 都答得对",
       depends=["test_other_model"],
       hint="model(x) maps (n, 1) to (n, 1) for every n.",
       zh_hint="对任意的 n，model(x) 都把 (n, 1) 变成 (n, 1)。")
def test_model_elsewhere(student):
    for count in (1, 7, 64):
        x = torch.rand(count, 1)
        # CLOSE_W · x + CLOSE_B, in terms of the line.
        part = CLOSE_W / LINE_W
        same(outputs(student.model, x), LINE_W * x + LINE_B, atol=CLOSE_B - part * LINE_B, rtol=part, what="model(x)")
