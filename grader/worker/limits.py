"""Which limit a session exceeds, if any."""

from __future__ import annotations

from dataclasses import dataclass

from grader.language.catalogue import say as _
from grader.model.limits import Limits
from grader.model.status import Status
from grader.worker.clock import BUSY_WALL_FACTOR, Clock
from grader.worker.process import EndReason, Usage, no_memory


def too_long(clock: Clock) -> EndReason:
    """The reason for a submission whose sessions together took too long."""
    message = _("the notebook and its reruns took longer than {most} s", most=clock.limit_s)
    return EndReason(Status.TIMED_OUT, message, whole_notebook=True)


def too_much_memory(clock: Clock) -> EndReason:
    """The reason for a submission whose sessions together held too much memory."""
    message = _(
        "the notebook and its reruns held more than {most} MB of memory together", most=clock.limit_mb
    )
    return EndReason(Status.OUT_OF_MEMORY, message, whole_notebook=True)


@dataclass(frozen=True)
class Baseline:
    """The readings at the first look at a cell. Later looks count from them."""

    now: float  # seconds on a monotonic clock
    cpu_s: float
    waited_s: float  # ready to run, for a processor


class SessionLimits:
    """Compares what a session has used with its limits. Pure: it reads no clock and no process."""

    def __init__(self, limits: Limits, clock: Clock, begun: float) -> None:
        self.limits = limits
        self.clock = clock
        self.begun = begun  # seconds on the same clock as `now`
        self.in_cell = False
        self._cell: Baseline | None = None

    def begin_cell(self) -> None:
        """Note that a cell begins.

        What it uses counts from the next look, so that a short cell costs no extra look.
        """
        self.in_cell, self._cell = True, None

    def end_cell(self) -> None:
        """Note that the cell has ended."""
        self.in_cell = False

    def exceeded(self, used: Usage, now: float) -> EndReason | None:
        """The limit that the session exceeds at the time `now`, if any."""
        if used.over_memory:
            return no_memory(self.limits.memory_mb)
        if used.over_descriptors:
            message = _("the notebook keeps more files, pipes or sockets open than the system has room for")
            return EndReason(Status.OUT_OF_MEMORY, message)
        if used.cpu_s > self.limits.cpu_s:
            message = _("the notebook used more than {most} s of computing time", most=self.limits.cpu_s)
            return EndReason(Status.TIMED_OUT, message, whole_notebook=True)
        if self._passed(now - self.begun, used.waited_s, self.limits.wall_s):
            message = _("the notebook took longer than {most} s", most=self.limits.wall_s)
            return EndReason(Status.TIMED_OUT, message, whole_notebook=True)
        if self.clock.over():
            return too_long(self.clock)
        return self._exceeded_by_cell(used, now) if self.in_cell else None

    def _exceeded_by_cell(self, used: Usage, now: float) -> EndReason | None:
        if self._cell is None:
            self._cell = Baseline(now, used.cpu_s, used.waited_s)
            return None
        if used.cpu_s - self._cell.cpu_s > self.limits.cell_s:
            message = _("the cell used more than {most} s of computing time", most=self.limits.cell_s)
            return EndReason(Status.TIMED_OUT, message)
        waited_s = used.waited_s - self._cell.waited_s
        if self._passed(now - self._cell.now, waited_s, self.limits.cell_wall_s):
            message = _("the cell took longer than {most} s", most=self.limits.cell_wall_s)
            return EndReason(Status.TIMED_OUT, message)
        return None

    @staticmethod
    def _passed(taken_s: float, waited_s: float, limit_s: float) -> bool:
        """Whether a wall-clock limit has passed.

        The clock stops while the session waits for a processor, so that a busy machine changes no grade. It
        does not stop forever, since a notebook could starve itself on purpose.
        """
        return taken_s - waited_s > limit_s or taken_s > BUSY_WALL_FACTOR * limit_s
