"""What a student handed in for an assignment, each time: kept below SUBMISSIONS/<student>/.attempts/.

    SUBMISSIONS/<student>/<assignment>.ipynb             the newest, which `grade` finds; with files beside
    SUBMISSIONS/<student>/<assignment>/…                 it, it lies in a folder of its own
    SUBMISSIONS/<student>/.attempts/attempts.json        the record: when, from where, and the hashes
    SUBMISSIONS/<student>/.attempts/<assignment>/<n>/…   each attempt's files, the newest's included

The name begins with a dot, so that nothing in there is taken for a submission or for a file beside one. An
attempt is written before the record names it, and the record before the newest is put in its place: a killed
import is finished by the next one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from grader import files
from grader.errors import UsageError
from grader.model.file import File, digest
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.opening import read_file

FOLDER, RECORD = ".attempts", "attempts.json"
SCHEMA = 1
MAX_RECORD_BYTES = 20_000_000


@dataclass(frozen=True)
class Origin:
    """Where an attempt came from. What a system does not tell is ""."""

    system: str  # "Canvas"; "folder" for what lay there before an import
    archive: str = ""  # the download's name
    path: str = ""  # in the download
    name: str = ""
    number: str = ""  # the system's own, of the student
    login: str = ""
    email: str = ""


@dataclass(frozen=True)
class Imported:
    """One attempt in the record."""

    assignment: str
    number: int  # from 1, in the order of importing; its folder has this name
    notebook: str  # the file in that folder
    sha256: str  # of the notebook
    files_sha256: str  # of the files beside it; "" if there are none
    submitted_at: str | None  # ISO 8601, with an offset if the system tells one; None if it tells no time
    late: bool  # the system's own word
    origin: Origin
    imported_at: str

    def path(self, student: Path) -> Path:
        """The notebook, by the student's folder."""
        return student / FOLDER / self.assignment / str(self.number) / self.notebook


@dataclass(frozen=True)
class Handed:
    """A notebook as it was handed in, with the files beside it."""

    assignment: str
    notebook: bytes
    files: tuple[File, ...] = ()
    submitted_at: str | None = None
    late: bool = False
    origin: Origin = field(default_factory=lambda: Origin("folder"))

    @cached_property
    def content(self) -> tuple[str, str, str]:
        """What makes two attempts the same."""
        beside = digest(self.files) if self.files else ""
        return self.assignment, sha256(self.notebook).hexdigest(), beside


def recorded(student: Path) -> list[Imported]:
    """The attempts in a student's folder, for each assignment in the order of handing in.

    There are none without a record. If every attempt for an assignment has a time, times decide, else the
    order of importing. Raises UsageError if the record can't be read.
    """
    path = student / FOLDER / RECORD
    try:
        data = json.loads(read_file(path, FileLimits(file_bytes=MAX_RECORD_BYTES)))
        if data["schema"] != SCHEMA:
            raise UsageError(f"{path} was written by a newer version of the grader; update this one")
        found = [Imported(**{**each, "origin": Origin(**each["origin"])}) for each in data["attempts"]]
    except FileNotFoundError:
        return []
    except Unreadable as error:
        if not path.exists():
            return []
        raise UsageError(f"{path} can't be read: {error}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is not a record of attempts ({error}); move it away, and import the downloads again"
        ) from None
    return in_order(found)


def in_order(attempts: Iterable[Imported]) -> list[Imported]:
    """Attempts by assignment, and for each in the order of handing in."""
    own: dict[str, list[Imported]] = {}
    for attempt in attempts:
        own.setdefault(attempt.assignment, []).append(attempt)
    ordered = []
    for _, group in sorted(own.items()):
        timed = all(each.submitted_at for each in group)
        group.sort(key=lambda each: (_moment(each.submitted_at) if timed else 0.0, each.number))
        ordered += group
    return ordered


def _moment(text: str | None) -> float:
    """A time that can be compared. One without an offset counts as this machine's time."""
    try:
        return datetime.fromisoformat(text or "").timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


class StudentAttempts:
    """One student's attempts on disk."""

    def __init__(self, student: Path) -> None:
        self.student = student
        self.attempts = recorded(student)

    def knows(self, handed: Handed) -> bool:
        """Whether this very content was handed in before."""
        return any(_content(each) == handed.content for each in self.attempts)

    def add(self, handed: Sequence[Handed], now: str) -> int:
        """Keep what is new, and put the newest of each assignment in its place. How many attempts are new.

        What lies in that place and is in no record was put there by a person: it becomes an attempt first.
        """
        before = len(self.attempts)
        for assignment in sorted({each.assignment for each in handed}):
            place = self._place(assignment)
            own = [each for each in handed if each.assignment == assignment]
            there = self._there(place, assignment)
            if there is not None and not self.knows(there) and there.content not in [e.content for e in own]:
                self._keep(there, now)
            for each in own:
                if self.knows(each):
                    self._complete(each)
                else:
                    self._keep(each, now)
            self._write_record()
            self._place_newest(assignment, place)
        return len(self.attempts) - before

    def _keep(self, handed: Handed, now: str) -> None:
        taken = [each.number for each in self.attempts if each.assignment == handed.assignment]
        number = max(taken, default=0) + 1
        _, own, beside = handed.content
        attempt = Imported(
            handed.assignment,
            number,
            f"{handed.assignment}.ipynb",
            own,
            beside,
            handed.submitted_at,
            handed.late,
            handed.origin,
            now,
        )
        folder = attempt.path(self.student).parent
        if folder.exists():  # of an import that was killed before it was in the record
            shutil.rmtree(folder)
        write_handed(folder, attempt.notebook, handed)
        self.attempts = in_order([*self.attempts, attempt])

    def _complete(self, handed: Handed) -> None:
        """Note a time that was not known before."""
        self.attempts = [
            replace(each, submitted_at=handed.submitted_at, late=each.late or handed.late)
            if _content(each) == handed.content and each.submitted_at is None and handed.submitted_at
            else each
            for each in self.attempts
        ]

    def _write_record(self) -> None:
        data = {"schema": SCHEMA, "attempts": [asdict(each) for each in self.attempts]}
        text = json.dumps(data, ensure_ascii=False, indent=1)
        files.write(self.student / FOLDER / RECORD, text + "\n")

    def _place(self, assignment: str) -> Path:
        """Where the newest lies that `grade` finds: the notebook."""
        folder = self.student / assignment
        inside = folder / f"{assignment}.ipynb"
        return (
            inside if inside.is_file() and not inside.is_symlink() else self.student / f"{assignment}.ipynb"
        )

    def _there(self, place: Path, assignment: str) -> Handed | None:
        """What lies in its place now."""
        try:
            content = read_file(place)
        except Unreadable:
            return None
        return Handed(assignment, content, files_below(place) if place.parent.name == assignment else ())

    def _place_newest(self, assignment: str, place: Path) -> None:
        """Copy the newest attempt to where `grade` finds it, unless it is there."""
        newest = [each for each in self.attempts if each.assignment == assignment][-1]
        source = newest.path(self.student).parent
        handed = self._there(place, assignment)
        if handed is not None and handed.content == _content(newest):
            return
        kept = Handed(assignment, read_file(source / newest.notebook), files_below(source / newest.notebook))
        alone, folder = self.student / f"{assignment}.ipynb", self.student / assignment
        if kept.files:
            if folder.is_dir() and not folder.is_symlink():
                shutil.rmtree(folder)
            write_handed(folder, newest.notebook, kept)
            alone.unlink(missing_ok=True)
        else:
            files.write_bytes(alone, kept.notebook)
            if folder.is_dir() and not folder.is_symlink():
                shutil.rmtree(folder)


def _content(attempt: Imported) -> tuple[str, str, str]:
    return attempt.assignment, attempt.sha256, attempt.files_sha256


def write_handed(folder: Path, notebook: str, handed: Handed) -> None:
    """Write a notebook and the files beside it into a folder."""
    for file in handed.files:
        files.write_bytes(folder / file.name, file.content)
    files.write_bytes(folder / notebook, handed.notebook)


def files_below(notebook: Path) -> tuple[File, ...]:
    """The files beside a notebook that this module wrote, or that a person put there."""
    found = []
    for path in sorted(notebook.parent.rglob("*")):
        name = path.relative_to(notebook.parent).as_posix()
        if path != notebook and path.is_file() and not path.is_symlink():
            try:
                found.append(File(name, path.read_bytes()))
            except ValueError:
                continue
    return tuple(found)
