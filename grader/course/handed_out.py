"""The folders `files/` of an assignment: what its notebook finds in its folder, and other data for reruns.

What is small is copied into every session. A large file, or a folder of much, is bound instead.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import PUBLIC
from grader.course.problems import Problems
from grader.model.file import FILES, Bound, Entry, File, digest, first_part, is_plain, is_trace

# What each session gets a copy of: 1 MB takes 2.5 ms, a file 0.05 ms more.
COPIED_BYTES = 1 << 20  # of all such files together
COPIED_FILES = 50
MAX_FILES = 10_000  # in one folder `files/`
MAX_BYTES = 4 << 30  # of all of them together: they are read once in each run of a command
MAX_DEPTH = 8  # folders, one in another
BLOCK = 1 << 20  # bytes that are read at once
# Names in the working folder that are taken.
TAKEN = (FILES, "assignment.toml", "course.toml", PUBLIC)


@dataclass(frozen=True)
class _Found:
    name: str  # from the folder `files/`, with "/" between folders
    path: Path
    size: int  # bytes


def read_files(folder: Path, stub: str, problems: Problems) -> tuple[Entry, ...]:
    """What lies in a folder `files/`, by name; nothing if there is none.

    `stub` is the name of the notebook that it lies beside. What no session could be given is a problem.
    """
    if not folder.exists() and not folder.is_symlink():
        return ()
    before = len(problems)
    found = list(_look(folder, stub, problems))
    if len(found) > MAX_FILES:
        problems.add(folder, f"holds more than {MAX_FILES:,} files; put them into an archive")
    elif sum(file.size for file in found) > MAX_BYTES:
        problems.add(
            folder, f"holds more than {MAX_BYTES >> 30} GB, which is the most that can be handed out"
        )
    if len(problems) > before:
        return ()
    try:
        return tuple(_entries(folder, found))
    except OSError as error:
        problems.add(folder, f"can't be read: {error}")
        return ()


def require_counterparts(
    folder: Path, others: Sequence[Entry], files: Sequence[Entry], problems: Problems
) -> None:
    """Note other data for reruns that takes the place of nothing, or is the same as what is handed out."""
    handed_out = {entry.name: entry for entry in files}
    for other in others:
        public = handed_out.get(other.name)
        if public is None:
            problems.add(folder / other.name, "takes the place of no file: none of this name is handed out")
        elif digest([other]) == digest([public]):
            problems.add(
                folder / other.name, "is the same as the file that is handed out; reruns need other data"
            )


def copies_beside(stub: Path, files: Sequence[Entry]) -> dict[Path, Entry]:
    """What lies beside a stub so that it runs in Jupyter as it does in a session, by path."""
    return {stub.parent / entry.name: entry for entry in files}


def is_current(path: Path, entry: Entry) -> bool:
    """Whether a path beside a stub holds what is handed out. Raises OSError if it can't be read."""
    if isinstance(entry, File):
        return path.is_file() and path.read_bytes() == entry.content
    return path.is_symlink() and os.readlink(path) == f"{FILES}/{entry.name}"


def put_beside(path: Path, entry: Entry) -> None:
    """Write a copy beside a stub; what is large is linked. Raises OSError, also for a folder in the way."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        raise OSError(errno.EEXIST, "a folder of this name is there; move it away")
    path.unlink(missing_ok=True)
    if isinstance(entry, File):
        path.write_bytes(entry.content)
    else:
        path.symlink_to(f"{FILES}/{entry.name}")


def _look(folder: Path, stub: str, problems: Problems) -> Iterator[_Found]:
    """The files in a folder and below it, and a problem for everything else."""
    waiting = [(folder, "")]
    while waiting:
        here, prefix = waiting.pop()
        try:
            if here.is_symlink() or not here.is_dir():
                problems.add(here, "must be a folder: links are not followed")
                continue
            entries = sorted(here.iterdir())
        except OSError as error:
            problems.add(here, f"can't be read: {error.strerror}")
            continue
        for path in entries:
            name = prefix + path.name
            if is_trace(path.name):
                continue
            if not is_plain(name):
                problems.add(here, f"holds a file whose name no session could have: {path.name!r}")
            elif name in (*TAKEN, stub):
                problems.add(path, "has a name that is taken in the notebook's folder; choose another")
            elif path.is_symlink():
                problems.add(path, "is a link; put the file itself here")
            elif path.is_dir():
                if prefix.count("/") >= MAX_DEPTH:
                    problems.add(path, f"lies more than {MAX_DEPTH} folders deep")
                else:
                    waiting.append((path, name + "/"))
            elif not path.is_file():
                problems.add(path, "is not a regular file")
            else:
                yield _Found(name, path, path.stat().st_size)


def _entries(folder: Path, found: Sequence[_Found]) -> Iterator[Entry]:
    """The files to copy, and what is bound: the largest first, until the rest can be copied."""
    groups: dict[str, list[_Found]] = {}
    for file in found:
        groups.setdefault(first_part(file.name), []).append(file)
    left = {name: (sum(file.size for file in files), len(files)) for name, files in groups.items()}
    bound = {name for name, (_, count) in left.items() if count > COPIED_FILES}
    for name in sorted(left.keys() - bound, key=lambda each: (-left[each][0], each)):
        if sum(size for other, (size, _) in left.items() if other not in bound) > COPIED_BYTES:
            bound.add(name)
    for name, files in sorted(groups.items()):
        if name in bound:
            yield _bound(folder / name, name, files)
        else:
            for file in sorted(files, key=lambda each: each.name):
                yield File(file.name, file.path.read_bytes())


def _bound(path: Path, name: str, files: Sequence[_Found]) -> Bound:
    whole = hashlib.sha256()
    for file in sorted(files, key=lambda each: each.name):
        whole.update(f"{file.name}\0{file.size}\0".encode())
        with open(file.path, "rb") as handle:
            while block := handle.read(BLOCK):
                whole.update(block)
    return Bound(name, str(path.absolute()), sum(file.size for file in files), whole.hexdigest())
