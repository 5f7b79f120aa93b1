"""An IPython kernel in this very process, with the probe socket served between its cells."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import io
import os
import random
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# What a kernel imports at its start and at its first cells, some of it late.
LAZY = (
    "faulthandler",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.display_functions",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.magics.basic",
    "IPython.core.magics.execution",
    "IPython.core.magics.osm",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib.backends.backend_agg",
    "matplotlib_inline.backend_inline",
    "tornado.platform.asyncio",
    "PIL.BmpImagePlugin",
    "PIL.GifImagePlugin",
    "PIL.JpegImagePlugin",
    "PIL.PngImagePlugin",
    "PIL.PpmImagePlugin",
    "torch._subclasses.schema_check_mode",
    "torch.profiler._cupti_monitor",  # by the first backward(), the first optimizer
    "stack_data",
    "executing.executing",
    "pure_eval",
    "asttokens",
    "pygments.formatters.terminal256",
    "pygments.styles.default",
)


@dataclass(frozen=True)
class Channels:
    """Where a kernel is spoken to: endpoints as ZeroMQ writes them, or descriptors of sockets that listen already."""

    key: str
    shell: str | int
    iopub: str | int


class _NoThread:
    """In place of ipykernel's thread for subshells: it counts as none, and still says that cells run in the main one."""

    parent_thread = threading.main_thread()

    def __bool__(self) -> bool:
        return False


def preload() -> None:
    """Import all that the kernel imports, lazily or not, without starting anything."""
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # a debugger nobody attaches: 90 ms and 10 MB a kernel
    for name in LAZY:
        with contextlib.suppress(ImportError):  # other versions keep some elsewhere
            importlib.import_module(name)
    from matplotlib import figure, font_manager
    from matplotlib.backends import backend_agg

    # A first figure finds fonts and fills caches: 40 ms that every notebook with a plot would pay again.
    backend_agg.FigureCanvasAgg(drawn := figure.Figure())
    drawn.subplots().semilogy([1, 2, 3], [1, 10, 100])
    drawn.savefig(io.BytesIO(), format="png")
    with contextlib.suppress(AttributeError):
        font_manager._get_font.cache_clear()  # type: ignore[attr-defined]  # or every fork does: each opens its fonts for itself

    importlib.import_module(".probe", __package__)
    application()


@functools.cache
def application() -> Any:
    """The kernel, whole but for its connection: to be made before the fork, since classes and traits are written to when
    they are made, and each page written to is copied, at 3 to 10 microseconds a page.

    As it is, it runs cells and says nothing to anybody. `speak` gives it its channels.
    """
    import jupyter_client.session
    import zmq
    from ipykernel.displayhook import ZMQDisplayHook
    from ipykernel.iostream import IOPubThread, OutStream
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp
    from ipykernel.zmqshell import ZMQInteractiveShell
    from zmq.eventloop.zmqstream import ZMQStream

    jupyter_client.session.extract_dates = lambda obj: obj  # type: ignore[attr-defined]  # nobody asks for the dates of messages

    class SessionStream(OutStream):
        """A stream with nothing to wait for where nothing was written: four times a cell, a visit to another thread and back."""

        def __init__(self, *arguments: Any, **options: Any) -> None:
            self._renew()
            os.register_at_fork(after_in_child=self._renew)  # the thread that may hold it is not in the child
            super().__init__(*arguments, **options)

        def _renew(self) -> None:
            self._sending = (
                threading.RLock()
            )  # what the other thread has taken has to be on its way before anything else is

        def flush(self) -> None:
            with self._sending:
                empty = not self._buffers
            if not empty:
                super().flush()

        def write(self, string: str) -> int | None:  # type: ignore[override]
            """Half a character is shown as what it is; sending it would raise."""
            if isinstance(string, str) and not string.isascii():
                string = string.encode("utf-8", "backslashreplace").decode("utf-8")
            return super().write(string)

        def _flush(self) -> None:
            # An error would leave undone what this thread was to do next, and the cell waits ten seconds for that.
            with self._sending, contextlib.suppress(Exception):
                super()._flush()

    class SessionShell(ZMQInteractiveShell):
        """A shell that does no work twice over: the kernel, too, has each cell transformed and compiled, to learn whether it awaits anything."""

        _transformed: tuple[str, int, str] | None = None

        def transform_cell(self, raw_cell: str) -> str:
            known, self._transformed = self._transformed, None
            if known is not None and known[:2] == (raw_cell, self.execution_count):
                return known[2]
            transformed = super().transform_cell(raw_cell)
            self._transformed = (raw_cell, self.execution_count, transformed)
            return transformed

        def should_run_async(
            self, raw_cell: str, *, transformed_cell: str | None = None, preprocessing_exc_tuple: Any = None
        ) -> bool:
            if (
                transformed_cell is not None
                and "await" not in transformed_cell
                and "async" not in transformed_cell
            ):
                return False
            return super().should_run_async(
                raw_cell, transformed_cell=transformed_cell, preprocessing_exc_tuple=preprocessing_exc_tuple
            )

    for name in (
        "__name__",
        "__qualname__",
        "__module__",
    ):  # by which programs tell that they are in a notebook
        setattr(SessionShell, name, getattr(ZMQInteractiveShell, name))

    class SessionKernel(IPythonKernel):
        shell_class = SessionShell
        _supports_kernel_subshells = False
        _execute_sleep = 0  # half a millisecond after every cell, for clients that poll

        def _publish_execute_input(self, *_: object) -> None:
            """Whoever sent a cell need not hear it again, which would count as output."""

    class SessionApp(IPKernelApp):
        """The kernel's application without what a session has no use for: files, arguments, messages to a terminal, a
        heartbeat (the host knows from the process whether it lives), questions to a user, the threads that serve debuggers
        and subshells (each message would pass through both of them)."""

        def parse_command_line(self, argv: object = None) -> None:
            pass

        def load_config_file(self, *_: object, **__: object) -> None:
            pass

        def _nothing(self, **_: object) -> None:
            pass

        init_pdb = init_connection_file = init_poller = init_heartbeat = write_connection_file = (
            log_connection_info
        ) = init_path = _nothing

        def init_sockets(self) -> None:
            self.shell_channel_thread = _NoThread()

        def init_io(self) -> None:
            self.displayhook = sys.displayhook = ZMQDisplayHook(self.session, None)
            self.patch_io()

        def init_kernel(self) -> None:
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
            self.shell._sys_modules_keys = set()  # type: ignore[union-attr]  # for `%reset -f`; all 2,300 of them would be touched

        def speak(self, channels: Channels) -> None:
            """Open the channels by which cells come and on which all that they put out is told."""
            self.session.key, self.session.pid = channels.key.encode(), os.getpid()
            context = self.context = zmq.Context()
            context.setsockopt(
                zmq.SNDHWM, 0
            )  # or it drops messages that are not read at once, the one that ends a cell among them
            self.shell_socket, voice = context.socket(zmq.ROUTER), context.socket(zmq.XPUB)
            for channel, endpoint in ((self.shell_socket, channels.shell), (voice, channels.iopub)):
                if isinstance(endpoint, int):
                    channel.setsockopt(zmq.USE_FD, endpoint)
                channel.bind(endpoint if isinstance(endpoint, str) else "ipc:///listening")
            self.configure_tornado_logger()
            self.iopub_thread = IOPubThread(voice, pipe=True, session=self.session)
            self.iopub_thread.start()
            self.iopub_socket = self.iopub_thread.background_socket
            kernel = self.kernel
            kernel.shell_stream = ZMQStream(self.shell_socket)
            kernel.iopub_thread, kernel.iopub_socket = self.iopub_thread, self.iopub_socket
            for speaker in (self.displayhook, self.shell.displayhook, self.shell.display_pub):  # type: ignore[union-attr]
                speaker.pub_socket = self.iopub_socket
            sys.stdout, sys.stderr = (
                SessionStream(self.session, self.iopub_thread, name, watchfd=False)
                for name in ("stdout", "stderr")
            )

    app = SessionApp.instance(log_level=50, parent_handle=0, capture_fd_output=False)
    app.config.HistoryManager.enabled = False
    app.initialize([])
    app.log.disabled = True  # it makes four records a cell, for nobody
    assert app.shell is not None
    app.shell.enable_matplotlib(
        "inline"
    )  # as the first import of pyplot does, where a kernel is there already
    asyncio.run(app.kernel.do_execute("pass", silent=True))  # a first cell compiles patterns and fills caches
    return app


class Unheard(io.TextIOBase):
    """Where cells write when nobody listens."""

    encoding = "UTF-8"

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        return len(text)


def run(channels: Channels | None, probe: socket.socket, seed: int, initialised: Callable[[], None]) -> None:
    """Seed the generators, start the kernel, say that it is initialised, serve until it is killed.

    Without `channels` nobody hears what cells put out: they come by the probe socket, and no image is made of their plots.
    """
    from IPython.core import pylabtools

    from .probe import Probe

    app = application()
    seed_everything(seed)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    if channels is None:
        pylabtools.select_figure_formats(app.shell, set())
        sys.stdout, sys.stderr = Unheard(), Unheard()
    else:
        app.speak(channels)
    sys.path.insert(0, "")  # `%%writefile helpers.py` and `import helpers`, as in every Jupyter

    async def execute(source: str) -> bool:
        """Run one cell as the kernel runs those that come by its channels. Whether it ran to its end."""
        app.kernel.pre_handler_hook()
        try:
            reply = await app.kernel.do_execute(source, silent=False)
        finally:
            app.kernel.post_handler_hook()
        return reply["status"] == "ok"

    Probe(probe, lambda: app.shell.user_ns, execute).listen(loop)
    app.kernel.start()
    initialised()
    while True:
        loop.run_forever()  # whoever stops it stops one round


def seed_everything(seed: int) -> None:
    import numpy
    import torch

    random.seed(seed)
    numpy.random.seed(seed)
    torch.default_generator.manual_seed(
        seed
    )  # the processor's; torch.manual_seed would wake what it wakes for others
