"""The names of what a run keeps on the machine while it lasts, by which a later run knows what nobody needs any more."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

PREFIX = "grader-"


def name() -> str:
    """A new name for what this process makes: its table of processes, its number there and when it was born, which no other process
    shares, and some letters."""
    return f"{PREFIX}{_space()}-{os.getpid()}-{_born(os.getpid())}-{secrets.token_hex(3)}"


@contextlib.contextmanager
def temporary() -> Iterator[None]:
    """Have temporary folders named as ours are, so that those of a process that was killed are found."""
    make = tempfile.mkdtemp
    tempfile.mkdtemp = lambda *_, **__: str(_made(Path(tempfile.gettempdir(), name())))  # type: ignore[assignment]
    try:
        yield
    finally:
        tempfile.mkdtemp = make


def _made(path: Path) -> Path:
    path.mkdir(mode=0o700)
    return path


def abandoned(paths: Iterable[Path]) -> list[Path]:
    """Those of `paths` that are named after a process which is no more. Of another table's, as of another container, nothing is known."""
    found = []
    for path in paths:
        parts = re.fullmatch(rf"{PREFIX}{_space()}-(\d+)-(\d+)-[0-9a-f]+", path.name)
        if parts and _born(int(parts[1])) != parts[2]:
            found.append(path)
    return found


def _space() -> str:
    """The number of the table of processes that this process is in."""
    try:
        return f"{os.stat('/proc/self/ns/pid').st_ino & 0xFFFFFFF:x}"
    except OSError:
        return "0"


def _born(pid: int) -> str:
    """When a process was born, in ticks since the system's start; 0 where there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return "0"
