"""What the warm process does with one kernel. Whole sessions are forked in tests/sandbox."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

from grader.inside import warm
from grader.inside.warm import ForkedKernel
from grader.inside.warm_messages import End, Start

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the warm process runs on Linux alone")


@pytest.fixture
def forked() -> Iterator[Callable[[Callable[[int], None]], tuple[ForkedKernel, socket.socket]]]:
    """Forks a process in place of a kernel, which gets its pipe. Returns it with the worker's end of the
    connection.
    """
    made: list[socket.socket] = []

    def fork(body: Callable[[int], None]) -> tuple[ForkedKernel, socket.socket]:
        worker, connection = socket.socketpair()
        made.extend((worker, connection))
        worker.settimeout(5)
        ready, ready_inside = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ready)
            body(ready_inside)
            os._exit(3)
        os.close(ready_inside)
        return ForkedKernel(connection, pid, ready), worker

    yield fork
    for each in made:
        each.close()


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (b"ready", Start()),
        (b"OSError: no\n", Start("OSError: no\n")),
        (b"", Start("the kernel ended before it was initialized")),
    ],
)
def test_a_start_and_an_end_are_reported(forked, status: bytes, answer: Start) -> None:
    """The worker hears that the kernel is ready or why it is not, and then how it ended."""
    kernel, worker = forked(lambda ready: os.write(ready, status) if status else None)
    kernel.report_start()
    assert Start.from_line(worker.recv(4096)) == answer
    kernel.report_end()
    end = End.from_line(worker.recv(4096))
    assert (end.exit, end.signal) == (3, None)
    assert worker.recv(1) == b""


def test_an_abandoned_kernel_is_killed(forked) -> None:
    """A kernel lives until its worker closes the connection."""
    kernel, worker = forked(lambda ready: signal.pause())
    worker.send(b"?")
    assert not kernel.kill_if_abandoned()
    worker.shutdown(socket.SHUT_WR)
    assert kernel.kill_if_abandoned()
    kernel.report_end()
    end = End.from_line(worker.recv(4096))
    assert (end.exit, end.signal) == (-signal.SIGKILL, signal.SIGKILL)
    os.close(kernel.ready)


def test_only_a_sessions_own_descriptors_are_kept(forked) -> None:
    """A kernel's process keeps its standard streams, its pipe and its sockets, and nothing of others."""
    theirs, ours = socket.socketpair()

    def body(ready: int) -> None:
        warm.keep_descriptors([theirs.fileno()], ready)
        names = sorted(map(int, os.listdir("/proc/self/fd")))
        # The last one is the folder that is being listed.
        os.write(warm.READY, repr(names[:-1]).encode())

    kernel, worker = forked(body)
    kernel.report_start()
    assert Start.from_line(worker.recv(4096)) == Start(str([0, 1, 2, warm.PROBE, warm.READY]))
    kernel.report_end()
    theirs.close()
    ours.close()
