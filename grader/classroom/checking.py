"""A student's own notebook against the public checks alone."""

from __future__ import annotations

import difflib
from pathlib import Path

from grader.classroom.progress import OnProgress, Progress, ignore
from grader.course.course import Assignment
from grader.course.environment import Environment
from grader.course.loader import load_assignment
from grader.course.settings import settings_beside
from grader.engine import local
from grader.errors import MachineError, UsageError
from grader.exchange.beside import NOTHING_BESIDE, FilesBeside, files_beside
from grader.model.report import Report
from grader.model.status import SandboxKind
from grader.notebook.notebook import Unreadable
from grader.notebook.opening import read_file

STARTING, RUNNING = "starting", "running"  # the phases of a check


def check_notebook(
    notebook: Path,
    course: Path = Path(),
    assignment: str | None = None,
    *,
    seed: int = 0,
    sandbox: str | None = None,
    on_progress: OnProgress = ignore,
) -> tuple[Report, Assignment]:
    """Run an assignment's public checks on one notebook: the report, and the assignment as a student has it.

    `assignment` is its name, if neither the notebook's name nor its folder says it. `course` is the course's
    folder, or its public part alone. With `sandbox` None the notebook is sealed if this machine allows it,
    else not; `report.provenance.sandbox` says which. `on_progress` is told when STARTING and RUNNING begin.

    Raises UsageError if there is no notebook or no assignment for it, MachineError if the sandbox that
    was asked for by name can't be had or a package is missing.
    """
    if not notebook.exists():
        raise UsageError(f"there is no file {notebook}")
    found = find_assignment(notebook, course, assignment)
    packages = settings_beside(found.folder).environment
    packages.require()
    try:
        content: bytes | Unreadable = read_file(notebook)
    except Unreadable as error:
        content = error
    beside = NOTHING_BESIDE
    if isinstance(content, bytes):
        tasks = {found.name, *_folders(notebook, course)}
        beside = files_beside(notebook, content, found.name, tasks, found.limits.disk_mb, found.handed_out)
    try:
        kind = sandbox or SandboxKind.BUBBLEWRAP
        return _grade(found, content, beside, kind, seed, packages, on_progress), found
    except MachineError:
        if sandbox is not None:
            raise
    return _grade(found, content, beside, SandboxKind.NONE, seed, packages, on_progress), found


def _grade(
    assignment: Assignment,
    content: bytes | Unreadable,
    beside: FilesBeside,
    sandbox: str,
    seed: int,
    packages: Environment,
    on_progress: OnProgress,
) -> Report:
    with local.Grading(sandbox, 1, [assignment], packages, few=True) as grading:
        on_progress(Progress(0, 1, phase=STARTING))
        grading.ready()
        on_progress(Progress(0, 1, phase=RUNNING))
        (report,) = grading.reports([lambda: grading.task(assignment, "you", content, seed, beside=beside)])
    return report


def _folders(notebook: Path, course: Path) -> dict[str, Path]:
    """The assignments' folders by name: next to the notebook, in the course or in its public part."""
    bases = [base for base in (course / "assignments", course) if base.is_dir()]
    places = [notebook.resolve().parent, *(folder for base in bases for folder in sorted(base.iterdir()))]
    return {folder.name: folder for folder in reversed(places) if (folder / "assignment.toml").is_file()}


def find_assignment(notebook: Path, course: Path, name: str | None) -> Assignment:
    """The assignment that a notebook is for: named, or inferred from the notebook's name or folder.

    It is looked for next to the notebook and in the course's `assignments/`, or in the course's folder itself
    if the public part was handed out alone. Raises UsageError if there is none.
    """
    folders = _folders(notebook, course)
    if not folders:
        raise UsageError(
            f"no assignment found next to {notebook} or in {course}. "
            "Are you in the folder that you were given? If it is elsewhere, pass --course DIR."
        )
    for wanted in [name] if name else [notebook.stem, notebook.resolve().parent.name]:
        if wanted in folders:
            return load_assignment(folders[wanted])
    if name is None and len(folders) == 1:
        return load_assignment(*folders.values())
    near = difflib.get_close_matches(name or notebook.stem, folders, 1)
    remedy = f"did you mean {near[0]}?" if near else f"there are {', '.join(folders)}"
    raise UsageError(f"which assignment is {notebook} for? Say --assignment NAME; {remedy}")
