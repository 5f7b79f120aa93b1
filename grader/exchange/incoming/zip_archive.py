"""ZIP files of submissions, with bounds, and with names in whatever encoding."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from typing import IO

from grader.exchange.incoming.archive import MAX_ENTRIES, Archive, Entry, damaged, too_many
from grader.exchange.incoming.encoded_names import decoded, legacy_encoding
from grader.language.catalogue import say as _
from grader.notebook.notebook import Unreadable

MAX_DIRECTORY_BYTES = 64 << 20  # of the list of names, which Python reads as a whole
UTF8, ENCRYPTED = 0x800, 0x1  # bits of an entry's flags
_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
           struct.error, OSError, IndexError, KeyError, OverflowError)  # fmt: skip


class ZipArchive(Archive):
    """A ZIP file. Links, encrypted files and ways of packing that no such system uses are refused."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__()
        self.name = name
        demand_bounded(file)
        try:
            self._zip = zipfile.ZipFile(file)
            self._list(self._zip.infolist())
        except _ERRORS as error:
            raise damaged(name, error) from None

    def _list(self, infos: list[zipfile.ZipInfo]) -> None:
        raw = [info.orig_filename.encode("cp437") for info in infos if not info.flag_bits & UTF8]
        encoding = legacy_encoding(raw)
        for info in infos:
            name = info.orig_filename
            if not info.flag_bits & UTF8:
                name = decoded(name.encode("cp437"), encoding)
            mode = info.external_attr >> 16
            if name.endswith(("/", "\\")):
                continue
            if stat.S_IFMT(mode) and not stat.S_ISREG(mode):
                why = _("It is neither a file nor a folder.")
                self.refuse(
                    name, _("It is a link, and links are not followed.") if stat.S_ISLNK(mode) else why
                )
            elif info.flag_bits & ENCRYPTED:
                self.refuse(name, _("It is encrypted. Ask for the file without a password."))
            elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                self.refuse(name, _("It is packed in a way that isn't read here. Unpack the archive first."))
            else:
                self._add(name, info.file_size, info)

    def _content(self, entry: Entry, most: int) -> bytes:
        assert isinstance(entry.place, zipfile.ZipInfo)
        try:
            with self._zip.open(entry.place) as file:
                return file.read(most + 1)
        except _ERRORS:
            raise Unreadable(_("The file is damaged in the archive.")) from None

    def __enter__(self) -> ZipArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()


def demand_bounded(file: IO[bytes]) -> None:
    """Raise UsageError if a ZIP file announces a list of names that would take too much memory.

    Python's reader takes the whole list into memory, before anything can be looked at.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 65_557))  # the record at the end, with the longest comment
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return
    count, length = struct.unpack_from("<HL", tail, at + 10)
    large = tail.rfind(b"PK\x06\x06", 0, at)
    if large >= 0 and len(tail) >= large + 56:
        large_count, large_length = struct.unpack_from("<QQ", tail, large + 32)
        count, length = max(count, large_count), max(length % 0xFFFFFFFF, large_length)
    if count > MAX_ENTRIES or min(length, size) > MAX_DIRECTORY_BYTES:
        raise too_many()
