"""The worker's process: grades what comes, one after another."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

from grader.model.codec import to_data
from grader.model.report import GRADED
from grader.protocol import handover as lines

MAX_GROWTH_KB = 64 << 10  # of a worker that is used again
HARMLESS = ("ok", "cell_error")  # runs of a notebook after which a worker is used again

FORKS = sys.platform == "linux"


def work(tasks: Connection) -> None:
    """The worker: grade what comes, one after another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command decides what an interrupt means
    if FORKS:
        from grader.inside import seal

        seal.prctl(
            seal.PR_SET_PDEATHSIG, signal.SIGKILL
        )  # with the process that forks workers, all of them end
    os.environ.pop("GRADER_PARENT", None)
    if FORKS and not getattr(sys.modules.get("grader.engine.preloaded"), "READY", False):
        import grader.engine.preloaded  # noqa: F401  (its own error, where it has one, is told as ours)
    from grader.worker import recipe as grade

    with contextlib.suppress(EOFError, OSError):
        while True:
            task = tasks.recv()
            line = lines.take(tasks)
            before = _peak_kb()
            try:
                graded = asyncio.run(grade.grade(task, line))
                good = (
                    graded.outcome == GRADED
                    and graded.execution.status in HARMLESS
                    and _peak_kb() - before < MAX_GROWTH_KB
                )
                said: Any = {"report": to_data(graded), "good": good}
            except grade.Lost as lost:
                said = {"report": to_data(lost.report), "good": False, "lost": True}
            except Exception:
                said = {"fault": traceback.format_exc()}
            line.close()
            tasks.send_bytes(json.dumps(said).encode())
    os._exit(0)


def _peak_kb() -> int:
    """The most memory that this process has used so far; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
