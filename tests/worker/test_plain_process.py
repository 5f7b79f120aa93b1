"""An unprotected kernel is a child process that brings a token. A small script stands in for the kernel."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest

from grader.inside.plain_messages import StartOrder
from grader.model.limits import Limits
from grader.model.status import Status
from grader.worker import plain_process as plain_process_module
from grader.worker.plain_process import PlainProcess, _free_ports
from grader.worker.process import CLOSED
from support import QUICK

CONNECT = """import json, os, socket, sys, time
order = json.load(sys.stdin)
probe = socket.create_connection(("127.0.0.1", order["probe"]))
probe.sendall(order["token"].encode())
"""


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Have plain processes run this code."""

    def of(code: str) -> None:
        script = tmp_path / "kernel"
        script.write_text(f"#!{sys.executable} -S\n{code}", encoding="utf-8")
        script.chmod(0o755)
        monkeypatch.setattr(plain_process_module.sys, "executable", str(script))

    return of


def with_process(
    work: Callable[[PlainProcess], Awaitable[None]], records_output: bool = True, limits: Limits = QUICK
) -> None:
    async def whole() -> None:
        process = PlainProcess(limits, 7, records_output)
        try:
            await work(process)
        finally:
            process.close()
            process.close()
        assert not process.folder.exists() and process.child.poll() is not None

    asyncio.run(whole())


def test_the_order(kernel: Callable[[str], None]) -> None:
    """The child is told its seed, its token and its channels, and its connection is the probe socket."""
    kernel(CONNECT + "probe.sendall(json.dumps(order).encode()); time.sleep(60)")

    async def work(process: PlainProcess) -> None:
        order = StartOrder.from_json(process.probe.recv(1 << 16))
        assert order.seed == 7 and order.channels is not None and process.connection is not None
        assert order.channels.shell == f"tcp://127.0.0.1:{process.connection['shell_port']}"
        assert order.channels.iopub == f"tcp://127.0.0.1:{process.connection['iopub_port']}"
        assert order.channels.key == process.connection["key"]

    with_process(work)


def test_the_order_of_a_rerun(kernel: Callable[[str], None]) -> None:
    """Where no output is recorded, there are no channels."""
    kernel(CONNECT + "probe.sendall(json.dumps(order).encode()); time.sleep(60)")

    async def work(process: PlainProcess) -> None:
        assert process.connection is None
        assert StartOrder.from_json(process.probe.recv(1 << 16)).channels is None

    with_process(work, records_output=False)


def test_another_program_that_connects_first(kernel: Callable[[str], None]) -> None:
    """A caller without the token is turned away, and the kernel's own connection is taken."""
    stranger = (
        'order_ = json.load(sys.stdin)\nother = socket.create_connection(("127.0.0.1", order_["probe"]))\n'
    )
    code = CONNECT.replace(
        "order = json.load(sys.stdin)\n", stranger + "other.sendall(b'x' * 32)\norder = order_\n"
    )
    kernel(code + "probe.sendall(b'mine'); time.sleep(60)")

    async def work(process: PlainProcess) -> None:
        assert process.probe.recv(10) == b"mine"

    with_process(work)


def test_a_kernel_that_does_not_start(kernel: Callable[[str], None]) -> None:
    """A child that ends before it connects is an OSError with the likely cause."""
    kernel("import sys; sys.exit(1)")
    with pytest.raises(OSError, match="is ipykernel installed"):
        with_process(nothing)


async def nothing(process: PlainProcess) -> None:
    """A session that is closed at once."""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sys.exit(3)", "the kernel exited with code 3"),
        ("os.kill(os.getpid(), 15)", "the kernel was ended by SIGTERM"),
    ],
)
def test_a_kernel_that_ends(kernel: Callable[[str], None], code: str, words: str) -> None:
    """How it ended is said as in a sealed session."""
    kernel(CONNECT + code)

    async def work(process: PlainProcess) -> None:
        reason = await asyncio.wait_for(asyncio.shield(process.ended), 10)
        assert (reason.status, reason.message.en) == (Status.DIED, words)

    with_process(work)


def test_descendants_count_and_are_killed(kernel: Callable[[str], None]) -> None:
    """Memory of the child's own children counts, and they are killed with it."""
    lines = (
        "import subprocess",
        "child = subprocess.Popen(['sleep', '60'])",
        "probe.sendall(str(child.pid).encode())",
        "block = b'x' * (64 << 20)",
        "probe.sendall(b'!')",
        "time.sleep(60)",
    )
    kernel(CONNECT + "\n".join(lines))

    async def work(process: PlainProcess) -> None:
        said = b""
        while not said.endswith(b"!"):
            said += process.probe.recv(100)
        assert process.usage().over_memory and not process.ran_out()
        process.lower_weight()
        process.raise_weight()
        process.kill(CLOSED)
        await process.gone()
        deadline = time.monotonic() + 5
        while psutil.pid_exists(int(said[:-1])) and time.monotonic() < deadline:
            if psutil.Process(int(said[:-1])).status() == psutil.STATUS_ZOMBIE:
                break
            time.sleep(0.01)
        else:
            assert not psutil.pid_exists(int(said[:-1]))

    with_process(work, limits=Limits(memory_mb=32))


def test_ports_are_distinct() -> None:
    """Each channel has a port of its own."""
    ports = _free_ports()
    assert set(ports) == {"shell", "iopub"} and len(set(ports.values())) == 2
