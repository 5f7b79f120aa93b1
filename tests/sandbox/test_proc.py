"""What /proc says about processes, of this process and of others that have ended."""

from __future__ import annotations

import os
import resource
import select
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox import proc

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /proc")
GONE = 0x7FFFFFFF


@pytest.mark.parametrize(
    ("state", "flags", "alive"),
    [("S", 0x400040, True), ("R", 0x400040, True), ("R", 0x400044, False), ("Z", 0x40004C, False)],
)
def test_an_exiting_process_is_not_alive(tmp_path: Path, state: str, flags: int, alive: bool) -> None:
    """While a process exits, it hides its descriptors for as long as it takes to give back its memory."""
    (tmp_path / "stat").write_text(f"7 (a name) R) {state} 1 7 7 0 -1 {flags} 0 0")
    assert proc.is_alive(str(tmp_path)) is alive


def test_a_process_that_is_gone() -> None:
    """What no longer exists has no time, no memory, no name and no descendants."""
    assert not proc.is_alive(f"/proc/{GONE}") and proc.start_ticks(GONE) == "0" and proc.name_of(GONE) == ""
    assert proc.waited_s(GONE) == proc.resident_mb(GONE) == 0 and proc.proportional_mb(GONE) is None
    assert proc.descendants(GONE) == [GONE] and proc.list_folder(f"/proc/{GONE}/task") == []
    with pytest.raises(OSError):
        proc.cpu_s(GONE)


def test_this_process() -> None:
    """Numbers that Python knows as well are the same."""
    own = os.getpid()
    used = os.times()
    assert proc.cpu_s(own) == pytest.approx(sum(used[:4]), abs=0.1)
    assert proc.user_of(own) == os.getuid() and int(proc.start_ticks(own)) > 0
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert 1 < proc.own_resident_mb() <= peak_mb + 1 and proc.own_data_bytes() > 1 << 20
    assert proc.waited_s(own) >= 0 and proc.is_alive(f"/proc/{own}")


def test_descendants_and_their_memory() -> None:
    """A child's child is found, with the name and the memory that it has."""
    code = (
        "import ctypes, os\nif os.fork() == 0:\n    block = b'x' * (50 << 20)\n"
        "    ctypes.CDLL(None).prctl(15, b'grandchild')\nprint('ready', flush=True)\ninput()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() + child.stdout.readline() == b"ready\n" * 2
        found = proc.descendants(child.pid)
        assert found[0] == child.pid and [proc.name_of(pid) for pid in found[1:]] == ["grandchild"]
        assert 50 < proc.resident_mb(found[1]) < 200
        share_mb = proc.proportional_mb(found[1])
        assert share_mb is None or 50 < share_mb < 200
        child.kill()
        os.kill(found[1], 9)


def test_the_process_behind_a_pidfd() -> None:
    """A pidfd of a process that has ended, and any other descriptor, is an OSError or no process."""
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as child:
        pidfd = os.pidfd_open(child.pid)
        assert proc.pid_of(pidfd) == child.pid
        child.kill()
    select.select([pidfd], [], [])
    assert proc.pid_of(pidfd) == -1
    os.close(pidfd)
    with open(os.devnull) as file, pytest.raises(OSError, match="without a process"):
        proc.pid_of(file.fileno())


def test_a_closed_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that may not be read is told apart from one that is gone."""

    def refused(path: str) -> list[str]:
        raise PermissionError(13, "closed")

    monkeypatch.setattr(os, "listdir", refused)
    assert proc.list_folder("/proc/1/fd") is None
