"""Processes that end with their parent: how a process asks for that, and a thread that lasts as a parent."""

from __future__ import annotations

import errno
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def end_with_parent(parent: int | None = None) -> None:
    """Have the system kill this process when the *thread* that started it ends (PR_SET_PDEATHSIG of Linux).

    `parent` is the parent's PID, if it is known. Had the parent been killed just before, no signal would
    come, so this process exits at once, with status 1. Becoming another user cancels the request: ask again
    afterward. Raises OSError if the system refuses.
    """
    # Imported here: the module needs Linux.
    from grader.inside import seal

    seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None and os.getppid() != parent:
        os._exit(1)


class ParentThread:
    """A thread that starts processes and lives until `close`, or until this process ends.

    A process that asked to end with its parent ends with the thread that started it. If this thread starts
    the process, any thread may request it, such as one that serves a single web request.
    """

    def __init__(self) -> None:
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self, start: Callable[[], T]) -> T:
        """Call `start` in the thread, once; return what it returns, raise what it raises.

        Raises OSError if no thread can be started.
        """
        outcome: Future[T] = Future()

        def live() -> None:
            try:
                outcome.set_result(start())
            except BaseException as error:
                outcome.set_exception(error)
            else:
                self._closing.wait()

        self._thread = threading.Thread(target=live, name="parent", daemon=True)
        try:
            self._thread.start()
        except RuntimeError as error:
            raise OSError(errno.EAGAIN, str(error)) from None
        return outcome.result()

    def close(self) -> None:
        """End the thread, once `start` has returned, and with it what it started. Can be repeated."""
        self._closing.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()
