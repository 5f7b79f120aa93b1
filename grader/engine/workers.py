"""Workers and rubrics, in processes of their own: what breaks one grading can't reach another.

A worker talks to the kernels of one submission at a time. It is used again only if nothing unusual
happened. A rubric's process collects its checks once and forks for each submission (grader.rubric.process).
What they send each other is data, never a pickle made by a student.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from grader.engine import children
from grader.engine.children import FORKS, Child
from grader.language.catalogue import Text
from grader.model.file import Entry, File
from grader.model.report import INTERNAL, Report
from grader.model.task import Rubric, Task, report
from grader.protocol.grading import Answer
from grader.protocol.handover import send_socket
from grader.rubric.files import HANDED_OUT, OTHER
from grader.sandbox import leftovers
from grader.sandbox.address import SandboxAddress

ATTEMPTS = 3  # at grading one submission: a worker can die, which no student causes
USES = 50  # submissions that one worker grades at most
# How many retired rubric processes to keep. By then the oldest has finished its work.
MAX_RETIRED = 16


class Stopped(Exception):
    """All grading was stopped while this submission was being graded, so it has no report."""


class Workers:
    """Starts workers and rubrics when needed, and keeps them while they are good. Thread-safe.

    With `few` submissions to come, the first worker is there sooner, and each start of another takes longer.
    """

    def __init__(self, few: bool = False) -> None:
        self.context = children.context(few)
        self.stopped = threading.Event()
        self.lock = threading.Lock()
        self.idle: list[Child] = []
        self.rubrics: dict[str, Child] = {}  # by the rubric's hash
        self.retired: list[Child] = []
        self._folder: Path | None = None  # holds the rubrics' files while their processes run

    def warm_up(self) -> None:
        """Start importing now, so that the first worker need not wait for it. Returns at once."""
        children.warm_up()

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
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def report_on(self, task: Task, sandbox: SandboxAddress | None) -> Report:
        """The report on one submission, run in `sandbox` (None: unprotected).

        A worker or a rubric that dies is replaced; after ATTEMPTS of them the outcome is `internal`.
        Raises Stopped after `stop`.
        """
        fault = ""
        for left in reversed(range(ATTEMPTS)):
            if self.stopped.is_set():
                raise Stopped
            worker = self._worker()
            try:
                worker.connection.send((task, sandbox))
                rubric, connection = self._rubric(task)
                send_socket(worker.connection, connection)
                while not worker.connection.poll(0.2):
                    if self.stopped.is_set():
                        raise Stopped
                answer = Answer.decode(worker.connection.recv_bytes())
            except (EOFError, OSError):
                fault = "the worker died"
                worker.close()
                continue
            except BaseException:
                worker.close()
                raise
            if answer.report is None:
                fault = answer.fault
                worker.close()
                continue
            self._put_back(worker, answer.reusable)
            if answer.report.outcome == INTERNAL:
                self._retire(rubric, task.rubric)  # it may hang, or have died
            if left and answer.rubric_lost:
                continue
            return answer.report
        return report(task, INTERNAL, Text.verbatim(fault))

    def _worker(self) -> Child:
        with self.lock:
            if self.idle:
                return self.idle.pop()
            return Child(self.context, children.run_worker)

    def _put_back(self, worker: Child, reusable: bool) -> None:
        worker.uses += 1
        with self.lock:
            if reusable and worker.uses < USES and not self.stopped.is_set():
                self.idle.append(worker)
                return
        worker.close()

    def _rubric(self, task: Task) -> tuple[Child, socket.socket]:
        """A process that runs the task's rubric on one submission, and the connection to it."""
        key = task.rubric.sha256
        with self.lock:
            rubric = self.rubrics.pop(key, None)
            for _ in range(2):
                if rubric is None:
                    rubric = self._start_rubric(task)
                ours, theirs = socket.socketpair()
                try:
                    send_socket(rubric.connection, theirs)
                    break
                except OSError:  # it has died
                    ours.close()
                    theirs.close()
                    rubric.close()
                    rubric = None
            if rubric is None:
                raise OSError("the rubric's process ends at once")
            if FORKS:
                self.rubrics[key] = rubric
            else:
                self.retired.append(rubric)
            return rubric, ours

    def _start_rubric(self, task: Task) -> Child:
        files = self._written(task.rubric)
        return Child(self.context, children.run_rubric, files, task.provenance.inputs, task.limits, FORKS)

    def _written(self, rubric: Rubric) -> tuple[str, ...]:
        """The paths of the rubric's files, which are written to a folder named after the rubric's hash."""
        if self._folder is None:
            self._folder = Path(tempfile.gettempdir(), leftovers.name())
            self._folder.mkdir(mode=0o700)
        folder = self._folder / rubric.sha256
        if not folder.is_dir():
            folder.mkdir()
            for file in rubric.files:
                (folder / file.name).write_bytes(file.content)
            _put(folder / HANDED_OUT, rubric.handed_out)
            _put(folder / OTHER, rubric.other)
        return tuple(str(folder / file.name) for file in rubric.files)

    def _retire(self, rubric: Child, key: Rubric) -> None:
        """Send a rubric's process no more submissions.

        It is ended later, since its forks, which judge other submissions, end with it.
        """
        with self.lock:
            if self.rubrics.get(key.sha256) is rubric:
                self.retired.append(self.rubrics.pop(key.sha256))
            while len(self.retired) > MAX_RETIRED:
                self.retired.pop(0).close()


def _put(folder: Path, entries: Sequence[Entry]) -> None:
    """Make a folder with these files in it, the large ones as links. The rubric only reads them."""
    folder.mkdir()
    for entry in entries:
        path = folder / entry.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(entry, File):
            path.write_bytes(entry.content)
        else:
            path.symlink_to(os.path.abspath(entry.path))
