"""The warm process: everything imported once, then a fork for each session.

It runs under bubblewrap and listens on an inherited Unix socket. One connection is one session, in the
dialect of `warm_messages`. When the connection closes, it kills the kernel, and with it everything that the
kernel started.

Nothing here starts a thread, a ZeroMQ context or a torch operation before the fork.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import itertools
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import NoReturn

from . import absent, pages, preloading, seal, self_check
from .channels import Channels
from .packages import import_packages
from .warm_messages import FORKED, MAX_REQUEST, MAX_SOCKETS, WARM, End, ForkRequest, Packages, Start

# Bytes that a kernel may write before it is ready: the word "ready", or its error.
MAX_STATUS = 2048
# Seconds for a request to come, once there is a connection.
REQUEST_S = 5
# Each session takes three.
MAX_DESCRIPTORS = 16384
# A kernel's descriptors: after the standard streams the probe socket, the pipe to here until it is ready, its
# channels.
PROBE, READY, SHELL, IOPUB = 3, 4, 5, 6


class ForkedKernel:
    """A kernel that was forked, and the connection of the worker that asked for it."""

    def __init__(self, connection: socket.socket, pid: int, ready: int) -> None:
        self.connection = connection
        self.pid = pid
        self.handle = os.pidfd_open(pid)
        self.ready = ready

    def send(self, line: bytes) -> None:
        """Send an answer, unless the worker is gone."""
        try:
            self.connection.sendall(line)
        except OSError:
            pass

    def report_start(self) -> None:
        """Read the kernel's pipe, once, and report that it is ready, or why it is not."""
        status = os.read(self.ready, MAX_STATUS)
        os.close(self.ready)
        fault = status.decode(errors="replace") or "the kernel ended before it was initialized"
        self.send(Start("" if status == b"ready" else fault).to_line())

    def kill_if_abandoned(self) -> bool:
        """Kill the kernel if the worker closed the connection or was killed. Return whether that is so."""
        try:
            abandoned = self.connection.recv(64) == b""
        except OSError:
            abandoned = True
        if abandoned:
            os.kill(self.pid, signal.SIGKILL)
        return abandoned

    def report_end(self) -> None:
        """Report how it ended and what it used, and close the connection."""
        _, status, used = os.wait4(self.pid, 0)
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        cpu_s = used.ru_utime + used.ru_stime
        self.send(End(os.waitstatus_to_exitcode(status), number, cpu_s, used.ru_maxrss).to_line())
        os.close(self.handle)
        self.connection.close()


class Server:
    """Forks a kernel for every connection, each as the sandbox's next user, and watches all of them."""

    def __init__(self, listener: socket.socket, system_calls: bytes, users: int) -> None:
        self.listener = listener
        self.system_calls = system_calls
        self.uids = (1 + turn % (users - 1) if users > 1 else 0 for turn in itertools.count())
        self.poller = select.poll()
        self.poller.register(listener, select.POLLIN)
        # What to do when a descriptor has something to read.
        self.events: dict[int, tuple[Callable[[ForkedKernel], None], ForkedKernel]] = {}

    def serve(self) -> None:
        """Serve until this process is killed."""
        while True:
            for descriptor, _ in self.poller.poll():
                if descriptor == self.listener.fileno():
                    self.accept()
                elif descriptor in self.events:
                    handle, kernel = self.events[descriptor]
                    handle(kernel)

    def accept(self) -> None:
        """Take the next connection and fork its kernel."""
        try:
            connection, _ = self.listener.accept()
        except OSError:
            # No descriptor is left. Some will be, when sessions end.
            time.sleep(0.1)
            return
        try:
            kernel = fork(connection, self.system_calls, next(self.uids))
        except OSError as error:
            # No process or no descriptor is left. This session fails, the others go on.
            kernel = None
            with contextlib.suppress(OSError):
                connection.sendall(f"{type(error).__name__}: {error}\n".encode())
        if kernel is None:
            connection.close()
            return
        for descriptor, handle in (
            (kernel.ready, self.on_start),
            (connection.fileno(), self.on_connection),
            (kernel.handle, self.on_end),
        ):
            self.poller.register(descriptor, select.POLLIN)
            self.events[descriptor] = (handle, kernel)

    def forget(self, descriptor: int) -> None:
        """Stop watching a descriptor."""
        if self.events.pop(descriptor, None):
            self.poller.unregister(descriptor)

    def on_start(self, kernel: ForkedKernel) -> None:
        """A kernel's pipe has something to read, or was closed."""
        self.forget(kernel.ready)
        kernel.report_start()

    def on_connection(self, kernel: ForkedKernel) -> None:
        """A worker's connection has something to read, or was closed."""
        if kernel.kill_if_abandoned():
            self.forget(kernel.connection.fileno())

    def on_end(self, kernel: ForkedKernel) -> None:
        """A kernel has ended."""
        if kernel.ready in self.events and self.events[kernel.ready][1] is kernel:
            self.on_start(kernel)
        self.forget(kernel.connection.fileno())
        self.forget(kernel.handle)
        kernel.report_end()


def fork(connection: socket.socket, system_calls: bytes, uid: int) -> ForkedKernel | None:
    """Fork the kernel that a connection asks for, as the user `uid`. Return None if it doesn't ask for one.

    Raises OSError if no process or descriptor is left.
    """
    connection.settimeout(REQUEST_S)
    try:
        data, sockets, _, _ = socket.recv_fds(connection, MAX_REQUEST, MAX_SOCKETS)
    except OSError:
        return None
    if not data or not sockets:
        return None
    with contextlib.ExitStack() as stack:
        for descriptor in sockets:
            stack.callback(os.close, descriptor)
        ready, ready_inside = os.pipe()
        stack.callback(os.close, ready_inside)
        # Given back if no session comes of it.
        undo = stack.enter_context(contextlib.ExitStack())
        undo.callback(os.close, ready)
        with seal.own_processes():
            pid = os.fork()
            if pid == 0:
                become_kernel(data, sockets, ready_inside, system_calls, uid)
        undo.callback(os.waitpid, pid, 0)
        undo.callback(os.kill, pid, signal.SIGKILL)
        kernel = ForkedKernel(connection, pid, ready)
        undo.pop_all()
    try:
        socket.send_fds(connection, [FORKED], [kernel.handle])
    except OSError:
        # The worker is gone, and the connection will say so.
        pass
    return kernel


def become_kernel(data: bytes, sockets: list[int], ready: int, system_calls: bytes, uid: int) -> NoReturn:
    """Be the session's kernel, in the forked process. Report an error on its descriptor 2."""
    try:
        keep_descriptors(sockets, ready)
        run_kernel(ForkRequest.from_json(data), system_calls, uid)
    except BaseException as error:
        try:
            os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace")[:MAX_STATUS])
        except OSError:
            pass
    finally:
        os._exit(1)


def keep_descriptors(sockets: list[int], ready: int) -> None:
    """Keep only the session's own descriptors, under their fixed numbers, with /dev/null as standard streams.

    Until the kernel is ready, errors go to the pipe.
    """
    null = os.open("/dev/null", os.O_RDWR)
    places = {0: null, 1: null, 2: ready, READY: ready, **dict(zip((PROBE, SHELL, IOPUB), sockets))}
    copies = {
        number: fcntl.fcntl(descriptor, fcntl.F_DUPFD, IOPUB + 1) for number, descriptor in places.items()
    }
    for number, descriptor in copies.items():
        os.dup2(descriptor, number)
    os.closerange(max(places) + 1, MAX_DESCRIPTORS)


def run_kernel(request: ForkRequest, system_calls: bytes, uid: int) -> None:
    """Give up every right that a session has no use for, then run its kernel until the process is killed."""
    from . import kernel

    limits = request.limits
    os.setsid()
    seal.isolate()
    seal.own_view(limits.disk_mb, limits.files, uid)
    seal.become_student(uid)
    seal.limit(limits)
    seal.drop_rights(system_calls)

    def report_ready() -> None:
        os.dup2(0, 2)
        os.write(READY, b"ready")
        os.close(READY)

    channels = Channels(request.key, SHELL, IOPUB) if request.key else None
    kernel.run(channels, socket.socket(fileno=PROBE), request.seed, report_ready)


def _tell(descriptor: int, message: bytes) -> None:
    """Tell the command how far this process has come."""
    while message:
        message = message[os.write(descriptor, message) :]


def main() -> None:
    """`warm.py LISTENER FILTER READY USERS PACKAGES`.

    Three inherited descriptors, the number of users, and the course's packages.
    """
    packages = Packages.from_json(sys.argv[5])
    listener_fd, filter_fd, ready_fd, users = (int(number) for number in sys.argv[1:5])
    waiting = select.poll()
    waiting.register(ready_fd, 0)
    # The pipe has no reader: the command was killed before it could tell bubblewrap to die with it.
    if waiting.poll(0):
        return
    seal.bound_rights(seal.own_rights())
    with os.fdopen(filter_fd, "rb") as file:
        system_calls = file.read()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    soft = MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    preloading.preload(packages.few_sessions)
    if not import_packages(packages.preload, lambda came: _tell(ready_fd, came.to_line())):
        return
    from .application import application

    application()
    absent.stand_in(packages.absent)
    self_check.stand_in()
    if packages.few_sessions:
        gc.freeze()
    else:
        pages.settle()
    _tell(ready_fd, WARM)
    os.close(ready_fd)
    os.dup2(os.open("/dev/null", os.O_RDWR), 2)
    Server(socket.socket(fileno=listener_fd), system_calls, users).serve()
