"""Memory of one process is counted once, and memory that processes share once for all of them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox import proc, watchdog
from grader.sandbox.watchdog import Watchdog

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="only Linux says what a process holds"
)
LIMIT_MB = 300
FAMILY = r"""
import mmap, os, sys

def take(mb):
    memory = mmap.mmap(-1, mb << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for start in range(0, mb << 20, 4096): memory[start] = 1
    return memory

lent = take(200)
print("lent", flush=True)
input()
for _ in range(3):
    if not os.fork():
        if sys.argv[1] == "shed": lent.close()
        own = take(int(sys.argv[2]))
        os.write(1, b"ready\n")  # in one piece, among three
        sys.stdin.read()
        os._exit(0)
sys.stdin.read()
"""


@pytest.fixture
def family() -> Iterator[Callable[[str, int], Watchdog]]:
    """A watchdog over a process that was lent 200 MB, and its three forks.

    Each fork took so much more, and either keeps or sheds what was lent.
    """
    started: list[subprocess.Popen[bytes]] = []

    def start(lent: str, own_mb: int) -> Watchdog:
        process = subprocess.Popen(
            [sys.executable, "-c", FAMILY, lent, str(own_mb)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        started.append(process)
        assert (
            process.stdin is not None
            and process.stdout is not None
            and process.stdout.readline() == b"lent\n"
        )
        watched = Watchdog(process.pid, LIMIT_MB)
        process.stdin.write(b"\n")
        process.stdin.flush()
        for _ in range(3):
            assert process.stdout.readline() == b"ready\n"
        return watched

    yield start
    for process in started:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()  # which all of them wait for
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize(
    "lent, own_mb, over", [("keep", 1, False), ("keep", 80, False), ("keep", 120, True), ("shed", 180, True)]
)
def test_forks_are_counted_by_what_they_hold(
    family: Callable[[str, int], Watchdog], lent: str, own_mb: int, over: bool
) -> None:
    """Shared memory counts once for all forks. A fork that gives it back gains no room by that."""
    pids, _, found = family(lent, own_mb).look()
    assert len(pids) == 4 and found is over


def test_proportional_shares_are_not_always_looked_at(
    family: Callable[[str, int], Watchdog], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking takes long, so a finding holds for a while, or until the processes seem to hold much more."""
    watched = family("keep", 1)
    looks: list[int] = []
    monkeypatch.setattr(watchdog, "PAUSE", 10_000)
    monkeypatch.setattr(watchdog, "_share_mb", lambda pid, lent_mb: looks.append(pid) or 1.0)
    for _ in range(3):
        assert not watched.look()[2]
    assert len(looks) == 4
    monkeypatch.setattr(proc, "resident_mb", lambda pid: 400.0)
    watched.look()
    assert len(looks) == 8


def test_unknown_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root in a container may not know shares: a process counts in full, without what a kernel is lent."""
    monkeypatch.setattr(proc, "proportional_mb", lambda pid: None)
    monkeypatch.setattr(proc, "resident_mb", lambda pid: 700.0)
    assert watchdog._share_mb(1, 250.0) == 450.0 and watchdog._share_mb(1, 800.0) == 0.0
    assert not watchdog.tells_shares(1)
