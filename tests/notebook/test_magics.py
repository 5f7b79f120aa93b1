"""The code in magics counts, and the files that cells write are known."""

from __future__ import annotations

import ast

import pytest

from grader.notebook.magics import code_of, module_of
from grader.notebook.source import Source
from grader.notebook.syntax import Budget


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("%time w = fit(x)", "w = fit(x)"),
        ("%time import torch as t", "import torch as t"),
        ("x = 1\n%prun -s cumulative fit(x)", "x = 1\nfit(x)"),
        ("%timeit -n 10 -r 3 fit(x)", "def (): fit(x)"),
        ("%%timeit w = 1\nfit(w)", "def (): w = 1\ndef (): fit(w)"),
        ("%%capture\n%%time\nw = fit(x)", "w = fit(x)"),
        ("for i in y:\n    %time w = fit(i)", "for i in y:\n    w = fit(i)"),
        ("if a:\n    %time b = 1\nelse:\n    %time c = 1", "if a:\n    b = 1\nelse:\n    c = 1"),
        ("get_ipython().run_line_magic('time', 'w = 1')", "w = 1"),
    ],
)
def test_code_of_magics(cell, code):
    """What a magic runs stands in the tree, without the magic's options; %timeit runs it as a function."""
    [tree] = code_of([cell], Budget()).trees
    assert "".join(ast.unparse(tree).split()) == "".join(code.split())


@pytest.mark.parametrize(
    "cell",
    ["%time", "%time (", "%matplotlib inline", "%timeit -n 10", "%%time\n(", "x = %who", "%%html\n<b>"],
)
def test_magics_without_code(cell):
    """A magic without code, or with code that is not valid, breaks nothing."""
    assert Source([cell, "import torch"]).imports == {"torch"}


def test_a_result_of_a_magic():
    """Where a magic's result is kept, its code counts as well."""
    source = Source(["import numpy as np\nt = %timeit -o np.linalg.inv(a)"])
    assert source.uses(".inv") == ["numpy.linalg.inv"] and source.defines == {"t"}


def test_variables_of_timeit():
    """%timeit assigns no variable of the notebook; %time does."""
    assert Source(["%timeit w = 1\n%time b = 1"]).defines == {"b"}


@pytest.mark.parametrize(
    ("cells", "written"),
    [
        (["%%writefile a.py\nx = 1"], {"a.py": "x = 1\n"}),
        (["%%file ./b/a.py\nx = 1"], {"b/a.py": "x = 1\n"}),
        (["%%writefile a.py\nx = 1", "%%writefile -a a.py\ny = 2"], {"a.py": "x = 1\ny = 2\n"}),
        (["%%writefile a.py\nx = 1", "%%writefile 'a.py'\ny = 2"], {"a.py": "y = 2\n"}),
        (["%%writefile notes.txt\nx = 1", "%%writefile\nx"], {}),
    ],
)
def test_written_files(cells, written):
    """Python files are kept under the path where cells write them, appended to or replaced."""
    assert code_of(cells, Budget()).written == written


@pytest.mark.parametrize(("path", "name"), [("a.py", "a"), ("b/a.py", "b.a"), ("b/__init__.py", "b")])
def test_module_of(path, name):
    """A file is a module of the name under which it is imported."""
    assert module_of(path) == name
