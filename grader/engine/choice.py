"""Which engine grades: this machine, or those of a scheduler."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from grader.course.course import Assignment
from grader.course.environment import Environment
from grader.engine import local
from grader.engine.engine import Engine
from grader.language.catalogue import Text


def engine_for(
    scheduler: str | None,
    sandbox: str,
    jobs: int | None,
    assignments: Iterable[Assignment],
    packages: Environment,
    on_note: Callable[[Text], None],
) -> AbstractContextManager[Engine]:
    """The engine for a class: this machine with `jobs` notebooks at once, or a Dask scheduler's machines."""
    if scheduler is None:
        return local.Grading(sandbox, jobs, assignments, packages)
    # Imported here: Dask is an extra, and takes half a second.
    from grader.engine.dask import Machines

    return Machines(scheduler, sandbox, packages, on_note)
