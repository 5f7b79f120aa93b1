"""The files beside a notebook, which its sessions find in their working folder as they lay on disk.

What lies in the notebook's own folder and below it comes along: data, modules, notebooks of the student's
own. What belongs to another assignment does not. Students choose the names and the contents, so no link is
followed, nothing but regular files is opened, and everything is bounded: how many entries are looked at, how
many files are taken, how large one of them and all together are.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from grader.exchange import file_names
from grader.exchange.file_names import Match
from grader.exchange.names import printable
from grader.model.file import (
    FILES,
    Beside,
    Bound,
    Entry,
    File,
    LeftOut,
    Obstacle,
    digest,
    first_part,
    is_plain,
    is_trace,
)
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.opening import read_file

MAX_FILES = 500  # that come along
MAX_FILE_BYTES = 16 << 20  # of one file
MAX_BYTES = 32 << 20  # of all files together
MAX_LOOKED = 20_000  # entries of the folder and of those below it that are looked at
MAX_DEPTH = 8  # folders below the notebook's own, one in another
BLOCK = 4096  # bytes: how a tmpfs counts
MAX_NAMED = 20  # files that one record names for each reason
# What an assignment's public folder holds beside the stub: no student's.
_COURSE = ("assignment.toml", "course.toml", "test_public.py")


@dataclass(frozen=True)
class FilesBeside:
    """The files that come along, and the record of them; None if nothing lay beside the notebook."""

    files: tuple[File, ...] = ()
    record: Beside | None = None


NOTHING_BESIDE = FilesBeside()


@dataclass(frozen=True)
class _Entry:
    name: str  # relative to the notebook's folder, with "/" between folders
    path: str
    size: int  # bytes

    @property
    def taken(self) -> int:
        """Bytes of the disk that the file takes: whole blocks."""
        return -(-self.size // BLOCK) * BLOCK

    def order(self, words: Collection[str]) -> tuple[bool, int, str]:
        """What the notebook's text names comes first, then what lies near it."""
        last = self.name.rpartition("/")[2].rpartition(" ")[2]
        return last.removesuffix(".py") not in words, self.name.count("/"), self.name


def files_beside(
    notebook: Path,
    content: bytes,
    task: str,
    tasks: Collection[str],
    disk_mb: int,
    handed_out: Sequence[Entry] = (),
) -> FilesBeside:
    """The files beside a notebook for the assignment `task`, one of `tasks`.

    What the assignment hands out is not among them: sessions find it as it was handed out.

    `content` is the notebook's own text. If not everything can come along, what is named there comes first.
    All files together take at most half of the session's disk of `disk_mb` megabytes. Nothing is raised:
    what can't be read is left out, and the record says so.
    """
    search = _Search(notebook, task, tasks)
    search.look()
    room = min(MAX_BYTES, disk_mb << 19)
    words = set(re.split(r"[^\w.+-]+", content.decode("utf-8", "replace"))) if search.found else set()
    given = {each.name: each for each in handed_out}
    files: list[File] = []
    for entry in sorted(search.found, key=lambda each: each.order(words)):
        if given and (theirs := _handed_out(entry.name, given)) is not None:
            if not _is_same(entry, given.get(theirs)):
                search.leave(Obstacle.HANDED_OUT, entry.name)
        elif entry.size > MAX_FILE_BYTES:
            search.leave(Obstacle.TOO_LARGE, entry.name)
        elif len(files) >= MAX_FILES:
            search.leave(Obstacle.TOO_MANY, entry.name)
        elif entry.taken > room:
            search.leave(Obstacle.NO_ROOM, entry.name)
        else:
            try:
                data = read_file(entry.path, FileLimits(file_bytes=entry.size))
            except (Unreadable, OSError):  # it has changed since it was looked at, or may not be read
                search.leave(Obstacle.UNREADABLE, entry.name)
                continue
            files.append(File(entry.name, data))
            room -= entry.taken
    files.sort(key=lambda file: file.name)
    left_out = search.left_out()
    if not files and not left_out:
        return NOTHING_BESIDE
    names = tuple(printable(file.name) for file in files)
    return FilesBeside(tuple(files), Beside(names, left_out, digest(files) if files else ""))


def _handed_out(name: str, given: Mapping[str, Entry]) -> str | None:
    """The name under which the assignment hands out what lies at `name`, or beside it; None if it is free."""
    name = name.removeprefix(f"{FILES}/")
    if name in given or name == FILES:
        return name
    first = first_part(name)
    parts = name.split("/")
    above = {"/".join(parts[:count]) for count in range(1, len(parts))}
    if isinstance(given.get(first), Bound):
        return first
    in_the_way = any(other.startswith(f"{name}/") for other in given)
    return name if in_the_way or above & set(given) else None


def _is_same(entry: _Entry, handed_out: Entry | None) -> bool:
    """Whether a file is what the assignment hands out. What is bound is not compared."""
    if not isinstance(handed_out, File):
        return handed_out is not None
    try:
        return (
            entry.size == len(handed_out.content)
            and read_file(entry.path, FileLimits(file_bytes=entry.size)) == handed_out.content
        )
    except (Unreadable, OSError):
        return False


class _Search:
    """Looks through a notebook's folder and those below it."""

    def __init__(self, notebook: Path, task: str, tasks: Collection[str]) -> None:
        self.notebook = notebook
        self.task = task
        self.tasks = tasks
        self.found: list[_Entry] = []
        self._left: dict[Obstacle, list[str]] = defaultdict(list)
        self._looked = 0

    def leave(self, why: Obstacle, name: str) -> None:
        """Note that a file is left out, or everything in a folder."""
        self._left[why].append(name)

    def left_out(self) -> tuple[LeftOut, ...]:
        """What is left out, by reason."""
        return tuple(
            LeftOut(why, len(names), tuple(map(printable, sorted(names)[:MAX_NAMED])))
            for why, names in sorted(self._left.items())
        )

    def look(self) -> None:
        """Find everything that may come along, folder by folder, those near the notebook first."""
        folders = [("", str(self.notebook.parent))]
        for _depth in range(MAX_DEPTH + 1):
            below: list[tuple[str, str]] = []
            for prefix, path in folders:
                below += self._look_into(prefix, path)
            folders = below
        for prefix, _ in folders:
            self.leave(Obstacle.TOO_MANY, prefix)

    def _look_into(self, prefix: str, folder: str) -> list[tuple[str, str]]:
        """Find what is in one folder. The folders in it, with their names."""
        left = MAX_LOOKED - self._looked
        try:
            with os.scandir(folder) as listing:
                entries = sorted(islice(listing, left + 1), key=lambda entry: entry.name)
        except OSError:
            self.leave(Obstacle.UNREADABLE, prefix)
            return []
        if len(entries) > left:
            self.leave(Obstacle.TOO_MANY, prefix or "./")
            entries = entries[:left]
        self._looked += len(entries)
        entries = [entry for entry in entries if not is_trace(entry.name)]
        if self._is_others(prefix, entries):
            return []
        folders = []
        taken = set()
        for entry in entries:
            # A Mac's names are decomposed, those in code are not. There, both mean the same file.
            name = unicodedata.normalize("NFC", entry.name)
            if name in taken:
                continue
            taken.add(name)
            if self._look_at(prefix + name, entry):
                folders.append((f"{prefix}{name}/", entry.path))
        return folders

    def _is_others(self, prefix: str, entries: list[os.DirEntry[str]]) -> bool:
        """Whether a folder below the notebook's is the course's, or holds another assignment's notebook."""
        meant = [self._meant(entry.name) for entry in entries]
        return bool(prefix) and (
            any(entry.name == _COURSE[0] for entry in entries)
            or any(tasks and self.task not in tasks for tasks in meant)
        )

    def _meant(self, name: str) -> tuple[str, ...]:
        """The assignments that a file is named after, if it is a notebook."""
        if not file_names.is_notebook(name):
            return ()
        return file_names.naming(file_names.stem(name), self.tasks).tasks

    def _look_at(self, name: str, entry: os.DirEntry[str]) -> bool:
        """Note a file, or why it is left out. Whether the entry is a folder to look into."""
        try:
            if entry.is_dir(follow_symlinks=False):
                return self._is_open(name)
            if self._is_submitted(name, entry):
                return False
            if not entry.is_file(follow_symlinks=False):
                self.leave(Obstacle.NOT_A_FILE, name)
            elif not is_plain(name):
                self.leave(Obstacle.ODD_NAME, name)
            else:
                size = entry.stat(follow_symlinks=False).st_size
                self.found.append(_Entry(name, entry.path, size))
        except OSError:  # it is gone
            self.leave(Obstacle.UNREADABLE, name)
        return False

    def _is_open(self, name: str) -> bool:
        """Whether a folder is looked into: not if it is odd, or named after another assignment."""
        if not is_plain(name):
            self.leave(Obstacle.ODD_NAME, name + "/")
            return False
        naming = file_names.naming(name.rpartition("/")[2], self.tasks)
        return naming.match > Match.WORDS or self.task in naming.tasks

    def _is_submitted(self, name: str, entry: os.DirEntry[str]) -> bool:
        """Whether an entry is the notebook itself, another one for an assignment, or the course's."""
        if name == self.notebook.name or self._meant(entry.name):
            return True
        return name in _COURSE and (self.notebook.parent / _COURSE[0]).exists()
