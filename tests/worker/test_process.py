"""How a kernel's process ended, in words, and work that does not outlast it."""

from __future__ import annotations

import asyncio

import pytest

from fakes import DIED, FakeProcess
from grader.inside.warm_messages import End
from grader.model.status import Status
from grader.worker.process import SessionOver, connection_info, death_of, no_memory, while_alive


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (End(exit=3, signal=None), "the kernel exited with code 3"),
        (End(exit=0), "the kernel exited with code 0"),
        (End(exit=-9, signal=9), "the kernel was ended by SIGKILL"),
        (End(exit=-200, signal=200), "the kernel was ended by signal 200"),
        (End(), "the sandbox has ended"),
    ],
)
def test_how_a_kernel_ended(end: End, words: str) -> None:
    """The reason names the exit code or the signal; where neither is known, the sandbox has ended."""
    reason = death_of(end)
    assert (reason.status, reason.message.en, reason.whole_notebook) == (Status.DIED, words, False)


def test_out_of_memory() -> None:
    """The reason names the limit."""
    assert no_memory(512).message.en == "more than 512 MB of memory"


async def four() -> int:
    await asyncio.sleep(0)
    return 4


async def breaks() -> int:
    raise ValueError("broken")


async def never(log: list[str]) -> int:
    try:
        await asyncio.sleep(60)
    finally:
        log.append("cancelled")
    return 0


def test_work_while_the_process_lives() -> None:
    """The result of the work comes back, and so does its error."""

    async def whole() -> None:
        process = FakeProcess()
        assert await while_alive(process, four()) == 4
        with pytest.raises(ValueError, match="broken"):
            await while_alive(process, breaks())
        process.close()

    asyncio.run(whole())


def test_work_that_the_process_does_not_outlive() -> None:
    """The work is cancelled when the process ends, and the reason is raised."""
    log: list[str] = []

    async def whole() -> None:
        process = FakeProcess()
        process.ended.get_loop().call_later(0.01, process.end)
        with pytest.raises(SessionOver) as caught:
            await while_alive(process, never(log))
        assert caught.value.reason == DIED and log == ["cancelled"]
        process.close()

    asyncio.run(whole())


def test_a_connection_file() -> None:
    """Jupyter finds each channel's port under its name."""
    assert connection_info("ipc", "/tmp/k", "key", {"shell": 1, "iopub": 2}) == {
        "transport": "ipc", "ip": "/tmp/k", "key": "key", "signature_scheme": "hmac-sha256",
        "shell_port": 1, "iopub_port": 2,
    }  # fmt: skip
