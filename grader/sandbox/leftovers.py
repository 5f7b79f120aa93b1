"""Names for what a run keeps on the machine while it lasts, by which later runs know what is abandoned."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
from collections.abc import Iterable
from pathlib import Path

from grader.sandbox import proc

PREFIX = "grader-"


def name() -> str:
    """A new name for something that this process makes: PID namespace, PID, start time and random digits.

    Together, the first three are unique to this process.
    """
    pid = os.getpid()
    return f"{PREFIX}{proc.pid_namespace()}-{pid}-{proc.start_ticks(pid)}-{secrets.token_hex(3)}"


def abandoned(paths: Iterable[Path]) -> list[Path]:
    """Those of `paths` that are named after a process that no longer exists.

    Names from another PID namespace, as of another container, are never among them: nothing is known of it.
    """
    pattern = re.compile(rf"{PREFIX}{proc.pid_namespace()}-(\d+)-(\d+)-[0-9a-f]+")
    found = []
    for path in paths:
        parts = pattern.fullmatch(path.name)
        if parts and proc.start_ticks(int(parts[1])) != parts[2]:
            found.append(path)
    return found


def end_processes(folders: Iterable[Path]) -> None:
    """Kill the sandboxed processes that hold a socket in one of the folders, whose owners have died.

    A sandbox ends with its owner. But for some 80 microseconds bubblewrap's child has not asked for that yet,
    and waits for a word of bubblewrap. Killed in that time, bubblewrap leaves it waiting.
    """
    sockets = proc.sockets_in(folders)
    for pid in proc.holders_of(sockets) if sockets else ():
        # Not a process outside any sandbox, whoever has sent it the socket.
        if proc.pid_namespace(pid) not in ("0", proc.pid_namespace()):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
