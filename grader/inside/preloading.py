"""Imports what notebooks and kernels import, so that every fork of the warm process shares it."""

from __future__ import annotations

import contextlib
import importlib
import io
import sys

# What notebooks import.
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
)
# What the first `backward(gradient)` of something that is not a scalar imports: 0.4 s for few notebooks.
RARE = ("torch.fx.experimental.symbolic_shapes",)
# What a kernel imports at its start and at its first cells, some of it late.
KERNEL_MODULES = (
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
    # The first backward() and the first optimizer import these two.
    "torch._subclasses.schema_check_mode",
    "torch.profiler._cupti_monitor",
    "stack_data",
    "executing.executing",
    "pure_eval",
    "asttokens",
    "pygments.formatters.terminal256",
    "pygments.styles.default",
)


def preload(few_sessions: bool = False) -> None:
    """Import everything and fill caches, without starting anything.

    With `few_sessions`, what only some notebooks need is left to them.
    """
    for name in LIBRARIES if few_sessions else (*LIBRARIES, *RARE):
        importlib.import_module(name)
    import torch.multiprocessing

    from . import compiler

    # Otherwise each tensor that comes from a child process takes an open file, of which a session may have
    # few, and a descriptor in flight, of which all sessions together may have few. This way the first tensor
    # takes 0.1 s longer.
    torch.multiprocessing.set_sharing_strategy("file_system")
    compiler.postpone()
    # ipykernel's debugger, which nothing attaches to, would cost 90 ms and 10 MB per kernel.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    for name in KERNEL_MODULES:
        # Other versions keep some of them elsewhere.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    draw()
    importlib.import_module(".kernel", __package__)
    importlib.import_module(".probe", __package__)


def draw() -> None:
    """Draw a first figure. That finds fonts and fills caches, 40 ms that every first plot would pay."""
    from matplotlib import figure, font_manager
    from matplotlib.backends import backend_agg

    backend_agg.FigureCanvasAgg(drawn := figure.Figure())
    drawn.subplots().semilogy([1, 2, 3], [1, 10, 100])
    drawn.savefig(io.BytesIO(), format="png")
    # Each process has to open its fonts for itself. Unless the cache is cleared here, every fork clears it.
    with contextlib.suppress(AttributeError):
        font_manager._get_font.cache_clear()  # type: ignore[attr-defined]
