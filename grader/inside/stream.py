"""The standard streams of a cell, as a kernel with channels sends them."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import Any

from ipykernel.iostream import OutStream


class SessionStream(OutStream):
    """A stream whose `flush` returns at once if nothing was written.

    ipykernel flushes four times per cell, and each time waits for another thread.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._renew()
        # The thread that may hold the lock does not exist in a child process.
        os.register_at_fork(after_in_child=self._renew)
        super().__init__(*arguments, **options)

    def _renew(self) -> None:
        # What the other thread has taken has to be on its way before anything else is sent.
        self._sending = threading.RLock()

    def flush(self) -> None:
        """Send what was written, and wait until it is sent."""
        with self._sending:
            empty = not self._buffers
        if not empty:
            super().flush()

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Write text. A lone surrogate is written as its escape, since sending it would raise."""
        if isinstance(string, str) and not string.isascii():
            string = string.encode("utf-8", "backslashreplace").decode("utf-8")
        return super().write(string)

    def _flush(self) -> None:
        # An error would stop this thread before its next task, for which the cell waits ten seconds.
        with self._sending, contextlib.suppress(Exception):
            super()._flush()
