"""What runs that were killed left behind is told from what others still need."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.sandbox import leftovers as traces

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is swept")


def name_of_another() -> str:
    """A name that a process made which has ended."""
    code = "from grader.sandbox import leftovers; print(leftovers.name())"
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


def test_what_lives_is_not_abandoned() -> None:
    """What this process has named is its own as long as it lives, and no two names are the same."""
    first, second = traces.name(), traces.name()
    assert first != second and traces.abandoned([Path(first), Path(second)]) == []


def test_what_a_dead_process_made_is_abandoned() -> None:
    """A name outlives its process, and then tells so."""
    left = Path("/anywhere", name_of_another())
    assert traces.abandoned([left]) == [left]


def test_a_number_that_was_given_again() -> None:
    """Another process with the same number is another process: it was born at another time."""
    number, born = str(os.getpid()), traces.name().split("-")[-2]
    again = Path(traces.name().replace(f"-{born}-", f"-{int(born) + 1}-"))
    assert number in again.name and traces.abandoned([again]) == [again]


def test_names_of_others() -> None:
    """Whatever is not named exactly as ours is nobody's business."""
    names = [
        "grader-notes",
        "grader-",
        "grader-1-2-3",
        "tmpabc",
        name_of_another() + ".txt",
        "x" + name_of_another(),
    ]
    assert traces.abandoned(map(Path, names)) == []


def test_another_table_of_processes() -> None:
    """Where several containers share a folder, each knows only its own processes and leaves the others' alone."""
    left = name_of_another()
    space = re.fullmatch(r"grader-(\w+)-\d+-\d+-\w+", left)
    assert space and traces.abandoned([Path(left.replace(space[1], "f" + space[1], 1))]) == []


def test_temporary_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the context, other libraries' temporary folders are named as ours, and are nobody else's to read."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with traces.temporary():
        made = Path(tempfile.mkdtemp(prefix="pymp-"))
    assert (
        made.parent == tmp_path
        and made.name.startswith(traces.PREFIX)
        and made.stat().st_mode & 0o777 == 0o700
    )
    assert Path(tempfile.mkdtemp(prefix="pymp-")).name.startswith("pymp-")
