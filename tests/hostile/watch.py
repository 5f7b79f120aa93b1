"""Watches the processes of a command: which live too long, grow too large or compute too long."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.1
SETTLE_S = 1.0  # after a verdict no process of its sessions may live longer
BUSY_S = 12.0  # the span in which computing is added up


@dataclass(frozen=True)
class Process:
    """A process as it was at one look."""

    pid: int
    parent: int
    born: int  # in clock ticks since the machine started
    name: str
    zombie: bool
    # Its PID in each of its PID namespaces, from the outermost. A session's processes have three.
    numbers: tuple[int, ...]
    anonymous_mb: float  # its peak, including the memory that it shared with its parent when it was forked
    busy_s: float  # how long its first thread has computed or waited for a processor


class Watch:
    """A thread that looks at the processes of a command over and over."""

    def __init__(self, root: int, output: Path, tags: Mapping[str, str]) -> None:
        self.root, self.output, self.tags = root, output, tags
        self.position = 0  # bytes of the command's output that have been read
        self.verdicts: dict[str, float] = {}  # when a verdict was seen first, by attack
        # Attacks by the first process of a session: its PID and birth.
        self.attack_of: dict[tuple[int, int], str] = {}
        self.known: dict[int, int] = {}  # when the run's processes were born, by PID
        self.late: list[str] = []
        # When a process of a session was seen first and last, by its name.
        self.alive: dict[str, tuple[float, float]] = {}
        self.largest: dict[tuple[int, int], tuple[float, str]] = {}
        self.times: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self.busiest: dict[tuple[int, int], tuple[float, str]] = {}
        self.parents: dict[int, set[int]] = defaultdict(set)
        self.server: Process | None = None  # from which workers are forked
        self.lent_mb = 0.0  # the memory that it shares with them
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.stop.wait(SAMPLE_S):
            self.look()

    def ours(self) -> list[Process]:
        """The run's processes that exist now, including orphans known from earlier looks."""
        found = {process.pid: process for process in all_processes()}
        children = defaultdict(list)
        for process in found.values():
            children[process.parent].append(process.pid)
        left = [
            self.root,
            *(pid for pid, born in self.known.items() if pid in found and found[pid].born == born),
        ]
        ours: dict[int, Process] = {}
        while left:
            pid = left.pop()
            if pid in found and pid not in ours:
                ours[pid] = found[pid]
                left += children[pid]
        self.known = {pid: process.born for pid, process in ours.items()}
        return list(ours.values())

    def look(self) -> None:
        """Look at every process once."""
        now = time.monotonic()
        for line in self._new_lines():
            for name in set(self.tags.values()) & set(line.split()):
                self.verdicts.setdefault(name, now)
        ours = self.ours()
        sessions = [process for process in ours if len(process.numbers) == 3]
        self._look_at_sessions(sessions, now)
        self._find_server(ours)
        if self.server is None:
            return
        # A process that is just ending has no memory left, hence the maximum.
        self.lent_mb = max(self.lent_mb, self.server.anonymous_mb)
        names = ", ".join(sorted({process.name for process in sessions})) or "no session"
        for process in ours:
            if len(process.numbers) == 1 and process.pid not in (self.root, self.server.pid):
                self._measure(process, names, now)

    def _look_at_sessions(self, sessions: Sequence[Process], now: float) -> None:
        """Note when sessions' processes live, and which of them outlive their verdict."""
        spaces = defaultdict(list)
        for process in sessions:
            self.alive[process.name] = (self.alive.get(process.name, (now,))[0], now)
            with contextlib.suppress(OSError):
                spaces[os.readlink(f"/proc/{process.pid}/ns/pid")].append(process)
        for together in spaces.values():
            first = next(
                ((process.pid, process.born) for process in together if process.numbers[-1] == 1), None
            )
            if first is None:
                continue  # it has just ended, and the others end with it
            for process in together:
                if process.name in self.tags:
                    self.attack_of[first] = self.tags[process.name]
            ended = self.verdicts.get(self.attack_of.get(first, ""), now)
            if now - ended > SETTLE_S + SAMPLE_S:
                self.late += [
                    f"{process.pid} {process.name} of {self.attack_of[first]}, "
                    f"{now - ended:.1f} s after the verdict"
                    for process in together
                    if not process.zombie
                ]

    def _find_server(self, ours: Sequence[Process]) -> None:
        """Find the process that workers are forked from. Once found, it stays the same."""
        known = self.server.pid if self.server else None
        self.server = next(
            (
                process
                for process in ours
                if process.pid == known
                or (
                    known is None
                    and len(process.numbers) == 1
                    and "multiprocessing.forkserver" in command_line(process.pid)
                )
            ),
            self.server,
        )

    def _measure(self, process: Process, names: str, now: float) -> None:
        """Note how large a process outside the sandbox is and how long it has computed.

        `names` are those of the sessions that run meanwhile.
        """
        key = process.pid, process.parent
        self.parents[process.parent].add(process.pid)
        most, during = self.largest.get(key, (0.0, ""))
        if process.anonymous_mb > most:
            self.largest[key] = (process.anonymous_mb, names if process.anonymous_mb > most + 32 else during)
        times = [(moment, busy_s) for moment, busy_s in self.times[process.pid] if now - moment < BUSY_S]
        self.times[process.pid] = [*times, (now, process.busy_s)]
        busy = process.busy_s - self.times[process.pid][0][1]
        if busy > self.busiest.get(key, (0.0, ""))[0]:
            self.busiest[key] = (busy, names)

    def _new_lines(self) -> list[str]:
        """The lines that the command has written since the last look."""
        with open(self.output, encoding="utf-8", errors="replace") as file:
            file.seek(self.position)
            lines = file.read().rpartition("\n")[0]
        self.position += len(lines.encode(errors="replace")) + (1 if lines else 0)
        return lines.splitlines()

    def _extremes(
        self, measured: Mapping[tuple[int, int], tuple[float, str]], less: float
    ) -> dict[str, tuple[float, str]]:
        """The largest value of a worker and of a rubric's process, less `less`, and during which sessions."""
        found = {"worker": (0.0, ""), "rubric": (0.0, "")}
        forked = self.parents[self.server.pid] if self.server else set()
        rubrics = {child for child in forked if self.parents[child]}  # they fork; workers never do
        for (pid, parent), (most, during) in measured.items():
            if pid in rubrics or parent in rubrics:
                kind = "rubric"
            elif self.server and parent == self.server.pid:
                kind = "worker"
            else:
                continue
            if most - less > found[kind][0]:
                found[kind] = (most - less, during)
        return found

    def growth(self) -> dict[str, tuple[float, str]]:
        """The most megabytes that a process had beyond what it shared with its parent, by kind."""
        return self._extremes(self.largest, self.lent_mb)

    def busy(self) -> dict[str, tuple[float, str]]:
        """The most seconds of computing within BUSY_S seconds, by kind."""
        return self._extremes(self.busiest, 0.0)

    def survivors(self) -> list[str]:
        """The run's processes that still run, but for the command itself."""
        return [
            f"{process.pid} {process.name}"
            for process in self.ours()
            if not process.zombie and process.pid != self.root
        ]


def all_processes() -> list[Process]:
    """All processes of the machine."""
    found = []
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError, ValueError, IndexError):
            with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                before, _, after = file.read().rpartition(")")
            fields = after.split()
            with open(f"/proc/{entry}/status", encoding="utf-8", errors="replace") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file if ":\t" in line)
            with open(f"/proc/{entry}/schedstat", encoding="ascii") as file:
                busy_s = sum(map(int, file.read().split()[:2])) / 1e9
            peak, filed = (int(status.get(key, "0").split()[0]) for key in ("VmHWM", "RssFile"))
            found.append(
                Process(
                    pid=int(entry),
                    parent=int(fields[1]),
                    born=int(fields[19]),
                    name=before.partition("(")[2],
                    zombie=fields[0] == "Z",
                    numbers=tuple(map(int, status.get("NSpid", "0").split())),
                    anonymous_mb=(peak - filed) / 1024,
                    busy_s=busy_s,
                )
            )
    return found


def command_line(pid: int) -> str:
    """A process's command line. Empty where it has ended."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""
