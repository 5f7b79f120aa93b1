"""What a download says of its files: who handed them in, when, and for what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.exchange.incoming.archive import Archive, Entry


@dataclass(frozen=True)
class Identity:
    """What a system's download tells of a student. What it does not tell is ""."""

    name: str = ""
    number: str = ""  # the system's own
    login: str = ""  # or an institution's number, where the system uses it as such
    email: str = ""


@dataclass(frozen=True)
class Delivery:
    """What a student, or a group, handed in at one time."""

    students: tuple[Identity, ...]
    files: tuple[tuple[str, Entry], ...]  # as the student named them, below folders if there were any
    label: str = ""  # the assignment's name in the system, where the download tells it
    submitted_at: str | None = None  # ISO 8601, as exactly as the system tells it; None if it doesn't
    late: bool = False  # the system's own word
    is_folder_name: bool = False  # the login is the name of a folder, and need not be a student's own name


@dataclass(frozen=True)
class Part:
    """What a path in a download says: whose file it is."""

    key: str  # the same for all files of one delivery
    file: str  # the name that the student gave it; "" for a file of the system's own
    student: Identity = Identity()
    label: str = ""
    submitted_at: str | None = None
    late: bool = False
    is_folder_name: bool = False


Parse = Callable[[str], Part | None]


@dataclass(frozen=True)
class System:
    """A system whose downloads are known."""

    name: str  # as it calls itself
    parse: Parse  # of a path; None if the path is not one of this system's
    gather: Callable[[Archive, Parse], list[Delivery]]  # `gathered`, unless the paths don't tell enough
    has_lasting_numbers: bool = True  # whether a student has the same number in every assignment


def gathered(archive: Archive, parse: Parse) -> list[Delivery]:
    """The files of an archive by delivery, in the order of their keys, without what isn't the system's."""
    parts: dict[str, list[tuple[Part, Entry]]] = {}
    for entry in archive.entries:
        if part := parse(entry.path):
            parts.setdefault(part.key, []).append((part, entry))
    return [delivery_of(own) for _, own in sorted(parts.items())]


def delivery_of(own: Sequence[tuple[Part, Entry]]) -> Delivery:
    """The delivery that these files make."""
    first = own[0][0]
    return Delivery(
        (first.student,),
        tuple((part.file, entry) for part, entry in own if part.file),
        first.label,
        max((part.submitted_at for part, _ in own if part.submitted_at), default=None),
        any(part.late for part, _ in own),
        first.is_folder_name,
    )
