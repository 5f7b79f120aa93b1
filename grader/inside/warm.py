"""The warm process: everything imported once, then a fork for each session.

It runs under bubblewrap and listens on an inherited Unix socket. One connection is one session: the request comes with the
session's sockets, and on the connection it tells the kernel's process handle, that the kernel is initialised, its exit and
what it used. When the connection closes, it kills the kernel, and with it everything that the kernel started.

Nothing here starts a thread, a ZeroMQ context or a torch operation before the fork.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import itertools
import json
import os
import resource
import select
import signal
import socket
import sys
import time

from . import pages, seal

MAX_REQUEST = 1 << 16
MAX_WORD = 2048
REQUEST_S = 5  # for a request to come, once there is a connection
MAX_DESCRIPTORS = 16384  # three for each session
# The last is imported by the first `backward(gradient)` of something that is no scalar.
LIBRARIES = (
    "matplotlib.pyplot",
    "contourpy",
    "numpy",
    "numpy.random",
    "numpy.polynomial",
    "statistics",
    "torch",
    "torch.func",
    "torch.utils.data",
    "torch.fx.experimental.symbolic_shapes",
)
# A kernel's descriptors: standard streams, the probe socket, the pipe to here until it is initialised, and its channels.
PROBE, READY, SHELL, IOPUB = 3, 4, 5, 6


def preload() -> None:
    """Import what notebooks and the kernel would import, so that every fork shares it."""
    for name in LIBRARIES:
        importlib.import_module(name)
    import torch.multiprocessing

    from . import compiler, kernel

    # Or each tensor that comes from a process of one's own takes an open file, of which there are few here, and a descriptor in
    # flight, of which all sessions together may have few. With it, the first to come takes 0.1 s longer.
    torch.multiprocessing.set_sharing_strategy("file_system")
    compiler.postpone()
    kernel.preload()


class Forked:
    """A kernel that was forked, and whoever asked for it, until it has ended."""

    def __init__(self, connection: socket.socket, pid: int, ready: int) -> None:
        self.connection = connection
        self.pid = pid
        self.handle = os.pidfd_open(pid)
        self.ready = ready

    def tell(self, what: dict) -> None:
        try:
            self.connection.sendall(json.dumps(what).encode() + b"\n")
        except OSError:
            pass  # nobody listens any more

    def initialised(self) -> None:
        """The kernel has said, once, that it is initialised, or why it is not."""
        word = os.read(self.ready, MAX_WORD)
        os.close(self.ready)
        self.tell(
            {"ready": True}
            if word == b"ready"
            else {"fault": word.decode(errors="replace") or "the kernel ended before it was initialised"}
        )

    def unwanted(self) -> bool:
        """Whether the connection was closed, or its other end was killed: then the kernel is killed."""
        try:
            wanted = self.connection.recv(64) != b""
        except OSError:
            wanted = False
        if not wanted:
            os.kill(self.pid, signal.SIGKILL)
        return not wanted

    def ended(self) -> None:
        """Tell how it ended and what it used."""
        _, status, used = os.wait4(self.pid, 0)
        self.tell(
            {
                "exit": os.waitstatus_to_exitcode(status),
                "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
                "cpu_s": used.ru_utime + used.ru_stime,
                "peak_kb": used.ru_maxrss,
            }
        )
        os.close(self.handle)
        self.connection.close()


def serve(listener: socket.socket, system_calls: bytes, users: int) -> None:
    """Fork a kernel for every connection, each as the next of the sandbox's users, and watch over all of them, for ever."""
    turns = (1 + turn % (users - 1) if users > 1 else 0 for turn in itertools.count())
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    events = {}  # what to do about each descriptor

    def accept() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:  # no descriptor is left: some will be
            time.sleep(0.1)
            return
        try:
            forked = fork(connection, system_calls, next(turns))
        except (
            OSError
        ) as error:  # no process or no descriptor is left: this session's misfortune, not all others'
            forked = None
            with contextlib.suppress(OSError):
                connection.sendall(f"{type(error).__name__}: {error}\n".encode())
        if forked is None:
            connection.close()
            return
        for descriptor, what in (
            (forked.ready, initialised),
            (connection.fileno(), hear),
            (forked.handle, end),
        ):
            poller.register(descriptor, select.POLLIN)
            events[descriptor] = (what, forked)

    def forget(descriptor: int) -> None:
        if events.pop(descriptor, None):
            poller.unregister(descriptor)

    def initialised(forked: Forked) -> None:
        forget(forked.ready)
        forked.initialised()

    def hear(forked: Forked) -> None:
        if forked.unwanted():
            forget(forked.connection.fileno())

    def end(forked: Forked) -> None:
        if forked.ready in events and events[forked.ready][1] is forked:
            initialised(forked)
        forget(forked.connection.fileno())
        forget(forked.handle)
        forked.ended()

    while True:
        for descriptor, _ in poller.poll():
            if descriptor == listener.fileno():
                accept()
            elif descriptor in events:
                what, forked = events[descriptor]
                what(forked)


def fork(connection: socket.socket, system_calls: bytes, uid: int) -> Forked | None:
    """Fork the kernel that a connection asks for, as the user `uid`; None where it asks for none."""
    connection.settimeout(REQUEST_S)
    try:
        data, sockets, _, _ = socket.recv_fds(connection, MAX_REQUEST, 3)
    except OSError:
        return None
    if not data or not sockets:
        return None
    with contextlib.ExitStack() as stack:
        for descriptor in sockets:
            stack.callback(os.close, descriptor)
        ready, ready_inside = os.pipe()
        stack.callback(os.close, ready_inside)
        ours = stack.enter_context(contextlib.ExitStack())  # what is given back where no session comes of it
        ours.callback(os.close, ready)
        with seal.own_processes():
            pid = os.fork()
            if pid == 0:
                try:
                    keep(sockets, ready_inside)
                    run_kernel(json.loads(data), system_calls, uid)
                except BaseException as error:
                    try:
                        os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace")[:MAX_WORD])
                    except OSError:
                        pass
                finally:
                    os._exit(1)
        ours.callback(os.waitpid, pid, 0)
        ours.callback(os.kill, pid, signal.SIGKILL)
        forked = Forked(connection, pid, ready)
        ours.pop_all()
    try:
        socket.send_fds(connection, [b'{"forked": true}\n'], [forked.handle])
    except OSError:
        pass  # whoever asked is gone, and the connection will tell so
    return forked


def keep(sockets: list[int], ready: int) -> None:
    """Keep only what is the session's own, under the numbers that are known here; /dev/null as standard streams."""
    null = os.open("/dev/null", os.O_RDWR)
    places = {
        0: null,
        1: null,
        2: ready,
        READY: ready,
        **dict(zip((PROBE, SHELL, IOPUB), sockets)),
    }  # complaints go to the pipe at first
    copies = {
        number: fcntl.fcntl(descriptor, fcntl.F_DUPFD, IOPUB + 1) for number, descriptor in places.items()
    }
    for number, descriptor in copies.items():
        os.dup2(descriptor, number)
    os.closerange(max(places) + 1, MAX_DESCRIPTORS)


def run_kernel(request: dict, system_calls: bytes, uid: int) -> None:
    from . import kernel

    limits = request["limits"]
    os.setsid()
    seal.isolate()
    seal.own_view(limits["disk_mb"], limits["files"], uid)
    seal.become_student(uid)
    seal.limit(limits)
    seal.drop_rights(system_calls)

    def initialised() -> None:
        os.dup2(0, 2)
        os.write(READY, b"ready")
        os.close(READY)

    channels = kernel.Channels(request["key"], SHELL, IOPUB) if request["key"] else None
    kernel.run(channels, socket.socket(fileno=PROBE), request["seed"], initialised)


def main() -> None:
    """`warm.py LISTENER FILTER READY USERS`: three inherited descriptors, and how many users the sandbox has."""
    listener_fd, filter_fd, ready_fd, users = (int(number) for number in sys.argv[1:5])
    waiting = select.poll()
    waiting.register(ready_fd, 0)
    if waiting.poll(
        0
    ):  # nobody is: whoever started this was killed before bubblewrap could be told to die with it
        return
    with os.fdopen(filter_fd, "rb") as file:
        system_calls = file.read()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(
        resource.RLIMIT_NOFILE,
        (MAX_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MAX_DESCRIPTORS), hard),
    )
    preload()
    pages.settle()
    os.write(ready_fd, b"ready")
    os.close(ready_fd)
    os.dup2(os.open("/dev/null", os.O_RDWR), 2)
    serve(socket.socket(fileno=listener_fd), system_calls, users)
