"""What a sealed session that takes too much loses: a cell, and nothing else. With a real kernel."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from dataclasses import replace

import pytest

from grader.engine.local import Grading
from grader.language.catalogue import Text
from grader.model.report import Execution
from grader.worker.clock import Clock
from grader.worker.notebook_run import MAX_ATTEMPTS, run_notebook
from grader.worker.sealed_process import SealedProcess
from grader.worker.session import Opening
from support import notebook_of, quick

Said = Callable[..., str]
Sealed = Callable[..., Execution]


def test_the_disk_fills_without_harm(said: Said) -> None:
    """Endless writing gets "no space left" at the limit, and the session goes on."""
    text = said(
        "import errno\n"
        "try:\n"
        "    with open('/tmp/full', 'wb') as file:\n"
        "        while True: file.write(bytes(1 << 20))\n"
        "except OSError as error:\n    print(errno.errorcode[error.errno])",
        "import os\nos.remove('/tmp/full'); print('goes on')",
        limits=quick(disk_mb=32),
    )
    assert text.split() in (["ENOSPC", "goes", "on"], ["EFBIG", "goes", "on"])


def test_an_endless_loop_costs_one_cell(sealed: Sealed) -> None:
    """A cell that computes endlessly is stopped at its limit. Later cells run in a fresh session."""
    execution = sealed("x = 1", "while True: pass", "print(x)", limits=quick(cell_s=1))
    assert (execution.status, execution.cell, execution.sessions) == ("timed_out", 2, 2)
    assert [cell.status for cell in execution.cells] == ["ok", "timed_out", "ok"]
    assert execution.cells[2].outputs[0].text == "1\n"


def test_the_weight_is_lowered_after_a_second_of_computing(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a submission has computed for a second, that session and later ones have a lower CPU weight.

    A submission that only takes its time keeps its weight.
    """
    lowered: list[SealedProcess] = []
    monkeypatch.setattr(SealedProcess, "lower_weight", lambda self: lowered.append(self))
    sealed("import time; time.sleep(1.3)", limits=quick())
    assert not lowered
    assert sealed("while True: pass", "import time; time.sleep(0.5)", limits=quick(cell_s=2)).sessions == 2
    assert len(lowered) == len(set(lowered)) == 2


def test_a_sleeping_cell_is_stopped_by_the_wall_clock(sealed: Sealed) -> None:
    """A cell that sleeps uses no CPU time and is stopped all the same."""
    assert sealed("import time; time.sleep(1e6)", limits=quick(cell_wall_s=1)).status == "timed_out"


def test_a_slow_notebook_is_stopped_as_a_whole(sealed: Sealed) -> None:
    """Many cells that each stay within the limit of a cell are stopped by the limit of the notebook."""
    execution = sealed(*["import time; time.sleep(0.5)"] * 30, limits=quick(wall_s=2))
    assert execution.status == "timed_out" and execution.wall_s < 20


def test_cells_after_a_notebooks_own_limit_are_not_run(sealed: Sealed) -> None:
    """Once the whole notebook took too long, later cells are left out, not tried in session after session."""
    execution = sealed("print('kept')", *["import time; time.sleep(0.6)"] * 9, limits=quick(wall_s=2))
    assert execution.status == "timed_out" and execution.sessions == 2
    statuses = [cell.status for cell in execution.cells]
    assert statuses[0] == "ok" and statuses[-1] == "not_run" and statuses.count("timed_out") == 1
    assert execution.cells[0].outputs[0].text == "kept\n"


def test_all_sessions_together_have_a_limit(sealed: Sealed) -> None:
    """Cells that hang take a session each. Together these last at most three times the limit of one."""
    execution = sealed(*["import time; time.sleep(1e6)"] * 7, limits=quick(cell_wall_s=1, wall_s=2))
    assert execution.status == "timed_out" and 4 < execution.wall_s < 3 * 2 + 2
    assert "not_run" in [cell.status for cell in execution.cells]


def test_sessions_for_one_notebook_are_few(sealed: Sealed) -> None:
    """A notebook whose every cell dies gets MAX_ATTEMPTS sessions. The remaining cells are not run."""
    execution = sealed(*["import os; os._exit(0)"] * 12, limits=quick())
    assert execution.sessions == MAX_ATTEMPTS and execution.status == "died"
    expected = ["died"] * MAX_ATTEMPTS + ["not_run"] * (12 - MAX_ATTEMPTS)
    assert [cell.status for cell in execution.cells] == expected


def test_memory_that_a_dead_child_took_is_noticed(sealed: Sealed, grading: Grading) -> None:
    """Where the kernel kills a child for lack of memory, the session ends too, even if the cell goes on."""
    if grading.address().groups is None:
        pytest.skip("no control group can be made here")
    execution = sealed(
        "import os\nif os.fork() == 0:\n    b = bytearray(600 << 20); os._exit(0)\nos.wait()",
        "print('kept')",
        limits=quick(memory_mb=200),
    )
    assert [cell.status for cell in execution.cells] == ["out_of_memory", "ok"]


def test_memory_is_limited(sealed: Sealed) -> None:
    """A cell that takes all memory is stopped, its message says so, and no other cell is lost."""
    execution = sealed(
        "block = []\nwhile True: block.append(b'x' * (1 << 24))", "print('kept')", limits=quick(memory_mb=200)
    )
    assert (execution.status, execution.cell) == ("out_of_memory", 1)
    assert execution.cells[1].outputs[0].text == "kept\n"
    assert execution.message == Text("more than 200 MB of memory", "占用的内存超过了 200 MB")


HOLDERS = {
    "its first process": "block = []\nwhile True: block.append(b'x' * (1 << 24))",
    "a child": (
        "import os, time\nif os.fork() == 0:\n    b = b'x' * (400 << 20); time.sleep(30)\ntime.sleep(4)"
    ),
    "a child whose first thread has ended": (
        "import ctypes, os, threading, time\nif os.fork() == 0:\n"
        "    def fill(): time.sleep(0.5); b = b'x' * (400 << 20); time.sleep(30)\n"
        "    threading.Thread(target=fill).start(); ctypes.CDLL(None).syscall(60, 0)\ntime.sleep(4)"
    ),
}


def test_memory_of_children_counts(sealed: Sealed) -> None:
    """Memory is counted over all processes of a session."""
    assert sealed(HOLDERS["a child"], limits=quick(memory_mb=200)).status == "out_of_memory"


@pytest.mark.parametrize("held_by", HOLDERS)
def test_memory_is_watched_without_control_groups(grading: Grading, held_by: str) -> None:
    """Without control groups, a watchdog sees memory in whichever process or thread holds it."""

    async def status() -> str:
        address = replace(grading.address(), groups=None)
        run = await run_notebook(notebook_of(HOLDERS[held_by]), Opening(address, quick(memory_mb=200), 0))
        if run.session is not None:
            await run.session.close()
        return run.execution.status

    assert asyncio.run(status()) == "out_of_memory"


@pytest.mark.parametrize(
    "flood",
    [
        "while True: print('x' * 10_000)",
        "print('x' * 200_000_000)",
        "from IPython.display import display\nfor i in range(10**6): display(i)",
        "'x' * 10**8",
    ],
)
def test_a_flood_is_stopped(sealed: Sealed, flood: str) -> None:
    """Endless output, in one message or a million, ends the session and costs one cell.

    How fast a busy kernel sends a million small messages depends on how soon its threads wake. Some machines
    get a dozen a second, and then the cell's CPU time is used up first.
    """
    execution = sealed(flood, "print('kept')", limits=quick(memory_mb=1024, cell_s=10, cell_wall_s=20))
    assert execution.status in ("too_much_output", "out_of_memory", *["timed_out"] * ("range" in flood))
    assert execution.cells[1].outputs[0].text == "kept\n"


@pytest.mark.parametrize(
    "death",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.closerange(3, 200)",
        "import os; os.execv('/bin/true', ['true'])",
    ],
)
def test_a_kernel_that_dies_costs_one_cell(sealed: Sealed, death: str) -> None:
    """However a kernel ends itself, the other cells run, without the one that ended it."""
    execution = sealed("x = 1", death, "print(x)")
    assert execution.status in ("died", "protocol", "timed_out") and execution.cell in (1, 2)
    assert execution.cells[2].outputs and execution.cells[2].outputs[0].text == "1\n"


def test_processes_are_limited(said: Said) -> None:
    """A fork bomb meets the limit, and the session goes on."""
    text = said(
        "import os, signal\n"
        "children = []\n"
        "try:\n"
        "    while True:\n"
        "        pid = os.fork()\n"
        "        if pid == 0: signal.pause()\n"
        "        children.append(pid)\n"
        "except BlockingIOError:\n"
        "    print(len(children) < 64)\n"
        "for pid in children: os.kill(pid, 9)\n"
        "for pid in children: os.waitpid(pid, 0)",
        "print('goes on')",
    )
    assert text.split() == ["True", "goes", "on"]


FORGE = """kernel = get_ipython().kernel
def send(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent('shell'))
"""


FORGED = {
    "a million objects": "send('comm_msg', {'comm_id': 'x', 'data': [{} for _ in range(1_200_000)]})",
    "no data": "send('display_data', {})",
    "a number for text": "send('stream', {'name': 'stdout', 'text': 5})",
    "nothing at all": "send('stream', {})",
    "comms": "for n in range(2000): send('comm_open', {'comm_id': str(n)})",
    "an odd error": "send('error', {'ename': {}, 'evalue': [1], 'traceback': 'zz'})",
    "an unknown kind": "send('banana', {})",
    "an early idle": "send('status', {'execution_state': 'idle'})",
    "a wrong signature": (
        "kernel.iopub_thread.socket.send_multipart([b'a', b'<IDS|MSG>', b'bad', *[b'{}'] * 4])"
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_messages_cost_at_most_their_cell(sealed: Sealed, name: str) -> None:
    """Whatever a kernel sends unasked, the worker survives without growing, and the other cells count."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    execution = sealed(FORGE + FORGED[name], "print('kept')", limits=quick(memory_mb=1024))
    assert execution.cells[1].outputs[-1].text == "kept\n"
    assert execution.status in ("ok", "cell_error", "protocol", "too_much_output")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 << 10


def test_sessions_of_one_submission_share_a_budget(grading: Grading) -> None:
    """All sessions of a submission together hold at most three times the limit; the newest one ends."""
    address = grading.address()
    if address is None or address.groups is None:
        pytest.skip("no control groups can be made here")
    limits = quick(memory_mb=128)

    async def whole() -> list[tuple[str, int | None]]:
        clock, runs = Clock(limits), []
        for _ in range(4):
            cells = ("import time; block = bytearray(110 << 20)", "time.sleep(0.5)")
            runs.append(await run_notebook(notebook_of(*cells), Opening(address, limits, 0), clock=clock))
        for run in runs:
            if run.session is not None:
                await run.session.close()
        return [(run.execution.status, run.execution.cell) for run in runs]

    *earlier, (status, _) = asyncio.run(whole())
    assert earlier == [("ok", None)] * 3 and status == "out_of_memory"
