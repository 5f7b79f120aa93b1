"""A new assignment: the one in `skeleton/`, complete and valid, for its author to change."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from grader.course import stub
from grader.course.course import Assignment
from grader.errors import UsageError

SKELETON = Path(__file__).parent / "skeleton"
TREES = (
    "solutions",
    "assignments",
)  # in the order in which they appear: the public part without the other would look whole
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")  # for students it is a file's name, on any system


def make(root: Path, name: str) -> list[Path]:
    """Make the assignment `name` below `root` and return its files. UsageError where its name is none or taken already.

    All of it is written elsewhere first, so that a run that is killed leaves no half of an assignment.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for an assignment: use lower-case letters, digits and single hyphens, as in my-task"
        )
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}")
    places = {tree: root / tree / name for tree in TREES}
    for place in places.values():
        if os.path.lexists(place):
            raise UsageError(
                f"{place} is there already, and nothing is overwritten: choose another name, or remove it first"
            )
    drafts = {
        tree: root / tree / f".{name}-{os.getpid()}" for tree in TREES
    }  # a course is read without what begins with a dot
    done: list[str] = []
    try:
        for tree, draft in drafts.items():
            _copy(SKELETON / tree, draft, name)
        stub.write(
            Assignment(
                name,
                title="",
                statement="",
                folder=drafts["assignments"],
                staff=drafts["solutions"],
                checks=(),
            )
        )
        for tree, draft in drafts.items():
            draft.rename(places[tree])
            done.append(tree)
    finally:
        if len(done) < len(TREES):
            for path in [*drafts.values(), *(places[tree] for tree in done)]:
                shutil.rmtree(path, ignore_errors=True)
    return sorted(path for place in places.values() for path in place.rglob("*") if path.is_file())


def _copy(folder: Path, to: Path, name: str) -> None:
    """The files of `folder`, with the assignment's name put in."""
    to.mkdir(parents=True)
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")):  # left there by Jupyter, by Python
            continue
        if path.is_dir():
            _copy(path, to / path.name, name)
        else:
            (to / path.name).write_text(
                path.read_text(encoding="utf-8").replace("NAME", name), encoding="utf-8", newline="\n"
            )
