"""What a session's processes wait for with epoll.

Of such watches all processes of a user have one number together, in proportion to the machine's memory: 1.7 million with
8 GB. A process may have 65,000 of them with the files that it is allowed. Whoever used them all up would keep other sessions,
and an ordinary user's own programs, from waiting for anything.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable

MAX_WATCHES = 20_000  # of one session; an honest one has a dozen a process
FEW_FILES = 1024  # of all its threads together, with which it is not looked at more closely: 131,000 watches at the most
MAX_FILES = 16_384  # as many are not looked at any more: 16 processes that load data, with five threads each, have half of it
SHARE = 10  # times as long as a look takes passes until the next one


class Watches:
    """Counts the watches of one session, now and then."""

    def __init__(self) -> None:
        self._next = 0.0

    def too_many(self, pids: Iterable[int]) -> bool:
        """Whether the processes have more than MAX_WATCHES, or more files than anybody can count."""
        begun = time.monotonic()
        if begun < self._next:
            return False
        files = [(folder, name) for folder in _tables(pids) for name in _names(f"{folder}/fd")]
        many = len(files) > MAX_FILES or (len(files) > FEW_FILES and _more(files))
        self._next = begun + SHARE * (time.monotonic() - begun)
        return many


def _tables(pids: Iterable[int]) -> Iterable[str]:
    """Where in /proc the files of each thread are: a thread may have some for itself, and outlive its process's first one."""
    return (f"/proc/{pid}/task/{thread}" for pid in pids for thread in _names(f"/proc/{pid}/task"))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # it has gone meanwhile
        return []


def _more(files: Iterable[tuple[str, str]]) -> bool:
    """Whether files, each of a folder of /proc and by its number there, have more than MAX_WATCHES."""
    count = 0
    for folder, number in files:
        with contextlib.suppress(OSError):
            if os.readlink(f"{folder}/fd/{number}") == "anon_inode:[eventpoll]":
                with open(f"{folder}/fdinfo/{number}", encoding="ascii") as file:
                    count += sum(line.startswith("tfd:") for line in file)
        if count > MAX_WATCHES:
            return True
    return False
