"""What processes use: wall and CPU seconds, and memory."""

from __future__ import annotations

import atexit
import contextlib
import os
import statistics
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

# Wall and CPU seconds.
Times = tuple[float, float]


class Meter:
    """CPU seconds of this process and everything that it starts.

    Counted by a control group where one can be written, else for the whole machine.
    """

    def __init__(self) -> None:
        self.group: Path | None = None
        for base, unit in (
            (Path("/sys/fs/cgroup/cpuacct"), "cpuacct.usage"),
            (Path("/sys/fs/cgroup"), "cpu.stat"),
        ):
            group = base / f"grader-benchmark-{os.getpid()}"
            with contextlib.suppress(OSError):
                group.mkdir()
                if (group / "cgroup.procs").exists():
                    (group / "cgroup.procs").write_text(str(os.getpid()))
                    self.group, self.unit = group, unit
                    break
                # No control groups there.
                group.rmdir()
        if self.group:
            atexit.register(self.leave)
        self.source = f"control group, {self.unit}" if self.group else "the whole machine, /proc/stat"

    def leave(self) -> None:
        """Go back to where this process was, and remove the group."""
        assert self.group
        with contextlib.suppress(OSError):
            (self.group.parent / "cgroup.procs").write_text(str(os.getpid()))
            self.group.rmdir()

    def __call__(self) -> float:
        if self.group is None:
            fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
            busy = sum(int(fields[place]) for place in (0, 1, 2, 5, 6))
            return busy / os.sysconf("SC_CLK_TCK")
        text = (self.group / self.unit).read_text()
        return int(text) / 1e9 if self.unit == "cpuacct.usage" else int(text.split()[1]) / 1e6


@contextlib.contextmanager
def measured(meter: Meter, into: list[Times]) -> Iterator[None]:
    """Append what the body takes to `into`."""
    cpu, wall = meter(), time.perf_counter()
    yield
    into.append((time.perf_counter() - wall, meter() - cpu))


def medians(times: Iterable[Times]) -> Times:
    """The median of the wall seconds and the median of the CPU seconds."""
    walls, cpus = zip(*times)
    return statistics.median(walls), statistics.median(cpus)


def proportional_mb(pids: list[int]) -> float:
    """Megabytes that processes hold together: the sum of their proportional shares (PSS)."""
    total = 0
    for pid in pids:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024
