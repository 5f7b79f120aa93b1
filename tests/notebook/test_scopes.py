"""Which names code shares with its notebook."""

from __future__ import annotations

import ast

import pytest

from grader.notebook.scopes import global_names, names_read


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("x = n + m.y[k]", {"n", "m", "k"}),
        ("def f(n, *args, m=1, **more):\n    return n, m, args, more, k", {"k"}),
        ("def f():\n    n = 1\n    return n", set()),
        ("def f():\n    global n\n    n = 1\n    return n", {"n"}),
        ("def f():\n    def g(n):\n        return n, k\n    return n", {"n", "k"}),
        ("class A:\n    def f(self):\n        return self, n", {"n"}),
        ("f = lambda n: n + m", {"m"}),
        ("[n * k for n in range(m)]", {"k", "range", "m"}),
        ("{n: k for n, k in m}", {"m"}),
        ("n = 1", set()),
        ("n += 1", set()),
        ("del n", set()),
    ],
)
def test_names_that_are_read(code: str, read: set[str]) -> None:
    """Arguments and variables of functions and comprehensions are not the notebook's."""
    assert names_read(ast.parse(code)) == read


def test_global_names() -> None:
    """A function says which names it shares."""
    assert global_names(ast.parse("def f():\n    global n, m\n    def g():\n        global k")) == {
        "n",
        "m",
        "k",
    }
