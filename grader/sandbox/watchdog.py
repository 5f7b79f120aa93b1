"""What a session's processes use, where no control group counts it: found out from /proc, again and again."""

from __future__ import annotations

import contextlib
import os
import time

SHARE = 4  # times as long as a look at true shares took passes until the next: 1 to 5 ms for each process
GROWTH_MB = 64  # unless they seem to hold so much more meanwhile
MAX_PIDS = 4096


class Watchdog:
    """Looks at one session's processes, from its first one on, which was forked and has done nothing yet."""

    def __init__(self, pid: int, limit_mb: int) -> None:
        self.pid = pid
        self.limit_mb = limit_mb
        self.lent_mb = _resident_mb(pid)
        self._next, self._seemed_mb, self._over = (
            0.0,
            0.0,
            False,
        )  # when true shares are looked at again; what the last look at them found

    def look(self) -> tuple[list[int], float, bool]:
        """The processes; their CPU seconds; whether they hold more memory than the limit."""
        pids = _tree(self.pid)
        cpu_s = seem_mb = 0.0
        for pid in pids:
            with contextlib.suppress(OSError, ValueError, IndexError):
                cpu_s += _cpu_s(pid)
                seem_mb += _resident_mb(pid)
        if seem_mb - self.lent_mb <= self.limit_mb:
            return pids, cpu_s, False
        if len(pids) == 1:
            return pids, cpu_s, True
        # Forked processes share most of what they seem to hold. But one may have given back all that it shares, and hold its own.
        begun = time.monotonic()
        if begun >= self._next or seem_mb > self._seemed_mb + GROWTH_MB:
            # The more they are, the more of what was lent is their share, up to all of it.
            self._over = sum(_share_mb(pid, self.lent_mb) for pid in pids) - self.lent_mb > self.limit_mb
            now = time.monotonic()
            self._next, self._seemed_mb = now + SHARE * (now - begun), seem_mb
        return pids, cpu_s, self._over


def read(path: str) -> str:
    """A small file of /proc. Plain open: pathlib takes twice as long, twenty times a second."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _tree(pid: int) -> list[int]:
    """A process and all that descend from it. Orphans come back to the session's first process, so none is missed."""
    found = [pid]
    for parent in found:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{parent}/task"):
                with contextlib.suppress(OSError):
                    found += map(int, read(f"/proc/{parent}/task/{thread}/children").split())
        if len(found) > MAX_PIDS:
            break
    return found


_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _cpu_s(pid: int) -> float:
    """CPU seconds of a process and of the children it has waited for."""
    return sum(map(int, read(f"/proc/{pid}/stat").rpartition(")")[2].split()[11:15])) / _TICKS


def _resident_mb(pid: int) -> float:
    """Megabytes of anonymous and shared memory that are resident, in full for each process that shares them, and of page tables."""
    return _told_mb(pid, "status", ("RssAnon:", "RssShmem:", "VmPTE:"))


def _share_mb(pid: int, lent_mb: float) -> float:
    """A process's proportional share of the same. 0 where it has gone meanwhile.

    Root in a container that lacks CAP_SYS_PTRACE may not know: then what is more than a kernel is lent.
    """
    shared = _told_mb(pid, "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:"))
    return shared + _told_mb(pid, "status", ("VmPTE:",)) if shared else max(0.0, _resident_mb(pid) - lent_mb)


def tells_shares(pid: int) -> bool:
    """Whether a live process's proportional share of memory can be known."""
    return _told_mb(pid, "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) > 0


def _told_mb(pid: int, name: str, fields: tuple[str, ...]) -> float:
    """What one of a process's files in /proc says. A process whose first thread has ended tells it by its others alone."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        if found := _sum_mb(f"/proc/{pid}/{name}", fields):
            return found
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                if found := _sum_mb(f"/proc/{pid}/task/{thread}/{name}", fields):
                    return found
    return 0.0


def _sum_mb(path: str, fields: tuple[str, ...]) -> float:
    return sum(int(line.split()[1]) for line in read(path).splitlines() if line.startswith(fields)) / 1024
