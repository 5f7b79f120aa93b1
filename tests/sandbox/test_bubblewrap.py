"""How a sandbox starts and ends, and that whatever ends it leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.engine.local import Grading
from grader.errors import MachineError
from grader.inside.warm_messages import Packages
from grader.sandbox import bubblewrap, proc, root, users
from grader.sandbox.bubblewrap import Sandbox
from grader.worker.notebook_run import run_notebook
from grader.worker.sealed_process import SealedProcess
from grader.worker.session import Opening
from support import QUICK, notebook_of


def test_a_sandbox_outlives_the_thread_that_starts_it() -> None:
    """Any thread may start a sandbox, such as one that serves a single request."""
    sandbox = Sandbox()
    thread = threading.Thread(target=sandbox.start)
    thread.start()
    thread.join()

    async def status() -> str:
        came = await run_notebook(notebook_of("print(1)"), Opening(sandbox.address(), QUICK, 0))
        assert came.session is not None
        await came.session.close()
        return came.execution.status

    try:
        sandbox.ready()
        assert not sandbox.has_ended() and asyncio.run(status()) == "ok"
    finally:
        sandbox.close()
    assert sandbox.has_ended()


def test_a_killed_sandbox_has_ended() -> None:
    """`has_ended` says when bubblewrap was killed. Closing then frees everything, and can be repeated."""
    threads, before = threading.active_count(), own_children()
    sandbox = Sandbox().start()
    assert not sandbox.has_ended()
    (child,) = own_children() - before
    os.kill(child, signal.SIGKILL)
    assert sandbox.has_ended(within_s=5)
    sandbox.close()
    sandbox.close()
    assert not sandbox.folder.exists() and threading.active_count() == threads


def test_the_warm_process_can_have_no_other_rights(grading: Grading) -> None:
    """Its bounding set holds only the capabilities that it uses, so no program that it runs gains another."""
    grading.ready()
    assert grading.sandbox is not None and grading.sandbox._process is not None
    warm = proc.descendants(grading.sandbox._process.pid)[2]
    rights = dict(line.split(":\t") for line in read(warm, "status").splitlines() if line.startswith("Cap"))
    assert rights["CapBnd"] == rights["CapPrm"] != "0000000000000000"
    # CHOWN, KILL, SETGID, SETUID, SETPCAP, NET_ADMIN, SYS_ADMIN, SETFCAP; half of them only as root.
    assert not int(rights["CapBnd"], 16) & ~0x802011E1


def test_closing_a_session_frees_everything_even_if_waiting_fails(
    grading: Grading, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing frees all that a session has, even if waiting for its end fails or is cancelled.

    Waiting fails where the system has no watch left for the event loop.
    """

    async def whole() -> tuple[list[bool], list[int]]:
        freed, handles = [], []
        for cancelled in (False, True):
            came = await run_notebook(notebook_of("print(1)"), Opening(grading.address(), QUICK, 0))
            assert came.session is not None and isinstance(came.session.process, SealedProcess)
            process = came.session.process
            loop = asyncio.get_running_loop()
            with monkeypatch.context() as patch:
                patch.setattr(
                    loop,
                    "add_reader",
                    lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")),
                )
                closing = asyncio.ensure_future(came.session.close())
                await asyncio.sleep(0)
                if cancelled:
                    closing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await closing
            freed.append(process.folder is not None and not process.folder.exists())
            handles.append(process.handle)
        return freed, handles

    assert asyncio.run(whole()) == ([True, True], [-1, -1])


@pytest.mark.parametrize("fault", ["no such program", "refused", "no users"])
def test_a_sandbox_that_does_not_start_leaves_nothing(monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """It leaves neither a folder nor an open file, and the error says what went wrong."""
    if fault == "no users" and os.geteuid() != 0:
        pytest.skip("only root gives sessions users of their own")
    words = "grader-is-missing"
    if fault == "no such program":
        monkeypatch.setattr(bubblewrap, "find_bubblewrap", lambda: "/usr/bin/grader-is-missing")
    elif fault == "refused":
        monkeypatch.setattr(bubblewrap, "warm_command", lambda *_: ["/usr/bin/grader-is-missing"])
    else:
        words = "users can't be given"
        monkeypatch.setattr(
            users, "map_into", lambda *_: (_ for _ in ()).throw(PermissionError(1, "not permitted"))
        )
    before = sorted(os.listdir("/proc/self/fd"))
    sandbox = Sandbox()
    with pytest.raises(MachineError, match=words):
        sandbox.start().ready()
    assert sorted(os.listdir("/proc/self/fd")) == before and not sandbox.folder.exists()


@pytest.mark.parametrize("missing", ["socket", "pipe 1", "pipe 2", "pipe 3", "pipe 4", "disk"])
def test_what_fails_before_bubblewrap_runs_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Where a descriptor or the disk is refused halfway, what was made by then is given back."""
    refused = (
        OSError(28, "No space left on device") if missing == "disk" else OSError(24, "Too many open files")
    )
    pipes = iter(range(1, 10))
    pipe = os.pipe

    def refuse(*_: object) -> None:
        raise refused

    def next_pipe() -> tuple[int, int]:
        if missing == f"pipe {next(pipes)}":
            raise refused
        return pipe()

    if missing == "disk":
        monkeypatch.setattr(bubblewrap, "lay_out", refuse)
    elif missing == "socket":
        monkeypatch.setattr(bubblewrap.socket, "socket", refuse)
    monkeypatch.setattr(bubblewrap.cgroup, "create_groups", lambda: None)
    before = sorted(os.listdir("/proc/self/fd"))
    sandbox = Sandbox()
    monkeypatch.setattr(bubblewrap.os, "pipe", next_pipe)
    with pytest.raises(MachineError, match="TMPDIR" if missing == "disk" else "ulimit -n"):
        sandbox.start()
    assert sorted(os.listdir("/proc/self/fd")) == before and not sandbox.folder.exists()


@pytest.fixture
def unasked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In place of bubblewrap a program whose child never asks to end with it."""
    folder = Path(tempfile.mkdtemp(dir=bubblewrap.find_base()))
    folder.chmod(0o711)
    program = folder / "bwrap"
    program.write_text("#!/bin/sh\nexec unshare --user --pid --fork sleep 600\n")
    program.chmod(0o755)
    monkeypatch.setattr(bubblewrap, "find_bubblewrap", lambda: str(program))
    monkeypatch.setenv("GRADER_TEST_PROGRAM", str(program))
    yield
    shutil.rmtree(folder)


@pytest.mark.parametrize("killed", [False, True])
def test_closing_leaves_no_child_that_had_not_asked_yet(unasked: None, killed: bool) -> None:
    """A child that has not asked to end with bubblewrap ends with the sandbox, even if that was killed."""
    sandbox = Sandbox().start()
    (child,) = await_holders(sandbox.folder, "sleep")
    if killed:
        assert sandbox._process is not None
        sandbox._process.kill()
        sandbox._process.wait()
        assert proc.is_alive(f"/proc/{child}")
    sandbox.close()
    await_end(child)


def test_the_next_run_ends_what_a_killed_one_has_left(unasked: None) -> None:
    """A child that had not asked yet when its command was killed ends when another sandbox is made."""
    code = (
        "import os, time; from grader.sandbox import bubblewrap\n"
        "bubblewrap.find_bubblewrap = lambda: os.environ['GRADER_TEST_PROGRAM']\n"
        "print(bubblewrap.Sandbox().start().folder, flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        folder = Path(command.stdout.readline().strip())
        (child,) = await_holders(folder, "sleep")
        command.kill()
    assert proc.is_alive(f"/proc/{child}")
    Sandbox().close()
    await_end(child)
    assert not folder.exists()


@pytest.mark.parametrize("spins", [0, 300, 3000, 30000, 300000])
def test_a_command_that_is_killed_while_its_sandbox_starts_leaves_no_process(spins: int) -> None:
    """No process is left once the next sandbox is made, wherever bubblewrap was killed on its way.

    On a busy machine it may be on its way no more when it is looked for.
    """
    code = (
        "import time; from grader.sandbox.bubblewrap import Sandbox; sandbox = Sandbox()\n"
        "print(sandbox.folder, flush=True); sandbox.start(); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        folder = Path(command.stdout.readline().strip())
        while not holders(folder, "bwrap", "0"):  # "0" where root has staged it
            if select.select([command.stdout], [], [], 0)[0]:
                assert command.stdout.readline() == "up\n"
                break
        for _ in range(spins):
            pass
        command.kill()
    Sandbox().close()
    deadline = time.monotonic() + 10
    while left := proc.holders_of(proc.sockets_in([folder])):
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def test_a_sandbox_without_a_command_warms_nothing() -> None:
    """It ends before it spends seconds on imports, as it must where its command was killed meanwhile."""
    code = (
        "import sys; from grader.inside import warm; warm.main()\n"
        "print(sorted({'torch', 'numpy'} & set(sys.modules)))"
    )
    filter_read, filter_write = os.pipe()
    os.close(filter_write)
    ready_read, ready_write = os.pipe()
    os.close(ready_read)
    done = subprocess.run(
        [sys.executable, "-c", code, "0", str(filter_read), str(ready_write), "1", Packages().to_json()],
        capture_output=True,
        text=True,
        pass_fds=(filter_read, ready_write),
        timeout=60,
    )
    for number in (filter_read, ready_write):
        os.close(number)
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr


def test_complaints_come_with_a_remedy() -> None:
    """Where namespaces are refused, the message says how to allow them. Otherwise it names the doctor."""
    assert "--security-opt" in bubblewrap.explain("setting up UID map: Permission denied")
    assert "grader doctor" in bubblewrap.explain("") and "grader doctor" in bubblewrap.explain("no space")


def test_the_base_is_open_to_every_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A private temporary directory is passed over by root, and by everyone where its path is too long."""
    long = tmp_path / ("x" * 60)
    long.mkdir()
    monkeypatch.setattr(bubblewrap.tempfile, "gettempdir", lambda: str(long))
    assert bubblewrap.find_base() == "/tmp"


def test_each_complaint_has_its_own_remedy() -> None:
    """What reads like a full disk, a killed helper and too many files are each told with what helps."""
    switched_off = bubblewrap.explain(f"root can't be given up: [Errno 28] {root.SWITCHED_OFF}")
    assert "max_user_namespaces=15000" in switched_off and "TMPDIR" not in switched_off
    own_words = (
        "bwrap: Creating new namespace failed: nesting depth or /proc/sys/user/max_*_namespaces exceeded"
    )
    assert "max_user_namespaces=15000" in bubblewrap.explain(own_words)
    assert "run the command again" in bubblewrap.explain(f"{root.HELPER} was killed by signal 9")
    assert "TMPDIR" in bubblewrap.explain("[Errno 28] No space left on device")
    assert "ulimit" in bubblewrap.explain("[Errno 24] Too many open files")


def holders(folder: Path, *names: str) -> list[int]:
    """The processes with one of these names that hold a socket in `folder`."""
    return [pid for pid in proc.holders_of(proc.sockets_in([folder])) if proc.name_of(pid) in names]


def await_holders(folder: Path, *names: str) -> list[int]:
    """The same, once there are any."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := holders(folder, *names):
            return found
    raise AssertionError(names)


def await_end(pid: int) -> None:
    deadline = time.monotonic() + 10
    while proc.is_alive(f"/proc/{pid}"):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def own_children() -> set[int]:
    return {pid for pid in processes() if f"\nPPid:\t{os.getpid()}\n" in read(pid, "status")}


def read(pid: int, name: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    return ""
