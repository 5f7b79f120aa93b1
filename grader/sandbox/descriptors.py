"""What a session holds, by its descriptors, of what all processes of a user have in common.

- Watches of epoll: 230,000 for each gigabyte of the machine's memory. A process with the files that it may open can have millions,
  since each number that a file has had counts.
- Pages of pipes: 16,384, which is 1,024 pipes. Whoever comes later gets pipes of 8 kB, which are full where others are not.

Whoever used them up would keep other sessions of the same user, and an ordinary user's own programs, from work.

- The system's own answers (netlink) that nobody reads: no control group counts them, and each of 32,000 sockets may hold 200 kB.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable

MAX_WATCHES = 20_000  # an honest session has a dozen for each process
MAX_PIPES = 256  # a pool of 16 processes has 40
MAX_UNREAD = 4 << 20  # bytes of answers; a list of interfaces is 3 kB
MAX_FILES = 8192  # of all processes together; more are not looked at
EVERY_S = 0.2  # between two looks; a watch is made in 0.8 microseconds
SHARE = 20  # times as long as a look computed passes until the next: looking takes a twentieth of the time at the most
EXITING = 0x4  # of a process's flags in /proc
POLL, PIPE = "anon_inode:[eventpoll]", "pipe:"


class Descriptors:
    """Looks at the descriptors of one session's processes, now and then."""

    def __init__(self) -> None:
        self._next = time.monotonic() + EVERY_S
        self._hidden = False  # at the last look, descriptors of one that lived could not be listed

    def too_many(self, pids: Iterable[int]) -> bool:
        """Whether the processes hold more than one of the limits, or more than anybody can count, or hide what they hold."""
        if time.monotonic() < self._next:
            return False
        begun = (
            time.thread_time()
        )  # not the clock: waiting for a processor makes no look dear, and attackers can make it long
        pids = list(pids)
        tables = [_table(pid) for pid in pids]
        hidden = any(names is None for _, names in tables)
        files = [(thread, name) for thread, names in tables for name in names or ()]
        many = (hidden and self._hidden) or _hold_too_many(files) or _unread(pids) > MAX_UNREAD
        self._hidden = hidden
        self._next = time.monotonic() + max(EVERY_S, SHARE * (time.thread_time() - begun))
        return many


def _table(pid: int) -> tuple[str, list[str] | None]:
    """Where the first of a process's threads that lives is in /proc, and the descriptors, which all of them have in common.

    None where they may not be known of one that lives. The first thread of all may have ended before the others.
    """
    folder = f"/proc/{pid}/task"
    for thread in (f"{folder}/{number}" for number in (pid, *(names_bound(folder) or ()))):
        names = names_bound(f"{thread}/fd")
        if names or (names is None and _lives(thread)):
            return thread, names
    return folder, []


def names_bound(folder: str) -> list[str] | None:
    """What is in a folder; None where that may not be known."""
    try:
        return os.listdir(folder)
    except PermissionError:
        return None
    except OSError:  # it has gone meanwhile
        return []


def _lives(thread: str) -> bool:
    """Whether it is neither gone nor about to be: of such ones nobody but root may know, and a program may ask for the same."""
    with (
        contextlib.suppress(OSError, IndexError, ValueError),
        open(f"{thread}/stat", encoding="utf-8", errors="replace") as file,
    ):
        fields = file.read().rpartition(")")[2].split()
        return fields[0] not in "ZX" and not int(fields[6]) & EXITING
    return False


def _hold_too_many(files: list[tuple[str, str]]) -> bool:
    """`files`: descriptors, each as its thread's folder and its number there."""
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
    """Bytes of the system's answers that wait in the session's network, which is the same for all of its processes."""
    for pid in pids:
        with (
            contextlib.suppress(OSError, ValueError, IndexError),
            open(f"/proc/{pid}/net/netlink", encoding="ascii") as file,
        ):
            return sum(int(line.split()[4]) for line in list(file)[1:])
    return 0
