"""The worker's side of a sealed kernel, with a warm process that says what a test wants.

Real sandboxes are in tests/sandbox.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.inside.warm_messages import FORKED, MAX_REQUEST, MAX_SOCKETS, End, Start
from grader.model.status import Status
from grader.sandbox.address import SandboxAddress
from grader.sandbox.cgroup import Groups
from grader.worker import sealed_process
from grader.worker.process import CLOSED, EndReason
from grader.worker.sealed_process import SealedProcess
from support import QUICK

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="sealed sessions need Linux")


class WarmProcess:
    """Takes one connection, hands out a `sleep` as its kernel, and sends these lines."""

    def __init__(self, folder: Path, *lines: bytes, forks: bool = True) -> None:
        self.address = SandboxAddress(str(folder / "warm"), str(folder))
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.address.warm)
        self.listener.listen()
        self.lines = lines
        self.kernel = subprocess.Popen(["sleep", "60"]) if forks else None
        self.request = b""
        self.sockets: list[int] = []
        self.connection: socket.socket | None = None
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        self.connection, _ = self.listener.accept()
        self.request, self.sockets, _, _ = socket.recv_fds(self.connection, MAX_REQUEST, MAX_SOCKETS)
        first, *others = self.lines
        handle = [os.pidfd_open(self.kernel.pid)] if self.kernel else []
        socket.send_fds(self.connection, [first], handle)
        for descriptor in handle:
            os.close(descriptor)
        for line in others:
            self.connection.sendall(line)

    def close(self) -> None:
        self.thread.join(10)
        self.listener.close()
        while self.sockets:
            os.close(self.sockets.pop())
        if self.connection:
            self.connection.close()
        if self.kernel:
            self.kernel.kill()
            self.kernel.wait()


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[Callable[..., WarmProcess]]:
    made = []

    def of(*lines: bytes, **options: bool) -> WarmProcess:
        made.append(WarmProcess(tmp_path, *lines, **options))
        return made[-1]

    yield of
    for each in made:
        each.close()


def with_process(
    warm: WarmProcess, work: Callable[[SealedProcess], Awaitable[None]], records_output: bool = True
) -> None:
    async def whole() -> None:
        process = SealedProcess(warm.address, QUICK, 7, records_output)
        try:
            await work(process)
        finally:
            process.close()
            process.close()
        assert process.handle == -1 and (process.folder is None or not process.folder.exists())

    asyncio.run(whole())


async def nothing(process: SealedProcess) -> None:
    """A session that is closed at once."""


READY = Start().to_line()


def test_the_request(warm: Callable[..., WarmProcess]) -> None:
    """The warm process is asked for a kernel with this seed and these limits, and is handed three sockets."""
    one = warm(FORKED, READY)

    async def work(process: SealedProcess) -> None:
        assert process.connection is not None and process.connection["transport"] == "ipc"
        assert json.loads(one.request) == {
            "key": process.connection["key"], "seed": 7,
            "limits": {"processes": 64, "disk_mb": 128, "files": 16384, "cpu_s": 20, "memory_mb": 512},
        }  # fmt: skip
        assert list(json.loads(one.request)) == ["key", "seed", "limits"]

    with_process(one, work)
    assert len(one.sockets) == 3
    # A socket's own name must not show where it is.
    with socket.socket(fileno=os.dup(one.sockets[1])) as listener:
        assert listener.getsockname().startswith("/proc/self/fd/")


def test_the_request_of_a_rerun(warm: Callable[..., WarmProcess]) -> None:
    """Where no output is recorded, there are no channels: no key, no folder, and only the probe socket."""
    one = warm(FORKED, READY)

    async def work(process: SealedProcess) -> None:
        assert (process.connection, process.folder) == (None, None)
        process.probe.sendall(b"hi")
        assert os.read(one.sockets[0], 10) == b"hi"

    with_process(one, work, records_output=False)
    assert json.loads(one.request)["key"] == "" and len(one.sockets) == 1


@pytest.mark.parametrize(
    ("lines", "forks", "words"),
    [
        ((b"BlockingIOError: no process is left\n",), False, "BlockingIOError: no process is left"),
        ((FORKED, Start("no disk\n").to_line()), True, "no disk"),
        ((FORKED, Start("x" * 10_000).to_line()), True, "x" * 500),
        ((FORKED, b"{}\n"), True, "{}"),
        ((FORKED, b"[]\n"), True, "not an answer"),
        ((FORKED, b"nonsense\n"), True, "Expecting value"),
    ],
)
def test_a_kernel_that_does_not_start(
    warm: Callable[..., WarmProcess], lines: tuple[bytes, ...], forks: bool, words: str, tmp_path: Path
) -> None:
    """The error says why, and nothing is left: no folder, no open file, no process."""
    before = sorted(os.listdir("/proc/self/fd"))
    one = warm(*lines, forks=forks)
    with pytest.raises(OSError, match="no session could be opened") as caught:
        with_process(one, nothing)
    assert words in str(caught.value) and len(str(caught.value)) < 600
    one.close()
    assert sorted(os.listdir("/proc/self/fd")) == before and os.listdir(tmp_path) == ["warm"]


def test_a_kernel_that_ended_before_its_group_was_made(
    warm: Callable[..., WarmProcess], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's own fault is reported, not that no process was left to be put into a control group."""

    def refuse(*_: object) -> None:
        raise ProcessLookupError(3, "No such process")

    monkeypatch.setattr(sealed_process, "Group", refuse)
    warm_process = warm(FORKED, Start("OSError: too many open files").to_line())
    address = replace(warm_process.address, groups=Groups(2, {}))

    async def whole() -> None:
        SealedProcess(address, QUICK, 0, records_output=True)

    with pytest.raises(OSError, match="too many open files"):
        asyncio.run(whole())


def test_no_sandbox_at_all(tmp_path: Path) -> None:
    """Where there is no warm process, no session can be opened."""

    async def whole() -> None:
        with pytest.raises(OSError, match="no session could be opened"):
            SealedProcess(SandboxAddress(str(tmp_path / "warm"), str(tmp_path)), QUICK, 0, True)

    asyncio.run(whole())
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (End(exit=3).to_line(), "the kernel exited with code 3"),
        (End(exit=-11, signal=11).to_line(), "the kernel was ended by SIGSEGV"),
        (b"nonsense\n", "the sandbox has ended"),
        (b"", "the sandbox has ended"),
    ],
)
def test_a_kernel_that_ends(warm: Callable[..., WarmProcess], line: bytes, words: str) -> None:
    """The warm process says how; where it hangs up, the sandbox has ended."""
    one = warm(FORKED, READY)

    async def work(process: SealedProcess) -> None:
        one.thread.join(10)
        assert one.connection is not None and not process.ended.done()
        if line:
            one.connection.sendall(line)
        else:
            one.connection.shutdown(socket.SHUT_RDWR)
        reason = await asyncio.wait_for(asyncio.shield(process.ended), 10)
        assert (reason.status, reason.message.en) == (Status.DIED, words)

    with_process(one, work)


def test_killing(warm: Callable[..., WarmProcess]) -> None:
    """Killing ends the kernel's process at once, the first reason counts, and `gone` waits for the end."""
    one = warm(FORKED, READY)

    async def work(process: SealedProcess) -> None:
        assert process.usage().cpu_s < 5 and not process.usage().over_memory and not process.ran_out()
        reason = EndReason(Status.TIMED_OUT, CLOSED.message)
        process.kill(reason)
        process.kill(CLOSED)
        await process.gone()
        assert process.ended.result() is reason
        assert one.kernel is not None and one.kernel.wait(10) == -9

    with_process(one, work)


def test_weights_without_control_groups(warm: Callable[..., WarmProcess]) -> None:
    """They change nothing, and break nothing."""

    async def work(process: SealedProcess) -> None:
        process.lower_weight()
        process.raise_weight()

    with_process(warm(FORKED, READY), work)
