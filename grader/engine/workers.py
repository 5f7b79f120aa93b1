"""Processes apart from the command: what breaks while one submission is graded can't reach another.

A worker talks to the kernels of one submission at a time and is used again only where nothing out of the ordinary
happened. A rubric's process collects its checks once and forks for each submission (grader.rubric.process.serve). Between all of them
travels data, never a pickle of a student's making.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
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
from multiprocessing import util
from multiprocessing.connection import Connection
from typing import Any

from grader.model.report import GRADED, INTERNAL, Report
from grader.model.task import Task, report
from grader.protocol import handover as lines
from grader.sandbox import leftovers as traces

ATTEMPTS = 3  # workers for one submission, where one died by no fault of the student's
USES = 50  # submissions that one worker grades at the most
MAX_RETIRED = 16  # processes of rubrics that get nothing more to do; the oldest has long judged what it had
MAX_GROWTH_KB = 64 << 10  # of a worker that is used again
HARMLESS = ("ok", "cell_error")  # runs of a notebook after which a worker is used again
PRELOAD = ["grader.engine.preloaded", "grader.engine.workers"]
FORKS = sys.platform == "linux"


class Stopped(Exception):
    """The whole grading was stopped while this submission was being graded; it has no report."""


class _Apart:
    """A process of ours and the connection to it."""

    def __init__(self, context: Any, target: Any, *arguments: Any) -> None:
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=target, args=(theirs, *arguments))
        self.process.start()
        theirs.close()
        self.uses = 0

    def close(self) -> None:
        self.connection.close()
        self.process.kill()
        self.process.join()


class Workers:
    """Workers and rubrics, made when needed and kept while they are good. May be used by several threads."""

    def __init__(self) -> None:
        # Forked from one process that has imported everything; spawned where forking is not safe.
        self.context = multiprocessing.get_context("forkserver" if FORKS else "spawn")
        if FORKS:
            self.context.set_forkserver_preload(PRELOAD)
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.idle: list[_Apart] = []
        self.rubrics: dict[tuple[str, ...], _Apart] = {}
        self.retired: list[_Apart] = []

    def warm_up(self) -> None:
        """Begin importing now, so that the first worker need not wait for it. Returns at once."""
        if FORKS:
            from multiprocessing import forkserver

            with traces.temporary():  # where its socket is made: multiprocessing removes it, unless it is killed
                util.get_temp_dir()
            os.environ["GRADER_PARENT"] = str(os.getpid())
            forkserver.ensure_running()

    def stop(self) -> None:
        """Have every grading that runs raise Stopped."""
        self.stopped.set()

    def close(self) -> None:
        """End all processes."""
        self.stop()
        with self.lock:
            for each in (*self.idle, *self.rubrics.values(), *self.retired):
                each.close()
            self.idle.clear()
            self.rubrics.clear()
            self.retired.clear()

    def grade(self, task: Task) -> Report:
        """The report on one submission. A worker or a rubric that dies is replaced; after ATTEMPTS of them, `internal`."""
        words = ""
        for left in reversed(range(ATTEMPTS)):
            if self.stopped.is_set():
                raise Stopped
            worker = self._worker()
            rubric = None
            try:
                worker.connection.send(task)
                rubric, line = self._rubric(task)
                lines.give(worker.connection, line)
                while not worker.connection.poll(0.2):
                    if self.stopped.is_set():
                        raise Stopped
                said = json.loads(worker.connection.recv_bytes())
            except (EOFError, OSError):
                words = "the worker died"
                worker.close()
                continue
            except BaseException:
                worker.close()
                raise
            if "fault" in said:
                words = said["fault"]
                worker.close()
                continue
            graded: Report = from_data(Report, said["report"])
            self._put_back(worker, said["good"])
            if graded.outcome == INTERNAL:
                self._retire(rubric, task)  # it may hang, or have died
            if left and said.get("lost"):
                continue
            return graded
        return report(task, INTERNAL, words)

    def _worker(self) -> _Apart:
        with self.lock:
            if self.idle:
                return self.idle.pop()
        return _Apart(self.context, work)

    def _put_back(self, worker: _Apart, good: bool) -> None:
        worker.uses += 1
        with self.lock:
            if good and worker.uses < USES and not self.stopped.is_set():
                self.idle.append(worker)
                return
        worker.close()

    def _rubric(self, task: Task) -> tuple[_Apart, socket.socket]:
        """A process that will run the task's rubric on one submission, and the line to it."""
        with self.lock:
            rubric = self.rubrics.pop(task.files, None)
            for _ in range(2):
                if rubric is None:
                    rubric = self._start_rubric(task)
                ours, theirs = socket.socketpair()
                try:
                    lines.give(rubric.connection, theirs)
                    break
                except OSError:  # it has died
                    ours.close()
                    theirs.close()
                    rubric.close()
                    rubric = None
            if rubric is None:
                raise OSError("the rubric's process ends at once")
            if FORKS:
                self.rubrics[task.files] = rubric
            else:
                self.retired.append(rubric)
            return rubric, ours

    def _start_rubric(self, task: Task) -> _Apart:
        from grader.rubric import process as rubric

        return _Apart(self.context, rubric.serve, task.files, task.provenance.rubric_sha256, task.limits, FORKS)

    def _retire(self, rubric: _Apart, task: Task) -> None:
        """Give a rubric's process nothing more to do. It ends later: with it would end its forks, which judge other submissions."""
        with self.lock:
            if self.rubrics.get(task.files) is rubric:
                self.retired.append(self.rubrics.pop(task.files))
            while len(self.retired) > MAX_RETIRED:
                self.retired.pop(0).close()


def work(tasks: Connection) -> None:
    """The worker: grade what comes, one after another."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command decides what an interrupt means
    if FORKS:
        from grader.inside import seal

        seal.prctl(seal.PR_SET_PDEATHSIG, signal.SIGKILL)  # with the process that forks workers, all of them end
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
                good = graded.outcome == GRADED and graded.execution.status in HARMLESS and _peak_kb() - before < MAX_GROWTH_KB
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


@functools.cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of its fields: they are compiled from text, which would take a millisecond for each report."""
    return typing.get_type_hints(kind)


def to_data(value: Any) -> Any:
    """A frozen value as JSON can carry it. dataclasses.asdict copies each part of it, which takes four times as long."""
    if dataclasses.is_dataclass(value):
        return {name: to_data(getattr(value, name)) for name in value.__dataclass_fields__}
    return tuple(map(to_data, value)) if isinstance(value, tuple) else value


def from_data(kind: Any, data: Any) -> Any:
    """The frozen value back from JSON's data, by its fields' types."""
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]
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
