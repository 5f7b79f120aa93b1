"""Mutants differ from the solution in one answer, and their name, diff and notebook agree."""

from __future__ import annotations

import ast
import difflib

import pytest

from grader.notebook.notebook import Cell, Notebook
from grader.proof.mutants import Mutant, alternative_mutants, mutants

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def lines(*text: str) -> str:
    return "\n".join(text)


def mutants_of(source: str) -> list[Mutant]:
    """The mutants of a notebook with this one code cell."""
    return mutants(Notebook((Cell("code", source, id="answer"),)))


# ---- which lines


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
    """Given code, what the stub shows, comments and texts are not answers."""
    assert mutants_of(source) == []


def test_only_lines_of_answers(tmp_path):
    """Each mutant differs from the solution between marks only, and every answer has mutants of its own."""
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
    assert {each.number for each in mutants_of(source)} == {4, 9}
    for each in mutants_of(source):
        pairs = zip(source.split("\n"), each.notebook.cells[0].source.split("\n"), strict=True)
        assert [number for number, (old, new) in enumerate(pairs, 1) if old != new] == [each.number]


def test_mutants_of_an_alternative():
    """Every cell that the stub does not hold is mutated, and no more mutants are made than asked for."""
    given = Cell("code", "for a, b in pairs:\n    pass", id="given")
    own = Cell("code", "loss.backward()\noptimizer.step()\nfor a, b in loader:\n    pass", id="own")
    stub = Notebook((given,))
    found = alternative_mutants(Notebook((given, own)), stub, 100)
    assert {each.cell for each in found} == {"own"} and len(found) == 5
    assert [each.number for each in found] == [1, 2, 3, 3, 3]
    assert [each.number for each in alternative_mutants(Notebook((given, own)), stub, 2)] == [1, 3]


def test_an_answer_within_an_expression():
    """An answer may be some lines of a larger expression: only those lines are mutated."""
    source = lines(
        "model = Sequential(",
        "    Linear(1, 2),",
        f"    {BEGIN}",
        "    Linear(3, 4),",
        f"    {END}",
        "    bias=True)",
    )
    assert [(each.number, each.line, each.becomes) for each in mutants_of(source)] == [
        (4, "Linear(3, 4),", "Linear(4, 4),"),
        (4, "Linear(3, 4),", "Linear(3, 5),"),
    ]


def test_other_cells():
    """Prose, parameters and cells with magics stay. Each mutant has all cells, and one of them differs."""
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
    """Two identical cells have a mutant each, with or without ids."""
    cell = Cell("code", lines(BEGIN, "y = 1", END))
    assert [mutant.notebook.cells.index(cell) for mutant in mutants(Notebook((cell, cell)))] == [1, 0]


# ---- all of them


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
    """Every mutant can be parsed, none is the solution, and no two have the same notebook or name."""
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
    """Mutants come in the order of their lines, and are the same every time."""
    found = mutants(SOLUTION)
    assert [mutant.number for mutant in found] == sorted(mutant.number for mutant in found)
    assert found == mutants(SOLUTION)
    line = "opt = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)"
    assert found[0].name == f"train:5 keyword: {line} -> {line.replace('lr=0.1, ', '')}"


def test_diff_words_and_notebook_agree():
    """A mutant's diff turns the solution into its notebook, and `line` and `becomes` are the diff's lines."""
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
    """A diff shows one line of context, and lines that look like a diff's own do no harm."""
    [sign] = mutants_of(lines("x = 1", BEGIN, "--x", END))
    assert (sign.diff, sign.line, sign.becomes) == (lines(f" {BEGIN}", "---x", "+-x", f" {END}"), "--x", "-x")
    [mutant] = mutants_of(lines("x = 1", BEGIN, "for i in xs:", "    # once", "    y = x", "    # all", END))
    assert mutant.diff == lines("     # once", "-    y = x", "+    pass", "     # all")
