"""A watchdog over the memory and CPU time of sessions without a control group: it reads /proc repeatedly."""

from __future__ import annotations

import contextlib
import time

from grader.sandbox import proc

# After a look at proportional shares, the next one waits four times as long as that look took. One takes 1 to
# 5 ms for each process.
PAUSE = 4
# Look earlier if apparent memory has grown by this much since the last look.
GROWTH_MB = 64


class Watchdog:
    """Watches one session's processes. Made when the first of them has been forked and has done nothing yet.

    `limit_mb` is how many megabytes they may hold beyond what the first was lent by the fork.
    """

    def __init__(self, pid: int, limit_mb: int) -> None:
        self.pid = pid
        self.limit_mb = limit_mb
        self.lent_mb = proc.resident_mb(pid)
        # When proportional shares may be looked at again, and what the last such look found.
        self._next, self._seemed_mb, self._over = 0.0, 0.0, False

    def look(self) -> tuple[list[int], float, bool]:
        """The session's processes, their CPU seconds, and whether they hold more memory than the limit."""
        pids = proc.descendants(self.pid)
        cpu_s = seem_mb = 0.0
        for pid in pids:
            with contextlib.suppress(OSError, ValueError, IndexError):
                cpu_s += proc.cpu_s(pid)
                seem_mb += proc.resident_mb(pid)
        if seem_mb - self.lent_mb <= self.limit_mb:
            return pids, cpu_s, False
        if len(pids) == 1:
            return pids, cpu_s, True
        # Forked processes share most of what they seem to hold. But one may have given back all that it
        # shared, and hold memory of its own instead.
        begun = time.monotonic()
        if begun >= self._next or seem_mb > self._seemed_mb + GROWTH_MB:
            # The more processes there are, the larger their combined share of the lent memory, at most all.
            self._over = sum(_share_mb(pid, self.lent_mb) for pid in pids) - self.lent_mb > self.limit_mb
            now = time.monotonic()
            self._next, self._seemed_mb = now + PAUSE * (now - begun), seem_mb
        return pids, cpu_s, self._over


def _share_mb(pid: int, lent_mb: float) -> float:
    """A process's share of memory; 0 if it is gone.

    If its share may not be known, what it holds beyond `lent_mb`.
    """
    share_mb = proc.proportional_mb(pid)
    return max(0.0, proc.resident_mb(pid) - lent_mb) if share_mb is None else share_mb


def tells_shares(pid: int) -> bool:
    """Whether the proportional share of memory of a live process can be known."""
    return proc.proportional_mb(pid) is not None
