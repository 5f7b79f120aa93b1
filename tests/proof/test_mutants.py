"""Each slip is made where an answer has a place for it, and nowhere else; a mutant's words, diff and notebook tell the same."""

from __future__ import annotations

import ast
import difflib

import pytest

from grader.notebook.notebook import Cell, Notebook
from grader.proof.mutants import Mutant, mutants

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def lines(*text: str) -> str:
    return "\n".join(text)


def of(source: str) -> list[Mutant]:
    """The mutants of a notebook with this one code cell."""
    return mutants(Notebook((Cell("code", source, id="answer"),)))


def told(answer: str, kind: str = "") -> list[str]:
    """What becomes of an answer's lines, by kind; of one kind where it is given."""
    return [
        f"{each.kind}: {each.line} -> {each.becomes}"
        for each in of(lines(BEGIN, answer, END))
        if kind in ("", each.kind)
    ]


# ---- every kind


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
    assert told(old) == [f"operator: {old} -> {new}"]


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
    assert told(old) == [f"update: {old} -> pass", f"operator: {old} -> {new}"]


@pytest.mark.parametrize("text", ["y = '%d' % n", "y = 'a' + b", "y = a * '-'", "y = f'{a}' + b"])
def test_operators_of_texts(text):
    """What is done to a text is no computation."""
    assert told(text) == []


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
    """A comparison is off by its bound, or the wrong way round, in each of its places."""
    assert told(f"y = {old}") == [f"comparison: y = {old} -> y = {new}" for new in news]


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
    assert told(old, "condition") == [f"condition: {old} -> {new}" for new in news]


def test_each_branch():
    """Every branch's condition is negated by itself."""
    assert told(lines("if a:", "    pass", "elif b:", "    pass")) == [
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
    assert told(f"y = {old}", "sign") == [f"sign: y = {old} -> y = {new}"]


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
    """A whole number is off by one, another one twice as large."""
    assert told(old) == [f"constant: {old} -> {new}"]


@pytest.mark.parametrize("value", ["None", "'text'", "b'bytes'", "...", "2j"])
def test_values_that_are_no_numbers(value):
    """Texts, None and the like are left as they are."""
    assert told(f"y = {value}") == []


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
    assert told(f"y = {old}") == [
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
    assert told(f"y = {old}") == [f"axis: y = {old} -> y = {new}" for new in news]


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
    """A flag is the other one, and what was to be shuffled is not."""
    assert told(old) == [f"{kind} {old} -> {new}" for kind, new in (each.split(" ", 1) for each in news)]


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
    """A function is taken for its neighbour, by whatever way it is reached, and only where it is called."""
    for before in ("", "x.", "nn.functional.", "(a @ b)."):
        assert told(f"y = {before}{old}(x)", kind) == [
            f"{kind}: y = {before}{old}(x) -> y = {before}{new}(x)"
        ]
    assert told(f"y = {old}") == told(f"y = x.{old}") == []


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
def test_what_is_passed_over(kind, old, new):
    """A function that gives back its value in another form is passed over, and what it was asked of stays one value."""
    assert told(f"y = {old}", kind) == [f"{kind}: y = {old} -> y = {new}"]


def test_a_model_is_cut_from_its_graph():
    """What a model's forward gives back is detached, and nothing else's."""
    assert told(lines("class M:", "    def forward(self, x):", "        return x")) == [
        "detach: return x -> return (x).detach()"
    ]
    assert (
        told(lines("def forward(x):", "    return x"))
        == told(lines("class M:", "    def backward(self, x):", "        return x"))
        == []
    )


@pytest.mark.parametrize("call", ["y.backward()", "g = torch.autograd.grad(y, w, v)"])
def test_a_loop_is_cut_from_its_graph(call):
    """What a training loop computes is detached where gradients are asked for in the same function or cell."""
    loop = lines("for x in xs:", "    y = f(x)", "    " + call)
    expected = ["detach: y = f(x) -> y = (f(x)).detach()"]
    assert (
        told(loop, "detach")[:1]
        == told(lines("def train():", *("    " + line for line in loop.split("\n"))), "detach")[:1]
        == expected
    )
    assert (
        told(lines("for x in xs:", "    y = f(x)"), "detach") == told(lines("y = f(x)", call), "detach") == []
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
    """A keyword is left out, but for the first argument."""
    assert told(f"y = {old}") == [f"keyword: y = {old} -> y = {new}" for new in news]


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
    """The arguments of a call with two names are the wrong way round."""
    assert told(f"y = {old}", "arguments") == [f"arguments: y = {old} -> y = {new}" for new in news]


@pytest.mark.parametrize(
    ("old", "news"),
    [("a, b", ["b, a"]), ("(a, b)", ["(b, a)"]), ("(a), f(b)", ["(f(b)), a"]), ("a, b, c", []), ("a", [])],
)
def test_the_order_of_results(old, news):
    """Two results are returned the wrong way round."""
    assert told(lines("def f():", f"    return {old}")) == [
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
    assert told(f"for i in {old}: pass", "steps") == [
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
    """A statement that is there for its effect is left out, and the kind says what is missing then."""
    assert told(text)[0] == f"{kind}: {text} -> pass"


@pytest.mark.parametrize("head", ["for x in xs:", "while x:", "for x in xs:\n    with y:"])
def test_assignments_in_loops(head):
    """In a loop an assignment is left out too: the name keeps what it had."""
    indent = "    " * (head.count("\n") + 1)
    assert told(lines(head, f"{indent}y = x")) == ["statement: y = x -> pass"]
    assert told(lines(head, f"{indent}y, z = x")) == ["statement: y, z = x -> pass"]


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
def test_statements_that_are_not(text):
    """Without what is defined nothing else would run, and what has no effect is no slip."""
    assert told(text) == []


def test_what_a_generator_yields():
    """A value is not yielded."""
    assert told(lines("def f():", "    yield x")) == ["statement: yield x -> pass"]


@pytest.mark.parametrize("text", ["(a, b)", "a, b"])
def test_parameters_that_are_forgotten(text):
    """A loop over what is to be updated forgets one of it."""
    assert told(f"for w in {text}: pass") == [
        f"update: for w in {text}: pass -> for w in {new}: pass" for new in ("(a,)", "(b,)")
    ]
    assert told("for w in (a,): pass") == []


def test_gradients_that_are_recorded():
    """`no_grad` is forgotten, around a block and before a function, method or not; other blocks stay."""
    assert told(lines("with torch.no_grad():", "    pass")) == ["no_grad: with torch.no_grad(): -> if True:"]
    assert told(lines("@torch.no_grad()  # quick", "def f():", "    pass")) == [
        "no_grad: @torch.no_grad()  # quick -> "
    ]
    [method] = of(
        lines(BEGIN, "class M:", "    a = b", "    @torch.no_grad()", "    def f(self):", "        pass", END)
    )
    assert method.notebook.cells[0].source == lines(
        BEGIN, "class M:", "    a = b", "    def f(self):", "        pass", END
    )
    assert told(lines("with f():", "    pass")) == told(lines("@f", "def f():", "    pass")) == []


# ---- where


GIVEN = "w = -x[0] + 1"


@pytest.mark.parametrize(
    "source",
    [
        GIVEN,
        lines(GIVEN, BEGIN, END, GIVEN),
        lines(BEGIN, "y = x", END, GIVEN, BEGIN, "y = x", END),
        lines("@torch.no_grad()", BEGIN, "def f():", "    return x", END),
        lines(BEGIN, "### STUB w = -1", "y = x", "### STUB w = -1", END),
        lines(BEGIN, "# w = -1", "'w = -1'", END),
        lines(f"# {BEGIN}", GIVEN, f"# {END}"),
        "",
        lines("def f():", f"    {BEGIN}", "    return x", f"    {END}", "", "print(1 + f() * -2)"),
    ],
)
def test_nothing_given_is_mutated(source):
    """What students are given, what their stub shows, comments and texts are no answers."""
    assert of(source) == []


def test_only_lines_of_answers(tmp_path):
    """Each mutant differs from the solution between the marks alone, and every answer has its own."""
    source = lines(
        "a = 1 + 2",
        "def f(x):",
        f"    {BEGIN}",
        "    b = x * 3",
        f"    {END}",
        "    return b + 4",
        "",
        BEGIN,
        "c = f(5) - 6",
        END,
        "d = 7 - c",
    )
    assert {each.number for each in of(source)} == {4, 9}
    for each in of(source):
        pairs = zip(source.split("\n"), each.notebook.cells[0].source.split("\n"), strict=True)
        assert [number for number, (old, new) in enumerate(pairs, 1) if old != new] == [each.number]


def test_an_answer_within_an_expression():
    """Lines of a larger expression may be an answer: they are mutated, and it is not."""
    source = lines(
        "model = Sequential(",
        "    Linear(1, 2),",
        f"    {BEGIN}",
        "    Linear(3, 4),",
        f"    {END}",
        "    bias=True)",
    )
    assert [(each.number, each.line, each.becomes) for each in of(source)] == [
        (4, "Linear(3, 4),", "Linear(4, 4),"),
        (4, "Linear(3, 4),", "Linear(3, 5),"),
    ]


def test_other_cells():
    """Prose, parameters and cells that are no plain Python are left alone; each mutant has all cells, and one of them changed."""
    answer = lines(BEGIN, "y = 1", END)
    cells = (
        Cell("markdown", answer, id="prose"),
        Cell("code", "n = 5", ("parameters",), "parameters"),
        Cell("code", answer, id="one"),
        Cell("code", lines("%matplotlib inline", answer), id="magics"),
        Cell("code", answer, id="two"),
    )
    one, two = mutants(Notebook(cells))
    assert one.name == "one:2 constant: y = 1 -> y = 2" and two.name == "two:2 constant: y = 1 -> y = 2"
    assert one.notebook == Notebook(
        (*cells[:2], Cell("code", lines(BEGIN, "y = 2", END), id="one"), *cells[3:])
    )
    assert two.notebook == Notebook((*cells[:4], Cell("code", lines(BEGIN, "y = 2", END), id="two")))


def test_cells_without_names():
    """Two cells that say the same are two, named or not."""
    cell = Cell("code", lines(BEGIN, "y = 1", END))
    assert [mutant.notebook.cells.index(cell) for mutant in mutants(Notebook((cell, cell)))] == [1, 0]


# ---- the very place


@pytest.mark.parametrize(
    "before",
    ["é = '张伟'; ", "s = '\N{GRINNING FACE}'; ", "s = 'e\N{COMBINING ACUTE ACCENT}'; ", "λ = 'ß'; "],
)
def test_text_of_more_than_one_byte(before):
    """A place is found behind characters that take several bytes, before it and within it."""
    old = "y = f(é - x[0], ü='ä')"
    news = {
        "keyword": "y = f(é - x[0])",
        "operator": "y = f(é + x[0], ü='ä')",
        "index": "y = f(é - x[1], ü='ä')",
    }
    assert sorted(told(before + old)) == sorted(
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
    """The operator between parenthesised operands is the one that is replaced."""
    assert sorted(told(old, "operator")) == sorted(f"operator: {old} -> {new}" for new in news)


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
    """A comment's words are no operator, and the line that is told is the operator's."""
    [mutant] = of(lines(BEGIN, *text, END))
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
    """What goes over several lines is changed as a whole, and its layout is kept where it can be."""
    assert next(each for each in of(lines(BEGIN, *text, END)) if each.kind == kind).notebook.cells[
        0
    ].source == lines(BEGIN, *result, END)


def test_formatted_texts():
    """What is computed within a formatted text is found in its place, not in the words around it."""
    assert told("y = f'é x + 1 {x + 1:.3f} {{1}} {z[1]}'") == [
        f"{kind}: y = f'é x + 1 {{x + 1:.3f}} {{{{1}}}} {{z[1]}}' -> y = f'é x + 1 {{{new}:.3f}} {{{{1}}}} {{z[{index}]}}'"
        for kind, new, index in (("operator", "x - 1", 1), ("constant", "x + 2", 1), ("index", "x + 1", 2))
    ]


# ---- all together


TRAINING = f'''def train(model, data, steps=20):
    """Fit a model. 训练模型。"""
    {BEGIN}
    losses = []  # 损失
    opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for step in range(steps):
        for x, y in DataLoader(data, batch_size=4, shuffle=True):
            opt.zero_grad()
            loss = ((model(x).squeeze(1) - y) ** 2  # squares - not distances
                    ).mean()
            loss.backward()
            opt.step()
        with torch.no_grad():
            if step % 10 == 0 and losses[-1] > 1e-3:
                losses.append(-loss.detach())
    model.eval()
    return model, losses
    {END}

result = train(nn.Linear(1, 1), given)[1]'''
SOLUTION = Notebook(
    (Cell("code", "steps = 20", ("parameters",), "parameters"), Cell("code", TRAINING, id="train"))
)


def test_every_mutant_is_python_and_no_two_are_alike():
    """Every mutant can be parsed, none is the solution, and none comes twice, as a notebook or by its name."""
    found = mutants(SOLUTION)
    for mutant in found:
        ast.parse(mutant.notebook.cells[1].source)
    sources = {mutant.notebook.cells[1].source for mutant in found}
    assert len(found) == len(sources) == len({mutant.name for mutant in found}) and TRAINING not in sources
    assert {mutant.kind for mutant in found} == {
        "comparison",
        "condition",
        "constant",
        "detach",
        "gradients",
        "index",
        "keyword",
        "loss",
        "mode",
        "no_grad",
        "operator",
        "order",
        "shape",
        "shuffle",
        "sign",
        "statement",
        "steps",
        "update",
    }


def test_order_and_names_are_stable():
    """Mutants come in the order of their lines, the same ones every time."""
    found = mutants(SOLUTION)
    assert [mutant.number for mutant in found] == sorted(mutant.number for mutant in found)
    assert found == mutants(SOLUTION)
    line = "opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)"
    assert found[0].name == f"train:5 keyword: {line} -> {line.replace('lr=0.1, ', '')}"


def test_diff_words_and_notebook_agree():
    """A mutant's diff takes the lines away and adds the lines that make the solution its notebook; its words are those lines."""
    for mutant in mutants(SOLUTION):
        old, new = TRAINING.split("\n"), mutant.notebook.cells[1].source.split("\n")
        changed = [line for line in difflib.ndiff(old, new) if line[0] in "+-"]
        shown = [line for line in mutant.diff.split("\n") if line[0] in "+-"]
        assert sorted(line[0] + line[2:] for line in changed) == sorted(shown)
        assert mutant.line == " ".join(line[1:].strip() for line in shown if line[0] == "-")
        assert mutant.becomes == " ".join(line[1:].strip() for line in shown if line[0] == "+")
        assert old[mutant.number - 1] != new[mutant.number - 1]
        assert mutant.name == f"train:{mutant.number} {mutant.kind}: {mutant.line} -> {mutant.becomes}"


def test_a_diff():
    """A diff shows a line around what has changed, also for lines that look like a diff's own."""
    [sign] = of(lines("x = 1", BEGIN, "--x", END))
    assert (sign.diff, sign.line, sign.becomes) == (lines(f" {BEGIN}", "---x", "+-x", f" {END}"), "--x", "-x")
    [mutant] = of(lines("x = 1", BEGIN, "for i in xs:", "    # once", "    y = x", "    # all", END))
    assert mutant.diff == lines("     # once", "-    y = x", "+    pass", "     # all")
