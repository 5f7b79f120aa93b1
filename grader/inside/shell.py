"""The shell that runs a session's cells."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell

from . import tracebacks
from .plotting import INLINE, backend_for


class SessionShell(ZMQInteractiveShell):
    """A shell that transforms and compiles each cell once, and shortens tracebacks before it formats them.

    ipykernel transforms and compiles a second time, to learn whether the cell awaits anything.
    """

    _transformed: tuple[str, int, str] | None = None

    def transform_cell(self, raw_cell: str) -> str:
        """The Python code of a cell."""
        known, self._transformed = self._transformed, None
        if known is not None and known[:2] == (raw_cell, self.execution_count):
            return known[2]
        transformed = super().transform_cell(raw_cell)
        self._transformed = (raw_cell, self.execution_count, transformed)
        return transformed

    def should_run_async(
        self, raw_cell: str, *, transformed_cell: str | None = None, preprocessing_exc_tuple: Any = None
    ) -> bool:
        """Whether a cell awaits anything. A cell without these two words does not, and is not compiled."""
        if (
            transformed_cell is not None
            and "await" not in transformed_cell
            and "async" not in transformed_cell
        ):
            return False
        return super().should_run_async(
            raw_cell, transformed_cell=transformed_cell, preprocessing_exc_tuple=preprocessing_exc_tuple
        )

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """What `%matplotlib` does. A backend that can't be had here, or is unknown, becomes inline."""
        is_inline = gui in (None, "auto") or backend_for(gui) == INLINE
        return super().enable_matplotlib("inline" if is_inline else gui)

    def showtraceback(self, exc_tuple: Any = None, *arguments: Any, **options: Any) -> None:
        """Show an error, by default the current one, without the middle of a very long traceback."""
        error = (exc_tuple or sys.exc_info())[1]
        # A student's own class of errors may take no notes, or have no causes.
        with contextlib.suppress(Exception):
            if error is not None:
                tracebacks.shorten(error)
        super().showtraceback(exc_tuple, *arguments, **options)


# Programs tell by these names that they run in a notebook.
for _name in ("__name__", "__qualname__", "__module__"):
    setattr(SessionShell, _name, getattr(ZMQInteractiveShell, _name))
