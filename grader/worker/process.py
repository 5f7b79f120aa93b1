"""A kernel's process as the host sees it: start it, ask what it used, learn how it ended, kill it.

`Sealed` is a fork from the sandbox's warm process. `Plain` is an ordinary, unprotected child, for
`--sandbox none` and for platforms without namespaces. Both offer the same few things.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from grader.course.loader import Limits
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.sandbox.bubblewrap import SandboxAddress
from grader.sandbox.cgroup import Group
from grader.sandbox.descriptors import Descriptors
from grader.sandbox.watchdog import Watchdog, read

T = TypeVar("T")

CHANNELS = {"shell": 1, "iopub": 2}  # of a kernel, all that is needed of them, and their numbers in socket names
NO_SESSION = "no session could be opened"
START_S = 60  # a fork takes 0.06 s and a plain kernel 4 s; a machine that swaps may need this long
LATER_SHARE = 1 / 4  # as much as others; what a main thread computes stays within every limit on the clock, at up to two jobs a processor
LAST_SHARE = 8  # at its end: all that is left to do is to take down its processes, and others wait for that
GRACE_S = 0.3  # how long a closed channel waits for word of how the kernel ended
GONE_S = 5  # how long at most killed processes are waited for: most take 0.01 s, the largest tables 2 s
GLANCE_S = 0.004  # between two looks whether they are gone


@dataclass(frozen=True)
class Fate:
    """What ended a session before its work was done. `status` is one of score.STATUSES."""

    status: str
    message: Text
    whole: bool = False  # the notebook's doing as a whole, not one cell's


def no_memory(limit_mb: int) -> Fate:
    return Fate("out_of_memory", _("more than {most} MB of memory", most=limit_mb))


CLOSED = Fate("ok", Text("closed", "closed"))  # by ourselves: nobody is told


class Ended(Exception):
    """The session is over; carries its Fate."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate.message.en)
        self.fate = fate


@dataclass(frozen=True)
class Usage:
    """What a session's processes have used so far, all together."""

    cpu_s: float = 0.0
    waited_s: float = 0.0  # ready to run while others had the processors: no fault of the student's
    memory: bool = False  # more than their limit
    descriptors: bool = False  # more than others can spare


class Process(Protocol):
    """What a session needs of its kernel's process."""

    connection: dict | None  # as in a Jupyter connection file; None where nobody is to hear what cells put out
    probe: socket.socket
    ended: asyncio.Future[Fate]  # when it has ended, and why

    def usage(self) -> Usage: ...

    def give_way(self) -> None: ...  # to others that want the same processor, from now on

    def hurry(self) -> None: ...  # it is about to be over: others wait for its end

    def ran_out(self) -> bool: ...  # the system has ended one of its processes for want of memory

    def kill(self, fate: Fate) -> None: ...

    async def gone(self) -> None: ...  # once it was killed: none of its processes is left

    def close(self) -> None: ...


async def while_alive(process: Process, work: Coroutine[Any, Any, T]) -> T:
    """Do `work`, but not longer than the process lives. Raises Ended where it did not live long enough."""
    task = asyncio.ensure_future(work)
    either: set[asyncio.Future[Any]] = {task, process.ended}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.result()
    task.cancel()
    with contextlib.suppress(Exception, asyncio.CancelledError):
        await task
    raise Ended(process.ended.result())


class Sealed:
    """A kernel forked from the sandbox's warm process. One connection to it is one kernel."""

    def __init__(self, sandbox: SandboxAddress, limits: Limits, seed: int, heard: bool) -> None:
        key = secrets.token_hex(16) if heard else ""
        self.connection: dict | None = None
        self.folder: Path | None = None
        self.group: Group | None = None
        self.ended: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        self.handle = -1
        self.probe, theirs = socket.socketpair()
        self.warm = socket.socket(socket.AF_UNIX)
        try:
            with theirs, contextlib.ExitStack() as stack:
                given = [theirs]
                if heard:
                    # Made and kept out here, so that nobody inside can put other sockets in their place.
                    self.folder = Path(sandbox.sockets, secrets.token_hex(6))
                    self.folder.mkdir(mode=0o700)
                    given += [stack.enter_context(each) for each in _listening(self.folder, [f"k-{number}" for number in CHANNELS.values()])]
                    self.connection = _connection("ipc", str(self.folder / "k"), key, CHANNELS)
                self.warm.settimeout(START_S)
                self.warm.connect(sandbox.warm)
                request = {"key": key, "seed": seed, "limits": {
                    "processes": limits.processes, "disk_mb": limits.disk_mb, "files": 16384, "cpu_s": limits.cpu_s,
                    "memory_mb": limits.memory_mb}}
                socket.send_fds(self.warm, [json.dumps(request).encode()], [each.fileno() for each in given])
            first, handles, _, _ = socket.recv_fds(self.warm, 4096, 1)
            if handles:
                self.handle = handles[0]
            self._words = first.partition(b"\n")[2]
            if self.handle < 0:
                raise OSError(first.decode(errors="replace")[:500] or "the sandbox has ended")
            self.pid = _pid_of(self.handle)
            if sandbox.groups is not None:  # 10 ms, in which the kernel gets ready. Its files are memory, too.
                self.group = Group(sandbox.groups, secrets.token_hex(6), self.pid, limits.memory_mb + limits.disk_mb)
            word = self._word()
            if not word.get("ready"):
                raise OSError(str(word.get("fault", word))[:500])
            self._watchdog = Watchdog(self.pid, limits.memory_mb)
        except (OSError, ValueError, IndexError) as error:
            self.close()
            raise OSError(f"{NO_SESSION}: {error}") from None
        self.limit_mb = limits.memory_mb
        self._descriptors = Descriptors()
        self.warm.setblocking(False)
        asyncio.get_running_loop().add_reader(self.warm, self._told)

    def _word(self) -> dict:
        """The warm process's next line."""
        while b"\n" not in self._words:
            part = self.warm.recv(4096)
            if not part:
                raise OSError("the sandbox has ended")
            self._words += part
        line, _, self._words = self._words.partition(b"\n")
        return json.loads(line)

    def _told(self) -> None:
        """The warm process has said something: how the kernel ended."""
        try:
            word = self._word()
        except BlockingIOError:
            return
        except (OSError, ValueError):
            word = {}
        asyncio.get_running_loop().remove_reader(self.warm)
        if not self.ended.done():
            self.ended.set_result(no_memory(self.limit_mb) if self.ran_out() else Fate("died", _how(word)))

    def usage(self) -> Usage:
        waited_s = 0.0
        with contextlib.suppress(OSError, ValueError, IndexError):
            waited_s = int(read(f"/proc/{self.pid}/schedstat").split()[1]) / 1e9
        if self.group is not None:
            return Usage(self.group.cpu_s(), waited_s, self.ran_out(), self._descriptors.too_many(self.group.pids()))
        pids, cpu_s, memory = self._watchdog.look()
        return Usage(cpu_s, waited_s, memory, self._descriptors.too_many(pids))

    def give_way(self) -> None:
        if self.group is not None:
            self.group.weigh(LATER_SHARE)

    def hurry(self) -> None:
        if self.group is not None and self.group.part < 1:
            self.group.weigh(LAST_SHARE)

    def ran_out(self) -> bool:
        return self.group is not None and self.group.ran_out()

    def kill(self, fate: Fate) -> None:
        if not self.ended.done():
            self.ended.set_result(fate)
        self.hurry()
        if self.handle >= 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        with contextlib.suppress(OSError):
            self.warm.shutdown(socket.SHUT_WR)  # the warm process kills as well when its line ends

    async def gone(self) -> None:
        """Wait, for GONE_S at most, until the system has taken down all its processes: the first of a namespace ends last."""
        if self.handle >= 0:
            # Not by the event loop: that takes a watch of epoll, of which sessions may have left none.
            end, deadline = select.poll(), time.monotonic() + GONE_S
            end.register(self.handle, select.POLLIN)
            while not end.poll(0) and time.monotonic() < deadline:
                await asyncio.sleep(GLANCE_S)

    def close(self) -> None:
        """Kill what still runs and give everything back."""
        self.kill(CLOSED)
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1
        with contextlib.suppress(OSError, RuntimeError):
            asyncio.get_running_loop().remove_reader(self.warm)
        self.warm.close()
        self.probe.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.group is not None:
            self.group.close()


class Plain:
    """An ordinary child process without any protection: it can do what the person who runs the grader can do."""

    def __init__(self, limits: Limits, seed: int, heard: bool) -> None:
        import psutil

        self.folder = Path(tempfile.mkdtemp(prefix="grader-plain-"))
        self.ended: asyncio.Future[Fate] = asyncio.get_running_loop().create_future()
        key, token = secrets.token_hex(16), secrets.token_hex(16)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(START_S)
            ports = _free_ports()
            self.connection = _connection("tcp", "127.0.0.1", key, ports) if heard else None
            channels = {"key": key, **{name: f"tcp://127.0.0.1:{port}" for name, port in ports.items()}} if heard else None
            work = self.folder / "work"
            work.mkdir()
            order = {"channels": channels, "seed": seed, "token": token, "probe": listener.getsockname()[1]}
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0", "IPYTHONDIR": str(self.folder),
                           "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
            self.child = subprocess.Popen(
                [sys.executable, "-m", "grader.inside.plain"], cwd=work, env=environment, stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=os.name == "posix",
            )
            assert self.child.stdin is not None
            with self.child.stdin:
                self.child.stdin.write(json.dumps(order).encode())
            self.probe = self._accept(listener, token)
        self._psutil = psutil.Process(self.child.pid)
        self.limit_mb = limits.memory_mb
        self._lent_mb = self._used()[1]
        self._reaper = asyncio.get_running_loop().create_task(self._watch())

    def _accept(self, listener: socket.socket, token: str) -> socket.socket:
        """The kernel's own connection: the first that knows the token."""
        deadline = time.monotonic() + START_S
        listener.settimeout(0.2)
        while time.monotonic() < deadline and self.child.poll() is None:
            with contextlib.suppress(TimeoutError, ConnectionError):
                caller, _ = listener.accept()
                caller.settimeout(START_S)
                if secrets.compare_digest(caller.recv(len(token)), token.encode()):
                    return caller
                caller.close()
        self.child.kill()
        raise OSError("no kernel could be started: is ipykernel installed in this Python?")

    async def _watch(self) -> None:
        while self.child.poll() is None:
            await asyncio.sleep(0.05)
        if not self.ended.done():
            code = self.child.returncode
            self.ended.set_result(Fate("died", _how({"exit": code, "signal": -code if code < 0 else None})))

    def usage(self) -> Usage:
        cpu_s, memory_mb = self._used()
        return Usage(cpu_s, memory=memory_mb - self._lent_mb > self.limit_mb)

    def give_way(self) -> None:
        """Nothing keeps shares here."""

    def hurry(self) -> None:
        """Nor here."""

    def ran_out(self) -> bool:
        return False

    def _used(self) -> tuple[float, float]:
        """Seconds of computing and megabytes of its process and of all that it started."""
        import psutil

        cpu_s = memory_mb = 0.0
        with contextlib.suppress(psutil.Error):
            for process in (self._psutil, *self._psutil.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    times = process.cpu_times()
                    cpu_s += times.user + times.system
                    memory_mb += process.memory_info().rss / (1 << 20)
        return cpu_s, memory_mb

    def kill(self, fate: Fate) -> None:
        import psutil

        if not self.ended.done():
            self.ended.set_result(fate)
        with contextlib.suppress(psutil.Error):
            for process in (*self._psutil.children(recursive=True), self._psutil):
                with contextlib.suppress(psutil.Error):
                    process.kill()

    async def gone(self) -> None:
        """`close` waits for the first; nobody knows of all others."""

    def close(self) -> None:
        self.kill(CLOSED)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(2)
        self._reaper.cancel()
        self.probe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _listening(folder: Path, names: Sequence[str]) -> list[socket.socket]:
    """Sockets that listen in a folder whose path they do not tell: whoever has one may ask for its name."""
    listeners = []
    handle = os.open(folder, os.O_PATH)
    try:
        for name in names:
            listeners.append(listener := socket.socket(socket.AF_UNIX))
            listener.bind(f"/proc/self/fd/{handle}/{name}")
            listener.listen(8)
    except OSError:
        for listener in listeners:
            listener.close()
        raise
    finally:
        os.close(handle)
    return listeners


def _connection(transport: str, ip: str, key: str, ports: Mapping[str, int]) -> dict:
    return {"transport": transport, "ip": ip, "key": key, "signature_scheme": "hmac-sha256",
            **{f"{name}_port": port for name, port in ports.items()}}


def _free_ports() -> dict[str, int]:
    with contextlib.ExitStack() as stack:
        return {name: stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for name in CHANNELS}


def _how(word: dict) -> Text:
    """In words: how a kernel ended."""
    number = word.get("signal")
    if number:
        try:
            return _("the kernel was ended by {name}", name=signal.Signals(number).name)
        except ValueError:
            return _("the kernel was ended by signal {number}", number=number)
    if "exit" in word:
        return _("the kernel exited with code {code}", code=word["exit"])
    return _("the sandbox has ended")


def _pid_of(handle: int) -> int:
    """The process id behind a pidfd, as this side counts processes."""
    for line in Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise OSError("a process handle without a process")
