"""ZIP files that are the same bytes for the same content."""

from __future__ import annotations

import zipfile

LONG_AGO = (1980, 1, 1, 0, 0, 0)


def add(archive: zipfile.ZipFile, name: str, content: bytes, is_program: bool = False) -> None:
    """Add a file that every system may read."""
    info = zipfile.ZipInfo(name, LONG_AGO)
    info.create_system = 3  # Unix: else permissions mean nothing
    info.external_attr = (0o755 if is_program else 0o644) << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)
