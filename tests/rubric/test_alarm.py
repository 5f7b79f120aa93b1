"""What a check may compute is limited by the time that its own process computes."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from grader.rubric import alarm
from grader.rubric.errors import TooMuchWork

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such timers")
COMPUTED_S = 0.4  # allowed by the alarms here


def limit_s() -> float:
    """A limit for the rubric of which COMPUTED_S are a check's share."""
    return time.process_time() + COMPUTED_S / alarm.SHARE


def compute(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_endless_computing_is_stopped() -> None:
    """A loop without an end is stopped after its share of the computing time."""
    before = time.process_time()
    with pytest.raises(TooMuchWork, match=r"more than 0.\d+ s of computing"), alarm.limited(limit_s()):
        compute(60)
    assert COMPUTED_S / 2 < time.process_time() - before < 60
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_waiting_does_not_count() -> None:
    """Neither waiting nor a little computing is stopped."""
    with alarm.limited(limit_s()):
        time.sleep(2 * COMPUTED_S)
        compute(COMPUTED_S / 8)


def test_a_swallowed_exception_comes_again() -> None:
    """Code that catches everything is stopped the next time."""

    def swallow() -> None:
        try:
            compute(60)
        except BaseException:
            compute(60)

    with pytest.raises(TooMuchWork), alarm.limited(limit_s()):
        swallow()


def test_a_message_is_not_cut_in_two() -> None:
    """While it is held, nothing is raised. Afterward it is."""
    sent = False
    with pytest.raises(TooMuchWork), alarm.limited(limit_s()):
        with alarm.held():
            compute(COMPUTED_S + alarm.AGAIN_S)
            sent = True
        compute(60)
    assert sent


def test_all_shares_together_stay_below_the_limit() -> None:
    """A rubric that has used up its time still has a moment for each check."""
    with alarm.limited(time.process_time() - 1):
        pass
    with pytest.raises(TooMuchWork, match=f"more than {alarm.LEAST_S} s"), alarm.limited(0):
        compute(60)
