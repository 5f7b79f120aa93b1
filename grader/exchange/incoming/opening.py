"""Opens a download, whatever kind of archive it is."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.exchange.incoming.archive import Archive
from grader.exchange.incoming.folder_archive import FolderArchive
from grader.exchange.incoming.tar_archive import TarArchive
from grader.exchange.incoming.zip_archive import ZipArchive


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """The archive at `path`, of whatever kind it is. Raises UsageError if it is none that can be read."""
    if path.is_dir():
        yield FolderArchive(path)
        return
    if not path.exists():
        raise UsageError(f"there is no file {path}; name the archive that you downloaded, or a folder")
    if not path.is_file():
        raise UsageError(f"{path} is neither a file nor a folder; name the archive that you downloaded")
    with open(path, "rb") as file:
        start = file.read(512)
        file.seek(0)
        if zipfile.is_zipfile(file):
            file.seek(0)
            with ZipArchive(file, path.name) as archive:
                yield archive
        elif start.startswith(b"\x1f\x8b") or start[257:262] == b"ustar":
            file.seek(0)
            with TarArchive(file, path.name) as tar:
                yield tar
        else:
            raise UsageError(f"{path} is neither a ZIP nor a tar.gz file; unpack it, and import the folder")
