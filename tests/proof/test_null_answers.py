"""Null answers define everything that an assignment asks for and compute nothing."""

from __future__ import annotations

import pytest

from grader.course.stub import without_answers
from grader.notebook.notebook import Cell, Notebook
from grader.proof.null_answers import NAMES, RAISES, TRIES, null_answers

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
GIVEN_BACK = [name for name in NAMES if name not in (RAISES, TRIES)]
ZEROS, RANDOM = "{x} * 0", "{x} * 0 + __import__('random').random()"
# What each returns, {x} being its argument.
FIRST = {"constant": "1.0", "zeros": ZEROS, "random": RANDOM, "copy of the input": "{x}"}


def lines(*text: str) -> str:
    return "\n".join(text)


def nulls(*cells: Cell | str) -> dict[str, list[str]]:
    """The sources of the null answers to a notebook of these cells, by name."""
    solution = Notebook(tuple(Cell("code", cell) if isinstance(cell, str) else cell for cell in cells))
    stub = Notebook(
        tuple(Cell(cell.kind, without_answers(cell.source)[0], cell.tags, cell.id) for cell in solution.cells)
    )
    return {
        name: [cell.source for cell in notebook.cells]
        for name, notebook in null_answers(solution, stub).items()
    }


def value(name: str, given: str = "1.0") -> str:
    return FIRST[name].format(x=given)


def namespace_of(cells: list[str]) -> dict:
    """The names after the cells have run one after another, whatever they raise, as in a notebook."""
    names: dict = {}
    for cell in cells:
        try:
            exec(cell, names)
        except (ValueError, NotImplementedError) as error:
            names["error"] = error
    return names


def test_their_names():
    """There are six: four that return something, one that raises, one that swallows what is raised."""
    assert (
        list(nulls("x = 1"))
        == list(NAMES)
        == ["constant", "zeros", "random", "copy of the input", "raises", "try: … except: pass"]
    )
    assert set(GIVEN_BACK) == set(FIRST)


# ---- what becomes of an answer


@pytest.mark.parametrize("name", GIVEN_BACK)
@pytest.mark.parametrize(
    ("signature", "given"),
    [
        ("x, y", "x"),
        ("", "1.0"),
        ("self", "1.0"),
        ("x, /, y", "x"),
        ("*, x", "1.0"),
        ("*x", "1.0"),
        ("x=3, **more", "x"),
        ("self, x", "x"),
        ("data: list[int]", "data"),
    ],
)
def test_functions(name, signature, given):
    """A function returns a constant, its first argument, or something made of that without thought."""
    [cell] = nulls(
        lines(
            f"def f({signature}):",
            '    """Words."""',
            f"    {BEGIN}",
            "    y = 3",
            "    return y",
            f"    {END}",
        )
    )[name]
    assert cell == lines(f"def f({signature}):", f"    return {value(name, given)}")


@pytest.mark.parametrize("name", GIVEN_BACK)
def test_results_that_are_tuples(name):
    """As many values are returned as the answer has."""
    one = value(name, "x")
    [cell] = nulls(lines("def f(x):", f"    {BEGIN}", "    return x, 2, 3", f"    {END}"))[name]
    assert cell == lines("def f(x):", f"    return ({one}, {one}, {one})")


@pytest.mark.parametrize("name", GIVEN_BACK)
@pytest.mark.parametrize("words", ["yield x + 1", "yield from range(x)", "for y in x: yield y, y"])
def test_generators(name, words):
    """A generator yields one value."""
    [cell] = nulls(lines("def f(x):", f"    {BEGIN}", f"    {words}", f"    {END}"))[name]
    found = value(name, "x")
    assert cell == lines("def f(x):", f"    yield {f'({found})' if '*' in found else found}")


METHODS = f"""class Model(Base):
    def __init__(self, size):
        {BEGIN}
        super().__init__()
        self.size = size
        {END}

    def forward(self, x):
        {BEGIN}
        return x * self.size
        {END}

    def given(self):
        return 7"""


@pytest.mark.parametrize("name", [*GIVEN_BACK, RAISES])
def test_methods(name):
    """A model can be made, its methods compute nothing, and given methods stay."""
    words = "raise ValueError('nothing')" if name == RAISES else f"return {value(name, 'x')}"
    assert nulls(METHODS)[name] == [
        lines(
            "class Model(Base):",
            "",
            "    def __init__(self, size):",
            "        super().__init__()",
            "",
            "    def forward(self, x):",
            f"        {words}",
            "",
            "    def given(self):",
            "        return 7",
        )
    ]


@pytest.mark.parametrize("name", GIVEN_BACK)
@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("y = f(3)", "y = {}"),
        ("a, b = f(3)", "a, b = ({0}, {0})"),
        ("a = b = 3", "a = b = {}"),
        ("x.y = 3", "x.y = {}"),
        ("y: int = 3", "y: int = {}"),
    ],
)
def test_assignments(name, answer, names):
    """Assignments outside of functions compute nothing either."""
    assert nulls(lines(BEGIN, answer, END))[name] == [names.format(value(name))]


@pytest.mark.parametrize("name", GIVEN_BACK)
def test_updates(name):
    """An update of a given value is left out."""
    assert nulls(lines("w = 3", BEGIN, "w -= 1", END, "w += 2"))[name] == [lines("w = 3", "pass", "w += 2")]


@pytest.mark.parametrize("answer", ["y = f(3)", "a, b = f(3)", "y: int = 3", "w -= 3"])
def test_one_raises(answer):
    """One null answer raises where anything is computed."""
    assert nulls(lines(BEGIN, answer, END))[RAISES] == ["raise ValueError('nothing')"]


@pytest.mark.parametrize("answer", ["return 1, 2", "yield 1", "pass"])
def test_its_functions_raise(answer):
    """Each of its functions raises when it is called."""
    [cell] = nulls(lines("def f():", f"    {BEGIN}", f"    {answer}", f"    {END}"))[RAISES]
    assert cell == lines("def f():", "    raise ValueError('nothing')")


def test_one_swallows_every_error():
    """One null answer is the stub with every error swallowed. Texts of several lines keep their value."""
    assert nulls("data = '''1\n2'''", lines(BEGIN, "y = f(3)", END, "print(y)"), "")[TRIES] == [
        lines("try:", "    data = '1\\n2'", "    pass", "except:", "    pass"),
        lines(
            "try:",
            "    raise NotImplementedError('write your code here')",
            "    print(y)",
            "    pass",
            "except:",
            "    pass",
        ),
        lines("try:", "    pass", "except:", "    pass"),
    ]


# ---- what stays


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_alone(name):
    """Prose, parameters and cells with magics stay exactly as they are, whatever answers they hold."""
    answer = lines("# a comment", BEGIN, "y  =  1", END)
    cells = [
        Cell("markdown", answer),
        Cell("code", answer, ("parameters",)),
        *(Cell("code", lines(magic, answer)) for magic in ("%matplotlib inline", "%%time", "!ls")),
    ]
    for cell, source in zip(cells, nulls(*cells)[name], strict=True):
        assert source == (without_answers(cell.source)[0] if name == TRIES else cell.source)


@pytest.mark.parametrize("name", [*GIVEN_BACK, RAISES])
def test_what_is_given_stays(name):
    """Code around answers is not emptied. A cell without an answer even keeps its layout."""
    given = "y  =  1  # given"
    answer = lines(
        "a = 2",
        "def f(x):",
        "    return x",
        "def g(x):",
        f"    {BEGIN}",
        "    return 3",
        f"    {END}",
        "b = f(4)",
    )
    cells = nulls(given, answer)[name]
    names = namespace_of(cells[1:])
    assert cells[0] == given
    assert (names["a"], names["b"], names["f"](5)) == (2, 4, 5)


# ---- they run


FUNCTIONS = f"""def double(x):
    {BEGIN}
    return 2 * x
    {END}

def both(x):
    {BEGIN}
    return x, double(x)
    {END}

def batches(x):
    {BEGIN}
    yield x + 1
    yield x + 2
    {END}

def no_argument():
    {BEGIN}
    return 3.0
    {END}"""
NOTEBOOK = (
    lines("class Base:", "    pass"),
    Cell("code", "n = 5.0", ("parameters",)),
    METHODS,
    FUNCTIONS,
    lines(BEGIN, "first, second = both(n)", "third = double(n)", END),
    lines("result = Model(2).forward(n)", "total = sum(batches(n)) + no_argument()"),
)


@pytest.mark.parametrize(
    ("name", "doubled", "assigned", "total"),
    [("constant", 1, 1, 2), ("zeros", 0, 0, 0), ("copy of the input", 5, 1, 6)],
)
def test_they_run(name, doubled, assigned, total):
    """A null answer runs to its end, and nothing that it computes is right."""
    names = namespace_of(nulls(*NOTEBOOK)[name])
    assert "error" not in names
    assert (names["double"](5), names["both"](5), names["result"], names["total"]) == (
        doubled,
        (doubled, doubled),
        doubled,
        total,
    )
    assert (names["first"], names["second"], names["third"]) == (assigned,) * 3
    assert not hasattr(names["Model"](2), "size") and names["Model"](2).given() == 7


def test_the_random_one_runs():
    """Random answers differ each time."""
    names = namespace_of(nulls(*NOTEBOOK)["random"])
    assert "error" not in names
    found = {
        names["result"],
        names["first"],
        names["second"],
        names["third"],
        *names["both"](5),
        *names["batches"](5),
        names["double"](5),
    }
    assert len(found) == 8 and all(0 <= each < 1 for each in found)


def test_the_one_that_raises_runs():
    """Where everything raises, all functions exist nevertheless."""
    names = namespace_of(nulls(*NOTEBOOK)[RAISES])
    assert str(names["error"]) == "nothing" and "third" not in names and "result" not in names
    for call in (
        lambda: names["double"](5),
        lambda: names["Model"](2).forward(5),
        lambda: names["batches"](5),
        names["no_argument"],
    ):
        with pytest.raises(ValueError, match="nothing"):
            call()


def test_the_one_that_swallows_runs():
    """Where every error is swallowed, none shows, and nothing exists that should have been computed."""
    names = namespace_of(nulls(*NOTEBOOK)[TRIES])
    assert "error" not in names and not {"first", "third", "result", "total"} & set(names)
    with pytest.raises(NotImplementedError):
        names["double"](5)
