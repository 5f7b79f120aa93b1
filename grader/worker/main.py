"""The worker's process: grades one task after another."""

from __future__ import annotations

import asyncio
import contextlib
import os
import traceback
from multiprocessing.connection import Connection

from grader.model.report import GRADED
from grader.protocol.grading import Answer
from grader.protocol.handover import receive_socket
from grader.sandbox.cgroup import Removals
from grader.worker import recipe

MAX_GROWTH_KB = 64 << 10  # by one submission, of a worker that is used again


def work(orders: Connection) -> None:
    """Grade one task after another until the command hangs up. Never returns."""
    removals = Removals()
    with contextlib.suppress(EOFError, OSError):
        while True:
            task, sandbox = orders.recv()
            rubric = receive_socket(orders)
            before = _peak_kb()
            try:
                report = asyncio.run(recipe.grade(task, rubric, sandbox, removals))
                ordinary = report.outcome == GRADED and not report.execution.status.ends_session
                answer = Answer(report, reusable=ordinary and _peak_kb() - before < MAX_GROWTH_KB)
            except recipe.RubricLost as lost:
                answer = Answer(lost.report, rubric_lost=True)
            except Exception:
                answer = Answer(fault=traceback.format_exc())
            rubric.close()
            orders.send_bytes(answer.encode())
    os._exit(0)


def _peak_kb() -> int:
    """The most resident memory that this process has had so far; 0 if the system does not say."""
    try:
        import resource
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
