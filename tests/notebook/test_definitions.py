"""Which names a notebook's cells define, and where."""

from __future__ import annotations

import pytest

from grader.notebook.definitions import Definition, commented_out, definitions, removed, written
from grader.notebook.syntax import syntax_tree


def defined(source: str) -> list[Definition]:
    """What a cell defines."""
    return definitions(3, source, syntax_tree(source))


def names(source: str) -> dict[str, tuple[str, int]]:
    """What a cell defines outside of functions: the kind and the line, by name."""
    found = defined(source)
    assert all(each.cell == 3 for each in found)
    return {each.name: (each.kind, each.line) for each in found if not each.inside}


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("import torch\nimport torch.nn as nn", {"torch": ("import", 1), "nn": ("import", 2)}),
        ("import matplotlib.pyplot", {"matplotlib": ("import", 1)}),
        ("from torch import nn, optim as o", {"nn": ("import", 1), "o": ("import", 1)}),
        ("def fit(x, y):\n    w = 1", {"fit": ("function", 1)}),
        ("async def fit(): pass", {"fit": ("function", 1)}),
        ("class Model: pass", {"Model": ("class", 1)}),
        ("\nw, (b, *rest) = f()", {"b": ("variable", 2), "rest": ("variable", 2), "w": ("variable", 2)}),
        ("n: int = 3\nn += 1", {"n": ("variable", 2)}),
        (
            "if x:\n    w = 1\nfor i in y:\n    b = i",
            {"w": ("variable", 2), "i": ("variable", 3), "b": ("variable", 4)},
        ),
        ("losses[0] = 1\nmodel.bias = 2", {}),
        ("%matplotlib inline\nw = 1", {"w": ("variable", 2)}),
        ("%%time\nw = 1", {"w": ("variable", 1)}),
        ("w, b = (1", {"w": ("variable", 1), "b": ("variable", 1)}),
        # Not Python: read line by line.
        ("w = (1\nb = 2", {"w": ("variable", 1), "b": ("variable", 2)}),
        ("", {}),
    ],
)
def test_what_a_cell_defines(source: str, wanted: dict[str, tuple[str, int]]) -> None:
    """Imports, functions, classes and assignments at top level, also in blocks, each with its line."""
    assert names(source) == wanted


def test_parameters_and_ends() -> None:
    """A function is known with its parameters, and every name with the end of the statement that holds it."""
    (fit, w) = defined("def fit(x, /, y, *, rate=1):\n    pass\nfor i in x:\n    w = 1\n    b()")[::2]
    assert (fit.parameters, fit.until) == (("x", "y", "rate"), 2)
    assert (w.name, w.line, w.until) == ("w", 4, 5)


def test_what_functions_define_inside() -> None:
    """Names inside of functions are told apart from those of the notebook."""
    found = defined("def fit():\n    w = 1\n    def step():\n        b = 2")
    assert [(each.name, each.inside) for each in found] == [
        ("fit", ""),
        ("w", "fit"),
        ("step", "fit"),
        ("b", "fit"),
    ]


def test_text_that_would_be_code() -> None:
    """Lines of a text cell are read as code; prose defines nothing."""
    text = "# A heading\nThe weight w is 3.\nfrom a import b, c as d\n    def fit(x):\nw = 3\nw == 3\n"
    text += "import q.r as s"
    assert [(each.name, each.line) for each in written(2, text)] == [
        ("b", 3),
        ("d", 3),
        ("fit", 4),
        ("w", 5),
        ("s", 7),
    ]


def test_what_is_commented_out() -> None:
    """Comments are read as code, whatever stands before and behind the marks."""
    source = "# def fit(x):\n#     return x\nw = 1\n    ## b = 2\n#import torch\n# a remark"
    assert [(each.name, each.line) for each in commented_out(1, source)] == [
        ("fit", 1),
        ("b", 4),
        ("torch", 5),
    ]


def test_what_is_removed() -> None:
    """`del` removes the names it names, `%reset` removes all."""

    def gone(source: str) -> dict[str, int]:
        return removed(source, syntax_tree(source))

    assert gone("w = 1\ndel w, b[0], c.d") == {"w": 2}
    assert gone("x = 1\n%reset -f") == {"*": 2}
    assert gone("def f():\n    del w") == {}


@pytest.mark.parametrize(
    "text", ["=" * 100_000, "a" * 100_000, "# " * 50_000, "from " * 20_000, " " * 100_000 + "x"]
)
def test_long_lines_take_no_time(text: str) -> None:
    """Nothing is searched for more than once in a line, however long it is."""
    assert list(written(1, text)) == [] and list(commented_out(1, text)) == []
