"""A kernel forked from the sandbox's warm process."""

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
import time
from collections.abc import Sequence
from pathlib import Path

from grader.model.limits import Limits
from grader.sandbox.address import SandboxAddress
from grader.sandbox.cgroup import Group
from grader.sandbox.descriptors import Descriptors
from grader.sandbox.watchdog import Watchdog, read
from grader.worker.process import (
    CHANNELS,
    CLOSED,
    GLANCE_S,
    GONE_S,
    LAST_SHARE,
    LATER_SHARE,
    NO_SESSION,
    START_S,
    Fate,
    Usage,
    _connection,
    _how,
    no_memory,
)


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
                    given += [
                        stack.enter_context(each)
                        for each in _listening(self.folder, [f"k-{number}" for number in CHANNELS.values()])
                    ]
                    self.connection = _connection("ipc", str(self.folder / "k"), key, CHANNELS)
                self.warm.settimeout(START_S)
                self.warm.connect(sandbox.warm)
                request = {
                    "key": key,
                    "seed": seed,
                    "limits": {
                        "processes": limits.processes,
                        "disk_mb": limits.disk_mb,
                        "files": 16384,
                        "cpu_s": limits.cpu_s,
                        "memory_mb": limits.memory_mb,
                    },
                }
                socket.send_fds(self.warm, [json.dumps(request).encode()], [each.fileno() for each in given])
            first, handles, _, _ = socket.recv_fds(self.warm, 4096, 1)
            if handles:
                self.handle = handles[0]
            self._words = first.partition(b"\n")[2]
            if self.handle < 0:
                raise OSError(first.decode(errors="replace")[:500] or "the sandbox has ended")
            self.pid = _pid_of(self.handle)
            if (
                sandbox.groups is not None
            ):  # 10 ms, in which the kernel gets ready. Its files are memory, too.
                self.group = Group(
                    sandbox.groups, secrets.token_hex(6), self.pid, limits.memory_mb + limits.disk_mb
                )
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
            return Usage(
                self.group.cpu_s(), waited_s, self.ran_out(), self._descriptors.too_many(self.group.pids())
            )
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


def _pid_of(handle: int) -> int:
    """The process id behind a pidfd, as this side counts processes."""
    for line in Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise OSError("a process handle without a process")
