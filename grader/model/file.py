"""Files as values: a name and a content, and the record of the files that lay beside a notebook."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

FILES = "files"  # the folder in which an assignment keeps what it hands out, and below which it is found


@dataclass(frozen=True)
class File:
    """A file by its content.

    Raises ValueError if the name could lead out of the folder that the file is written to, or can't be shown
    in one line.
    """

    name: str  # "test_public.py", or "data/train.csv": relative, with "/" between folders
    content: bytes

    def __post_init__(self) -> None:
        if not is_plain(self.name):
            raise ValueError(f"a file can't be written under the name {self.name!r}")


@dataclass(frozen=True)
class Bound:
    """A file or folder that is too large to be copied into every session.

    It is known by its content. Sessions see one copy of it, which they can't change.
    """

    name: str  # in the working folder, without "/"
    path: str  # where this machine has it
    size: int  # bytes
    sha256: str  # of the content, or of the names and contents in the folder


Entry = File | Bound


def is_plain(name: str) -> bool:
    """Whether a relative name stays in its folder on every system and is one line of UTF-8."""
    return all(
        part not in ("", ".", "..") and not any(map(_is_odd, part)) for part in name.split("/")
    ) and not name[1:2].startswith(":")


def _is_odd(character: str) -> bool:
    # Control characters, line separators, and Python's form of bytes that are not UTF-8.
    return character == "\\" or unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def is_trace(name: str) -> bool:
    """Whether a file or folder is one that a system or a program leaves behind, or hides."""
    # Windows marks a download in a stream of the file. A copy to another system turns the stream into a file.
    return (
        name.startswith(".")
        or name in ("__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini")
        or name.endswith(":Zone.Identifier")
    )


def digest(files: Iterable[Entry]) -> str:
    """The SHA-256 of names and contents, hexadecimal."""
    whole = hashlib.sha256()
    for file in files:
        if isinstance(file, Bound):
            whole.update(f"{file.name}\0{file.size}\0{file.sha256}".encode())
        else:
            whole.update(f"{file.name}\0{len(file.content)}\0".encode() + file.content)
    return whole.hexdigest()


def first_part(name: str) -> str:
    """The file or folder right in the working folder that a name leads to."""
    return name.partition("/")[0]


def with_others(files: Iterable[Entry], others: Iterable[Entry]) -> tuple[Entry, ...]:
    """The files, `others` in place of those with the same names; sorted by name.

    Another folder or large file takes the place of everything that has its name, or lies below it.
    """
    others = tuple(others)
    names = {other.name for other in others}
    bound = {other.name for other in others if isinstance(other, Bound)}
    replaced = {first_part(other.name) for other in others}
    kept = [
        file
        for file in files
        if file.name not in names
        and first_part(file.name) not in bound
        and not (isinstance(file, Bound) and file.name in replaced)
    ]
    return tuple(sorted((*kept, *others), key=lambda file: file.name))


class Obstacle(StrEnum):
    """Why a file beside a notebook was left out."""

    TOO_LARGE = "too_large"
    NO_ROOM = "no_room"  # with the others it would be more than all files together may be
    TOO_MANY = "too_many"
    NOT_A_FILE = "not_a_file"  # a link, a pipe, a device
    UNREADABLE = "unreadable"
    ODD_NAME = "odd_name"  # see `is_plain`
    HANDED_OUT = "handed_out"  # the assignment hands out another file under this name


@dataclass(frozen=True)
class LeftOut:
    """Files that were left out for one reason."""

    why: Obstacle
    count: int
    names: tuple[str, ...]  # the first ones, printable


@dataclass(frozen=True)
class Beside:
    """What lay beside a notebook: the files that its sessions found in their working folder, and the rest."""

    placed: tuple[str, ...] = ()  # printable
    left_out: tuple[LeftOut, ...] = ()
    sha256: str = ""  # of names and contents of what was placed; "" if nothing was
