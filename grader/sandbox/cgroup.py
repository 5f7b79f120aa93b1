"""Control groups: where they can be made, the system itself keeps a session's memory limit, counts its computing time, and
gives it no more than its share of the processors however many processes it starts.

A group counts what processes' own numbers do not show: buffers of sockets and pipes, tables of pages, files in memory,
processes that came and went. Versions 1 and 2; the caller needs the right to make groups below its own, or beside it.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from grader.sandbox import leftovers as traces

TCP_MB = 32  # for connections to oneself: version 1 counts their buffers apart
CONTROLLERS = ("memory", "cpuacct", "cpu")
SHARES, WEIGHT = (
    1024,
    100,
)  # what a group counts for among those beside it, in version 1 and 2, unless it is told otherwise
REMOVAL_S = 0.5  # a group can be removed once its last process is gone, some milliseconds after its end


class Group:
    """One session's group."""

    left: ClassVar[list[Path]] = []  # folders to be removed once their processes are gone

    def __init__(self, groups: Groups, name: str, pid: int, limit_mb: int) -> None:
        """Put the process `pid`, and whatever it starts from now on, into a new group. OSError where that can't be done."""
        self.version = groups.version
        self.part = 1.0
        self.events = (
            -1
        )  # where the system tells what it has ended: kept open, since it is looked at after every cell
        self.memory, self.times, self.share = (
            Path(groups.folders.get(kind, os.devnull), name) for kind in CONTROLLERS
        )
        self.folders = [Path(folder, name) for folder in dict.fromkeys(groups.folders.values())]
        try:
            for folder in self.folders:
                folder.mkdir()
            limit = str(limit_mb << 20)
            if self.version == 2:
                _write(self.memory / "memory.max", limit)
                self._perhaps("memory.swap.max", "0")
                self._perhaps("memory.oom.group", "1")
            else:
                _write(self.memory / "memory.limit_in_bytes", limit)
                self._perhaps("memory.memsw.limit_in_bytes", limit)
                self._perhaps("memory.kmem.tcp.limit_in_bytes", str(TCP_MB << 20))
            for folder in self.folders:
                _write(folder / "cgroup.procs", str(pid))
        except OSError:
            self.close()
            raise

    def _perhaps(self, name: str, value: str) -> None:
        with contextlib.suppress(OSError):  # not on every system
            _write(self.memory / name, value)

    def cpu_s(self) -> float:
        """Seconds of computing since the group was made, by all that ever were in it."""
        if self.version == 1:
            return int(_read(self.times / "cpuacct.usage")) / 1e9
        return _number(_read(self.times / "cpu.stat"), "usage_usec") / 1e6

    def pids(self) -> list[int]:
        """The processes that are in it."""
        return [int(word) for word in _read(self.memory / "cgroup.procs").split()]

    def weigh(self, part: float) -> None:
        """Count for this part of another group, from now on, where they want the same processor."""
        if part == self.part:
            return
        self.part = part
        with contextlib.suppress(OSError):  # a courtesy: without it, others are slower and nothing is wrong
            if self.version == 1:
                _write(self.share / "cpu.shares", str(round(SHARES * part)))
            else:
                _write(self.share / "cpu.weight", str(round(WEIGHT * part)))

    def ran_out(self) -> bool:
        """Whether the system has ended a process of the group because the limit was reached."""
        with contextlib.suppress(OSError):
            if self.events < 0:
                self.events = os.open(
                    self.memory / ("memory.events" if self.version == 2 else "memory.oom_control"),
                    os.O_RDONLY | os.O_CLOEXEC,
                )
            return _number(os.pread(self.events, 4096, 0).decode(errors="replace"), "oom_kill") > 0
        return False

    def close(self) -> None:
        """Remove the group, whose processes were killed. What they have not left yet is removed with the next one, or by Groups.close."""
        if self.events >= 0:
            os.close(self.events)
            self.events = -1
        Group.left = [folder for folder in (*Group.left, *self.folders) if not _removed(folder)]


def found() -> Groups | None:
    """A place for sessions' groups, made anew, or None where none can be had. Removes what runs that were killed left behind."""
    name = traces.name()
    own, mounts = _own(), _mounts()
    if {"memory", "cpuacct"} <= mounts.keys():
        groups = Groups(
            1,
            {
                kind: str(_below(mounts[kind], own.get(kind, "/")) / name)
                for kind in CONTROLLERS
                if kind in mounts
            },
        )
        if _made(groups) and _works(groups):
            return groups
    elif "" in mounts:
        top = Path(mounts[""])
        here = _below(str(top), own.get("", "/"))
        # A group with processes in it can't hand its limits on to groups below, the topmost of all aside.
        for parent in (
            [here]
            if here == top
            else [place for place in here.parents if place == top or top in place.parents]
        ):
            groups = Groups(2, dict.fromkeys(CONTROLLERS, str(parent / name)))
            if _made(groups) and _works(groups):
                return groups
    return None


def _made(groups: Groups) -> bool:
    """Make the folders. Where that fails, nothing is left behind."""
    try:
        for folder in {Path(folder) for folder in groups.folders.values()}:
            _sweep(folder.parent)
            folder.mkdir()
            if groups.version == 2:
                _write(folder / "cgroup.subtree_control", "+memory")
                with contextlib.suppress(OSError):
                    _write(folder / "cgroup.subtree_control", "+cpu")
    except OSError:
        groups.close()
        return False
    return True


def _works(groups: Groups) -> bool:
    """Try it with a process that does nothing; where it fails, nothing is left behind."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(write)
        os.read(read, 1)
        os._exit(0)
    os.close(read)
    group = None
    try:
        group = Group(groups, "trial", pid, 64)
        group.cpu_s()
        works = not group.ran_out()
    except (OSError, ValueError):
        works = False
    os.close(write)
    os.waitpid(pid, 0)
    if group is not None:
        group.close()
    if not works:
        groups.close()
    return works


def _own() -> dict[str, str]:
    """This process's group by controller; version 2's is named ""."""
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in _read(Path("/proc/self/cgroup")).splitlines():
            _, kinds, path = line.split(":", 2)
            found |= dict.fromkeys(kinds.split(","), path)
    return found


def _mounts() -> dict[str, str]:
    """Where control groups are seen, by controller; version 2's is named ""."""
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in _read(Path("/proc/self/mounts")).splitlines():
            _, place, kind, options = line.split(" ")[:4]
            if kind == "cgroup2":
                found.setdefault("", place)
            elif kind == "cgroup":
                for option in options.split(","):
                    found.setdefault(option, place)
    return found


def _below(top: str, path: str) -> Path:
    """A group as a folder. Where a container sees only its own part, its path is not there, and its part is the top."""
    place = Path(top + path)
    return place if place.is_dir() else Path(top)


def _sweep(parent: Path) -> None:
    for place in traces.abandoned(parent.iterdir()):
        remove_folder(place)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True


def _number(text: str, name: str) -> int:
    """The number that stands behind a name in a file of such lines; 0 where the name is missing."""
    found = re.search(rf"^{name} (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _read(path: Path) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _write(path: Path, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


@dataclass(frozen=True)
class Groups:
    """Where sessions' groups are made, as plain data: a worker uses what the command has made."""

    version: int
    folders: dict[str, str]  # by controller; in version 2 one and the same

    def close(self) -> None:
        """Remove what was made."""
        for folder in set(self.folders.values()):
            remove_folder(Path(folder))


def remove_folder(folder: Path) -> None:
    """Remove a group and those below it, as soon as their processes are gone."""
    with contextlib.suppress(OSError):
        for below in [entry for entry in folder.iterdir() if entry.is_dir()]:
            remove_folder(below)
    deadline = time.monotonic() + REMOVAL_S
    while not _removed(folder) and time.monotonic() < deadline:
        time.sleep(0.005)
