"""Many gradings at once on this machine: tasks in, reports out, in whatever order they come."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path

from grader.course.course import Assignment
from grader.course.environment import Environment
from grader.engine.engine import Engine
from grader.engine.workers import Workers
from grader.model.file import Bound
from grader.model.report import INTERNAL, Report
from grader.model.status import MemoryKeeper, SandboxKind
from grader.model.task import Task
from grader.sandbox.address import SandboxAddress
from grader.sandbox.bubblewrap import Sandbox
from grader.worker.process import NO_SESSION

RESTARTS = 3  # of one submission, each in a new sandbox because the last one has ended
ENDING_S = 1.0  # bubblewrap ends half a second after the processes in it


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Grading(Engine):
    """What gradings share and keep warm: the sandbox, and the process from which workers are forked.

    `assignments` are those whose large files the sandbox shows to sessions, `packages` are those that the
    course relies on. With `few`, the first notebook begins sooner, and each further one takes longer. A
    context manager: entering it starts both and does not wait. The first `grade` does.
    """

    def __init__(
        self,
        sandbox: str = SandboxKind.BUBBLEWRAP,
        jobs: int | None = None,
        assignments: Iterable[Assignment] = (),
        packages: Environment | None = None,
        few: bool = False,
    ) -> None:
        super().__init__(sandbox, packages)
        self.few = few
        self.jobs = jobs or processors()
        self.sandbox = self._new_sandbox() if self.kind is SandboxKind.BUBBLEWRAP else None
        self.workers = Workers(few)
        self.bound = [
            entry
            for assignment in assignments
            for entry in (*assignment.handed_out, *assignment.other)
            if isinstance(entry, Bound)
        ]
        self._changing = threading.Lock()  # the sandbox, or what it shows

    def _new_sandbox(self) -> Sandbox:
        return Sandbox(self.packages.preload, self.packages.absent, self.few)

    def __enter__(self) -> Grading:
        if self.sandbox is not None:
            try:
                self.sandbox.start()
                self._shelve(self.sandbox)
            except BaseException:
                self.sandbox.close()
                raise
        self.workers.warm_up()
        return self

    def __exit__(self, *_: object) -> None:
        self.workers.close()
        if self.sandbox is not None:
            self.sandbox.close()

    def ready(self) -> None:
        """Wait for the sandbox.

        Raises MachineError if it can't be started, and CourseError if a preloaded package keeps it from that.
        """
        if self.sandbox is not None:
            self.sandbox.ready()

    def address(self) -> SandboxAddress | None:
        """Where sealed sessions are forked; None without a sandbox."""
        return None if self.sandbox is None else self.sandbox.address()

    @property
    def keeper(self) -> MemoryKeeper:
        """The system where control groups can be made, else the watchdog."""
        counted = self.sandbox is not None and self.sandbox.groups is not None
        return MemoryKeeper.CONTROL_GROUP if counted else MemoryKeeper.WATCHDOG

    def reports(self, tasks: Iterable[Callable[[], Task]]) -> Iterator[Report]:
        """Reports in the order in which they are finished.

        Each task is made only when a worker is free for it, so a class need not fit in memory. A sandbox that
        was killed is replaced, and the submissions that were in it are graded again, RESTARTS times at most.
        Several threads may call it at once.
        """
        self.ready()
        waiting = iter(tasks)
        running: dict[Future[Report], tuple[Callable[[], Task], Sandbox | None, int]] = {}
        with ThreadPoolExecutor(self.jobs, thread_name_prefix="grading") as threads:

            def start(make: Callable[[], Task], left: int = RESTARTS) -> None:
                running[threads.submit(self._grade_one, make)] = make, self.sandbox, left

            try:
                while True:
                    while len(running) < self.jobs and (make := next(waiting, None)):
                        start(make)
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        make, sandbox, left = running.pop(future)
                        report = future.result()
                        if left and sandbox is not None and _sandbox_failed(report, sandbox):
                            self._replace(sandbox)
                            start(make, left - 1)
                        else:
                            yield report
            except BaseException:
                self.workers.stop()
                for future in running:
                    future.cancel()
                raise

    def _grade_one(self, make: Callable[[], Task]) -> Report:
        return self.workers.report_on(make(), self.address())

    def show(self, bound: Iterable[Bound]) -> None:
        """Show more large files to sessions. Raises MachineError if there is no room for them."""
        with self._changing:
            self.bound += bound
            if self.sandbox is not None:
                self._shelve(self.sandbox)

    def _replace(self, ended: Sandbox) -> None:
        """Put another sandbox in the place of one that has ended, unless another thread has."""
        with self._changing:
            if ended is not self.sandbox:
                return
            ended.close()
            self.sandbox = self._new_sandbox().start()
            self._shelve(self.sandbox)
            self.sandbox.ready()

    def _shelve(self, sandbox: Sandbox) -> None:
        """Show the large files to the sandbox's sessions."""
        for entry in self.bound:
            sandbox.shelve(Path(entry.path), entry.sha256)


def _sandbox_failed(report: Report, sandbox: Sandbox) -> bool:
    """Whether a submission could not be graded because its sandbox ended."""
    if report.outcome != INTERNAL:
        return False
    reason = report.reason.en if report.reason else ""
    return sandbox.has_ended(ENDING_S if NO_SESSION in reason else 0)
