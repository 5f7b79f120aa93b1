"""Leftovers of killed runs are told apart from what others still need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import leftovers

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is swept")


def name_of_another() -> str:
    """A name made by a process that has ended."""
    code = "from grader.sandbox import leftovers; print(leftovers.name())"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_names_of_a_live_process_are_not_abandoned() -> None:
    """Names of a live process are not abandoned, and no two names are the same."""
    first, second = leftovers.name(), leftovers.name()
    assert first != second and leftovers.abandoned([Path(first), Path(second)]) == []


def test_names_of_a_dead_process_are_abandoned() -> None:
    """A name shows that its process has ended."""
    left = Path("/anywhere", name_of_another())
    assert leftovers.abandoned([left]) == [left]


def test_a_reused_pid() -> None:
    """A new process with the same PID is another process: it started at another time."""
    pid, started = str(os.getpid()), leftovers.name().split("-")[-2]
    again = Path(leftovers.name().replace(f"-{started}-", f"-{int(started) + 1}-"))
    assert pid in again.name and leftovers.abandoned([again]) == [again]


def test_other_names() -> None:
    """Whatever is not named exactly as ours is left alone."""
    names = [
        "grader-notes",
        "grader-",
        "grader-1-2-3",
        "tmpabc",
        name_of_another() + ".txt",
        "x" + name_of_another(),
    ]
    assert leftovers.abandoned(map(Path, names)) == []


def test_another_pid_namespace() -> None:
    """Where containers share a folder, each knows only its own processes and leaves other names alone."""
    left = name_of_another()
    space = re.fullmatch(r"grader-(\w+)-\d+-\d+-\w+", left)
    assert space and leftovers.abandoned([Path(left.replace(space[1], "f" + space[1], 1))]) == []
