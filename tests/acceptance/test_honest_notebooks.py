"""What honest notebooks may do in a sealed session, with a real kernel."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.model.report import Execution
from support import quick

Said = Callable[..., str]
Sealed = Callable[..., Execution]


def test_generators_are_seeded(said: Said) -> None:
    """Python's, NumPy's and torch's generators start alike for equal seeds, and differently for others."""
    cell = "import random, numpy, torch\nprint(random.random(), numpy.random.rand(), torch.rand(1).item())"
    first, again, other = said(cell, seed=7), said(cell, seed=7), said(cell, seed=8)
    assert first == again != other and not set(first.split()) & set(other.split())


def test_magics_and_shell_lines_work_sealed(said: Said) -> None:
    """Shell lines and cell magics run inside, without a network."""
    text = said(
        "!echo shell $((1 + 2))", "%%bash\necho cell magic", "%matplotlib inline\nprint('line magic')"
    )
    assert "shell 3" in text and "cell magic" in text and "line magic" in text


@pytest.mark.parametrize(
    "magic, error",
    [
        ("%no_such_magic", "UsageError: Line magic function `%no_such_magic` not found."),
        ("%%no_such_magic\nx = 1", "UsageError: Cell magic `%%no_such_magic` not found."),
        ("%load_ext", "UsageError: Missing module name."),
    ],
)
def test_an_unknown_magic_fails(sealed: Sealed, magic: str, error: str) -> None:
    """A cell that IPython ends with a line of text in place of a traceback has failed, and says why."""
    failed, after = sealed(magic, "print('on')").cells
    assert failed.status == "cell_error" and failed.error and failed.error.en.startswith(error)
    assert failed.line is None and after.status == "ok"


def test_plots_are_drawn(sealed: Sealed) -> None:
    """A figure becomes an image, as in Jupyter, and there is no other output."""
    (cell,) = sealed("import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);").cells
    assert [output.kind for output in cell.outputs] == ["image"] and cell.outputs[0].mime == "image/png"


@pytest.mark.parametrize(
    "choice",
    [
        "%matplotlib widget",
        "%matplotlib tk",
        "%matplotlib notebook",
        "%matplotlib no_such_backend",
        "import matplotlib\nmatplotlib.use('TkAgg')",
        "import matplotlib\nmatplotlib.use('no_such_backend')",
        "import matplotlib.pyplot as plt\nplt.switch_backend('Qt5Agg')",
    ],
)
def test_a_backend_that_needs_a_window(sealed: Sealed, choice: str) -> None:
    """Where there is no window, a plot is drawn inline all the same, with a note, and the cell goes on."""
    first, second = sealed(
        f"{choice}\nprint('goes on')", "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);"
    ).cells
    shown = {output.kind: output.text for output in first.outputs}
    assert (first.status, shown["stdout"]) == ("ok", "goes on\n")
    assert "Plots are drawn inline." in shown["stderr"]
    assert [output.kind for output in second.outputs] == ["image"]


@pytest.mark.parametrize("choice", ["%matplotlib", "%matplotlib inline", "%matplotlib auto"])
def test_the_usual_backends(sealed: Sealed, choice: str) -> None:
    """The usual choices draw inline, without a warning."""
    first, second = sealed(choice, "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);").cells
    assert first.status == "ok" and "stderr" not in [output.kind for output in first.outputs]
    assert [output.kind for output in second.outputs] == ["image"]


def test_a_long_line_of_an_honest_notebook_is_not_too_much(sealed: Sealed) -> None:
    """One print of a list of 100,000 numbers stays within the output limit, however many commas it has."""
    assert sealed("print(list(range(100_000)))", limits=quick(output_kb=4096)).status == "ok"


def test_a_lone_surrogate_is_shown(sealed: Sealed) -> None:
    """A lone surrogate is shown as an escape, however often."""
    execution = sealed(
        "import sys\n"
        "for _ in range(200):\n"
        "    print('\\ud800', flush=True)\n"
        "    print('\\udfff', file=sys.stderr)",
        "print('on', 'it goes')",
    )
    assert execution.status == "ok"
    assert execution.cells[0].outputs[0].text.startswith("\\ud800\n")
    assert execution.cells[1].outputs[0].text == "on it goes\n"


def test_a_display_of_an_earlier_cell_is_updated(sealed: Sealed) -> None:
    """A later cell may update a display, or give its name to another one. Honest notebooks do both."""
    execution = sealed(
        "from IPython.display import display\nshown = display('a', display_id=True)",
        "shown.update('b')",
        *["display('c', display_id='progress')"] * 2,
    )
    assert [cell.status for cell in execution.cells] == ["ok"] * 4


def test_cells_may_await(said: Said) -> None:
    """A cell that awaits at its top level runs to its end, as in Jupyter."""
    assert said("import asyncio\nawait asyncio.sleep(0.01)\nprint('slept')").strip() == "slept"


WAITING = """
import asyncio, contextlib
async def numbers():
    await asyncio.sleep(0.01)
    yield 1
@contextlib.asynccontextmanager
async def lock():
    await asyncio.sleep(0.01)
    yield
"""


@pytest.mark.parametrize(
    "cell",
    [
        "[number async for number in numbers()]",
        "async for number in numbers(): pass",
        "async with lock(): pass",
    ],
)
def test_every_way_to_await(said: Said, cell: str) -> None:
    """Every way to await works at a cell's top level, though most cells are not checked for it."""
    assert said(WAITING, cell + "\nprint('done')").strip() == "done"


def test_cells_are_translated_anew(sealed: Sealed) -> None:
    """Changed input transformers apply to the next cell, even if its source is the same."""
    cell = (
        "import asyncio; await asyncio.sleep(0); print(1)\n"
        "get_ipython().input_transformers_cleanup[:] = [lambda lines: ['print(2)']]"
    )
    assert [each.outputs[0].text.strip() for each in sealed(cell, cell).cells] == ["1", "2"]


def test_the_shell_looks_like_jupyters(said: Said) -> None:
    """Programs recognise a notebook by the name of the shell's class, which is Jupyter's."""
    shown = said("print(type(get_ipython()), type(get_ipython()).__name__)").strip()
    assert shown == "<class 'ipykernel.zmqshell.ZMQInteractiveShell'> ZMQInteractiveShell"


def test_files_beside_the_notebook_can_be_imported(said: Said) -> None:
    """A module that a cell writes can be imported by another cell."""
    assert "42" in said("%%writefile helpers.py\nanswer = 42", "import helpers\nprint(helpers.answer)")
