"""The warm process: everything imported once, then a fork for each session.

It runs under bubblewrap and listens on an inherited Unix socket. One connection is one session: the
request comes with the session's probe socket, and the forked supervisor keeps the connection, on
which it reports the kernel's process handle, its exit and what it used. When the connection
closes, the supervisor kills the kernel, and with it everything that the kernel started.

Nothing here starts a thread, a ZeroMQ context, an event loop or a torch operation before the fork.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import sys

from . import pages, seal

MAX_REQUEST = 1 << 16
# torch._dynamo, which a first optimizer imports, takes 1.4 s.
LIBRARIES = ("matplotlib.pyplot", "numpy", "torch", "torch.func", "torch._dynamo", "torch.utils.data")


def preload() -> None:
    """Import what notebooks and the kernel would import, so that every fork shares it."""
    for name in LIBRARIES:
        importlib.import_module(name)
    from . import kernel

    kernel.preload()


def serve(listener: socket.socket, system_calls: bytes) -> None:
    """Fork a supervisor for every connection, for ever."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # supervisors are not waited for
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            try:
                listener.close()
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                supervise(connection, system_calls)
            except BaseException as error:
                tell(connection, {"fault": f"{type(error).__name__}: {error}"})
            finally:
                os._exit(0)
        connection.close()


def supervise(connection: socket.socket, system_calls: bytes) -> None:
    """Seal, fork the kernel, hand out its process handle, and wait for its end or the host's."""
    data, fds, _, _ = socket.recv_fds(connection, MAX_REQUEST, 1)
    if not data or len(fds) != 1:
        return
    request = json.loads(data)
    seal.isolate()
    ready, ready_inside = os.pipe()
    kernel_pid = os.fork()
    if kernel_pid == 0:
        try:
            probe = detach_from(connection, fds[0], ready_inside)
            run_kernel(request, system_calls, probe)
        except BaseException as error:
            try:
                os.write(2, f"{type(error).__name__}: {error}\n".encode(errors="replace")[:2000])
            except OSError:
                pass
        finally:
            os._exit(1)
    os.close(ready_inside)
    os.close(fds[0])
    handle = os.pidfd_open(kernel_pid)
    socket.send_fds(connection, [b'{"forked": true}\n'], [handle])
    # The kernel says on the pipe, once, that it is initialised, or why it is not.
    word = os.read(ready, 2048)
    if word == b"ready":
        # Its sockets are bound: take their directory away, so that it can't be put to another use.
        seal.unmount("/run")
        tell(connection, {"ready": True})
    else:
        tell(connection, {"fault": word.decode(errors="replace") or "the kernel ended before it was initialised"})
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    poller.register(connection, select.POLLIN | select.POLLHUP)
    while handle not in (events := dict(poller.poll())):
        if events and not connection.recv(64):
            os.kill(kernel_pid, signal.SIGKILL)
            poller.unregister(connection)
    _, status, used = os.wait4(kernel_pid, 0)
    signalled = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    tell(connection, {"exit": os.waitstatus_to_exitcode(status), "signal": signalled,
                      "cpu_s": used.ru_utime + used.ru_stime, "peak_kb": used.ru_maxrss})


def detach_from(connection: socket.socket, probe: int, ready: int) -> socket.socket:
    """Keep only what is the session's own: /dev/null as standard streams, the probe socket as 3, the pipe as 4 until used."""
    null = os.open("/dev/null", os.O_RDWR)
    connection.detach()
    for source, number in ((probe, 30), (ready, 31), (null, 32)):
        os.dup2(source, number)
    for source, number in ((32, 0), (32, 1), (30, 3), (31, 4)):
        os.dup2(source, number)
    os.dup2(4, 2)  # until it is initialised, what the kernel complains of goes to the supervisor
    os.closerange(5, 4096)
    return socket.socket(fileno=3)


def run_kernel(request: dict, system_calls: bytes, probe: socket.socket) -> None:
    from . import kernel

    os.setsid()
    seal.own_view("/sockets/" + request["sockets"], request["limits"]["disk_mb"], request["limits"]["files"])
    seal.limit(request["limits"])
    seal.drop_rights(system_calls)

    def initialised() -> None:
        os.dup2(0, 2)
        os.write(4, b"ready")
        os.close(4)

    kernel.run(
        {"transport": "ipc", "ip": "/run/k", "key": request["key"], "signature_scheme": "hmac-sha256",
         **{f"{name}_port": number for number, name in enumerate(kernel.CHANNELS, 1)}},
        probe, request["seed"], request["draw"], initialised,
    )


def tell(connection: socket.socket, what: dict) -> None:
    try:
        connection.sendall(json.dumps(what).encode() + b"\n")
    except OSError:
        pass  # nobody listens any more


def main() -> None:
    """`warm.py LISTENER FILTER READY`: three inherited descriptors."""
    listener_fd, filter_fd, ready_fd = (int(number) for number in sys.argv[1:4])
    with os.fdopen(filter_fd, "rb") as file:
        system_calls = file.read()
    preload()
    pages.settle()
    os.write(ready_fd, b"ready")
    os.close(ready_fd)
    os.dup2(os.open("/dev/null", os.O_RDWR), 2)
    serve(socket.socket(fileno=listener_fd), system_calls)
