"""Processes end with their parent, and a parent thread lasts as long as its owner wants."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from grader.sandbox.parent import ParentThread

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends processes with their parent")
CHILD = (
    "from grader.sandbox.parent import end_with_parent; end_with_parent()\n"
    "print('ready', flush=True); import time; time.sleep(60)"
)


def start_child() -> subprocess.Popen[bytes]:
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE)
    assert child.stdout is not None and child.stdout.readline() == b"ready\n"
    child.stdout.close()
    return child


def test_a_child_ends_with_the_thread_that_started_it() -> None:
    """The signal comes when the thread ends, although the process lives on."""
    started = []
    thread = threading.Thread(target=lambda: started.append(start_child()))
    thread.start()
    thread.join()
    assert started[0].wait(10) == -9


def test_a_child_of_a_parent_thread_outlives_the_caller() -> None:
    """A parent thread lives until it is closed, whichever thread used it. Its child ends with it."""
    parent, started = ParentThread(), []
    thread = threading.Thread(target=lambda: started.append(parent.run(start_child)))
    thread.start()
    thread.join()
    with pytest.raises(subprocess.TimeoutExpired):
        started[0].wait(0.2)
    parent.close()
    parent.close()
    assert started[0].wait(10) == -9


def test_a_killed_process_takes_its_children_along() -> None:
    """A process that is killed outright ends the children of its parent threads, too."""
    code = (
        "import subprocess, sys, time; from grader.sandbox.parent import ParentThread\n"
        f"command = [sys.executable, '-c', {CHILD!r}]\n"
        "child = ParentThread().run(lambda: subprocess.Popen(command))\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        process.kill()
        assert process.stdout.read() == b""  # the child had the pipe open until it ended


def test_a_process_with_a_parent_thread_ends_normally() -> None:
    """The thread does not keep its process from ending."""
    code = "from grader.sandbox.parent import ParentThread; print(ParentThread().run(lambda: 1))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_errors_reach_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """What starting raises is raised by `run`; no thread is left. Too many threads are an OSError."""
    parent, before = ParentThread(), threading.active_count()
    with pytest.raises(ZeroDivisionError):
        parent.run(lambda: 1 // 0)
    parent.close()
    assert threading.active_count() == before

    def refused(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    parent = ParentThread()
    with pytest.raises(OSError, match="can't start new thread"):
        parent.run(lambda: 1)
    parent.close()


def test_a_parent_that_is_gone() -> None:
    """A process whose parent was killed before it could ask ends at once."""
    code = "from grader.sandbox.parent import end_with_parent; end_with_parent(0x7FFFFFFF); print('lives')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
