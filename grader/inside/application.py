"""ipykernel's application with only those parts that a session needs."""

from __future__ import annotations

import asyncio
import functools
import os
import sys
import threading
from typing import Any

import jupyter_client.session
import zmq
from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.iostream import IOPubThread
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from zmq.eventloop.zmqstream import ZMQStream

from .channels import Channels
from .plotting import draw_inline
from .shell import SessionShell
from .stream import SessionStream


class _NoThread:
    """In place of ipykernel's thread for subshells: false, and its parent is the main thread."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


class SessionKernel(IPythonKernel):
    """A kernel without subshells, echoes and pauses."""

    shell_class = SessionShell
    _supports_kernel_subshells = False
    # ipykernel sleeps half a millisecond after every cell, for clients that poll.
    _execute_sleep = 0

    def _publish_execute_input(self, *_: object) -> None:
        """No-op: the sender of a cell knows it, and the echo would count as output."""


class SessionApp(IPKernelApp):
    """A kernel's application without what a session has no use for.

    It reads no files and no arguments, prints nothing to a terminal and asks its user nothing. It has no
    heartbeat, since the host sees from the process whether it is alive. It starts no threads for debuggers
    and subshells, both of which every message would pass through.
    """

    def parse_command_line(self, argv: object = None) -> None:
        """No-op: a session has no arguments."""

    def load_config_file(self, *_: object, **__: object) -> None:
        """No-op: a session has no configuration."""

    def _nothing(self, **_: object) -> None:
        pass

    init_pdb = init_connection_file = init_poller = init_heartbeat = _nothing
    write_connection_file = log_connection_info = init_path = _nothing

    def init_sockets(self) -> None:
        """Open no sockets: `open_channels` does, after the fork."""
        self.shell_channel_thread = _NoThread()

    def init_io(self) -> None:
        """Set up what shows a cell's result. Standard streams come with the channels."""
        self.displayhook = sys.displayhook = ZMQDisplayHook(self.session, None)
        self.patch_io()

    def init_kernel(self) -> None:
        """Make the kernel."""
        self.kernel = SessionKernel.instance(
            parent=self,
            session=self.session,
            shell_channel_thread=self.shell_channel_thread,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count

    def init_code(self) -> None:
        """Run no code. For `%reset -f` the list of modules stays empty: a full one touches all 2,300."""
        self.shell._sys_modules_keys = set()  # type: ignore[union-attr]

    def open_channels(self, channels: Channels) -> None:
        """Open the channels by which cells come and on which everything that they put out is sent."""
        self.session.key, self.session.pid = channels.key.encode(), os.getpid()
        context = self.context = zmq.Context()
        # With a limit, ZeroMQ drops messages that are not read at once, and one of them may end a cell.
        context.setsockopt(zmq.SNDHWM, 0)
        self.shell_socket, iopub_socket = context.socket(zmq.ROUTER), context.socket(zmq.XPUB)
        for channel, endpoint in ((self.shell_socket, channels.shell), (iopub_socket, channels.iopub)):
            if isinstance(endpoint, int):
                channel.setsockopt(zmq.USE_FD, endpoint)
            channel.bind(endpoint if isinstance(endpoint, str) else "ipc:///listening")
        self.configure_tornado_logger()
        self.iopub_thread = IOPubThread(iopub_socket, pipe=True, session=self.session)
        self.iopub_thread.start()
        self.iopub_socket = self.iopub_thread.background_socket
        kernel = self.kernel
        kernel.shell_stream = ZMQStream(self.shell_socket)
        kernel.iopub_thread, kernel.iopub_socket = self.iopub_thread, self.iopub_socket
        for sender in (self.displayhook, self.shell.displayhook, self.shell.display_pub):  # type: ignore[union-attr]
            sender.pub_socket = self.iopub_socket
        sys.stdout, sys.stderr = (
            SessionStream(self.session, self.iopub_thread, name, watchfd=False)
            for name in ("stdout", "stderr")
        )


@functools.cache
def application() -> Any:
    """The application of this process, complete except for its channels: it runs cells and sends nothing.

    To be called before the fork. Making classes and traits writes to pages, and each page that a fork writes
    to is copied, at 3 to 10 microseconds per page.
    """
    # Nothing here reads the dates of messages.
    jupyter_client.session.extract_dates = lambda obj: obj  # type: ignore[attr-defined]
    app = SessionApp.instance(log_level=50, parent_handle=0, capture_fd_output=False)
    app.config.HistoryManager.enabled = False
    app.initialize([])
    # It makes four records per cell, which nothing reads.
    app.log.disabled = True
    assert app.shell is not None
    # As the first import of pyplot does in a kernel that is there already.
    app.shell.enable_matplotlib("inline")
    draw_inline()
    # A first cell compiles patterns and fills caches.
    asyncio.run(app.kernel.do_execute("pass", silent=True))
    return app
