"""The clock over all sessions of a submission counts what they take and compute together."""

from __future__ import annotations

import time

import pytest

from grader.worker import clock as clock_module
from grader.worker.clock import Clock
from grader.worker.process import Usage
from support import QUICK


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A submission that began 0 seconds ago, with 3 times 40 s for all its sessions. `now` is set by hand."""
    monkeypatch.setattr(clock_module, "time", Now)
    Now.now = 0.0
    return Clock(QUICK)


class Now:
    now = 0.0

    @classmethod
    def monotonic(cls) -> float:
        return cls.now


@pytest.mark.parametrize(
    ("now", "waited_s", "over"),
    [
        (120, [], False),
        (120.1, [], True),
        (120.1, [0.05, 0.06], False),
        (300, [100, 100], False),
        (360.1, [300, 60], True),
    ],
)
def test_all_sessions_together(clock: Clock, now: float, waited_s: list[float], over: bool) -> None:
    """Waiting for a processor in any session stops the clock, up to 3 times the limit."""
    clock.used = {number: Usage(waited_s=seconds) for number, seconds in enumerate(waited_s)}
    Now.now = now
    assert clock.over() is over


@pytest.mark.parametrize(
    ("cpu_s", "had_it"), [([], False), ([1.0], False), ([0.6, 0.5], True), ([2.0], True)]
)
def test_a_turn(clock: Clock, cpu_s: list[float], had_it: bool) -> None:
    """After a second of computing, in all sessions together, a submission has had its turn."""
    clock.used = {number: Usage(cpu_s=seconds) for number, seconds in enumerate(cpu_s)}
    assert clock.had_its_turn() is had_it


def test_it_begins_at_once() -> None:
    """The clock runs from its making."""
    assert abs(Clock(QUICK).begun - time.monotonic()) < 1


def test_memory_of_all_sessions_together(clock: Clock) -> None:
    """Over three times the limit of one, the newest session that holds anything has to end, and no other."""
    clock.used = {"first": Usage(held_mb=700), "rerun": Usage(held_mb=500), "next": Usage(held_mb=337)}
    assert [name for name in clock.used if clock.holds_too_much(name)] == ["next"]
    clock.used["next"] = Usage(held_mb=336)  # 3 times 512 MB in all
    assert not any(map(clock.holds_too_much, clock.used))
    clock.used["rerun"] = Usage(held_mb=900)
    clock.end("next")
    assert [name for name in clock.used if clock.holds_too_much(name)] == ["rerun"]


def test_a_session_that_was_never_looked_at_may_end(clock: Clock) -> None:
    """A session can end before the first look at it."""
    clock.end("first")
    assert clock.used == {}
