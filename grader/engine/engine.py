"""What every engine has: the conditions that its reports are made under, and tasks for them."""

from __future__ import annotations

import contextlib
import functools
import platform
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata

import grader
from grader.course.course import Assignment
from grader.course.environment import Environment
from grader.exchange.beside import NOTHING_BESIDE, FilesBeside
from grader.model.report import ALWAYS, Provenance, Report
from grader.model.status import MemoryKeeper, RubricScope, SandboxKind
from grader.model.task import Task
from grader.notebook.notebook import Unreadable
from grader.notebook.submission import fingerprint

PACKAGES = ALWAYS[1:]  # whose versions could change what a notebook computes


@functools.cache
def environment() -> dict[str, str]:
    """The versions that a report on any course depends on, by name."""
    versions = {"python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


class Engine(ABC):
    """Takes tasks and gives reports, on one machine or on many: the report on a submission is the same.

    A context manager. `packages` are those that the course relies on.
    """

    def __init__(self, sandbox: str, packages: Environment | None) -> None:
        self.kind = SandboxKind(sandbox)
        self.packages = packages or Environment()
        self.environment = {**environment(), **self.packages.record}

    @property
    @abstractmethod
    def keeper(self) -> MemoryKeeper:
        """What enforces the memory limit of its sessions."""

    @abstractmethod
    def reports(self, tasks: Iterable[Callable[[], Task]]) -> Iterator[Report]:
        """Reports in the order in which they are finished.

        Each task is made only when there is room for it, so a class need not fit in memory.
        """

    def provenance(self, assignment: Assignment, seed: int) -> Provenance:
        """What a report on the assignment depends on, in addition to the submission."""
        return Provenance(
            grader.__version__,
            assignment.rubric_sha256,
            self.environment,
            seed,
            self.kind,
            self.keeper,
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
