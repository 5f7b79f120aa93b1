"""Plots where no window can be opened: they are drawn inline, whatever backend a notebook asks for."""

from __future__ import annotations

import functools
import sys
from typing import Any

INLINE = "module://matplotlib_inline.backend_inline"
# Backends that open no window and need no browser: they draw into memory and files.
QUIET = ("inline", "agg", "cairo", "pdf", "pgf", "ps", "svg", "template")


def backend_for(wanted: Any) -> Any:
    """The backend to use for the one that was asked for, with a note on stderr if it is another one.

    What is not a name is left to matplotlib, which says what is wrong with it.
    """
    if not isinstance(wanted, str) or wanted.lower() in QUIET or wanted.startswith("module://"):
        return wanted
    print(
        f"matplotlib's backend {wanted[:40]!r} can't be used: there is neither a window nor a browser where "
        "notebooks are graded. Plots are drawn inline.",
        file=sys.stderr,
    )
    return INLINE


def draw_inline() -> None:
    """From now on, replace backends that can't be had: in `matplotlib.use` and `pyplot.switch_backend`."""
    import matplotlib
    from matplotlib import pyplot

    use, switch = matplotlib.use, pyplot.switch_backend

    @functools.wraps(use)
    def use_backend(backend: Any, *arguments: Any, **keywords: Any) -> None:
        use(backend_for(backend), *arguments, **keywords)

    @functools.wraps(switch)
    def switch_backend(newbackend: Any) -> None:
        switch(backend_for(newbackend))

    matplotlib.use, pyplot.switch_backend = use_backend, switch_backend
