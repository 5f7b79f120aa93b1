"""Which limit a session exceeds: decided from figures alone, without a clock and without a process."""

from __future__ import annotations

import math

import pytest

from grader.model.status import Status
from grader.worker.clock import Clock
from grader.worker.limits import SessionLimits, too_long
from grader.worker.process import Usage
from support import QUICK


def limits_of_a_session(begun: float = 100.0) -> SessionLimits:
    clock = Clock(QUICK)
    clock.begun = math.inf  # the submission as a whole is never over
    return SessionLimits(QUICK, clock, begun)


@pytest.mark.parametrize(
    ("used", "now", "words"),
    [
        (Usage(), 100.0, None),
        (Usage(cpu_s=20), 140.0, None),
        (Usage(cpu_s=20.1), 100.0, "the notebook used more than 20 s of computing time"),
        (Usage(), 140.1, "the notebook took longer than 40 s"),
        (Usage(waited_s=60), 199.9, None),
        (Usage(waited_s=60), 200.1, "the notebook took longer than 40 s"),
        (Usage(waited_s=119.9), 220.1, "the notebook took longer than 40 s"),  # 3 times 40 s, waiting or not
        (Usage(over_memory=True, cpu_s=99), 100.0, "more than 512 MB of memory"),
        (Usage(over_descriptors=True, cpu_s=99), 100.0, "the notebook keeps more files, pipes or sockets"),
    ],
)
def test_limits_of_the_notebook(used: Usage, now: float, words: str | None) -> None:
    """A limit is exceeded beyond its figure, not at it, and memory is named before time."""
    reason = limits_of_a_session().exceeded(used, now)
    assert reason is None if words is None else reason is not None and reason.message.en.startswith(words)


@pytest.mark.parametrize(
    ("used", "now", "words"),
    [
        (Usage(cpu_s=13, waited_s=2), 116.0, None),
        (Usage(cpu_s=13.1, waited_s=2), 110.0, "the cell used more than 3 s of computing time"),
        (Usage(cpu_s=10, waited_s=2), 116.1, "the cell took longer than 6 s"),
        (Usage(cpu_s=10, waited_s=7), 120.9, None),
        (Usage(cpu_s=10, waited_s=7), 121.1, "the cell took longer than 6 s"),
        (Usage(cpu_s=10, waited_s=20), 128.1, "the cell took longer than 6 s"),
    ],
)
def test_limits_of_a_cell(used: Usage, now: float, words: str | None) -> None:
    """A cell's use counts from the first look at it, and it costs only that cell."""
    limits = limits_of_a_session()
    limits.begin_cell()
    assert limits.exceeded(Usage(cpu_s=10, waited_s=2), 110.0) is None
    reason = limits.exceeded(used, now)
    assert reason is None if words is None else reason is not None and reason.message.en.startswith(words)
    assert reason is None or (reason.status, reason.whole_notebook) == (Status.TIMED_OUT, False)


def test_no_cell_no_limit_of_a_cell() -> None:
    """Between cells, and for a new cell, what earlier cells used does not count."""
    limits = limits_of_a_session()
    limits.begin_cell()
    limits.exceeded(Usage(), 100.0)
    limits.end_cell()
    assert limits.exceeded(Usage(cpu_s=15), 130.0) is None
    limits.begin_cell()
    assert limits.exceeded(Usage(cpu_s=15), 130.0) is limits.exceeded(Usage(cpu_s=17.9), 135.9) is None


def test_the_submission_as_a_whole() -> None:
    """Where all sessions together took too long, the whole notebook is stopped."""
    limits = limits_of_a_session()
    limits.clock.begun = -math.inf
    reason = limits.exceeded(Usage(), 100.0)
    assert reason == too_long(limits.clock) and reason.whole_notebook
    assert reason.message.en == "the notebook and its reruns took longer than 120 s"
