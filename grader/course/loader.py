"""The course, read from its folder once, with every problem reported together.

No rubric is run to read a course: `grader.course.declarations` says how its checks are found.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from grader.course.course import EQUIVALENT, HIDDEN, PUBLIC, UNWRITTEN, Assignment, Course
from grader.course.declarations import declared_checks, require_order
from grader.course.handed_out import read_files, require_counterparts
from grader.course.problems import Problems
from grader.course.settings import NAME, read_settings
from grader.course.staff_files import read_equivalents, read_mistakes, read_unwritten
from grader.course.toml_file import TomlFile
from grader.errors import UsageError
from grader.language.catalogue import Text, either
from grader.model.file import FILES, Entry, digest
from grader.model.limits import Limits

TEXTS = {"title": str, "statement": str, "zh_title": str, "zh_statement": str}


def load(root: Path, need_stubs: bool = True) -> Course:
    """Read a course. Without `need_stubs`, stubs may be missing because they are about to be made.

    Raises UsageError if `root` is not a course, and CourseError with every problem of a broken one.
    """
    folder = root / "assignments"
    if not folder.is_dir():
        raise UsageError(
            f"{root} is not a course: it has no folder `assignments`. Say where the course is: --course DIR"
        )
    problems = Problems(root)
    settings = read_settings(root / NAME, problems, [path.name for path in _folders(folder)])
    found = {}
    for path in _folders(folder):
        assignment = _read_assignment(path, root / "solutions" / path.name, problems, need_stubs)
        if assignment is not None:
            found[path.name] = assignment
    for path in _folders(root / "solutions"):
        if not (folder / path.name).is_dir():
            problems.add(path, f"has no public part: assignments/{path.name} is missing")
    if not found and not problems:
        problems.add(folder, "holds no assignment")
    problems.raise_if_any()
    return Course(root, found, settings)


def load_assignment(folder: Path) -> Assignment:
    """Read the public part of one assignment, which is all that students have.

    Raises CourseError with every problem of a broken one.
    """
    problems = Problems(folder.parent)
    assignment = _read_assignment(folder, None, problems)
    problems.raise_if_any()
    assert assignment is not None
    return assignment


def _folders(folder: Path) -> Iterator[Path]:
    """The folders in a folder that can hold an assignment, by name. Hidden ones and caches do not."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.name.startswith((".", "_")):
            yield path


def _read_assignment(
    folder: Path, staff: Path | None, problems: Problems, need_stub: bool = True
) -> Assignment | None:
    """One assignment, without its hidden part if `staff` is None. None, and problems, if it is broken."""
    before = len(problems)
    title, statement, limits = _about(folder / "assignment.toml", problems)
    stub, solution = folder / f"{folder.name}.ipynb", staff / "solution.ipynb" if staff else None
    if need_stub and not stub.is_file():
        problems.add(stub, f"is missing; make it with: grader stub {folder.name}")
    if solution and not solution.is_file():
        problems.add(solution, "is missing")
    declarations = declared_checks(folder / PUBLIC, "public", problems)
    if staff:
        declarations += declared_checks(staff / HIDDEN, "hidden", problems)
    require_order(declarations, problems)
    checks = tuple(declaration.check for declaration in declarations)
    mistakes = read_mistakes(staff / "mistakes", {check.id for check in checks}, problems) if staff else ()
    equivalents = read_equivalents(staff / EQUIVALENT, problems) if staff else ()
    unwritten = read_unwritten(staff / UNWRITTEN, problems) if staff else {}
    handed_out = read_files(folder / FILES, stub.name, problems)
    other = read_files(staff / FILES, stub.name, problems) if staff else ()
    if staff and len(problems) == before:
        require_counterparts(staff / FILES, other, handed_out, problems)
    if len(problems) > before:
        return None
    return Assignment(
        folder.name,
        title,
        statement,
        folder=folder,
        staff=staff,
        checks=checks,
        limits=limits,
        mistakes=mistakes,
        equivalents=equivalents,
        unwritten=unwritten,
        handed_out=handed_out,
        other=other,
        rubric_sha256=_digest(folder, staff, (*handed_out, *other)),
    )


def _about(path: Path, problems: Problems) -> tuple[Text, Text, Limits]:
    """The title, the statement and the limits in an `assignment.toml`.

    A text that is wrong or missing is empty, and a limit has its usual value.
    """
    file = TomlFile.read(path, problems)
    if file is None:
        return Text("", ""), Text("", ""), Limits()
    table = dict(file.table)
    limits = _limits(file, table.pop("limits", {}))
    values = file.values(table, TEXTS, required=("title", "statement"))
    title, statement = (
        either(values.get(key), values.get(f"zh_{key}", "")) for key in ("title", "statement")
    )
    return title, statement, limits


def _limits(file: TomlFile, table: Any) -> Limits:
    """The limits in the table [limits], the usual ones for what it does not set."""
    if not isinstance(table, dict):
        file.complain("[limits] must be a table")
        return Limits()
    values = file.values(table, {field.name: int for field in dataclasses.fields(Limits)})
    for key, value in values.items():
        if value <= 0:
            file.complain(f"the limit {key!r} must be above 0", key)
    return Limits(**values)


def _digest(folder: Path, staff: Path | None, given: Sequence[Entry]) -> str:
    """The SHA-256 of every file that a report depends on, for verdicts, limits or known mistakes.

    `given` are the files that notebooks find.
    """
    files = [folder / PUBLIC]
    if staff:
        files.append(staff / HIDDEN)
    files.append(folder / "assignment.toml")
    if staff:
        files += [staff / "solution.ipynb", *sorted((staff / "mistakes").glob("*.toml"))]
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    if given:
        whole.update(digest(given).encode())
    return whole.hexdigest()
