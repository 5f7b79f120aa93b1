"""An IPython kernel in this very process, with the probe socket served between its cells."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import io
import random
import socket
import sys
import threading
import types
from collections.abc import Callable
from typing import Any

# What a kernel imports at its start and at its first cells, some of it late.
LAZY = (
    "faulthandler", "IPython.core.completer", "IPython.core.completerlib", "IPython.core.display_functions", "IPython.core.logger", "IPython.core.magics", "IPython.core.magics.basic", "IPython.core.magics.execution",
    "IPython.core.magics.osm", "IPython.core.oinspect", "IPython.core.pylabtools", "IPython.extensions.storemagic", "ipykernel.debugger", "ipykernel.kernelapp",
    "ipykernel.zmqshell", "matplotlib.backends.backend_agg", "matplotlib_inline.backend_inline", "tornado.platform.asyncio",
    "PIL.BmpImagePlugin", "PIL.GifImagePlugin", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.PpmImagePlugin",
    "torch._subclasses.schema_check_mode", "torch.profiler._cupti_monitor",  # by the first backward(), the first optimizer
    "stack_data", "executing.executing", "pure_eval", "asttokens", "pygments.formatters.terminal256", "pygments.styles.default",
)
CHANNELS = ("shell", "iopub", "stdin", "control", "hb")


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
    import ipykernel.ipkernel
    from matplotlib import figure
    from matplotlib.backends import backend_agg

    # A first figure finds fonts and fills caches: 40 ms that every notebook with a plot would pay again.
    backend_agg.FigureCanvasAgg(drawn := figure.Figure())
    drawn.subplots().semilogy([1, 2, 3], [1, 10, 100])
    drawn.savefig(io.BytesIO(), format="png")

    # The kernel lists every module's file, for the debugger alone. Touching 2,300 modules copies as many
    # shared pages: 25 ms a session. It sees a `sys` without modules instead.
    seen = types.SimpleNamespace(**vars(sys))
    seen.modules = {}
    ipykernel.ipkernel.sys = seen  # type: ignore[assignment,attr-defined]
    importlib.import_module(".probe", __package__)
    application()


@functools.cache
def application() -> Any:
    """The kernel's application and its shell, made but not connected. To be made before the fork: classes and traits are written
    to when they are made, and each page written to is copied, at 3 to 10 microseconds a page. The shell alone saves 10 ms a session."""
    import zmq
    from ipykernel.compiler import XCachingCompiler
    from ipykernel.ipkernel import IPythonKernel
    from ipykernel.kernelapp import IPKernelApp
    from ipykernel.zmqshell import ZMQInteractiveShell

    class SessionApp(IPKernelApp):
        """The kernel's application without what a session has no use for: files, arguments, messages to a terminal."""

        connection: dict[str, Any]

        def parse_command_line(self, argv: object = None) -> None:
            pass

        def load_config_file(self, *_: object, **__: object) -> None:
            pass

        def init_pdb(self) -> None:
            pass

        def init_heartbeat(self) -> None:
            pass  # the host knows from the process whether it lives

        def init_control(self, context: Any) -> None:
            """Without the threads that serve debuggers and subshells: each message would pass through both of them."""
            super().init_control(context)
            self.control_thread.start = lambda: None
            self.shell_channel_thread = _NoThread()

        def init_connection_file(self) -> None:
            self.load_connection_info(self.connection)  # type: ignore[arg-type]

        def write_connection_file(self, **_: object) -> None:
            pass

        def log_connection_info(self) -> None:
            pass

        def init_iopub(self, context: Any) -> None:
            context.setsockopt(zmq.SNDHWM, 0)  # or it drops messages that are not read at once, the one that ends a cell among them
            super().init_iopub(context)

        def init_kernel(self) -> None:
            super().init_kernel()
            self.kernel.shell.parent = self.kernel.shell.kernel = self.kernel  # the shell was made before the kernel

        def init_code(self) -> None:
            self.shell._sys_modules_keys = set()  # type: ignore[union-attr]  # for `%reset -f`; all 2,300 of them would be touched

    IPythonKernel._supports_kernel_subshells = False  # type: ignore[assignment]
    app = SessionApp.instance(log_level=50, parent_handle=0, capture_fd_output=False)
    app.config.HistoryManager.enabled = False
    app.init_profile_dir()
    shell = ZMQInteractiveShell.instance(parent=app, profile_dir=app.profile_dir, compiler_class=XCachingCompiler)
    shell.run_cell("pass", silent=True)  # a first cell compiles patterns and fills caches
    return app


def run(connection: dict[str, Any], probe: socket.socket, seed: int, draw: bool, initialised: Callable[[], None]) -> None:
    """Seed the generators, start the kernel, say that it is initialised, serve until it is killed.

    Where `draw` is false, nobody will see the plots: code that makes them runs, but no image is made of them.
    """
    from IPython.core import pylabtools

    from .probe import Probe

    seed_everything(seed)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = application()
    app.connection = connection
    app.initialize([])
    app.kernel._execute_sleep = 0  # half a millisecond after every cell, for clients that poll
    app.shell.enable_matplotlib("inline")  # as the first import of pyplot does, where a kernel is there already
    if not draw:
        pylabtools.select_figure_formats(app.shell, set())
    sys.path.insert(0, "")  # `%%writefile helpers.py` and `import helpers`, as in every Jupyter
    Probe(probe, lambda: app.shell.user_ns).listen(loop)
    initialised()
    app.start()


def seed_everything(seed: int) -> None:
    import numpy
    import torch

    random.seed(seed)
    numpy.random.seed(seed)
    torch.default_generator.manual_seed(seed)  # the processor's; torch.manual_seed would wake what it wakes for others
