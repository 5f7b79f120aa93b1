"""Limits on the descriptors of a session, through which it uses what all processes of a user share.

- Watches of epoll: 230,000 for each gigabyte of the machine's memory. A process with as many files as it may
  open can have millions of watches, since each number that a file has had counts.
- Pages of pipes: 16,384, which is 1,024 pipes. Later pipes hold only 8 kB, and fill up where others would
  not.
- Answers of the kernel (netlink) that no process reads. No control group counts them, and each of 32,000
  sockets may hold 200 kB.

A session that used them up would keep other sessions of the same user, and an ordinary user's own programs,
from working.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable

from grader.sandbox import proc

MAX_WATCHES = 20_000  # an honest session has a dozen for each process
MAX_PIPES = 256  # a pool of 16 processes has 40
MAX_UNREAD = 4 << 20  # bytes of answers; a list of interfaces is 3 kB
MAX_FILES = 8192  # of all processes together; beyond it, descriptors are not examined one by one
EVERY_S = 0.2  # between two looks; making a watch takes 0.8 microseconds
# After a look, the next one waits 20 times as long as the look computed: at most a twentieth of the time.
PAUSE = 20
POLL, PIPE = "anon_inode:[eventpoll]", "pipe:"


class Descriptors:
    """Examines the descriptors of one session's processes from time to time."""

    def __init__(self) -> None:
        self._next = time.monotonic() + EVERY_S
        # Whether at the last look a live process's descriptors could not be listed.
        self._hidden = False

    def too_many(self, pids: Iterable[int]) -> bool:
        """Whether the processes are over a limit.

        Too many files to examine counts as over the limit, and so do files hidden at two checks in a row.
        False, without a check, if the last one was too recent.
        """
        if time.monotonic() < self._next:
            return False
        # CPU time, not the clock: waiting for a processor costs nothing, and attackers can prolong it.
        begun = time.thread_time()
        pids = list(pids)
        tables = [_table(pid) for pid in pids]
        hidden = any(names is None for _, names in tables)
        files = [(thread, name) for thread, names in tables for name in names or ()]
        many = (hidden and self._hidden) or _hold_too_many(files) or _unread(pids) > MAX_UNREAD
        self._hidden = hidden
        self._next = time.monotonic() + max(EVERY_S, PAUSE * (time.thread_time() - begun))
        return many


def _table(pid: int) -> tuple[str, list[str] | None]:
    """The folder in /proc of a process's first live thread, and the descriptors, which all its threads share.

    None for the descriptors if they may not be listed although the thread lives. The main thread may have
    ended before the others.
    """
    folder = f"/proc/{pid}/task"
    for thread in (f"{folder}/{number}" for number in (pid, *(proc.list_folder(folder) or ()))):
        names = proc.list_folder(f"{thread}/fd")
        if names or (names is None and proc.is_alive(thread)):
            return thread, names
    return folder, []


def _hold_too_many(files: list[tuple[str, str]]) -> bool:
    """Whether `files`, each a thread's folder and a descriptor's number there, are over a limit."""
    if len(files) > MAX_FILES:
        return True
    watches, pipes = 0, set()
    for thread, number in files:
        with contextlib.suppress(OSError):
            target = os.readlink(f"{thread}/fd/{number}")
            if target.startswith(PIPE):
                pipes.add(target)
            elif target == POLL:
                with open(f"{thread}/fdinfo/{number}", encoding="ascii") as file:
                    watches += sum(line.startswith("tfd:") for line in file)
        if watches > MAX_WATCHES or len(pipes) > MAX_PIPES:
            return True
    return False


def _unread(pids: list[int]) -> int:
    """Bytes of the kernel's answers that wait in the session's network, which all its processes share."""
    for pid in pids:
        with (
            contextlib.suppress(OSError, ValueError, IndexError),
            open(f"/proc/{pid}/net/netlink", encoding="ascii") as file,
        ):
            return sum(int(line.split()[4]) for line in list(file)[1:])
    return 0
