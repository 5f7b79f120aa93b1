"""A process for each submission: what breaks in one can't reach another, and none outlives its verdict.

The worker talks to the kernel; a second process, forked from it before it reads anything of the
submission, runs the rubric. Between all of them travels JSON, never a pickle of a student's making.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import multiprocessing
import os
import signal
import socket
import sys
import threading
import traceback
import types
import typing
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from grader.score import INTERNAL, Report
from grader.task import Task, report

ATTEMPTS = 3  # workers for one submission, where one died by no fault of the student's
PRELOAD = ["grader.preloaded", "grader.worker"]
FORKS = sys.platform == "linux"


def start() -> multiprocessing.context.BaseContext:
    """The way workers are made: forked from one process that has imported everything, or spawned where that is not safe."""
    if not FORKS:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


def warm_up(context: multiprocessing.context.BaseContext) -> None:
    """Begin importing now, so that the first worker need not wait for it. Returns at once."""
    if FORKS:
        from multiprocessing import forkserver

        forkserver.ensure_running()


class Stopped(Exception):
    """The whole grading was stopped while this submission was being graded; it has no report."""


def grade_apart(context: multiprocessing.context.BaseContext, task: Task, stopped: threading.Event) -> Report:
    """The report on one submission, from a worker of its own. A worker that dies is replaced; after that, `internal`."""
    words = ""
    for _ in range(ATTEMPTS):
        if stopped.is_set():
            raise Stopped
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=work, args=(theirs, task))  # type: ignore[attr-defined]
        worker.start()
        theirs.close()
        try:
            while not ours.poll(0.2):
                if stopped.is_set():
                    worker.kill()
                    raise Stopped
            said = json.loads(ours.recv_bytes())
            if "fault" not in said:
                return from_data(Report, said)
            words = said["fault"]
        except (EOFError, OSError):
            words = "the worker died"
        finally:
            ours.close()
            worker.join(5)
            if worker.is_alive():
                worker.kill()
                worker.join()
    return report(task, INTERNAL, words)


def work(answer: Connection, task: Task) -> None:
    """The worker: start the rubric's process, grade, answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command decides what an interrupt means
    if FORKS:
        from grader.inside import seal

        seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGKILL)  # with the process that forks workers, all of them end
    if FORKS and not getattr(sys.modules.get("grader.preloaded"), "READY", False):
        import grader.preloaded  # noqa: F401  (its own error, where it has one, is told as ours)
    line, rubric = start_rubric(task.limits.rubric_s)
    from grader import grade

    try:
        said: Any = to_data(asyncio.run(grade.grade(task, line)))
    except Exception:
        said = {"fault": traceback.format_exc()}
    with contextlib.suppress(BrokenPipeError):
        answer.send_bytes(json.dumps(said).encode())
    line.close()
    rubric.join(1)
    if rubric.is_alive():
        rubric.kill()
    os._exit(0)


def start_rubric(cpu_s: int) -> tuple[socket.socket, multiprocessing.process.BaseProcess]:
    """A process that waits for its order on the other end of the line."""
    ours, theirs = socket.socketpair()
    context = multiprocessing.get_context("fork" if FORKS else "spawn")
    process = context.Process(target=run_rubric, args=(theirs, ours if FORKS else None, cpu_s))  # type: ignore[attr-defined]
    process.start()
    theirs.close()
    return ours, process


def run_rubric(connection: socket.socket, others: socket.socket | None, cpu_s: int) -> None:
    if others is not None:
        others.close()
    if FORKS:
        from grader.inside import seal

        seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGKILL)
    from grader import rubric

    rubric.main(connection, cpu_s)


def to_data(value: Any) -> Any:
    """A frozen value as JSON can carry it."""
    return dataclasses.asdict(value)


def from_data(kind: Any, data: Any) -> Any:
    """The frozen value back from JSON's data, by its fields' types."""
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{name: from_data(hints[name], item) for name, item in data.items()})  # type: ignore[operator]
    if origin is tuple:
        inner = typing.get_args(kind)
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(from_data(inner[0], item) for item in data)
        return tuple(from_data(part, item) for part, item in zip(inner, data))
    if origin in (types.UnionType, typing.Union):
        if data is None:
            return None
        return from_data(next(part for part in typing.get_args(kind) if part is not type(None)), data)
    return dict(data) if isinstance(data, Mapping) else data
