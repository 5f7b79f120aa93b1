"""What processes hold for themselves is counted once for each, and what they share once for all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.sandbox import watchdog
from grader.sandbox.watchdog import Watchdog

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/smaps_rollup").exists(), reason="Linux tells what a process holds"
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
    """Whoever watches a process that was lent 200 MB, once it has three forks that took so much more, and keep or shed what was lent."""
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
    """Memory that forks share is no more for their number; one that gives it back has not thereby room for as much of its own."""
    pids, _, found = family(lent, own_mb).look()
    assert len(pids) == 4 and found is over


def test_true_shares_are_not_looked_at_all_the_time(
    family: Callable[[str, int], Watchdog], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They take long to find out, so what was found holds for a while, or until much more seems to be held."""
    watched = family("keep", 1)
    looks: list[int] = []
    monkeypatch.setattr(watchdog, "SHARE", 10_000)
    monkeypatch.setattr(watchdog, "_share_mb", lambda pid, lent_mb: looks.append(pid) or 1.0)
    for _ in range(3):
        assert not watched.look()[2]
    assert len(looks) == 4
    monkeypatch.setattr(watchdog, "_resident_mb", lambda pid: 400.0)
    watched.look()
    assert len(looks) == 8


def test_where_shares_may_not_be_known_what_was_lent_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root in a container without the right to know: what seems to be held, less what a kernel is lent."""
    monkeypatch.setattr(
        watchdog, "_told_mb", lambda pid, name, fields: 0.0 if name == "smaps_rollup" else 700.0
    )
    assert watchdog._share_mb(1, 250.0) == 450.0 and watchdog._share_mb(1, 800.0) == 0.0
