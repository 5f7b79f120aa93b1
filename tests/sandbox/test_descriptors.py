"""What processes hold of what all processes of a user have in common is counted, and honest processes are never over."""

from __future__ import annotations

import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import descriptors
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
    """A clock that stands still, and time that was computed."""

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
    """A process with two sets that wait for one file each, and four pipes, its standard streams among them."""
    with subprocess.Popen(
        [sys.executable, "-c", WAITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        yield process.pid
        process.kill()


def looked(pid: int, clock: Clock) -> bool:
    """What a first look says."""
    looks = Descriptors()
    clock.now += EVERY_S
    return looks.too_many([pid])


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
def test_what_is_held_is_counted(
    waiter: int, clock: Clock, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, many: bool
) -> None:
    """One more than the limit is too many, and so are files without an end."""
    monkeypatch.setattr(descriptors, limit, most)
    assert looked(waiter, clock) is many


@pytest.mark.parametrize("computed, count", [(0.5, 3), (0.0, 33)])
def test_a_look_that_computes_long_is_not_repeated_at_once(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, computed: float, count: int
) -> None:
    """However many files there are, looking takes a twentieth of the time at the most. One that only waited for a processor counts little."""
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
def test_who_hides_what_it_holds_has_too_much(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, lives: bool
) -> None:
    """At two looks in a row, be it one process or another each time; who does not live is none."""
    monkeypatch.setattr(descriptors, "names_bound", lambda folder: None if folder.endswith("/fd") else [])
    monkeypatch.setattr(descriptors, "_lives", lambda thread: lives)
    watched, said = Descriptors(), []
    for pid in (7, 8):
        clock.now += 60
        said.append(watched.too_many([pid]))
    assert said == [False, lives]


def test_who_has_gone_has_nothing(clock: Clock) -> None:
    """A process that has ended meanwhile is no error."""
    assert not looked(0x7FFFFFFF, clock)


@pytest.mark.parametrize(
    "state, flags, lives",
    [("S", 0x400040, True), ("R", 0x400040, True), ("R", 0x400044, False), ("Z", 0x40004C, False)],
)
def test_who_is_just_ending_hides_nothing(tmp_path: Path, state: str, flags: int, lives: bool) -> None:
    """The system hides a process's descriptors while it ends, for as long as it takes to give back its memory."""
    (tmp_path / "stat").write_text(f"7 (a name) R) {state} 1 7 7 0 -1 {flags} 0 0")
    assert descriptors._lives(str(tmp_path)) is lives
