"""Many gradings at once on this machine: tasks in, reports out, in whatever order they come."""

from __future__ import annotations

import contextlib
import functools
import os
import platform
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from importlib import metadata
from pathlib import Path

import grader
from grader.course.course import Assignment
from grader.course.environment import Environment
from grader.engine.workers import Workers
from grader.exchange.beside import NOTHING_BESIDE, FilesBeside
from grader.model.file import Bound
from grader.model.report import ALWAYS, INTERNAL, Provenance, Report
from grader.model.status import MemoryKeeper, RubricScope, SandboxKind
from grader.model.task import Task
from grader.notebook.notebook import Unreadable
from grader.notebook.submission import fingerprint
from grader.sandbox.address import SandboxAddress
from grader.sandbox.bubblewrap import Sandbox
from grader.worker.process import NO_SESSION

RESTARTS = 3  # of one submission, each in a new sandbox because the last one has ended
ENDING_S = 1.0  # bubblewrap ends half a second after the processes in it
PACKAGES = ALWAYS[1:]  # whose versions could change what a notebook computes


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.cache
def environment() -> dict[str, str]:
    """The versions that a report on any course depends on, by name."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


class Grading:
    """What gradings share and keep warm: the sandbox, and the process from which workers are forked.

    `assignments` are those whose large files the sandbox shows to sessions, `packages` are those that the
    course relies on. A context manager: entering it starts both and does not wait. The first `grade` does.
    """

    def __init__(
        self,
        sandbox: str = SandboxKind.BUBBLEWRAP,
        jobs: int | None = None,
        assignments: Iterable[Assignment] = (),
        packages: Environment | None = None,
    ) -> None:
        self.kind = SandboxKind(sandbox)
        self.jobs = jobs or processors()
        self.packages = packages or Environment()
        self.environment = {**environment(), **self.packages.record}
        self.sandbox = self._new_sandbox() if self.kind is SandboxKind.BUBBLEWRAP else None
        self.workers = Workers()
        self.bound = [
            entry
            for assignment in assignments
            for entry in (*assignment.handed_out, *assignment.other)
            if isinstance(entry, Bound)
        ]

    def _new_sandbox(self) -> Sandbox:
        return Sandbox(self.packages.preload, self.packages.absent)

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

    def provenance(self, assignment: Assignment, seed: int) -> Provenance:
        """What a report on the assignment depends on, in addition to the submission."""
        counted = self.sandbox is not None and self.sandbox.groups is not None
        return Provenance(
            grader.__version__,
            assignment.rubric_sha256,
            self.environment,
            seed,
            self.kind,
            MemoryKeeper.CONTROL_GROUP if counted else MemoryKeeper.WATCHDOG,
            RubricScope.FULL if assignment.staff else RubricScope.PUBLIC,
            assignment.verdict_sha256,
        )

    def task(
        self,
        assignment: Assignment,
        student: str,
        content: bytes | Unreadable,
        seed: int,
        stop_at_first_failure: bool = False,
        beside: FilesBeside = NOTHING_BESIDE,
    ) -> Task:
        """A task for a notebook's bytes, or for the reason why there are none."""
        data, problem = (b"", content.text) if isinstance(content, Unreadable) else (content, None)
        return Task(
            student,
            assignment.name,
            fingerprint(content),
            data,
            problem,
            assignment.rubric,
            assignment.limits,
            self.provenance(assignment, seed),
            stop_at_first_failure,
            assignment.stub_content,
            beside.files,
            beside.record,
        )

    def reports(self, tasks: Iterable[Callable[[], Task]]) -> Iterator[Report]:
        """Reports in the order in which they are finished.

        Each task is made only when a worker is free for it, so a class need not fit in memory. A sandbox that
        was killed is replaced, and the submissions that were in it are graded again, RESTARTS times at most.
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
                            if sandbox is self.sandbox:
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

    def _replace(self, ended: Sandbox) -> None:
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
