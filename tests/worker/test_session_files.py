"""Files lie in a session's working folder before its first cell, as a copy of its own."""

from __future__ import annotations

import asyncio
import json

import pytest

from fakes import FakeProcess
from grader.engine.local import Grading
from grader.inside import wire
from grader.model.file import File
from grader.model.report import Execution
from grader.worker import session_files, silent_kernel
from grader.worker.notebook_run import run_notebook
from grader.worker.process import SessionOver
from grader.worker.session import Opening
from grader.worker.session_files import PART, place
from support import QUICK, notebook_of

FILES = (
    File("data.csv", b"x,y\n1,2\n"),
    File("empty.txt", b""),
    File("large.bin", bytes(range(256)) * (2 * PART // 256 + 1)),
    File("helpers.py", b"def double(x):\n    return 2 * x\n"),
    File("data/tr\u00e4in/1.csv", b"7"),
    # Named like modules that a kernel has long since imported.
    File("torch.py", b"raise SystemExit"),
    File("socket.py", b"raise SystemExit"),
)
CELLS = (
    "import os, helpers, torch, socket",
    "assert torch.tensor(1).item() == helpers.double(0.5) and socket.AF_UNIX",
    "assert open('data.csv').read() == 'x,y\\n1,2\\n' and os.path.getsize('empty.txt') == 0",
    f"assert open('large.bin', 'rb').read() == bytes(range(256)) * {2 * PART // 256 + 1}",
    "assert open('data/tr\u00e4in/1.csv').read() == '7'",
    "open('data.csv', 'a').write('more'); os.remove('helpers.py'); open('data/new.csv', 'w').close()",
)


@pytest.mark.parametrize("records_output", [True, False])
def test_cells_find_them(grading: Grading, records_output: bool) -> None:
    """They can be read, imported, changed and removed, and the next session has them as they were."""

    async def run() -> Execution:
        opening = Opening(grading.address(), QUICK, 0, records_output, beside=FILES)
        came = await run_notebook(notebook_of(*CELLS), opening)
        assert came.session is not None
        await came.session.close()
        return came.execution

    for _ in range(2):
        execution = asyncio.run(run())
        assert [cell.status for cell in execution.cells] == ["ok"] * len(CELLS), execution.message


def test_a_session_without_protection_finds_them() -> None:
    """So it is with --sandbox none."""

    async def run() -> Execution:
        came = await run_notebook(notebook_of(*CELLS), Opening(None, QUICK, 0, False, beside=FILES))
        assert came.session is not None
        await came.session.close()
        return came.execution

    assert [cell.status for cell in asyncio.run(run()).cells] == ["ok"] * len(CELLS)


@pytest.mark.parametrize("answer", [b"", wire.RAN, wire.DONE + b"x" * 30])
def test_a_file_that_could_not_be_written(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is run with half of the files: the session ends."""
    monkeypatch.setattr(silent_kernel, "GRACE_S", 0.01)
    monkeypatch.setattr(session_files, "PART", 1)  # so the two files cross one after another

    async def run() -> None:
        process = FakeProcess(answers=answer)
        try:
            await place(process, (), [File("a", b"1"), File("b", b"2")])
        finally:
            process.close()

    with pytest.raises(SessionOver):
        asyncio.run(run())


def test_without_files_nothing_is_sent() -> None:
    """A session without files costs nothing more."""

    async def run() -> bytes:
        process = FakeProcess(stays=True)
        await place(process, ())
        process.inside.setblocking(False)
        try:
            return process.inside.recv(1)
        except BlockingIOError:
            return json.dumps(None).encode()
        finally:
            process.close()

    assert asyncio.run(run()) == b"null"
