"""Descriptors that use up what all processes of a user share are counted, and honest processes have few."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader.sandbox import descriptors, proc
from grader.sandbox.descriptors import EVERY_S, Descriptors

pytestmark = pytest.mark.skipif(not hasattr(select, "epoll"), reason="epoll is Linux's")
WAITER = """
import os, select
polls = select.epoll(), select.epoll()
for poll in polls: poll.register(os.eventfd(0))
kept = os.pipe(), os.pipe()
print("ready", flush=True)
input()
"""


class Clock:
    """A clock that stands still, and CPU time that does."""

    def __init__(self) -> None:
        self.now = 100.0
        self.computed = 0.0

    def monotonic(self) -> float:
        return self.now

    def thread_time(self) -> float:
        return self.computed


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(descriptors, "time", clock)
    return clock


@pytest.fixture
def waiter() -> Iterator[int]:
    """A process with two pollers of one file each, and four pipes, its standard streams included."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        yield process.pid
        process.kill()


def first_look(pid: int, clock: Clock) -> bool:
    watched = Descriptors()
    clock.now += EVERY_S
    return watched.too_many([pid])


@pytest.mark.parametrize(
    "limit, most, many",
    [
        ("MAX_WATCHES", 2, False),
        ("MAX_WATCHES", 1, True),
        ("MAX_PIPES", 4, False),
        ("MAX_PIPES", 3, True),
        ("MAX_FILES", 5, True),
    ],
)
def test_descriptors_are_counted(
    waiter: int, clock: Clock, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, many: bool
) -> None:
    """One more than a limit is too many, and so are more files than are examined."""
    monkeypatch.setattr(descriptors, limit, most)
    assert first_look(waiter, clock) is many


@pytest.mark.parametrize("computed, count", [(0.5, 3), (0.0, 33)])
def test_costly_looks_are_rare(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, computed: float, count: int
) -> None:
    """Looking takes a twentieth of the time at the most. Waiting for a processor hardly counts."""
    looks: list[float] = []

    def slow(pid: int) -> tuple[str, list[str]]:
        looks.append(clock.now)
        clock.now += 0.5
        clock.computed += computed
        return "", []

    monkeypatch.setattr(descriptors, "_table", slow)
    watched = Descriptors()
    while clock.now < 125:
        watched.too_many([1])
        clock.now += 0.05
    assert count <= len(looks) <= count + 2


@pytest.mark.parametrize("lives", [True, False])
def test_hidden_descriptors_are_too_many(clock: Clock, monkeypatch: pytest.MonkeyPatch, lives: bool) -> None:
    """Hiding counts at two looks in a row, of one process or of two. An ended process hides nothing."""
    monkeypatch.setattr(proc, "list_folder", lambda folder: None if folder.endswith("/fd") else [])
    monkeypatch.setattr(proc, "is_alive", lambda thread: lives)
    watched, answers = Descriptors(), []
    for pid in (7, 8):
        clock.now += 60
        answers.append(watched.too_many([pid]))
    assert answers == [False, lives]


def test_a_process_that_is_gone_has_no_descriptors(clock: Clock) -> None:
    """A process that has ended since it was listed is no error."""
    assert not first_look(0x7FFFFFFF, clock)
