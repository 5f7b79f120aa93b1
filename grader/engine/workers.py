"""Processes apart from the command: what breaks while one submission is graded can't reach another.

A worker talks to the kernels of one submission at a time and is used again only where nothing out of the ordinary
happened. A rubric's process collects its checks once and forks for each submission (grader.rubric.process.serve). Between all of them
travels data, never a pickle of a student's making.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import threading
from multiprocessing import util
from typing import Any

from grader.model.codec import from_data
from grader.model.report import INTERNAL, Report
from grader.model.task import Task, report
from grader.protocol import handover as lines
from grader.sandbox import leftovers as traces
from grader.worker.main import FORKS, work

ATTEMPTS = 3  # workers for one submission, where one died by no fault of the student's
USES = 50  # submissions that one worker grades at the most
MAX_RETIRED = 16  # processes of rubrics that get nothing more to do; the oldest has long judged what it had
PRELOAD = ["grader.engine.preloaded", "grader.engine.workers"]


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

            with (
                traces.temporary()
            ):  # where its socket is made: multiprocessing removes it, unless it is killed
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

        return _Apart(
            self.context, rubric.serve, task.files, task.provenance.rubric_sha256, task.limits, FORKS
        )

    def _retire(self, rubric: _Apart, task: Task) -> None:
        """Give a rubric's process nothing more to do. It ends later: with it would end its forks, which judge other submissions."""
        with self.lock:
            if self.rubrics.get(task.files) is rubric:
                self.retired.append(self.rubrics.pop(task.files))
            while len(self.retired) > MAX_RETIRED:
                self.retired.pop(0).close()
