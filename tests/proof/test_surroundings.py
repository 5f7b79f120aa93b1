"""What the rest of a notebook says about an answer is found in its cells."""

from __future__ import annotations

import ast

from grader.notebook.notebook import Cell, Notebook
from grader.proof.surroundings import Surroundings

NOTEBOOK = Notebook(
    (
        Cell("code", "import torch\nimport numpy as np"),
        Cell("code", "true_w = 3.0\ntrue_b, n = 0.8, 5\nrate = 0.1\nsize = 4", ("parameters",)),
        Cell("code", "%matplotlib inline\nsecret = 1"),
        Cell("code", "train, validation, test = split(data)\nx = torch.rand(5)"),
        Cell("code", "w = fit(x, rate, steps=100)\nfit(x, 2.0, more)"),
    )
)
AROUND = Surroundings.of(NOTEBOOK)


def function(source: str) -> ast.FunctionDef:
    """The function that a source defines."""
    [found] = ast.parse(source).body
    assert isinstance(found, ast.FunctionDef)
    return found


def test_parameters_and_names() -> None:
    """Values of parameters are kept as source. A cell with magics counts for nothing."""
    assert AROUND.parameters == {"true_w": "3.0", "rate": "0.1", "size": "4"}
    assert AROUND.truths == {"w": "true_w"}
    assert AROUND.sets == ["test", "train", "validation"]
    assert {"x", "w", "n"} <= AROUND.bound and "secret" not in AROUND.bound
    assert AROUND.torch and not Surroundings.of(Notebook(())).torch


def test_what_a_function_is_usually_given() -> None:
    """A value that is written in, a parameter's value, the notebook's variable, a default, or nothing."""
    fit = function("def fit(x, learning_rate, steps, other, size, last=True): pass")
    names = ("x", "learning_rate", "steps", "other", "size", "last")
    assert [AROUND.usual(fit, name) for name in names] == ['globals()["x"]', "0.1", "100", None, "4", "True"]
