"""Bounds what a check computes: an answer of a session may be as large as it likes, and still ends it.

Only computing counts. A process that waits, for a session or for a processor, does not.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Iterator

from grader.rubric.errors import TooMuchWork

# What one part of a check may take of the computing time that is left to the rubric. So all of them
# together never reach the limit at which the system ends the process.
SHARE = 1 / 4
LEAST_S = 0.1
# An exception may be swallowed, for example while an object is deleted. After so much more computing, the
# next one comes.
AGAIN_S = 0.5

_held = 0


@contextlib.contextmanager
def limited(rubric_s: float) -> Iterator[None]:
    """Raise TooMuchWork within this context once it has computed for its share of `rubric_s`.

    `rubric_s` counts from the start of this process. Where the system has no such timers, nothing is raised.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    most = max(LEAST_S, SHARE * (rubric_s - time.process_time()))
    running = True

    def ring(*_: object) -> None:
        if running and not _held:
            raise TooMuchWork(f"more than {most:.3g} s of computing")

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, most, AGAIN_S)
    try:
        try:
            yield
        finally:
            running = False
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_IGN)


@contextlib.contextmanager
def held() -> Iterator[None]:
    """Raise nothing within this context: half a message would spoil the connection for later checks."""
    global _held
    _held += 1
    try:
        yield
    finally:
        _held -= 1
