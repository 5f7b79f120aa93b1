"""What processes wait for with epoll is counted, and honest processes are never over."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader import watches
from grader.watches import Watches

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="epoll is Linux's")
WAITER = """
import os, select
polls = select.epoll(), select.epoll()
for poll in polls: poll.register(os.eventfd(0))
print("ready", flush=True)
input()
"""


@pytest.fixture
def waiter() -> Iterator[int]:
    """A process with two sets that wait for one file each."""
    with subprocess.Popen([sys.executable, "-c", WAITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        yield process.pid
        process.kill()


@pytest.mark.parametrize("few, most, many", [(0, 2, False), (0, 1, True), (1000, 1, False)], ids=["at the limit", "one more", "few files"])
def test_watches_are_counted(waiter: int, monkeypatch: pytest.MonkeyPatch, few: int, most: int, many: bool) -> None:
    """One more than the limit is too many; of a process with few files, watches are not counted at all."""
    monkeypatch.setattr(watches, "FEW_FILES", few)
    monkeypatch.setattr(watches, "MAX_WATCHES", most)
    assert Watches().too_many([waiter]) is many


def test_files_without_an_end_are_too_many(waiter: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """More files than anybody can count are too many, without a look at each."""
    monkeypatch.setattr(watches, "MAX_FILES", 5)
    assert Watches().too_many([waiter])


def test_a_look_that_takes_long_is_not_repeated_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many files there are, looking takes a tenth of the time at the most."""
    now = [100.0]
    looks: list[float] = []
    monkeypatch.setattr(watches.time, "monotonic", lambda: now[0])

    def slow(folder: str) -> list[str]:
        looks.append(now[0])
        now[0] += 0.5
        return []

    monkeypatch.setattr(watches, "_names", slow)
    watch = Watches()
    while now[0] < 110:
        watch.too_many([1])
        now[0] += 0.05
    assert len(looks) == 2


def test_who_has_gone_has_none() -> None:
    """A process that has ended meanwhile is no error."""
    assert not Watches().too_many([0x7FFFFFFF])
