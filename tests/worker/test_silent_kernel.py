"""Cells whose output is not recorded, as in a rerun."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from fakes import DIED, FakeProcess
from grader.engine.local import Grading
from grader.inside import wire
from grader.model.limits import Limits
from grader.model.report import Execution
from grader.rubric.probe_client import ProbeClient
from grader.rubric.student import Student
from grader.worker.notebook_run import run_notebook
from grader.worker.process import SessionOver
from grader.worker.session import Opening
from grader.worker.silent_kernel import SilentKernel
from support import QUICK, notebook_of, quick

# Each leaves a value of `found` that must be the same whether output is recorded or not.
CELLS = {
    "plain": ("a = 1", "found = a + 1"),
    "an error": ("a = 1\nraise ValueError('no')", "found = a"),
    "no code at all": ("found = 1", "def f(:"),
    "print and display": ("print('x' * 10)", "display('y')\n3", "found = Out[2]"),
    "standard streams": (
        "import sys",
        "found = [sys.stdout.write('abc'), sys.stdout.flush(), sys.stdout.encoding]\n"
        "found += [sys.stderr.isatty(), sys.stdout.writable()]",
    ),
    "magics": ("%matplotlib inline", "t = %timeit -n1 -r1 -o -q 1\nfound = len(t.all_runs)"),
    "a shell line": ("out = !echo one", "!echo two", "found = list(out)"),
    "a file to import": ("%%writefile made_here.py\nvalue = 7", "import made_here\nfound = made_here.value"),
    "await": ("import asyncio", "await asyncio.sleep(0)\nfound = 1"),
    "a task that outlives its cell": (
        "import asyncio\nevent = asyncio.Event()\ntask = asyncio.create_task(event.wait())",
        "event.set()\nfound = await task",
    ),
    "a context variable": (
        "import contextvars\nvariable = contextvars.ContextVar('v', default=0)\nreset = variable.set(5)",
        "found = variable.get()",
    ),
    "numpy's error state": (
        "import numpy\nbefore = numpy.seterr(divide='raise')",
        "found = numpy.geterr()['divide']",
    ),
    "torch's modes": ("import torch\ntorch.set_grad_enabled(False)", "found = torch.is_grad_enabled()"),
    "a question to nobody": (
        "try:\n    input('?')\nexcept Exception as error:\n    found = type(error).__name__",
    ),
    "the end": ("found = 1", "import sys\nsys.exit(0)", "found = 2"),
    "an interrupt": (
        "import os, signal\ntry:\n    os.kill(os.getpid(), signal.SIGINT)\n"
        "    for _ in range(10**7): pass\n    found = 'deaf'\n"
        "except KeyboardInterrupt:\n    found = 'heard'",
    ),
    "the kernel": (
        "kernel = get_ipython().kernel",
        "found = [type(kernel).__name__, kernel.execution_count]",
    ),
    "a plot": ("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", "found = plt.get_fignums()"),
    "threads": (
        "import threading\nsaid = []\n"
        "thread = threading.Thread(target=lambda: (print('x'), said.append(1)))\n"
        "thread.start()\nthread.join()",
        "found = said",
    ),
    "processes": (
        "from multiprocessing import Pool\nimport math\n"
        "with Pool(2) as pool:\n    found = pool.map(math.sqrt, [1.0, 4.0])",
    ),
    "odd characters": ("found = '\N{SNOWMAN} \u2028 \N{PILE OF POO}'",),
    "a long cell": ("x = '" + "x" * 2_000_000 + "'\nfound = len(x)",),
    "random numbers": (
        "import random, numpy, torch\nfound = [random.random(), numpy.random.rand(), torch.rand(1).item()]",
    ),
}


@pytest.fixture
def found(grading: Grading) -> Callable[..., tuple[Any, Execution]]:
    """Run cells; the value of `found` afterwards, and how it went."""

    def run_cells(
        cells: tuple[str, ...], records_output: bool, limits: Limits = QUICK
    ) -> tuple[Any, Execution]:
        async def whole() -> tuple[Any, Execution]:
            came = await run_notebook(
                notebook_of(*cells), Opening(grading.address(), limits, 0, records_output)
            )
            if came.session is None:
                return None, came.execution
            try:
                client = ProbeClient(came.session.process.probe, lambda waited_s, gone: None)
                student = Student(lambda: client, lambda name: True)
                return await asyncio.to_thread(lambda: student.found), came.execution
            finally:
                await came.session.close()

        return asyncio.run(whole())

    return run_cells


@pytest.mark.parametrize("name", CELLS)
def test_cells_do_the_same_with_and_without_a_record(
    found: Callable[..., tuple[Any, Execution]], name: str
) -> None:
    """A notebook leaves the same values, and the same cells raise, whether its output is recorded or not."""
    first, rerun = found(CELLS[name], records_output=True), found(CELLS[name], records_output=False)
    assert first[0] is not None and first[0] == rerun[0]
    assert [cell.status for cell in first[1].cells] == [cell.status for cell in rerun[1].cells]


def test_nothing_is_recorded(found: Callable[..., tuple[Any, Execution]]) -> None:
    """The output of such cells is kept nowhere."""
    value, execution = found(("print('x')\nfound = 1", "1 + 1"), records_output=False)
    assert value == 1 and all(cell.outputs == () for cell in execution.cells)


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("while True: pass", "timed_out"),
        ("import os; os._exit(3)", "died"),
        ("while True: print('x' * 1000)", "timed_out"),
        ("a = []\nwhile True: a.append(bytearray(1 << 24))", "out_of_memory"),
        ("import os; os.close(3)", "protocol"),
    ],
)
def test_a_cell_that_ends_its_session_costs_one_cell(
    found: Callable[..., tuple[Any, Execution]], cell: str, status: str
) -> None:
    """The other cells are run without it, and the record says what it did."""
    value, execution = found((cell, "found = 1"), records_output=False, limits=quick(cell_s=1, memory_mb=300))
    assert (value, execution.status, execution.cell, execution.sessions) == (1, status, 1, 2)


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (wire.RAN, "ok"),
        (wire.RAISED, "cell_error"),
        (b"", "protocol"),
        (wire.RAN[:-1], "protocol"),
        (b"x" * len(wire.RAN), "protocol"),
        (wire.encode({"ok": "x" * 100_000}), "protocol"),
    ],
)
def test_only_two_answers_make_sense(words: bytes, status: str) -> None:
    """Anything but "ran" and "raised" ends the session, and no more is read than such an answer has bytes."""

    async def whole() -> str:
        process = FakeProcess(answers=words)
        try:
            return (await SilentKernel(process).run(1, "x = 1")).status
        except SessionOver as end:
            return end.reason.status
        finally:
            process.close()

    assert asyncio.run(whole()) == status


def test_a_session_that_has_ended_says_why() -> None:
    """A session that hung up because it ended is not said to have broken the protocol."""

    async def whole() -> str:
        process = FakeProcess()
        process.ended.get_loop().call_later(0.02, process.end, DIED)
        try:
            await SilentKernel(process).run(1, "x = 1")
        except SessionOver as end:
            return end.reason.status
        finally:
            process.close()
        return "no end"

    assert asyncio.run(whole()) == "died"
