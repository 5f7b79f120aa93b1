"""Why cells failed and why names are missing, where it lies in the notebook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cells import LEFT, STUB, STUB_ERROR, cell, undefined
from grader.course.stub import PLACEHOLDER
from grader.model.report import Cause, CellRun
from grader.model.status import Status
from grader.notebook.notebook import Cell, Notebook
from grader.worker.causes import Causes
from support import notebook_of


def causes(*runs: CellRun, notebook: Notebook | None = None, stub: Notebook = STUB) -> Causes:
    return Causes(notebook or notebook_of(*(run.source for run in runs)), stub, runs)


# ---- cells


def test_a_cell_that_ran_has_no_cause() -> None:
    """Nothing is said of what went well."""
    assert causes(cell(1, "w = 1")).of_cell(1) is None


def test_an_error_without_a_known_cause() -> None:
    """The cause of an error lies at the deepest of the student's own lines, which may be in another cell."""
    frames = "Cell In[2], line 1\n  …torch/nn.py:7\nCell In[1], line 2, in fit(x)\n  …torch/functional.py:3"
    found = causes(
        cell(1, "def fit(x):\n    return x / 0"), cell(2, "fit(1)", "ZeroDivisionError: d", 1, frames)
    )
    words = (("called_from", "2"), ("error", "ZeroDivisionError: d"))
    assert found.of_cell(2) == Cause("cell_failed", 1, 2, words)


def test_frames_are_numbered_as_ipython_counts() -> None:
    """Empty cells and cells that were left out have no number in a traceback."""
    runs = [
        cell(1, ""),
        CellRun(2, "exit()", Status.DIED),
        cell(3, "def fit(x):\n    return x / 0"),
        cell(4, "fit(1)", "ZeroDivisionError: d", 1, "Cell In[2], line 1\nCell In[1], line 2, in fit(x)"),
    ]
    cause = causes(*runs).of_cell(4)
    assert cause is not None and (cause.cell, cause.line) == (3, 2)


def test_frames_that_make_no_sense() -> None:
    """A number that is none of a cell's is not believed."""
    for frames in ("Cell In[9], line 1", "Cell In[1], line 9", "nothing"):
        cause = causes(cell(1, "x", "ValueError: d", 1, frames)).of_cell(1)
        assert cause is not None and (cause.cell, cause.line) == (1, 1)


def test_a_cell_that_ended_its_session() -> None:
    """A cell that was stopped is itself the cause; cells that were never run wait for it."""
    found = causes(CellRun(1, "while 1: pass", Status.TIMED_OUT), CellRun(2, "w = 1", Status.NOT_RUN))
    wanted = Cause("cell_ended", 1, None, (("status", "timed_out"),))
    assert found.of_cell(1) == found.of_cell(2) == found.of_name("w") == wanted


def test_a_block_that_was_split() -> None:
    """A cell that goes on with the block of the cell before it is a cause, whatever became of it."""
    runs = [cell(1, "def fit(x, y, rate):\n    w = 1"), cell(2, "    b = rate\nreturn w", undefined("rate"))]
    wanted = Cause("split_cell", 2)
    found = causes(*runs)
    assert found.of_cell(2) == found.of_stale("fit") == wanted and found.of_cells == [wanted]
    apart = causes(cell(1, "def fit(x, y, rate):\n    w = 1\nx = 1"), cell(2, "    b = 1"))
    assert apart.of_cells == [] and apart.of_stale("fit") is None


def test_a_cell_whose_magic_failed() -> None:
    """What stands below a magic that is not known was not made."""
    source = "%%R\ndef fit(x, y, rate): pass"
    found = causes(cell(1, source, "UsageError: Cell magic `%%R` not found.", None))
    assert found.of_name("fit") == Cause("unknown_magic", 1, 1, (("magic", "%%R"),))


def test_code_that_nobody_writes() -> None:
    """Many names, cells that wait for each other in a long chain and deep expressions take little time."""
    lines = "\n".join(f"name_{k} = 1" for k in range(10_000))
    assert causes(cell(1, lines, "ValueError: d", 1)).of_missing_names
    assert causes(cell(1, lines)).of_name("fit") is not None
    deep = "x = " + "1 + " * 900 + "1"
    assert not causes(cell(1, deep)).of_cells


# ---- names


def test_one_cause_for_a_whole_chain() -> None:
    """All that fails because of one line has the cause in that line."""
    found = causes(
        cell(1, "import pandas\nimport torch", "ModuleNotFoundError: No module named 'pandas'"),
        cell(2, "x = torch.ones(1)", undefined("torch")),
        cell(3, "def fit():\n    return x"),
        cell(4, "w = fit()", undefined("x"), 1, "Cell In[4], line 1\nCell In[3], line 2, in fit()"),
    )
    wanted = Cause("no_module", 1, 1, (("module", "pandas"),))
    assert found.of_cells == [wanted]
    assert [found.of_name(name) for name in ("torch", "x", "w")] == [wanted] * 3
    assert found.of_name("pandas") == wanted and found.of_name("fit") is None


def test_a_name_that_is_made_before_its_cell_fails() -> None:
    """A cell that fails below the line that makes a name has made it."""
    found = causes(cell(1, "w = 1\n1 / 0\nb = 2", "ZeroDivisionError: d", 2))
    assert found.of_name("w") is None and found.of_name("b") is not None
    assert found.is_made("w") and not found.is_made("b")


def test_a_name_that_is_half_made() -> None:
    """A loop that fails has not made what it was making."""
    loop = "w = 0\nfor i in range(9):\n    w += 1\n    1 / i"
    found = causes(cell(1, loop, "ZeroDivisionError: d", 4))
    assert found.of_name("w") is None and not found.is_made("w")


@pytest.mark.parametrize(
    ("source", "line", "is_stale"),
    [
        ("fit(net)", 1, True),
        ("x = 1\nfit(net)", 1, True),
        ("fit(net)\n1 / 0", 2, False),  # the use was over
        ("fit(other_net)", 1, False),
        ("draw(net)", 1, False),  # a given cell
    ],
)
def test_a_name_on_which_a_failed_cell_works(source: str, line: int, is_stale: bool) -> None:
    """A value is not what it should be if the cell that would change it failed before it could."""
    stub = Notebook((*STUB.cells, Cell("code", "draw(net)")))
    found = causes(cell(1, "net = 1"), cell(2, source, "ValueError: d", line), stub=stub).of_stale("net")
    assert (found is not None) == is_stale


def test_a_name_that_a_later_cell_makes() -> None:
    """A cell that comes too early is the cause for itself. Once all cells have run, the name is there."""
    found = causes(cell(1, "y = w", undefined("w")), cell(2, "w = 1"))
    assert found.of_cell(1) == Cause("name_later", 1, None, (("name", "w"), ("other", "2")))
    assert found.of_name("w") is None


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_code_in_a_text_cell(kind: str) -> None:
    """Code that was turned into text is found, unless the stub has this text itself."""
    text = Cell(kind, "def fit(x, y, rate):\n    return 1, 2")
    run = cell(1, "import torch")
    notebook = Notebook((Cell("code", run.source), text))
    found = causes(run, notebook=notebook)
    assert found.of_name("fit") == Cause("name_in_text", 1, None, (("kind", kind), ("name", "fit")))
    first = causes(run, notebook=Notebook((text, Cell("code", run.source)))).of_name("fit")
    assert first is not None and first.cell is None
    given = Notebook((*STUB.cells, text))
    other = causes(run, notebook=notebook, stub=given).of_name("fit")
    assert other is not None and other.code == "name_deleted"


def test_code_that_is_commented_out() -> None:
    """A comment that would make the name is named with its line."""
    found = causes(cell(1, "import torch\n# def fit(x, y, rate):\n#     return 1"))
    assert found.of_name("fit") == Cause("name_commented", 1, 2, (("name", "fit"),))


@pytest.mark.parametrize(("line", "is_gone"), [("del w", True), ("%reset -f", True), ("del b", False)])
def test_a_name_that_is_removed(line: str, is_gone: bool) -> None:
    """A cell that removes a name after it was made is the cause; one before it was made is not."""
    removal = Cause("name_removed", 2, 1, (("name", "w"),))
    assert causes(cell(1, "w = 1"), cell(2, line)).of_name("w") == (removal if is_gone else None)
    assert causes(cell(1, line), cell(2, "w = 1")).of_name("w") is None


def test_a_name_inside_a_function() -> None:
    """A name that only a function makes is not the notebook's."""
    found = causes(cell(1, "def main():\n    slope = 1\nmain()"))
    assert found.of_name("slope") == Cause("name_local", 1, 2, (("function", "main"), ("name", "slope")))


@pytest.mark.parametrize(
    ("written", "is_found"),
    [
        ("def fit_line(x, y, rate): pass", True),
        ("def my_fit(a, b): pass", True),
        ("def Fit(a, b): pass", True),
        ("def fat(a, b): pass", False),  # too short to be sure, and other parameters
        ("def train(x, y, rate): pass", True),  # the task's own parameters
        ("def train(x, y): pass", False),
        ("fit_line = 3", False),  # no function
    ],
)
def test_a_function_under_another_name(written: str, is_found: bool) -> None:
    """A function stands for the task's by its name or its parameters; anything less sure is not said."""
    cause = causes(cell(1, written)).of_name("fit")
    assert cause is not None
    assert (cause.code == "name_similar") == is_found


def test_a_typing_error_is_no_renaming() -> None:
    """A name that the task does not have is not what "the task asks for", however near another one is."""
    found = causes(cell(1, "train_loss = 1"), cell(2, "print(tran_loss)", undefined("tran_loss")))
    cause = found.of_cell(2)
    assert cause is not None and cause.code == "cell_failed"


def test_two_functions_that_could_be_meant() -> None:
    """Where two names are equally near, neither is called the one."""
    cause = causes(cell(1, "def fit_one(): pass\ndef fit_two(): pass")).of_name("fit")
    assert cause is not None and cause.code == "name_deleted"


def test_lines_of_the_stub_that_are_gone() -> None:
    """What the stub made and the notebook does not is told once, with all lines that its cell lacks."""
    found = causes(cell(1, "x = torch.ones(1)", undefined("torch")))
    wanted = Cause("name_deleted", None, None, (("lines", "import torch; from torch import nn"),))
    assert found.of_name("torch") == found.of_name("nn") == wanted
    assert causes(cell(1, "import torch")).of_name("nn") == replace(
        wanted, words=(("lines", "from torch import nn"),)
    )


def test_a_name_that_nobody_knows() -> None:
    """Of a name that neither the notebook nor the stub makes nothing is said."""
    assert causes(cell(1, "y = q", undefined("q"))).of_name("q") is None


def test_names_that_wait_for_each_other() -> None:
    """Two cells that need each other's names end the search."""
    found = causes(cell(1, "a = b", undefined("b")), cell(2, "b = a", undefined("a")))
    assert found.of_cell(1) == Cause("name_later", 1, None, (("name", "b"), ("other", "2")))
    assert found.of_cell(2) is not None


# ---- the placeholder


def test_the_cause_is_the_placeholder() -> None:
    """A placeholder left over is the cause, where it stands. One in the stub's own place is none."""
    frames = "Cell In[2], line 1\nCell In[1], line 2, in fit(x, y, rate)"
    left = causes(cell(1, LEFT), cell(2, "w = fit(1, 2, 3)", STUB_ERROR, 1, frames))
    assert left.of_cell(2) == left.of_name("w") == Cause("placeholder_left", 1, 2)
    assert left.left_over == [Cause("placeholder_left", 1, 2)] and left.unwritten == []
    fresh = causes(
        cell(1, f"def fit(x, y, rate):\n    {PLACEHOLDER}"),
        cell(2, "w = fit(1, 2, 3)", STUB_ERROR, 1, frames),
    )
    assert fresh.of_cell(2) is None and fresh.of_cells == [] and fresh.left_over == []
    assert fresh.unwritten == ["w"]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("x = 1\nw = fit(x, steps=...)", 2),
        ("n = ...\nrange(n)", 1),
        ("w, b = 0, ...", 1),
        ("a = 2 * ...", 1),
        ("w = fit(..., 2)", 1),
        ("x = y[..., 0]", None),
        ("x = 1", None),
    ],
)
def test_dots_that_were_left(source: str, line: int | None) -> None:
    """`...` that stands for a value is the cause of errors about an ellipsis, wherever they are raised."""
    error = "TypeError: 'ellipsis' object cannot be interpreted as an integer"
    frames = "Cell In[2], line 1\nCell In[1], line 1, in fit(x)"
    cause = causes(cell(1, "def fit(x): range(x)"), cell(2, source, error, 1, frames)).of_cell(2)
    words = (("called_from", "2"), ("error", error))
    wanted = Cause("dots_left", 2, line) if line else Cause("cell_failed", 1, 1, words)
    assert cause == wanted
