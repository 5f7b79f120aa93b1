"""One delivery's files, unpacked into a folder of its own, where names and contents are looked at."""

from __future__ import annotations

import io
from pathlib import Path

from grader import files
from grader.errors import UsageError
from grader.exchange.incoming.archive import MAX_PACKED_BYTES, Archive, Entry
from grader.exchange.incoming.zip_archive import ZipArchive
from grader.exchange.names import printable
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.notebook.notebook import Unreadable

MAX_BYTES = 200_000_000  # of one delivery
MAX_IN_PACKED = 500  # files in an archive that a student handed in
PACKED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")


class Unpacked:
    """One delivery's files in a folder of their own, under names that stay in it."""

    def __init__(self, archive: Archive, place: Path) -> None:
        self.archive = archive
        self._whole = place
        self.folder = place / "files"
        self.folder.mkdir()
        self.problems: list[tuple[str, Text]] = []
        self._origins: dict[str, str] = {}  # by the path in the folder: the path in the archive
        self._entries: dict[str, str] = {}  # the same, but for a file in an archive that archive
        self._left = MAX_BYTES

    def origin(self, name: str) -> str:
        """The path in the archive of a file in the folder, as it can be shown."""
        return printable(self._origins.get(name.rstrip("/"), name))

    @property
    def files(self) -> list[str]:
        """The names of the files."""
        return list(self._origins)

    def wrap(self, name: str) -> None:
        """Put everything into one folder of this name."""
        around = self._whole / "wrapped"
        around.mkdir()
        self.folder.rename(around / name)
        self.folder = around
        self._origins = {f"{name}/{own}": origin for own, origin in self._origins.items()}
        self._entries = {f"{name}/{own}": entry for own, entry in self._entries.items()}

    def entry(self, name: str) -> str:
        """The path of the archive's own entry that a file in the folder came from, or came out of."""
        return self._entries.get(name, name)

    def add(self, name: str, entry: Entry) -> None:
        """Write a file, or everything in it if it is a ZIP file."""
        lower = name.lower()
        try:
            if lower.endswith(".zip"):
                self._add_packed(name, self.archive.read(entry, MAX_PACKED_BYTES), entry.path)
            elif lower.endswith(PACKED):
                self.problems.append(
                    (printable(entry.path), _("It is packed; unpack it, and import the notebook in it."))
                )
            else:
                self._write(name, self.archive.read(entry), entry.path, entry.path)
        except Unreadable as error:
            self.problems.append((printable(entry.path), error.text))

    def _add_packed(self, name: str, content: bytes, origin: str) -> None:
        """The files in a ZIP file that a student handed in. Archives in it stay closed."""
        try:
            with ZipArchive(io.BytesIO(content), name) as inner:
                self.problems += [(printable(f"{origin}/{each.path}"), each.why) for each in inner.refused]
                if len(inner.entries) > MAX_IN_PACKED:
                    raise Unreadable(_("The archive that was handed in holds too many files."))
                stem = name.rpartition("/")[2][: -len(".zip")].strip(". ") or "archive"
                alone = {each.path.partition("/")[0] for each in inner.entries if "/" in each.path}
                for each in inner.entries:
                    inside = each.path if len(alone) <= 1 else f"{stem}/{each.path}"
                    if inside.lower().endswith((".zip", *PACKED)):
                        why = _("It is an archive in an archive; unpack it, and import the notebook in it.")
                        self.problems.append((printable(f"{origin}/{each.path}"), why))
                        continue
                    self._write(inside, inner.read(each), f"{origin}/{each.path}", origin)
        except UsageError:
            raise Unreadable(_("The archive that was handed in is damaged.")) from None

    def _write(self, name: str, content: bytes, origin: str, entry: str) -> None:
        self._left -= len(content)
        if self._left < 0:
            raise Unreadable(_("Too much was handed in at once; the rest is left out."))
        if name in self._origins:
            why = _("Another file of the same name was handed in with it.")
            self.problems.append((printable(origin), why))
            return
        try:
            files.write_bytes(self.folder / name, content)
        except (OSError, ValueError):  # a file where a folder should be, a name that is too long
            raise Unreadable(_("Its name can't be used.")) from None
        self._origins[name] = origin
        self._entries[name] = entry
