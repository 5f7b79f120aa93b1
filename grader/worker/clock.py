"""How long all sessions of one submission may take together."""

from __future__ import annotations

import time

from grader.model.limits import Limits
from grader.worker.process import Usage

TURN_S = 1.0  # of computing, after which a submission's sessions give way to those of others; most take less in all
PATIENCE = 3  # how many times a wall-clock limit may pass where the rest was waiting for a processor

TOGETHER = 3  # times the wall-clock limit of one session: what all sessions of a submission may take


class Clock:
    """How long all sessions of one submission have taken, less what they waited for a processor, and how much they have computed."""

    def __init__(self, limits: Limits) -> None:
        self.most = TOGETHER * limits.wall_s
        self.begun = time.monotonic()
        self.used: dict[object, Usage] = {}

    def over(self) -> bool:
        taken = time.monotonic() - self.begun
        return (
            taken - sum(used.waited_s for used in self.used.values()) > self.most
            or taken > PATIENCE * self.most
        )

    def had_its_turn(self) -> bool:
        return sum(used.cpu_s for used in self.used.values()) > TURN_S
