"""A cell becomes a syntax tree, whatever IPython adds to Python, within a budget."""

from __future__ import annotations

import ast

import pytest

from grader.notebook.parameters import with_parameters
from grader.notebook.source import Source
from grader.notebook.syntax import TooLong, assigned_names, magic_line, syntax_tree


@pytest.mark.parametrize(
    "line",
    [
        "%matplotlib inline",
        "!ls -l",
        "!!ls",
        "files = !ls",
        "%time 1 + 1",
        "torch.rand?",
        "torch.rand??",
        "?torch",
        "%%time",
        "%pip install torch",
        "x = %who",
        "%load_ext autoreload\n%autoreload 2",
    ],
)
def test_magics_and_shell_lines(line):
    """A magic, a shell line or a question hides nothing else in its cell."""
    source = Source([f"{line}\nimport torch.optim as o\no.SGD(p)"])
    assert "torch.optim" in source.imports
    assert "torch.optim.SGD" in source.calls


@pytest.mark.parametrize("code", ["%%time\nimport os\nw = fit(x)", "\n%%capture out\nimport os\nw = fit(x)"])
def test_cells_that_are_timed_or_captured(code):
    """Code below %%time or %%capture is code like any other."""
    source = Source([code])
    assert (source.imports, source.calls, source.defines) == ({"os"}, {"fit"}, {"w"})


@pytest.mark.parametrize("code", ["%%bash\nimport torch", "%%html\n<b>", "%%javascript\nalert(1)"])
def test_cells_in_another_language(code):
    """A cell in another language is not Python, so nothing in it counts."""
    assert Source([code]).imports == set()


@pytest.mark.parametrize(
    "code",
    [
        "def (:",
        "import",
        "x = (",
        "print 'x'",
        "\0",
        "if 1:\nx",
        "'''",
        "(" * 5000,
        "-" * 5000 + "1",
        "x = " + "[" * 500,
        "\ud800",
        "0777",
        "return(",
    ],
)
def test_syntax_errors(code):
    """A cell with a syntax error is left out, and the others stay."""
    source = Source(["import torch", code, "w = 1"])
    assert syntax_tree(code) is None
    assert (source.imports, source.defines) == ({"torch"}, {"w"})


TOO_LONG = {
    "a thousand shell lines": "!ls\n" * 1000,
    "a thousand questions": "x?\n" * 1000,
    "a thousand magics": "%time\n" * 1000,
    "a thousand assignments": "y = !ls\n" * 1000,
    "quotes that end nowhere": "n = " + "\\'" * 40_000,
    "a notebook of a megabyte": "x = 1\n" * 200_000,
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_code_that_takes_too_long_to_look_at(name):
    """Code that IPython would take minutes or hours to translate raises TooLong instead.

    The answer to a rubric's question could be in the part left out, so nothing is said about the rest either.
    """
    with pytest.raises(TooLong):
        Source(["import torch", TOO_LONG[name]])
    assert with_parameters([(1, "n = 1"), (2, TOO_LONG[name])], {"n": 2}).cells == [
        (1, "n = 2"),
        (2, TOO_LONG[name]),
    ]


def test_cells_share_one_budget():
    """All cells of a notebook share one budget, so many cells take no longer than one."""
    cell = "n = " + "\\'" * 1000
    assert Source([cell]).defines == set()
    with pytest.raises(TooLong):
        Source([cell] * 20)


def test_a_thousand_elifs():
    """A chain of elifs that is a thousand levels deep in the tree is read like any other code."""
    cell = (
        "if n == 0: pass\n" + "".join(f"elif n == {k}: pass\n" for k in range(1000)) + "else:\n    last = 1"
    )
    assert Source([cell]).defines == {"last"}


@pytest.mark.parametrize("cell", ['x = %"}\\', "%%", "!" * 50, "?" * 50, "%\\\n%"])
def test_lines_that_ipython_stumbles_over(cell):
    """A cell that IPython can't translate has no tree, whatever IPython raises."""
    assert Source([cell, "y = 1"]).defines >= {"y"}


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("%%time\nx = 1", "%%time\n"),
        ("\n%%capture out\nx", "\n%%capture out\n"),
        ("%time x", ""),
        ("%%bash\nls", ""),
    ],
)
def test_magic_line(source, line):
    """Only a cell magic that runs Python below it is recognised."""
    assert magic_line(source) == line


def test_assigned_names():
    """An assignment to an element or an attribute binds no name."""
    [statement] = ast.parse("x, (y, *z), a[i], b.c = value").body
    assert assigned_names(statement.targets[0]) == {"x", "y", "z"}
