"""Tar files of submissions, packed with gzip or not. They are unpacked into one bounded temporary file."""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zlib
from typing import IO

from grader.errors import UsageError
from grader.exchange.incoming.archive import Archive, Entry, damaged
from grader.exchange.incoming.encoded_names import decoded, legacy_encoding
from grader.language.catalogue import say as _
from grader.notebook.notebook import Unreadable

MAX_UNPACKED_BYTES = 4 << 30  # on the temporary disk
MAX_HEADER_BYTES = 1 << 20  # of what describes one file: an honest one has a few kilobytes
CHUNK = 1 << 20
_ERRORS = (tarfile.TarError, EOFError, zlib.error, OSError, ValueError, OverflowError, KeyError, IndexError,
           RecursionError)  # fmt: skip


class _Bounded:
    """A file from which nothing large is read at once: tarfile believes any size that a header claims."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.tell, self.seek = file.tell, file.seek

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= MAX_HEADER_BYTES:
            raise tarfile.ReadError("a header is too large")
        return self._file.read(size)


class TarArchive(Archive):
    """A tar file. Links and devices are refused."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        super().__init__()
        self._plain = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the archive)
        try:
            self._unpack(file)
            self._tar = tarfile.open(fileobj=_Bounded(self._plain), mode="r:")  # type: ignore[call-overload]  # noqa: SIM115
            while (member := self._tar.next()) is not None:
                self._tar.members = []  # tarfile keeps every member, and their headers
                self._list(member)
        except _ERRORS as error:
            self._plain.close()
            raise damaged(name, error) from None
        except UsageError:
            self._plain.close()
            raise

    def _unpack(self, file: IO[bytes]) -> None:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        source: IO[bytes] = gzip.GzipFile(fileobj=file) if packed else file  # type: ignore[assignment]
        size = 0
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > MAX_UNPACKED_BYTES:
                most = MAX_UNPACKED_BYTES >> 30
                raise UsageError(f"the archive holds more than {most} GB; unpack it, and import it in parts")
            self._plain.write(chunk)
        self._plain.seek(0)

    def _list(self, member: tarfile.TarInfo) -> None:
        raw = member.name.encode("utf-8", "surrogateescape")
        name = decoded(raw, legacy_encoding([raw]))
        if member.isdir():
            return
        if member.issym() or member.islnk():
            self.refuse(name, _("It is a link, and links are not followed."))
        elif not member.isreg() or member.issparse():
            self.refuse(name, _("It is neither a file nor a folder."))
        else:
            self._add(name, member.size, member.offset_data)

    def _content(self, entry: Entry, most: int) -> bytes:
        assert isinstance(entry.place, int)
        self._plain.seek(entry.place)
        content = self._plain.read(min(entry.size, most + 1))
        if len(content) < min(entry.size, most + 1):
            raise Unreadable(_("The file is damaged in the archive."))
        return content

    def __enter__(self) -> TarArchive:
        return self

    def __exit__(self, *_: object) -> None:
        self._tar.close()
        self._plain.close()
