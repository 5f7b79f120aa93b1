"""A kernel forked from the sandbox's warm process (see grader.inside.warm_messages)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import select
import shutil
import signal
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from grader.inside.warm_messages import End, ForkRequest, InnerLimits, Start
from grader.model.limits import Limits
from grader.sandbox import proc
from grader.sandbox.address import SandboxAddress
from grader.sandbox.arguments import BOUND
from grader.sandbox.cgroup import Group, Removals
from grader.sandbox.descriptors import Descriptors
from grader.sandbox.watchdog import Watchdog
from grader.worker.process import (
    CHANNELS,
    CLOSED,
    NO_SESSION,
    START_S,
    EndReason,
    Usage,
    connection_info,
    death_of,
    no_memory,
)

MAX_FILES = 16384  # and folders, on a session's disk
# CPU weight once a submission has had its turn (Clock.had_its_turn). At a quarter, even a thread that never
# stops computing finishes within the wall-clock limits, at up to two jobs per processor.
LOWERED_WEIGHT = 1 / 4
# CPU weight of a session that is ending: only its processes are left to take down, and others wait for that.
LAST_WEIGHT = 8
# The longest wait for killed processes. Most take 0.01 s, the largest page tables 2 s.
GONE_S = 5
GLANCE_S = 0.004  # between two looks whether they are gone
MAX_FAULT = 500  # characters of an error that the warm process reports


class SealedProcess:
    """A kernel forked from the sandbox's warm process. Each connection to that process is one kernel."""

    bound_in: str | None = BOUND

    def __init__(
        self,
        sandbox: SandboxAddress,
        limits: Limits,
        seed: int,
        records_output: bool,
        removals: Removals | None = None,
    ) -> None:
        """Fork the kernel and wait until it is ready.

        Raises OSError if that fails, which leaves nothing behind.

        `removals` removes the session's control group later, if `close` comes too early for that.
        """
        key = secrets.token_hex(16) if records_output else ""
        self.connection: dict | None = None
        self.folder: Path | None = None
        self.group: Group | None = None
        self.ended: asyncio.Future[EndReason] = asyncio.get_running_loop().create_future()
        self.handle = -1
        self.probe, theirs = socket.socketpair()
        self.warm = socket.socket(socket.AF_UNIX)
        try:
            with theirs, contextlib.ExitStack() as stack:
                handed = [theirs]
                if records_output:
                    # Made and kept outside, so that no code inside can replace them.
                    self.folder = Path(sandbox.sockets, secrets.token_hex(6))
                    self.folder.mkdir(mode=0o700)
                    handed += [
                        stack.enter_context(each)
                        for each in _listeners(self.folder, [f"k-{number}" for number in CHANNELS.values()])
                    ]
                    self.connection = connection_info("ipc", str(self.folder / "k"), key, CHANNELS)
                self.warm.settimeout(START_S)
                self.warm.connect(sandbox.warm)
                request = ForkRequest(key, seed, _limits_inside(limits))
                socket.send_fds(self.warm, [request.to_json()], [each.fileno() for each in handed])
            first, handles, _, _ = socket.recv_fds(self.warm, 4096, 1)
            if handles:
                self.handle = handles[0]
            self._received = first.partition(b"\n")[2]
            if self.handle < 0:
                raise OSError(first.decode(errors="replace")[:MAX_FAULT] or "the sandbox has ended")
            self.pid = proc.pid_of(self.handle)
            self._await_start(sandbox, limits, removals)
            self._watchdog = Watchdog(self.pid, limits.memory_mb)
        except (OSError, ValueError, IndexError) as error:
            self.close()
            raise OSError(f"{NO_SESSION}: {error}") from None
        self.limit_mb = limits.memory_mb
        self._descriptors = Descriptors()
        self.warm.setblocking(False)
        asyncio.get_running_loop().add_reader(self.warm, self._on_message)

    def _await_start(self, sandbox: SandboxAddress, limits: Limits, removals: Removals | None) -> None:
        """Put the kernel into its control group while it gets ready. Raises OSError if it does not start."""
        gone: OSError | None = None
        if sandbox.groups is not None:  # takes 10 ms
            name = secrets.token_hex(6)
            try:
                self.group = Group(sandbox.groups, name, self.pid, limits.group_mb, removals)
            except ProcessLookupError as error:
                gone = error  # it has ended already, and its own fault says why
        start = Start.from_line(self._next_line())
        if start.fault:
            raise OSError(start.fault[:MAX_FAULT])
        if gone is not None:
            raise gone

    def _next_line(self) -> bytes:
        """The warm process's next line. Raises OSError if the connection has ended."""
        while b"\n" not in self._received:
            part = self.warm.recv(4096)
            if not part:
                raise OSError("the sandbox has ended")
            self._received += part
        line, _, self._received = self._received.partition(b"\n")
        return line

    def _on_message(self) -> None:
        """Read how the kernel ended."""
        try:
            end = End.from_line(self._next_line())
        except BlockingIOError:
            return
        except (OSError, ValueError):
            end = End()
        asyncio.get_running_loop().remove_reader(self.warm)
        if not self.ended.done():
            self.ended.set_result(no_memory(self.limit_mb) if self.ran_out() else death_of(end))

    def usage(self) -> Usage:
        """What the session has used so far, as its control group counts, or else the watchdog."""
        waited_s = proc.waited_s(self.pid)
        if self.group is not None:
            too_many = self._descriptors.too_many(self.group.pids())
            held_mb = self.group.held_mb()
            return Usage(self.group.cpu_s(), waited_s, self.ran_out(), held_mb, too_many)
        pids, cpu_s, over_memory = self._watchdog.look()
        too_many = self._descriptors.too_many(pids)
        return Usage(cpu_s, waited_s, over_memory, over_descriptors=too_many)

    def lower_weight(self) -> None:
        """Lower the session's CPU weight. No-op without control groups."""
        if self.group is not None:
            self.group.weigh(LOWERED_WEIGHT)

    def raise_weight(self) -> None:
        """Raise a lowered CPU weight. No-op without control groups."""
        if self.group is not None and self.group.part < 1:
            self.group.weigh(LAST_WEIGHT)

    def ran_out(self) -> bool:
        """Whether the kernel has killed a process at the control group's memory limit."""
        return self.group is not None and self.group.ran_out()

    def kill(self, reason: EndReason) -> None:
        """Kill all of the session's processes at once."""
        if not self.ended.done():
            self.ended.set_result(reason)
        self.raise_weight()
        if self.handle >= 0:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        with contextlib.suppress(OSError):
            # The warm process kills as well when its connection ends.
            self.warm.shutdown(socket.SHUT_WR)

    async def gone(self) -> None:
        """Wait until all of the session's processes are gone, GONE_S at most.

        The first process of a namespace ends last, so its handle is enough.
        """
        if self.handle >= 0:
            # Not with the event loop: that needs an epoll watch, and sessions may have used them all up.
            end, deadline = select.poll(), time.monotonic() + GONE_S
            end.register(self.handle, select.POLLIN)
            while not end.poll(0) and time.monotonic() < deadline:
                await asyncio.sleep(GLANCE_S)

    def close(self) -> None:
        """Kill what still runs and release everything."""
        self.kill(CLOSED)
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1
        # ValueError: the connection is closed already.
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            asyncio.get_running_loop().remove_reader(self.warm)
        self.warm.close()
        self.probe.close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.group is not None:
            self.group.close()


def _limits_inside(limits: Limits) -> InnerLimits:
    """The limits that the session's own process sets."""
    return InnerLimits(limits.processes, limits.disk_mb, MAX_FILES, limits.cpu_s, limits.memory_mb)


def _listeners(folder: Path, names: Sequence[str]) -> list[socket.socket]:
    """Listening sockets in `folder`.

    They are bound through a descriptor of the folder, so that a socket's own name does not show its path.
    """
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
