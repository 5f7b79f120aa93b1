"""Archives of submissions, read as what strangers made.

Names never become paths of ours, no link is followed, nothing but regular files is read, and everything is
bounded: how many entries there are, how large one file is, and how much is read altogether.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from grader.errors import UsageError
from grader.exchange.names import printable
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.file import is_plain, is_trace
from grader.notebook.notebook import Unreadable

MAX_ENTRIES = 200_000  # files and folders in one archive
MAX_FILE_BYTES = 20_000_000  # of one file: as large as a notebook may be
MAX_PACKED_BYTES = 100_000_000  # of an archive in an archive, which is held in memory
MAX_BYTES = 8 << 30  # that are read from one archive, again and again included
MAX_DEPTH = 12  # folders, one in another
MAX_NAME = 1_000  # characters of a path


@dataclass(frozen=True)
class Entry:
    """A file in an archive."""

    path: str  # "/" between folders; relative, and free of everything that could lead elsewhere
    size: int  # bytes, as the archive says
    place: object = None  # for the archive alone: where it finds the file


@dataclass(frozen=True)
class Refused:
    """What is not read, and why."""

    path: str  # printable
    why: Text


class Archive(ABC):
    """The files in an archive. What may not be read is in `refused`."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.refused: list[Refused] = []
        self._left = MAX_BYTES

    def read(self, entry: Entry, most: int = MAX_FILE_BYTES) -> bytes:
        """A file's bytes. Raises Unreadable if it is damaged, encrypted or larger than `most` bytes."""
        if entry.size > most:
            raise Unreadable(_("The file is larger than {most} MB.", most=f"{most / 1e6:g}"))
        if self._left <= 0:
            raise Unreadable(_("The archive is too large to read it to the end."))
        content = self._content(entry, most)
        self._left -= len(content) + 1
        if len(content) > most:
            raise Unreadable(_("The file is larger than {most} MB.", most=f"{most / 1e6:g}"))
        return content

    @abstractmethod
    def _content(self, entry: Entry, most: int) -> bytes:
        """At most `most + 1` bytes of a file."""

    def _add(self, name: str, size: int, place: object) -> None:
        """Note a file under its name in the archive, or why it is refused. Traces of systems are left out."""
        path = name.replace("\\", "/")
        while path.startswith("./"):
            path = path[2:]
        parts = path.split("/")
        if any(is_trace(part) and part not in (".", "..") for part in parts):
            return
        if len(self.entries) + len(self.refused) >= MAX_ENTRIES:
            raise too_many()
        if path.startswith("/") or ".." in parts or path[1:2] == ":":
            self.refuse(name, _("Its name leads out of the archive."))
        elif not is_plain(path) or len(path) > MAX_NAME or len(parts) > MAX_DEPTH:
            self.refuse(name, _("Its name can't be used."))
        else:
            self.entries.append(Entry(path, size, place))

    @property
    def around(self) -> str:
        """The folder that lies around everything, with its slash; "" if there is none."""
        first = {entry.path.partition("/")[0] for entry in self.entries}
        deep = all(entry.path.count("/") >= 2 for entry in self.entries)
        return f"{next(iter(first))}/" if len(first) == 1 and deep else ""

    def refuse(self, name: str, why: Text) -> None:
        """Note that something is not read."""
        self.refused.append(Refused(printable(name[:MAX_NAME]), why))


def too_many() -> UsageError:
    """The error for an archive with more entries than are read."""
    return UsageError(f"the archive holds more than {MAX_ENTRIES:,} files; unpack it, and import it in parts")


def damaged(name: str, error: Exception) -> UsageError:
    """The error for an archive that can't be read."""
    return UsageError(
        f"{printable(name)} can't be read ({type(error).__name__}: {printable(str(error))}); "
        "download it once more"
    )
