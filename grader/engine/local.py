"""Many gradings at once: tasks in, reports out, in whatever order they come."""

from __future__ import annotations

import contextlib
import functools
import os
import platform
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from importlib import metadata

import grader
from grader.course.course import Assignment
from grader.engine.workers import Workers
from grader.model.report import INTERNAL, Provenance, Report
from grader.model.task import Task
from grader.notebook.notebook import Unreadable
from grader.notebook.submission import Submission, fingerprint
from grader.sandbox.address import SandboxAddress
from grader.sandbox.bubblewrap import Sandbox
from grader.worker.process import NO_SESSION

RESTARTS = 3  # of one submission, each in a sandbox of its own, where the one before has ended
ENDING_S = 1.0  # bubblewrap ends half a second after what it holds
PACKAGES = ("torch", "numpy", "ipykernel")  # whose versions could change what a notebook computes


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.cache
def environment() -> dict[str, str]:
    """The versions that a report depends on."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


class Grading:
    """Everything warm that gradings share: the sandbox and the process from which workers are forked.

    A context manager. Entering starts both at once and does not wait; the first `grade` does.
    """

    def __init__(self, sandbox: str = "bubblewrap", jobs: int | None = None) -> None:
        # Before anything imports torch: one thread each, or sessions would fight for processors and differ in sums.
        os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"
        package = os.path.dirname(os.path.dirname(os.path.abspath(grader.__file__)))
        known = os.environ.get("PYTHONPATH", "")
        if package not in known.split(
            os.pathsep
        ):  # workers are new interpreters and must find this very package
            os.environ["PYTHONPATH"] = package + (os.pathsep + known if known else "")
        self.kind = sandbox
        self.jobs = jobs or processors()
        self.sandbox = Sandbox() if sandbox == "bubblewrap" else None
        self.workers = Workers()

    def __enter__(self) -> Grading:
        if self.sandbox is not None:
            try:
                self.sandbox.start()
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
        """Wait for the sandbox. MachineError where it can't be had."""
        if self.sandbox is not None:
            self.sandbox.ready()

    def address(self) -> SandboxAddress | None:
        return None if self.sandbox is None else self.sandbox.address()

    def provenance(self, assignment: Assignment, seed: int) -> Provenance:
        memory = (
            "control group" if self.sandbox is not None and self.sandbox.groups is not None else "watchdog"
        )
        return Provenance(
            grader.__version__, assignment.rubric_sha256, environment(), seed, self.kind, memory
        )

    def task(
        self,
        assignment: Assignment,
        student: str,
        content: bytes | Unreadable,
        seed: int,
        brief: bool = False,
    ) -> Task:
        """A task from a notebook's bytes, or from the reason why there are none."""
        data, problem = (b"", content.text) if isinstance(content, Unreadable) else (content, None)
        return Task(
            student,
            assignment.name,
            fingerprint(content),
            data,
            problem,
            tuple(str(path.resolve()) for path in assignment.files),
            assignment.checks,
            assignment.limits,
            self.provenance(assignment, seed),
            self.address(),
            brief,
        )

    def grade(self, tasks: Iterable[Callable[[], Task]]) -> Iterator[Report]:
        """Reports as they come. Each task is made only when a worker is free for it, so a class need not fit in memory.

        Where something has killed the sandbox, another takes its place, and what was under way is graded once more.
        """
        self.ready()
        waiting = iter(tasks)
        running: dict[Future[Report], tuple[Callable[[], Task], Sandbox | None, int]] = {}
        with ThreadPoolExecutor(self.jobs, thread_name_prefix="grading") as threads:

            def start(make: Callable[[], Task], left: int = RESTARTS) -> None:
                running[threads.submit(lambda: self.workers.grade(make()))] = make, self.sandbox, left

            try:
                while True:
                    while len(running) < self.jobs and (make := next(waiting, None)):
                        start(make)
                    if not running:
                        return
                    for future in wait(running, return_when=FIRST_COMPLETED).done:
                        make, sandbox, left = running.pop(future)
                        made = future.result()
                        if (
                            made.outcome == INTERNAL
                            and left
                            and sandbox is not None
                            and sandbox.has_ended(ENDING_S if NO_SESSION in (made.reason or "") else 0)
                        ):
                            if sandbox is self.sandbox:
                                self._replace(sandbox)
                            start(make, left - 1)
                        else:
                            yield made
            except BaseException:
                self.workers.stop()
                for future in running:
                    future.cancel()
                raise

    def _replace(self, ended: Sandbox) -> None:
        ended.close()
        self.sandbox = (
            Sandbox().start()
        )  # by the thread that grades the class: with the thread that starts it, it ends
        self.sandbox.ready()


def read(submission: Submission) -> bytes | Unreadable:
    """A submission's bytes, or why there are none."""
    try:
        return submission.load()
    except Unreadable as error:
        return error
