"""Rewritten code computes what it computed before, in another form."""

from __future__ import annotations

import ast

import pytest

from grader.proof.rewrites import BUNDLES, OF_GIVEN, REWRITES, Task

TASK = Task(
    "Start wherever you like, with any optimizer, and return a tuple or a list.",
    {"f": "A pair."},
    "import torch",
)

CODE = {
    "loop": "def f(x, n=3):\n    total = 0\n    for k in range(n):\n        total += k * x\n"
    "    return total\nout = f(2)",
    "one expression": "def f(x, y=1):\n    'The sum.'\n    return x + y\nout = f(2, y=5)",
    "generator": "def f(n):\n    'Squares.'\n    for k in range(n):\n        if k == 3:\n            break\n"
    "        yield k * k\nout = list(f(5)), list(f(2))",
    "numbers": "def f(xs):\n    u = v = 0.0\n    for x in xs:\n        u -= 2 * x\n        v = v - u\n"
    "    return u, v\nout = tuple(f([1, 2]))",
    "nested": "def f(xs):\n    def g(k):\n        return k * factor\n    factor = 3\n"
    "    return [g(k) for k in xs if k]\nout = tuple(f([0, 1, 2]))",
    "recursion": "def f(n):\n    return 1 if n < 2 else n * f(n - 1)\nout = f(5)",
    "class": "class Box:\n    def __init__(self, size):\n        area = size * size\n"
    "        self.area = area\n"
    "def f(size):\n    return Box(size).area\nout = f(3)",
    "breaks": "out = []\nfor k in range(10):\n    if k > 4:\n        break\n    for j in range(k):\n"
    "        out.append((k, j))\nlast = k",
    "continues": "out = 0\nfor k in range(5):\n    if k == 2:\n        continue\n    out += k",
    "keyword only": "def f(a, *, b):\n    return a - b\nout = f(5, b=3)",
    "many": "def f(*a, **k):\n    c = len(a) + len(k)\n    return c\nout = f(1, 2, b=3)",
    "looks at names": "def f(a):\n    b = a\n    return sorted(locals())\nout = f(1)",
}


def after(source: str, *names: str, task: Task = TASK) -> str:
    """A source after these rewrites."""
    tree = ast.parse(source)
    for name in names:
        REWRITES[name](tree, task)
    return ast.unparse(ast.fix_missing_locations(tree))


def results(source: str) -> tuple[object, object]:
    """What running a source leaves behind."""
    names: dict[str, object] = {}
    exec(source, names)
    return names["out"], names.get("last")


@pytest.mark.parametrize("code", CODE.values(), ids=CODE.keys())
@pytest.mark.parametrize("rewrite", [*REWRITES, *BUNDLES])
def test_results_stay(code: str, rewrite: str) -> None:
    """Whatever is rewritten, alone or with others, gives the results that it gave."""
    assert results(after(code, *BUNDLES.get(rewrite, (rewrite,)))) == results(code)


WHILE = "turn_1, end_1 = (0, n)\nwhile turn_1 < end_1:\n    k = turn_1\n    f(k)\n    turn_1 += 1"
FULL = "torch.full((2, 1,), 0.01, requires_grad=True)"
LAYER = "self.a = nn.Linear(1, 2)"


@pytest.mark.parametrize(
    ("rewrite", "code", "expected"),
    [
        ("renamed locals", "def f(x):\n    y = x\n    return y", "def f(x):\n    my_y = x\n    return my_y"),
        ("annotations", "def f(x):\n    y = x", "def f(x: object) -> object:\n    y: object = x"),
        ("lambdas", "def f(x):\n    return x", "f = lambda x: x"),
        ("closures", "def f(): pass", "def make_f():\n    def f(): pass\n    return f\nf = make_f()"),
        (
            "callable objects",
            "def f(x): pass",
            "class FFunction:\n    def __call__(self, x): pass\nf = FFunction()",
        ),
        ("helper functions", "def f(x): x", "def f_steps(x): x\ndef f(x): return f_steps(x)"),
        ("while loops", "for k in range(n):\n    f(k)", WHILE),
        ("generators consumed", "y = [k for k in x]", "y = list((k for k in x))"),
        ("in place", "p -= rate * p.grad", "p.sub_(rate * p.grad)"),
        ("in place", "w = 1.0\nw -= g + h", "w = 1.0\nw = w - (g + h)"),
        ("other containers", "def f(): return a, b", "def f(): return [a, b]"),
        ("other containers", "def f(): return [k for k in x]", "def f(): return tuple([k for k in x])"),
        ("other start", "w = torch.zeros(2, 1, requires_grad=True)", f"w = {FULL}"),
        ("other start", LAYER, f"{LAYER}\nself.a.bias.data.zero_()\nself.a.weight.data.mul_(0.9)"),
        ("tensor parameters", "true_w = [2.0, -3.4]", "true_w = torch.tensor([2.0, -3.4])"),
        ("float64", "import torch", "import torch\ntorch.set_default_dtype(torch.float64)"),
    ],
)
def test_what_becomes_of_code(rewrite: str, code: str, expected: str) -> None:
    """Each rewrite does what its name says."""
    assert after(code, rewrite) == ast.unparse(ast.parse(expected))


def test_a_schedule() -> None:
    """The rate falls after each step of an optimizer that the task leaves open."""
    code = "optimizer = torch.optim.SGD(net.parameters(), lr=1)\nfor x in data:\n    optimizer.step()"
    found = after(code, "a schedule")
    assert "schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.999)" in found
    assert found.endswith("optimizer.step()\n    schedule.step()")
    assert after(code, "a schedule", task=Task("Use SGD.", {}, "import torch")) == code
    scheduled = Task(TASK.text, {}, "import torch\nschedule = LambdaLR(optimizer, rate)")
    assert after(code, "a schedule", task=scheduled) == code


def test_a_schedule_in_its_own_scope() -> None:
    """Where an optimizer steps in another function than the one that makes it, there is no schedule."""
    code = "def f():\n    opt = optim.SGD(net.parameters())\n    g(opt)\n\ndef g(opt):\n    opt.step()"
    assert after(code, "a schedule") == code


def test_float64_beside_products() -> None:
    """A function that multiplies matrices may be given others of float32."""
    code = "import torch\n\ndef f(X, w):\n    return X @ w"
    assert after(code, "float64", task=Task("", {}, code)) == code


def test_float64_beside_data_from_a_file() -> None:
    """Data that were stored as float32 would not fit weights of float64."""
    code = "import torch\nx = torch.from_numpy(np.load(file)['x'])"
    assert after(code, "float64", task=Task("", {}, code)) == code


@pytest.mark.parametrize(
    ("rewrite", "code"),
    [
        ("annotations", "def f() -> int:\n    global x\n    x = 1"),
        ("in place", "x -= g"),
        ("other containers", "def g():\n    return (a, b)"),
        ("other start", "self.a = nn.Linear(1, 2, bias=False)"),
        ("other start", "v = torch.zeros(2, requires_grad=True)"),
        ("while loops", "for k in range(1, n):\n    f(k)"),
        ("tensor parameters", "true_n = round(2.5)"),
        ("float64", "import numpy"),
        ("lambdas", "def f(x: int):\n    return x"),
    ],
)
def test_what_is_left_alone(rewrite: str, code: str) -> None:
    """Where a rewrite might change what is computed, it does nothing."""
    assert after(code, rewrite) == code


def test_wrapped_once() -> None:
    """A function and its helper are each decorated once."""
    assert after("def f(x):\n    return x", "helper functions", "decorators").count("@as_written") == 2


def test_names() -> None:
    """Bundles and rewrites of given cells name rewrites that there are."""
    assert {name for names in BUNDLES.values() for name in names} | set(OF_GIVEN) <= set(REWRITES)
