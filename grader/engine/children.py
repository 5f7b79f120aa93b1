"""Our own processes besides the command: how they are started, and what each does first.

They are forked from one process that has imported everything (grader.engine.preloaded), or spawned on
platforms where forking is not safe.
"""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import util
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grader
from grader.model.limits import Limits
from grader.sandbox import leftovers
from grader.sandbox.parent import ParentThread, end_with_parent

FORKS = sys.platform == "linux"
PRELOAD = ["grader.engine.preloaded", "grader.engine.workers"]
SETTLED = "grader.engine.settled"  # pays if many processes are forked


class Child:
    """A process of ours and the connection to it."""

    def __init__(self, context: Any, target: Callable[..., None], *arguments: Any) -> None:
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=target, args=(theirs, *arguments))
        with child_environment():
            self.process.start()
        theirs.close()
        self.uses = 0

    def close(self) -> None:
        """End the process."""
        self.connection.close()
        self.process.kill()
        self.process.join()


def context(few: bool = False) -> Any:
    """Where children come from: forked from a preloaded process if that is safe, else spawned.

    With `few` of them to come, the process does not make itself cheap to fork.
    """
    made = multiprocessing.get_context("forkserver" if FORKS else "spawn")
    if FORKS:
        made.set_forkserver_preload(PRELOAD if few else [*PRELOAD, SETTLED])
    return made


def warm_up() -> None:
    """Start importing now, so that the first child need not wait for it. Returns at once."""
    if FORKS:
        from multiprocessing import forkserver

        _name_temporary_folder()
        with child_environment():
            _forkserver_parent()
            forkserver.ensure_running()


@functools.cache
def _forkserver_parent() -> ParentThread:
    """The thread that starts the forking process, which ends with it. Other threads may end sooner."""
    from multiprocessing import forkserver

    thread = ParentThread()
    thread.run(forkserver.ensure_running)
    return thread


@contextlib.contextmanager
def child_environment() -> Iterator[None]:
    """Within this context, new children get their own environment variables.

    They are set in this process, because multiprocessing offers no `env=`.
    """
    package = str(Path(grader.__file__).parents[1])
    known = os.environ.get("PYTHONPATH", "")
    variables = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "GRADER_PARENT": str(os.getpid())}
    if package not in known.split(os.pathsep):  # a new interpreter has to find this very package
        variables["PYTHONPATH"] = package + (os.pathsep + known if known else "")
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _name_temporary_folder() -> None:
    """Give multiprocessing a folder for its sockets that a later run removes, should we be killed."""
    config = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    if "tempdir" not in config:
        folder = Path(tempfile.gettempdir(), leftovers.name())
        folder.mkdir(mode=0o700)
        # As multiprocessing does with a folder that it makes itself: after everything that may still use it.
        util.Finalize(None, shutil.rmtree, args=(str(folder), True), exitpriority=-100)
        config["tempdir"] = str(folder)


def run_worker(orders: Connection) -> None:
    """In a child: grade what comes (grader.worker.main.work). Never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command decides what an interrupt means
    if FORKS:
        end_with_parent()  # the parent is the preloaded process: when it ends, all workers end
        if not getattr(sys.modules.get("grader.engine.preloaded"), "READY", False):
            # The preloaded process swallows an ImportError. Importing here raises it, as a fault of ours.
            import grader.engine.preloaded  # noqa: F401
    os.environ.pop("GRADER_PARENT", None)
    from grader.worker.main import work

    work(orders)


def run_rubric(submissions: Connection, files: Sequence[str], seed: str, limits: Limits, forks: bool) -> None:
    """In a child: judge submissions by one rubric (grader.rubric.process.serve). Never returns."""
    from grader.rubric.process import serve

    serve(submissions, files, seed, limits, forks)
