"""Kills commands and their bubblewrap while a sandbox starts: no process may be left once another starts.

    python tests/hostile/kills.py --count 300

A third of the kills hits the command, a third bubblewrap, and a third is the command's own `close`. Half of
them come the moment that bubblewrap has a child, which asks only some 80 microseconds later to end with it;
the other half come at random. Run it as root and as an ordinary user.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import sys
import time
from pathlib import Path

from grader.sandbox import leftovers, proc
from grader.sandbox.bubblewrap import Sandbox, find_base

COMMAND, BUBBLEWRAP, CLOSE = "the command", "bubblewrap", "close"
NAMES = ("bwrap", "0")  # the second where root has staged the program
SETTLE_S = 2.0  # what ends by itself has ended by then
ORPHANED_S = 0.1  # and most of it by then
RANDOM_S = 0.3  # bubblewrap and the first imports


def start_command(victim: str) -> tuple[int, Path]:
    """Fork a process that starts a sandbox and waits, as the command does: its PID, the sandbox's folder."""
    read, write = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write)
        with os.fdopen(read) as file:
            return pid, Path(file.read())
    os.close(read)
    sandbox = Sandbox()
    os.write(write, str(sandbox.folder).encode())
    os.close(write)
    with contextlib.suppress(BaseException):
        sandbox.start()
        if victim == CLOSE:
            time.sleep(random.uniform(0, 3e-3))
        while victim != CLOSE and not sandbox.has_ended():
            time.sleep(0.01)
        time.sleep(0 if victim == CLOSE else 2 * ORPHANED_S)
    sandbox.close()
    os._exit(0)


def await_window(command: int) -> int | None:
    """Bubblewrap's PID, at the moment when it has a child; None if the command has ended before."""
    while proc.is_alive(f"/proc/{command}"):
        for pid in proc.children(command):
            if proc.name_of(pid) in NAMES:
                with contextlib.suppress(OSError):
                    file = os.open(f"/proc/{pid}/task/{pid}/children", os.O_RDONLY)
                    # Ends with an OSError where bubblewrap does.
                    while not os.pread(file, 64, 0) and proc.is_alive(f"/proc/{pid}"):
                        pass
                    os.close(file)
                return pid
    return None


def kill(victim: str, in_window: bool) -> tuple[Path, bool]:
    """Start a command and kill as asked; the sandbox's folder, and whether a process outlived bubblewrap."""
    command, folder = start_command(victim)
    if victim != CLOSE:
        if in_window:
            bubblewrap = await_window(command)
        else:
            time.sleep(random.uniform(0, RANDOM_S))
            bubblewrap = next((pid for pid in proc.children(command) if proc.name_of(pid) in NAMES), None)
        with contextlib.suppress(ProcessLookupError):
            os.kill(command if victim == COMMAND else bubblewrap or command, signal.SIGKILL)
        time.sleep(ORPHANED_S)
    orphaned = any(
        proc.is_alive(f"/proc/{pid}") for pid in proc.holders_of(proc.sockets_in([folder])) if pid != command
    )
    os.waitpid(command, 0)
    return folder, orphaned


def left(folders: list[Path]) -> list[int]:
    """The processes of these sandboxes that are there after a while."""
    deadline = time.monotonic() + SETTLE_S
    while (found := proc.holders_of(proc.sockets_in(folders))) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def main() -> int:
    """Kill, count what is left, start one more sandbox, and count again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=300)
    count = parser.parse_args().count
    Sandbox().close()  # sweeps what others have left
    with contextlib.suppress(PermissionError):  # or the moment has passed before this process has its turn
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    made: dict[tuple[str, bool], list[tuple[Path, bool]]] = {}
    for number in range(count):
        kind = ((COMMAND, BUBBLEWRAP, CLOSE)[number % 3], bool(number // 3 % 2))
        made.setdefault(kind, []).append(kill(*kind))
    print(f"{count} kills as {'root' if os.geteuid() == 0 else 'an ordinary user'}")
    for (victim, in_window), each in made.items():
        orphaned = sum(orphan for _, orphan in each)
        remaining = len(left([folder for folder, _ in each]))
        when = "in the window" if in_window else "at random"
        print(f"  {victim:12} {when:14} {len(each):4} kills, {orphaned:3} outlived it, {remaining:3} stayed")
    Sandbox().close()
    folders = [folder for each in made.values() for folder, _ in each]
    remains = len(left(folders))
    kept = [path for path in leftovers.abandoned(Path(find_base()).iterdir()) if path in folders]
    print(f"after the next sandbox: {remains} processes and {len(kept)} folders left")
    return 1 if remains or kept else 0


if __name__ == "__main__":
    sys.exit(main())
