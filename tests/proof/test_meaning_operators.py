"""Each change of meaning is made where an answer has a place for it, and nowhere else."""

from __future__ import annotations

import pytest

from grader.notebook.notebook import Cell, Notebook
from grader.proof.mutants import Mutant, meaning_mutants, mutants

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
TORCH = Cell("code", "import torch", id="imports")


def lines(*text: str) -> str:
    return "\n".join(text)


def made(answer: str, *cells: Cell, given: str = "") -> list[Mutant]:
    """The meaning mutants of a notebook whose last cell is an answer behind given lines."""
    source = lines(*([given] if given else []), BEGIN, answer, END)
    return meaning_mutants(Notebook((*cells, Cell("code", source, id="answer"))))


def changes(kind: str, answer: str, *cells: Cell, given: str = "") -> list[str]:
    """What becomes of an answer's lines in mutants of one kind."""
    return [each.becomes for each in made(answer, *cells, given=given) if each.kind == kind]


def parameters(*text: str) -> Cell:
    """A cell of parameters."""
    return Cell("code", lines(*text), ("parameters",), "parameters")


FIT = lines(
    "    w = 0.0",
    "    for _ in range(steps):",
    "        error = w * x - y",
    "        w -= rate * (2 * error * x).mean()",
    "    return w",
)
GIVEN = 'def fit(x, y, rate, steps):\n    """x and y are arrays."""'


def test_only_answers() -> None:
    """Given code keeps its meaning, and a cell with magics is left alone."""
    assert made("y = 1", TORCH, given="loss.backward()\nfor a, b in batches: pass") == []
    assert made("%time loss.backward()", TORCH) == []


def test_each_differs_from_every_slip() -> None:
    """No mutant of meaning is a mutant of the text as well, and no two are alike."""
    notebook = Notebook((TORCH, Cell("code", lines(GIVEN, f"    {BEGIN}", FIT, f"    {END}"), id="answer")))
    found = [each.notebook for each in meaning_mutants(notebook)]
    assert len(set(found)) == len(found) and not set(found) & {each.notebook for each in mutants(notebook)}


def test_other_examples() -> None:
    """A function learns from half of its examples, or from all but the first."""
    assert changes("data", FIT, given=GIVEN) == [
        "error = w * x[1:] - y[1:] w -= rate * (2 * error * x[1:]).mean()",
        "error = w * x[:len(x) // 2] - y[:len(y) // 2] w -= rate * (2 * error * x[:len(x) // 2]).mean()",
    ]


def test_an_ignored_argument() -> None:
    """The value with which the notebook calls a function takes the argument's place."""
    calls = Cell("code", "data = 1\nfit(data, other(), 0.5, steps=100)")
    assert changes("argument", FIT, calls, given=GIVEN) == [
        "for _ in range(100):",
        'error = w * globals()["data"] - y w -= rate * (2 * error * globals()["data"]).mean()',
        "w -= 0.5 * (2 * error * x).mean()",
    ]
    assert changes("argument", "    return 2 * x", given="def double(x):") == []


def test_a_parameter_written_in() -> None:
    """A parameter's value is written into an answer at top level, but not where an argument has its name."""
    assert changes("argument", "y = 2 * n", parameters("n = 5")) == ["y = 2 * 5"]
    assert changes("argument", "    return 2 * n", parameters("n = 5"), given="def f(n):") == ["return 2 * 5"]


def test_the_callers_data() -> None:
    """Arrays, tensors and lists are changed after the answer is known; numbers can't be."""
    assert changes("caller", "    return x + n", TORCH, given='def f(x, n):\n    """x is a tensor."""') == [
        "answer = x + n; x.reverse() if isinstance(x, list) else torch.as_tensor(x).detach().mul_(2); "
        "return answer"
    ]
    assert len(changes("caller", "    return sum(xs)", given="def f(xs):")) == 1
    for text in ("x is a number", "x and y are numbers, z an array", "the number x of an array"):
        assert changes("caller", "    return x", given=f'def f(x):\n    """{text}"""') == []


def test_another_loss() -> None:
    """Errors are measured by another power, by the median, by the root of the mean."""
    assert changes("loss", "loss = ((w * x - y) ** 2).mean()") == [
        "loss = (((w * x - y) ** 2).mean()) ** 0.5",
        "loss = ((w * x - y) ** 4).mean()",
        "loss = (abs((w * x - y))).mean()",
    ]
    assert "c = np.median((a - b) ** 2)" in changes("loss", "c = np.mean((a - b) ** 2)")
    assert changes("loss", "criterion = nn.MSELoss()") == [
        "criterion = nn.HuberLoss()",
        "criterion = nn.SmoothL1Loss()",
    ]
    assert changes("loss", "y = x ** 2 + 2 * x") == []


def test_a_cut_graph() -> None:
    """A result forgets where it came from, or only seems to know; a layer gets no gradient."""
    assert changes("graph", "loss.backward()") == ["loss.detach().requires_grad_().backward()"]
    assert changes("graph", "    return (x + 2).mean()", TORCH, given="def forward(x):") == [
        "return ((x + 2).mean()).detach()",
        "return ((x + 2).mean()).detach().requires_grad_()",
    ]
    assert changes("graph", "    return (x + 2).mean()", given="def forward(x):") == []
    model = "class Net(Module):\n    def forward(self, x):"
    assert changes("graph", "        return self.fc2(relu(self.fc1(x)))", TORCH, given=model) == [
        "return (self.fc2(relu(self.fc1(x)))).detach().requires_grad_()",
        "return self.fc2(relu(self.fc1(x))).detach()",
        "return self.fc2(relu(self.fc1(x).detach()))",
    ]


def test_frozen_parameters() -> None:
    """A layer or its bias does not learn, and an optimizer holds only some parameters."""
    model = "class Net(Module):\n    def __init__(self):"
    assert changes("frozen", "        self.fc = nn.Linear(1, 2)", given=model) == [
        "self.fc = nn.Linear(1, 2); self.fc.bias.requires_grad_(False)",
        "self.fc = nn.Linear(1, 2); self.fc.requires_grad_(False)",
    ]
    assert changes("frozen", "opt = SGD(net.parameters(), lr=1)") == [
        "opt = SGD(list(net.parameters())[1:], lr=1)",
        "opt = SGD(list(net.parameters())[:1], lr=1)",
    ]


def test_twice() -> None:
    """A step is made twice, batches are gone through twice, and there are twice as many steps."""
    assert changes("twice", "optimizer.step()") == ["optimizer.step(); optimizer.step()"]
    assert changes("twice", "for _ in range(n - 1):\n    w -= g") == [
        "for _ in range(2 * (n - 1)):",
        "w -= g; w -= g",
    ]
    assert changes("twice", "for a, b in loader:\n    pass") == ["for a, b in list(loader) * 2:"]
    assert changes("twice", "w -= g") == []
    assert changes("twice", "for k, a in enumerate(xs):\n    out[k] = a") == []


def test_the_best_in_place_of_the_last() -> None:
    """A function returns where the loss was smallest, and a list holds the smallest loss so far."""
    [best] = changes("best", FIT, given=GIVEN)
    assert best.startswith('w = 0.0; best = (float("inf"), (w))') and best.endswith("return best[1]")
    assert changes("best", "losses.append(loss.item())") == ["losses.append(min([loss.item(), *losses]))"]
    assert changes("invented", "losses.append(float(loss))") == ["losses.append(1 / (1 + len(losses)) ** 2)"]
    assert changes("best", "names.append(name)") == []


def test_the_best_runs() -> None:
    """A mutant that returns the best still returns something of the same form."""
    [mutant] = [each for each in made(FIT, given=GIVEN) if each.kind == "best"]
    names: dict[str, object] = {}
    numpy = pytest.importorskip("numpy")
    exec(mutant.notebook.cells[0].source, names)
    fit = names["fit"]
    assert callable(fit)
    x = numpy.array([1.0, 2.0])
    # At this rate each step leads further away: the start was best.
    assert fit(x, 2 * x, 1.0, 5) == 0.0 and fit(x, 2 * x, 0.1, 50) == pytest.approx(2.0)


def test_true_values() -> None:
    """What training is to find is taken from the parameters."""
    truths = parameters("true_w = 3.0", "true_b = 0.8")
    assert changes("answer", "w = b = 0.0", truths) == [
        "w = b = 0.0; b = b * 0 + true_b",
        "w = b = 0.0; w = w * 0 + true_w",
        "w = b = 0.0; w = w * 0 + true_w; b = b * 0 + true_b",
    ]
    [layer] = changes("answer", "net = nn.Sequential(nn.Linear(1, 1))", TORCH, truths)
    assert layer.endswith("[*torch.tensor(true_w).flatten(), true_b]), net.parameters())")
    [start] = changes("answer", "w = torch.zeros(1)", TORCH, truths)
    assert "torch.as_tensor(true_w).reshape(w.shape)" in start
    assert changes("answer", "w = 0.0") == []


def test_shuffles_that_hardly_shuffle() -> None:
    """The same order every time, one that is turned round, one with two numbers swapped."""
    found = changes("shuffle", "order = torch.randperm(n)")
    assert len(found) == 3 and all("randperm(n)." not in each for each in found)
    epochs = lines("for epoch in range(3):", "    for a, b in batches():", "        pass")
    assert changes("shuffle", epochs) == ['for a, b in globals().setdefault("same", list(batches())):']


def test_other_sets() -> None:
    """One set of examples is taken for another."""
    sets = Cell("code", "train, test = split(data)")
    assert changes("data", "loss = evaluate(net, test)", sets) == ["loss = evaluate(net, train)"]
    assert changes("data", "for a, b in loader:\n    pass") == [
        "for a, b in list(loader)[1:]:",
        "for a, b in list(loader)[::2]:",
    ]
    assert changes("data", "loss = measure(x[batch], y[batch])") == [
        "loss = measure(x[batch[:1]], y[batch[:1]])"
    ]


def test_what_a_model_counts() -> None:
    """Entries that are not learned are counted as well."""
    assert changes("data", "n = sum(p.numel() for p in model.parameters())") == [
        "n = sum(p.numel() for p in model.state_dict().values())"
    ]


@pytest.mark.parametrize(
    ("answer", "given", "first"),
    [
        ("    return [randint(1, n) for _ in range(n)]", "def f(n):", "draws"),
        ("    return sum(xs)", "def f(xs):", "an array"),
    ],
)
def test_memory(answer: str, given: str, first: str) -> None:
    """A function gives its first answer again for equal numbers and shapes."""
    assert len(changes("memo", answer, given=given)) == 1, first
    assert changes("memo", "    return 2 * n", given="def f(n):") == []
    assert changes("memo", "    xs.clear()", given="def f(xs):") == []


def test_memory_runs() -> None:
    """A generator that is remembered can be gone through again."""
    [mutant] = [each for each in made("    yield from xs", given="def f(xs):") if each.kind == "memo"]
    names: dict[str, object] = {}
    exec(mutant.notebook.cells[0].source, names)
    again = names["f"]
    assert callable(again)
    assert list(again([1, 2])) == list(again([3, 4])) == [1, 2]
