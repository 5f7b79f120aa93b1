"""A new assignment: a copy of the one in `skeleton/`, complete and valid, for its author to change."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from grader.course import stub
from grader.errors import UsageError

SKELETON = Path(__file__).parent / "skeleton"
# In the order in which they appear: a public part without the other would look complete.
TREES = ("solutions", "assignments")
# The name is also the name of the students' file, so it must suit every system.
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def make(root: Path, name: str) -> list[Path]:
    """Make the assignment `name` below `root` and return its files.

    It is first written under other names, so that a command that is killed leaves no half of an assignment.
    Raises UsageError if the name is not allowed or is taken, and if there is no folder `root`.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} can't be an assignment's name: "
            "use lower-case letters, digits and single hyphens, as in my-task"
        )
    if not root.is_dir():
        raise UsageError(f"there is no folder {root}")
    places = {tree: root / tree / name for tree in TREES}
    for place in places.values():
        if os.path.lexists(place):
            raise UsageError(
                f"{place} is there already, and nothing is overwritten: "
                "choose another name, or remove it first"
            )
    # A folder whose name begins with a dot is not read as an assignment.
    drafts = {tree: root / tree / f".{name}-{os.getpid()}" for tree in TREES}
    done: list[str] = []
    try:
        for tree, draft in drafts.items():
            _copy(SKELETON / tree, draft, name)
        text = stub.text_of(drafts["solutions"] / "solution.ipynb", name)
        (drafts["assignments"] / f"{name}.ipynb").write_text(text, encoding="utf-8", newline="\n")
        for tree, draft in drafts.items():
            draft.rename(places[tree])
            done.append(tree)
    finally:
        if len(done) < len(TREES):
            for path in [*drafts.values(), *(places[tree] for tree in done)]:
                shutil.rmtree(path, ignore_errors=True)
    return sorted(path for place in places.values() for path in place.rglob("*") if path.is_file())


def _copy(folder: Path, to: Path, name: str) -> None:
    """Copy the files of a folder, with the assignment's name put in."""
    to.mkdir(parents=True)
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")):  # left there by Jupyter or Python
            continue
        if path.is_dir():
            _copy(path, to / path.name, name)
        else:
            text = path.read_text(encoding="utf-8").replace("NAME", name)
            (to / path.name).write_text(text, encoding="utf-8", newline="\n")
