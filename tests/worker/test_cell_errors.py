"""What the error of a cell shows to be its cause."""

from __future__ import annotations

import ast

import pytest

from grader.model.report import Cause, CellRun, Place
from grader.model.status import Status
from grader.worker.cell_errors import Failure, cause_of, deepest_frame


def found(error: str, *cells: str, number: int = 1, line: int | None = 1) -> Cause | None:
    """The cause of an error in cell `number`."""
    sources = dict(enumerate(cells or ("x",), 1))
    try:
        tree = ast.parse(sources[number])
    except SyntaxError:
        tree = None
    return cause_of(Failure(error, number, line, sources, tree))


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("import google.colab", "google.colab"),
        ("from google.colab import drive", "google.colab"),
        ("import os, google.colab as g", "google.colab"),
        ("f()", "google"),
    ],
)
def test_a_module_that_is_not_there(line: str, module: str) -> None:
    """The whole name of the module is told, as the line names it."""
    cause = found("ModuleNotFoundError: No module named 'google'", line)
    assert cause == Cause("no_module", 1, 1, (("module", module),))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("AssertionError: Torch not compiled with CUDA enabled", "no_gpu"),
        ("RuntimeError: Found no NVIDIA driver on your system. Please check …", "no_gpu"),
        ("RuntimeError: No CUDA GPUs are available", "no_gpu"),
        ("NotImplementedError: Could not run 'aten::empty' with arguments from the 'MPS' backend.", "no_gpu"),
        ("RuntimeError: … on a CUDA device but torch.cuda.is_available() is False", "no_gpu"),
        ("TclError: no display name and no $DISPLAY environment variable", "no_window"),
        ("ModuleNotFoundError: No module named '_tkinter'", "no_window"),
        ("error: No available video device", "no_window"),
        ("StdinNotImplementedError: raw_input was called, but this frontend does not support …", "no_input"),
        ("EOFError: EOF when reading a line", "no_input"),
        ("URLError: <urlopen error [Errno -3] Temporary failure in name resolution>", "no_network"),
        ("ConnectionError: HTTPSConnectionPool: Max retries exceeded with url", "no_network"),
        ("RecursionError: maximum recursion depth exceeded", "recursion"),
    ],
)  # fmt: skip
def test_what_is_not_there(error: str, code: str) -> None:
    """A device, a window, an answer or a network that is missing is known by Python's own message."""
    cause = found(error)
    assert cause is not None and (cause.code, cause.cell, cause.line) == (code, 1, 1)


@pytest.mark.parametrize(
    ("error", "file"),
    [
        ("FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'", "data.csv"),
        ("FileNotFoundError: [Errno 2] No such file or directory: '/content/drive/data.csv'", "data.csv"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'C:\\\\me\\\\data.csv'", "data.csv"),
        ("FileNotFoundError: data/train.npy not found.", "train.npy"),
    ],
)
def test_a_file_that_is_not_there(error: str, file: str) -> None:
    """A missing file is named without its folders."""
    assert found(error) == Cause("no_file", 1, 1, (("file", file),))


def test_a_magic_that_is_not_known() -> None:
    """An unknown magic is named, with the line on which it stands."""
    error = "UsageError: Line magic function `%tensorboard` not found."
    assert found(error, "x = 1\n%tensorboard --logdir", line=None) == Cause(
        "unknown_magic", 1, 2, (("magic", "%tensorboard"),)
    )
    assert found("UsageError: Missing module name.") is None


BLOCK = "IndentationError: expected an indented block after function definition on line 1"


@pytest.mark.parametrize(
    ("error", "number", "cells", "at"),
    [
        ("IndentationError: unexpected indent", 2, ("def f():\n    x = 1", "    y = 2\nz = 3"), 2),
        ("SyntaxError: 'return' outside function", 2, ("def f():\n    x = 1", "    return x"), 2),
        (BLOCK, 1, ("def f():", "", "    return 1"), 3),
        ("IndentationError: unexpected indent", 1, ("x = 1\n    y = 2",), None),
        ("SyntaxError: 'return' outside function", 1, ("return x",), None),
        (BLOCK, 1, ("def f():", "x = 1"), None),
    ],
)  # fmt: skip
def test_a_block_that_was_split(error: str, number: int, cells: tuple[str, ...], at: int | None) -> None:
    """A cell that begins indented continues another one; other errors of indentation say nothing of it."""
    assert found(error, *cells, number=number) == (at and Cause("split_cell", at))


@pytest.mark.parametrize(
    ("source", "language"),
    [
        ("fit <- function(x) {\n}", "R"),
        ("library(ggplot2)\nx + {", "R"),
        ("let w = 1;", "JavaScript"),
        ("console.log(w);", "JavaScript"),
        ("function fit(x)\n  x\nend", "Julia"),
        ("#include <stdio.h>\nint main() {}", "C"),
        ("public static void main() {}", "Java"),
        ("print('x'", None),
        ("def fit(x)\n    return x", None),
    ],
)
def test_other_languages(source: str, language: str | None) -> None:
    """Code that isn't Python and looks like another language is called that; a slip in Python is not."""
    cause = found("SyntaxError: invalid syntax", source)
    assert cause == (language and Cause("other_language", 1, None, (("language", language),)))


@pytest.mark.parametrize("error", ["ValueError: 3", "AttributeError: no cuda", "", "KeyError: 'DISPLAY'"])
def test_errors_that_show_no_cause(error: str) -> None:
    """Any other error shows only itself."""
    assert found(error) is None


def test_the_deepest_frame() -> None:
    """The last line of a cell in a traceback counts, however deep the library's frames below it are."""
    runs = [CellRun(1, "def f(x):\n    g(x)", Status.OK), CellRun(2, "f(1)", Status.CELL_ERROR)]
    assert deepest_frame("Cell In[2], line 1\nCell In[1], line 2, in f\nFile torch/nn.py:9", runs) == Place(
        1, 2
    )
    assert deepest_frame('File "<timed exec>", line 1, in <module>', runs, 1) == Place(1, 2)
    assert deepest_frame("File <timed exec>:1", runs) is None
