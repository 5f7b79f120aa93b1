"""Control groups, versions 1 and 2: the kernel itself limits a session's memory and counts its CPU time.

It also gives the session no more than its share of the processors, however many processes it starts. A group
counts what the processes' own numbers do not show: buffers of sockets and pipes, page tables, files in
memory, processes that came and went. The caller needs the right to make groups below its own group, or next
to it.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import leftovers

TCP_MB = 32  # for connections to oneself: version 1 counts their buffers apart
CONTROLLERS = ("memory", "cpuacct", "cpu")
# The CPU weight that a group has by default, in version 1 (cpu.shares) and in version 2 (cpu.weight).
SHARES, WEIGHT = 1024, 100
REMOVAL_S = 0.5  # a group can be removed some milliseconds after its last process has ended


class Removals:
    """Folders of groups that could not be removed yet, since a process was still in them.

    Belongs to whatever creates groups in sequence: closing a group also removes what is left of earlier ones.
    """

    def __init__(self) -> None:
        self._pending: list[Path] = []

    def remove(self, folders: Iterable[Path]) -> None:
        """Remove these folders and those of earlier calls. What is still in use stays for the next call."""
        self._pending = [folder for folder in (*self._pending, *folders) if not _removed(folder)]


class Group:
    """One session's control group.

    `part` is its CPU weight, as a fraction of the default weight.
    """

    def __init__(
        self, groups: Groups, name: str, pid: int, limit_mb: int, removals: Removals | None = None
    ) -> None:
        """Put the process `pid`, and whatever it starts from now on, into a new group limited to `limit_mb`.

        If `close` comes too early to remove the group, `removals` removes it with a later one. Without
        `removals`, Groups.close does. Raises OSError if the group can't be made, which leaves nothing behind.
        """
        self.version = groups.version
        self.part = 1.0
        # The file that counts processes ended by the kernel. It is read after every cell, so it stays open.
        self.events = -1
        self.memory, self.times, self.share = (
            Path(groups.folders.get(kind, os.devnull), name) for kind in CONTROLLERS
        )
        self.folders = [Path(folder, name) for folder in dict.fromkeys(groups.folders.values())]
        self._removals = removals or Removals()
        try:
            for folder in self.folders:
                folder.mkdir()
            limit = str(limit_mb << 20)
            if self.version == 2:
                _write(self.memory / "memory.max", limit)
                self._write_if_supported("memory.swap.max", "0")
                self._write_if_supported("memory.oom.group", "1")
            else:
                _write(self.memory / "memory.limit_in_bytes", limit)
                self._write_if_supported("memory.memsw.limit_in_bytes", limit)
                self._write_if_supported("memory.kmem.tcp.limit_in_bytes", str(TCP_MB << 20))
            for folder in self.folders:
                _write(folder / "cgroup.procs", str(pid))
        except OSError:
            self.close()
            raise

    def _write_if_supported(self, name: str, value: str) -> None:
        with contextlib.suppress(OSError):
            _write(self.memory / name, value)

    def cpu_s(self) -> float:
        """CPU seconds since the group was made, by all processes that ever were in it."""
        if self.version == 1:
            return int(_read(self.times / "cpuacct.usage")) / 1e9
        return _number(_read(self.times / "cpu.stat"), "usage_usec") / 1e6

    def held_mb(self) -> float:
        """Megabytes that its processes and its files in memory hold, without what was read from a disk."""
        known = _read(self.memory / "memory.stat")
        return sum(_number(known, name) for name in ("rss", "anon", "shmem")) / (1 << 20)

    def pids(self) -> list[int]:
        """The processes that are in the group."""
        return [int(word) for word in _read(self.memory / "cgroup.procs").split()]

    def weigh(self, part: float) -> None:
        """Set the CPU weight to this fraction of the default.

        The weight matters only while groups compete for a processor.
        """
        if part == self.part:
            return
        self.part = part
        # A courtesy: without it other sessions are slower, and nothing is wrong.
        with contextlib.suppress(OSError):
            if self.version == 1:
                _write(self.share / "cpu.shares", str(round(SHARES * part)))
            else:
                _write(self.share / "cpu.weight", str(round(WEIGHT * part)))

    def ran_out(self) -> bool:
        """Whether the kernel has ended a process of the group because it reached the memory limit."""
        with contextlib.suppress(OSError):
            if self.events < 0:
                name = "memory.events" if self.version == 2 else "memory.oom_control"
                self.events = os.open(self.memory / name, os.O_RDONLY | os.O_CLOEXEC)
            return _number(os.pread(self.events, 4096, 0).decode(errors="replace"), "oom_kill") > 0
        return False

    def close(self) -> None:
        """Remove the group, whose processes were killed; later, if some have not ended yet."""
        if self.events >= 0:
            os.close(self.events)
            self.events = -1
        self._removals.remove(self.folders)


@dataclass(frozen=True)
class Groups:
    """Where sessions' groups are made, as plain data: workers make groups in what the command has set up.

    `folders` has a folder for each controller; in version 2 it is the same one for all.
    """

    version: int
    folders: dict[str, str]

    def close(self) -> None:
        """Remove the folders and all groups in them."""
        for folder in set(self.folders.values()):
            remove_folder(Path(folder))


def create_groups() -> Groups | None:
    """Make a new place for sessions' groups, and remove those that killed runs left behind.

    None if groups can't be made.
    """
    name = leftovers.name()
    own, mounts = _own(), _mounts()
    if {"memory", "cpuacct"} <= mounts.keys():
        mounted = [kind for kind in CONTROLLERS if kind in mounts]
        parents = {kind: _below(mounts[kind], own.get(kind, "/")) for kind in mounted}
        groups = Groups(1, {kind: str(parent / name) for kind, parent in parents.items()})
        if _made(groups) and _works(groups):
            return groups
    elif "" in mounts:
        top = Path(mounts[""])
        here = _below(str(top), own.get("", "/"))
        # A group with processes in it can't pass limits on to groups below it, except for the root group.
        above = [place for place in here.parents if place == top or top in place.parents]
        for parent in [here] if here == top else above:
            groups = Groups(2, dict.fromkeys(CONTROLLERS, str(parent / name)))
            if _made(groups) and _works(groups):
                return groups
    return None


def _made(groups: Groups) -> bool:
    """Make the folders. If that fails, nothing is left behind."""
    try:
        for folder in {Path(folder) for folder in groups.folders.values()}:
            for place in leftovers.abandoned(folder.parent.iterdir()):
                remove_folder(place)
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
    """Try the folders with a process that does nothing. If that fails, nothing is left behind."""
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
    """The group of this process for each controller; for "", the one of version 2."""
    own: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in _read(Path("/proc/self/cgroup")).splitlines():
            _, kinds, path = line.split(":", 2)
            own |= dict.fromkeys(kinds.split(","), path)
    return own


def _mounts() -> dict[str, str]:
    """Where control groups are mounted, for each controller; for "", those of version 2."""
    mounts: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in _read(Path("/proc/self/mounts")).splitlines():
            _, place, kind, options = line.split(" ")[:4]
            if kind == "cgroup2":
                mounts.setdefault("", place)
            elif kind == "cgroup":
                for option in options.split(","):
                    mounts.setdefault(option, place)
    return mounts


def _below(top: str, path: str) -> Path:
    """The folder of a group.

    A container may see only its own part of the tree. Then the path does not exist, and the part is the top.
    """
    place = Path(top + path)
    return place if place.is_dir() else Path(top)


def remove_folder(folder: Path) -> None:
    """Remove a group and those below it, waiting up to REMOVAL_S for the processes of each to end."""
    with contextlib.suppress(OSError):
        for below in [entry for entry in folder.iterdir() if entry.is_dir()]:
            remove_folder(below)
    deadline = time.monotonic() + REMOVAL_S
    while not _removed(folder) and time.monotonic() < deadline:
        time.sleep(0.005)


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        pass
    except OSError:
        return False
    return True


def _number(text: str, name: str) -> int:
    """The number after a name at the start of a line; 0 if there is no such line."""
    found = re.search(rf"^{name} (\d+)$", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _read(path: Path) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def _write(path: Path, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
