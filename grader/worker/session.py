"""A session: a kernel in which a notebook has been run, watched until it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass

from grader.language.catalogue import say as _
from grader.model.file import Entry, File
from grader.model.limits import Limits
from grader.model.status import Status
from grader.sandbox import proc
from grader.sandbox.address import SandboxAddress
from grader.sandbox.cgroup import Removals
from grader.worker.clock import Clock
from grader.worker.limits import SessionLimits, too_much_memory
from grader.worker.plain_process import PlainProcess
from grader.worker.process import CLOSED, EndReason, Process, SessionOver, no_memory
from grader.worker.sealed_process import SealedProcess

# Seconds between two looks at what a session uses. In that time it can fill at most 55 MB for each core.
WATCH_S = 0.05
# Megabytes by which this process may grow through a kernel's messages, in addition to four times the limit on
# output. An honest kernel makes it grow by half of that.
MAX_GROWTH_MB = 32
# How often that growth is checked per check of the session: unchecked, 4 GB can arrive in a second.
GLANCES = 4


@dataclass(frozen=True)
class Opening:
    """How a notebook's sessions are opened. `sandbox` None means without protection."""

    sandbox: SandboxAddress | None
    limits: Limits
    seed: int
    records_output: bool = True  # not in reruns, whose output no report shows
    removals: Removals | None = None  # of control groups that could not be removed at once
    handed_out: tuple[Entry, ...] = ()  # in the working folder
    beside: tuple[File, ...] = ()  # in the working folder, too
    absent: tuple[str, ...] = ()  # modules with a stand-in; in a sandbox the warm process has made them

    def process(self) -> Process:
        """Start a kernel. Raises OSError if that fails."""
        if self.sandbox is None:
            return PlainProcess(self.limits, self.seed, self.records_output, self.absent)
        return SealedProcess(self.sandbox, self.limits, self.seed, self.records_output, self.removals)


class Session:
    """One kernel with its notebook run in it. Made by grader.worker.notebook_run.run_notebook."""

    def __init__(self, process: Process, limits: Limits, clock: Clock) -> None:
        self.process = process
        self.clock = clock
        self.limits = SessionLimits(limits, clock, time.monotonic())
        self.most_mb = proc.own_resident_mb() + MAX_GROWTH_MB + 4 * limits.output_kb / 1024
        self.is_listening = False  # its kernel's messages are being read
        self._has_lower_weight = False
        self._watch = asyncio.ensure_future(self._keep_watch())

    @property
    def ended(self) -> EndReason | None:
        """Why it has ended; None while it lives."""
        return self.process.ended.result() if self.process.ended.done() else None

    def end_cell(self) -> None:
        """Note that a cell has ended. Raises SessionOver if the session, or a part of it, ended with it.

        When memory runs out, the system kills the largest process, which need not be the kernel.
        """
        self.limits.end_cell()
        if not self.process.ended.done() and self.process.ran_out():
            self.process.kill(no_memory(self.limits.limits.memory_mb))
        if self.ended is not None:
            raise SessionOver(self.ended)

    async def _keep_watch(self) -> None:
        """End the session when it goes over a limit."""
        while True:
            glances = GLANCES if self.is_listening else 1
            for _glance in range(glances):
                await asyncio.sleep(WATCH_S / glances)
                if self._has_grown():
                    break
            if self.process.ended.done():
                self.clock.end(self)
                return
            with contextlib.suppress(OSError):
                if reason := self._exceeded():
                    self.process.kill(reason)

    def _has_grown(self) -> bool:
        """Whether the kernel's messages have made this process grow too much."""
        return self.is_listening and proc.own_resident_mb() > self.most_mb

    def _exceeded(self) -> EndReason | None:
        """The limit that the session exceeds, if any."""
        used = self.clock.used[self] = self.process.usage()
        if not self._has_lower_weight and self.clock.had_its_turn():
            self._has_lower_weight = True
            self.process.lower_weight()
        if self._has_grown() and not used.over_memory and not used.over_descriptors:
            return EndReason(Status.TOO_MUCH_OUTPUT, _("the kernel sent more than anybody can take in"))
        if self.clock.holds_too_much(self):
            return too_much_memory(self.clock)
        return self.limits.exceeded(used, time.monotonic())

    async def close(self) -> None:
        """Kill the session's processes, wait until none is left, and release everything."""
        self._watch.cancel()
        self.clock.end(self)
        self.process.kill(CLOSED)
        try:
            await self.process.gone()
        finally:
            self.process.close()
