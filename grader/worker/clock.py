"""The time that all sessions of one submission may take together, and the memory that they may hold."""

from __future__ import annotations

import time
from dataclasses import replace

from grader.model.limits import Limits
from grader.worker.process import Usage

# CPU seconds after which a submission's sessions yield to other submissions' sessions. Most submissions never
# use that much.
TURN_S = 1.0
# A session that waits for a processor may take this many times its wall-clock limit, and no more.
BUSY_WALL_FACTOR = 3
# All sessions of a submission together may take this many times the wall-clock limit of one.
SUBMISSION_WALL_FACTOR = 3
# And hold this many times the memory limit of one. A rubric keeps the sessions of its reruns open.
SUBMISSION_MEMORY_FACTOR = 3


class Clock:
    """The wall-clock and CPU time of all sessions of one submission, and the memory that they hold.

    Time spent waiting for a processor does not count toward `limit_s`, until the total reaches
    BUSY_WALL_FACTOR times `limit_s`.
    """

    def __init__(self, limits: Limits) -> None:
        self.limit_s = SUBMISSION_WALL_FACTOR * limits.wall_s
        self.limit_mb = SUBMISSION_MEMORY_FACTOR * limits.memory_mb
        self.begun = time.monotonic()
        self.used: dict[object, Usage] = {}  # by session, when last looked at

    def over(self) -> bool:
        """Whether the submission has had all its time."""
        taken = time.monotonic() - self.begun
        waited = sum(used.waited_s for used in self.used.values())
        return taken - waited > self.limit_s or taken > BUSY_WALL_FACTOR * self.limit_s

    def had_its_turn(self) -> bool:
        """Whether the submission has computed for so long that others go first."""
        return sum(used.cpu_s for used in self.used.values()) > TURN_S

    def holds_too_much(self, session: object) -> bool:
        """Whether this session has to end because all of them together hold too much memory.

        It is the newest that does: the earlier ones had room beside each other.
        """
        holding = [each for each, used in self.used.items() if used.held_mb]
        held_mb = sum(used.held_mb for used in self.used.values())
        return held_mb > self.limit_mb and holding[-1] is session

    def end(self, session: object) -> None:
        """Note that a session holds nothing any more."""
        if session in self.used:
            self.used[session] = replace(self.used[session], held_mb=0.0)
