"""Each slip is made where an answer has a place for it, and nowhere else."""

from __future__ import annotations

import pytest

from grader.notebook.notebook import Cell, Notebook
from grader.proof.mutants import Mutant, mutants

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def lines(*text: str) -> str:
    return "\n".join(text)


def mutants_of(source: str) -> list[Mutant]:
    """The mutants of a notebook with this one code cell."""
    return mutants(Notebook((Cell("code", source, id="answer"),)))


def changes(answer: str, kind: str = "") -> list[str]:
    """What becomes of an answer's lines, by kind; with `kind` only the changes of that kind."""
    return [
        f"{each.kind}: {each.line} -> {each.becomes}"
        for each in mutants_of(lines(BEGIN, answer, END))
        if kind in ("", each.kind)
    ]


# ---- every kind of slip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("y = a + b", "y = a - b"),
        ("y = a - b", "y = a + b"),
        ("y = a * b", "y = a / b"),
        ("y = a / b", "y = a * b"),
        ("y = a ** b", "y = a * b"),
        ("y = a // b", "y = a / b"),
        ("y = a % b", "y = a // b"),
        ("y = a @ b", "y = a * b"),
    ],
)
def test_operators(old, new):
    """An operator is taken for another."""
    assert changes(old) == [f"operator: {old} -> {new}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("w -= g", "w += g"),
        ("w += g", "w -= g"),
        ("w *= g", "w /= g"),
        ("w **= g", "w *= g"),
        ("w //= g", "w /= g"),
    ],
)
def test_operators_of_updates(old, new):
    """An update in place is left out, or made with another operator."""
    assert changes(old) == [f"update: {old} -> pass", f"operator: {old} -> {new}"]


@pytest.mark.parametrize("text", ["y = '%d' % n", "y = 'a' + b", "y = a * '-'", "y = f'{a}' + b"])
def test_operators_of_texts(text):
    """An operation on text is not a computation, and stays."""
    assert changes(text) == []


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("a < b", ["a <= b", "a > b"]),
        ("a <= b", ["a < b", "a > b"]),
        ("a > b", ["a < b", "a >= b"]),
        ("a >= b", ["a < b", "a > b"]),
        ("a == b", ["a != b"]),
        ("a != b", ["a == b"]),
        ("a in b", ["a not in b"]),
        ("a is b", ["a is not b"]),
        ("a is not b", []),
        ("a not in b", []),
        ("a < b == c", ["a <= b == c", "a > b == c", "a < b != c"]),
    ],
)
def test_comparisons(old, news):
    """Each operator of a comparison is off by its bound, or the wrong way round."""
    assert changes(f"y = {old}") == [f"comparison: y = {old} -> y = {new}" for new in news]


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("y = not x", ["y = x"]),
        ("y = not(x)", ["y = (x)"]),
        ("y = not (a or b)", ["y = (a or b)", "y = not (a and b)"]),
        ("y = a and b", ["y = a or b"]),
        ("y = a or b or c", ["y = a and b or c", "y = a or b and c"]),
        ("y = a if b else c", ["y = a if not (b) else c"]),
        ("if a: f(x, y, z)", ["if not (a): f(x, y, z)"]),
    ],
)
def test_conditions(old, news):
    """A condition is negated, and an `and` taken for an `or`."""
    assert changes(old, "condition") == [f"condition: {old} -> {new}" for new in news]


def test_each_branch():
    """The condition of each branch is negated separately."""
    assert changes(lines("if a:", "    pass", "elif b:", "    pass")) == [
        "condition: if a: -> if not (a):",
        "condition: elif b: -> elif not (b):",
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-x", "x"),
        ("- x", "x"),
        ("a * -(b)", "a * (b)"),
        ("-(f(x))", "(f(x))"),
        ("(-x) ** n", "(x) ** n"),
        ("f(-x)", "f(x)"),
    ],
)
def test_signs(old, new):
    """A sign is lost, and the operand's parentheses are not."""
    assert changes(f"y = {old}", "sign") == [f"sign: y = {old} -> y = {new}"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("y = 3", "y = 4"),
        ("y = 0", "y = 1"),
        ("y = 0x10", "y = 17"),
        ("y = 0.5", "y = 1.0"),
        ("y = 1e-3", "y = 0.002"),
        ("y = 0.0", "y = 1.0"),
        ("y = f(3)[i]", "y = f(4)[i]"),
        ("y = f(lr=0.5)", "y = f(lr=1.0)"),
    ],
)
def test_constants(old, new):
    """A whole number is off by one, any other number twice as large."""
    assert changes(old) == [f"constant: {old} -> {new}"]


@pytest.mark.parametrize("value", ["None", "'text'", "b'bytes'", "...", "2j"])
def test_values_that_are_no_numbers(value):
    """Texts, None and the like stay as they are."""
    assert changes(f"y = {value}") == []


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("x[0]", ["index: x[1]"]),
        ("x[i, :2]", ["index: x[i, :3]"]),
        ("x[-1]", ["sign: x[1]", "index: x[-2]"]),
        ("x[f(0)]", ["index: x[f(1)]"]),
    ],
)
def test_indices(old, news):
    """An index is off by one."""
    assert changes(f"y = {old}") == [
        f"{kind} y = {old} -> y = {new}" for kind, new in (each.split(" ", 1) for each in news)
    ]


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("f(x, dim=1)", ["f(x)", "f(x, dim=0)"]),
        ("f(x, axis=0)", ["f(x)", "f(x, axis=1)"]),
        ("f(dim=2)", ["f(dim=0)"]),
        ("f((x), dim=(1))", ["f((x))", "f((x), dim=(0))"]),
    ],
)
def test_axes(old, news):
    """An axis is another, or left out."""
    assert changes(f"y = {old}") == [f"axis: y = {old} -> y = {new}" for new in news]


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("y = True", ["flag: y = False"]),
        ("y = f(bias=False)", ["flag: y = f(bias=True)"]),
        ("y = f(x, keepdim=True)", ["keyword: y = f(x)", "flag: y = f(x, keepdim=False)"]),
        ("y = f(shuffle=True)", ["shuffle: y = f(shuffle=False)"]),
        ("y = torch.randperm(n)", ["shuffle: y = torch.arange(n)"]),
        ("y = rng.permutation(n)", ["shuffle: y = np.arange(n)"]),
        ("rng.shuffle(x)", ["shuffle: pass"]),
    ],
)
def test_flags_and_shuffling(old, news):
    """A flag is inverted, and what should be shuffled is not."""
    assert changes(old) == [f"{kind} {old} -> {new}" for kind, new in (each.split(" ", 1) for each in news)]


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("loss", "MSELoss", "L1Loss"),
        ("loss", "mse_loss", "l1_loss"),
        ("loss", "mean", "sum"),
        ("loss", "sum", "mean"),
        ("loss", "log_softmax", "softmax"),
        ("loss", "square", "abs"),
        ("function", "argmin", "argmax"),
        ("function", "argmax", "argmin"),
        ("function", "min", "max"),
        ("function", "max", "min"),
        ("function", "zeros", "ones"),
        ("function", "ones", "zeros"),
        ("function", "rand", "randn"),
        ("function", "randn", "rand"),
        ("function", "zeros_like", "ones_like"),
        ("function", "ones_like", "zeros_like"),
        ("function", "max_pool2d", "avg_pool2d"),
        ("mode", "train", "eval"),
        ("mode", "eval", "train"),
    ],
)
def test_functions_taken_for_others(kind, old, new):
    """A function is taken for its neighbour, however it is reached, but only where it is called."""
    for before in ("", "x.", "nn.functional.", "(a @ b)."):
        assert changes(f"y = {before}{old}(x)", kind) == [
            f"{kind}: y = {before}{old}(x) -> y = {before}{new}(x)"
        ]
    assert changes(f"y = {old}") == changes(f"y = x.{old}") == []


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("detach", "x.detach()", "x"),
        ("detach", "torch.detach(x)", "x"),
        ("detach", "c * (a + b).detach()", "c * (a + b)"),
        ("detach", "f(x).detach().item()", "f(x).item()"),
        ("copy", "x.clone()", "x"),
        ("copy", "torch.clone(x)", "x"),
        ("copy", "np.copy(x)", "x"),
        ("copy", "copy.copy(x)", "x"),
        ("copy", "x.data.copy()", "x.data"),
        *(
            ("shape", f"x.{name}(n)", "x")
            for name in ("reshape", "view", "flatten", "squeeze", "unsqueeze", "ravel")
        ),
        ("shape", "x.T", "x"),
        ("shape", "f(x.T)", "f(x)"),
        ("shape", "torch.flatten(x, n)", "x"),
        ("shape", "c @ (a @ b).T", "c @ (a @ b)"),
        ("shape", "c * (a + b).view(n)", "c * (a + b)"),
        ("shape", "self.flatten(x)", "x"),
        ("activation", "torch.relu(x)", "x"),
        ("activation", "nn.functional.relu(x)", "x"),
        ("activation", "relu(x)", "x"),
        ("activation", "x.relu()", "x"),
        ("activation", "self.relu(x)", "x"),
        ("activation", "F.relu(a @ b)", "a @ b"),
        ("activation", "F.relu(a @ b) @ c", "(a @ b) @ c"),
        ("activation", "F.relu(f(x)) @ c", "f(x) @ c"),
        ("activation", "F.relu(-a).sum()", "(-a).sum()"),
        ("activation", "nn.Sequential(a, nn.ReLU())", "nn.Sequential(a, nn.Identity())"),
    ],
)
def test_functions_that_are_left_out(kind, old, new):
    """A function that only changes its value's form is left out, and its argument stays one expression."""
    assert changes(f"y = {old}", kind) == [f"{kind}: y = {old} -> y = {new}"]


def test_a_model_is_cut_from_its_graph():
    """The result of a model's forward is detached, and no other function's."""
    assert changes(lines("class M:", "    def forward(self, x):", "        return x")) == [
        "detach: return x -> return (x).detach()"
    ]
    assert (
        changes(lines("def forward(x):", "    return x"))
        == changes(lines("class M:", "    def backward(self, x):", "        return x"))
        == []
    )


@pytest.mark.parametrize("call", ["y.backward()", "g = torch.autograd.grad(y, w, v)"])
def test_a_loop_is_cut_from_its_graph(call):
    """What a loop computes is detached where the same function or cell asks for gradients."""
    loop = lines("for x in xs:", "    y = f(x)", "    " + call)
    expected = ["detach: y = f(x) -> y = (f(x)).detach()"]
    assert (
        changes(loop, "detach")[:1]
        == changes(lines("def train():", *("    " + line for line in loop.split("\n"))), "detach")[:1]
        == expected
    )
    assert (
        changes(lines("for x in xs:", "    y = f(x)"), "detach")
        == changes(lines("y = f(x)", call), "detach")
        == []
    )


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("f(x, bias=b)", ["f(x)"]),
        ("f(lr=g, momentum=m)", ["f(lr=g)"]),
        ("f(x, a=b, c=d)", ["f(x, c=d)", "f(x, a=b)"]),
        ("f(lr=g)", []),
        ("f(x, **more)", []),
    ],
)
def test_keywords(old, news):
    """A keyword argument is left out unless it is the first argument."""
    assert changes(f"y = {old}") == [f"keyword: y = {old} -> y = {new}" for new in news]


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("f(a, b)", ["f(b, a)"]),
        ("f((a), (b))", ["f((b), (a))"]),
        ("f(a, b, c)", []),
        ("f(a, *b)", []),
        ("f(a, b.c)", []),
        ("f(a, b=c)", []),
    ],
)
def test_arguments(old, news):
    """The arguments of a call with two names are swapped."""
    assert changes(f"y = {old}", "arguments") == [f"arguments: y = {old} -> y = {new}" for new in news]


@pytest.mark.parametrize(
    ("old", "news"),
    [("a, b", ["b, a"]), ("(a, b)", ["(b, a)"]), ("(a), f(b)", ["(f(b)), a"]), ("a, b, c", []), ("a", [])],
)
def test_the_order_of_results(old, news):
    """Two returned values are swapped."""
    assert changes(lines("def f():", f"    return {old}")) == [
        f"order: return {old} -> return {new}" for new in news
    ]


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("range(n)", ["range(n + 1)", "range(n - 1)"]),
        ("range(a, b, c)", ["range(a, b + 1, c)", "range(a, b - 1, c)"]),
        ("range(len(x))", ["range(len(x) + 1)", "range(len(x) - 1)"]),
        ("range(a - b)", ["range(a - b + 1)", "range(a - b - 1)"]),
        ("range(a or b)", ["range((a or b) + 1)", "range((a or b) - 1)"]),
        ("range(*n)", []),
        ("range()", []),
    ],
)
def test_steps(old, news):
    """A loop takes one step too many or too few."""
    assert changes(f"for i in {old}: pass", "steps") == [
        f"steps: for i in {old}: pass -> for i in {new}: pass" for new in news
    ]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("gradients", "opt.zero_grad()"),
        ("gradients", "w.grad = None"),
        ("gradients", "w.grad.zero_()"),
        ("gradients", "w.grad.data.zero_()"),
        ("gradients", "w.grad = v.grad = None"),
        *(("update", text) for text in ("opt.step()", "w.data = v", "w.sub_(v)", "w.data.add_(v)", "w -= v")),
        ("shuffle", "random.shuffle(x)"),
        ("mode", "model.eval()"),
        ("statement", "loss.backward()"),
        ("statement", "f()"),
        ("statement", "x.attr = v"),
        ("statement", "x[i] = v"),
    ],
)
def test_statements_that_are_left_out(kind, text):
    """A statement with an effect is left out, and the kind says what is missing then."""
    assert changes(text)[0] == f"{kind}: {text} -> pass"


@pytest.mark.parametrize("head", ["for x in xs:", "while x:", "for x in xs:\n    with y:"])
def test_assignments_in_loops(head):
    """In a loop an assignment is left out too: the name keeps its old value."""
    indent = "    " * (head.count("\n") + 1)
    assert changes(lines(head, f"{indent}y = x")) == ["statement: y = x -> pass"]
    assert changes(lines(head, f"{indent}y, z = x")) == ["statement: y, z = x -> pass"]


@pytest.mark.parametrize(
    "text",
    [
        "y = x",
        "y, z = x",
        "'text'",
        "x",
        "import torch",
        "y: int",
        "def f():\n    return x",
        "del x",
        "lambda: x",
    ],
)
def test_statements_that_stay(text):
    """Definitions stay, since nothing would run without them, and so do statements without an effect."""
    assert changes(text) == []


def test_what_a_generator_yields():
    """A `yield` is left out."""
    assert changes(lines("def f():", "    yield x")) == ["statement: yield x -> pass"]


@pytest.mark.parametrize("text", ["(a, b)", "a, b"])
def test_parameters_that_are_forgotten(text):
    """A loop over a tuple of parameters forgets one of them."""
    assert changes(f"for w in {text}: pass") == [
        f"update: for w in {text}: pass -> for w in {new}: pass" for new in ("(a,)", "(b,)")
    ]
    assert changes("for w in (a,): pass") == []


def test_gradients_that_are_recorded():
    """`no_grad` is forgotten around a block and before a function or method. Other blocks stay."""
    assert changes(lines("with torch.no_grad():", "    pass")) == [
        "no_grad: with torch.no_grad(): -> if True:"
    ]
    assert changes(lines("@torch.no_grad()  # quick", "def f():", "    pass")) == [
        "no_grad: @torch.no_grad()  # quick -> "
    ]
    [method] = mutants_of(
        lines(BEGIN, "class M:", "    a = b", "    @torch.no_grad()", "    def f(self):", "        pass", END)
    )
    assert method.notebook.cells[0].source == lines(
        BEGIN, "class M:", "    a = b", "    def f(self):", "        pass", END
    )
    assert changes(lines("with f():", "    pass")) == changes(lines("@f", "def f():", "    pass")) == []


# ---- the exact place


@pytest.mark.parametrize(
    "before",
    ["é = '张伟'; ", "s = '\N{GRINNING FACE}'; ", "s = 'e\N{COMBINING ACUTE ACCENT}'; ", "λ = 'ß'; "],
)
def test_text_of_more_than_one_byte(before):
    """Characters of several bytes, before an edit or within it, do not shift it."""
    old = "y = f(é - x[0], ü='ä')"
    news = {
        "keyword": "y = f(é - x[0])",
        "operator": "y = f(é + x[0], ü='ä')",
        "index": "y = f(é - x[1], ü='ä')",
    }
    assert sorted(changes(before + old)) == sorted(
        f"{kind}: {before}{old} -> {before}{new}" for kind, new in news.items()
    )


@pytest.mark.parametrize(
    ("old", "news"),
    [
        ("y = (a) - (b)", ["y = (a) + (b)"]),
        ("y = ((a - b)) * c", ["y = ((a - b)) / c", "y = ((a + b)) * c"]),
        ("y = a - (b + c)", ["y = a + (b + c)", "y = a - (b - c)"]),
        ("y = (a)-(-b)", ["y = (a)+(-b)"]),
    ],
)
def test_operands_in_parentheses(old, news):
    """The operator between operands in parentheses is replaced, and no other."""
    assert sorted(changes(old, "operator")) == sorted(f"operator: {old} -> {new}" for new in news)


@pytest.mark.parametrize(
    ("text", "number", "line", "becomes"),
    [
        (("y = (a  # less - more", "     - b)"), 3, "- b)", "+ b)"),
        (("y = (a -  # less - more", "     b)"), 2, "y = (a -  # less - more", "y = (a +  # less - more"),
        (("y = (a  # this and that", "     # and more", "     and b)"), 4, "and b)", "or b)"),
        (("y = (a  # as in here", "     in b)"), 3, "in b)", "not in b)"),
        (("y = a \\", "    - b"), 3, "- b", "+ b"),
    ],
)
def test_comments_between_operands(text, number, line, becomes):
    """Words in a comment are not operators, and the line that is named is the operator's."""
    [mutant] = mutants_of(lines(BEGIN, *text, END))
    assert (mutant.number, mutant.line, mutant.becomes) == (number, line, becomes)


@pytest.mark.parametrize(
    ("text", "kind", "result"),
    [
        (("y = f(x,  # first", "      dim=n)"), "axis", ("y = f(x)",)),
        (
            ("y = f(a,  # first", "      b)  # second"),
            "arguments",
            ("y = f(b,  # first", "      a)  # second"),
        ),
        (("y = torch.relu(", "    a", "    @ b)"), "activation", ("y = (a", "    @ b)")),
        (("y = (", "    a", "    .detach()", ")"), "detach", ("y = (", "    a", ")")),
        (
            ("def f():", "    return (a,", "            -b)"),
            "order",
            ("def f():", "    return (-b,", "            a)"),
        ),
        (("opt.step(", "    closure", ")"), "update", ("pass",)),
        (("if (a", "        or b):", "    pass"), "condition", ("if (not (a", "        or b)):", "    pass")),
        (
            ("for i in range(", "    n", "):", "    pass"),
            "steps",
            ("for i in range(", "    n + 1", "):", "    pass"),
        ),
    ],
)
def test_expressions_of_several_lines(text, kind, result):
    """An expression of several lines is changed as a whole, and keeps its layout where it can."""
    assert next(each for each in mutants_of(lines(BEGIN, *text, END)) if each.kind == kind).notebook.cells[
        0
    ].source == lines(BEGIN, *result, END)


def test_formatted_texts():
    """A computation in an f-string is changed in its place, not in the text around it."""
    assert changes("y = f'é x + 1 {x + 1:.3f} {{1}} {z[1]}'") == [
        f"{kind}: y = f'é x + 1 {{x + 1:.3f}} {{{{1}}}} {{z[1]}}' -> "
        f"y = f'é x + 1 {{{new}:.3f}} {{{{1}}}} {{z[{index}]}}'"
        for kind, new, index in (("operator", "x - 1", 1), ("constant", "x + 2", 1), ("index", "x + 1", 2))
    ]
