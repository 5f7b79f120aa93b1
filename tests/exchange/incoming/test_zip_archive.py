"""ZIP files that somebody made to do harm, or with a system of long ago."""

from __future__ import annotations

import io
import stat
import struct
import zipfile

import pytest

from downloads import zipped, zipped_as
from grader.errors import UsageError
from grader.exchange.incoming import zip_archive
from grader.exchange.incoming.zip_archive import ZipArchive
from grader.notebook.notebook import Unreadable


def opened(content: bytes) -> ZipArchive:
    return ZipArchive(io.BytesIO(content), "a.zip")


def one(info: zipfile.ZipInfo, content: bytes = b"x") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(info, content)
    return made.getvalue()


def test_chinese_names():
    """Names in GBK, as in China, and in UTF-8 that does not say so, are read as they were."""
    names = {"张伟_101_1_作业.ipynb": b"{}", "李娜_102_2_homework.ipynb": b"{}"}
    for encoding in ("gb18030", "utf-8"):
        with opened(zipped_as(encoding, names)) as archive:
            assert [entry.path for entry in archive.entries] == list(names)
            assert archive.read(archive.entries[0]) == b"{}"


def test_western_names():
    """Names of old western systems are not taken for Chinese."""
    with opened(zipped_as("cp437", {"Müller/ä.ipynb": b"{}", "Señor/é.ipynb": b"{}"})) as archive:
        assert [entry.path for entry in archive.entries] == ["Müller/ä.ipynb", "Señor/é.ipynb"]


def test_links_and_devices():
    """Links and devices are refused, whatever their content."""
    for kind, words in ((stat.S_IFLNK, "link"), (stat.S_IFCHR, "neither"), (stat.S_IFIFO, "neither")):
        info = zipfile.ZipInfo("amy/a.ipynb")
        info.create_system, info.external_attr = 3, (kind | 0o777) << 16
        with opened(one(info, b"/etc/passwd")) as archive:
            assert archive.entries == [] and words in archive.refused[0].why.en


def test_encrypted_and_oddly_packed():
    """Encrypted files are refused, and so are packings that could unpack to anything in one step."""
    content = bytearray(zipped({"a.ipynb": b"x"}))
    content[content.find(b"PK\x01\x02") + 8] |= 1
    with opened(bytes(content)) as archive:
        assert "encrypted" in archive.refused[0].why.en
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        info = zipfile.ZipInfo("a.ipynb")
        info.compress_type = method
        with opened(one(info)) as archive:
            assert archive.entries == [] and "packed" in archive.refused[0].why.en


def test_a_bomb():
    """Of a file that unpacks to far more than it says, no more is read than one file may have."""
    content = bytearray(zipped({"a.ipynb": bytes(5_000_000)}))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<L", content, content.find(mark) + at, 10)
    with opened(bytes(content)) as archive:
        try:
            assert len(archive.read(archive.entries[0], most=1000)) <= 1000
        except Unreadable:
            pass  # its checksum is wrong as well
    with (
        opened(zipped({"a.ipynb": bytes(5_000_000)})) as archive,
        pytest.raises(Unreadable, match="larger than"),
    ):
        archive.read(archive.entries[0], most=1000)


def test_a_damaged_file():
    """A file whose bytes have changed is told apart from a whole archive that can't be read."""
    content = bytearray(zipped({"a.ipynb": b"some text that is packed", "b.ipynb": b"{}"}))
    content[45] ^= 0xFF
    with opened(bytes(content)) as archive:
        with pytest.raises(Unreadable, match="damaged"):
            archive.read(archive.entries[0])
        assert archive.read(archive.entries[1]) == b"{}"
    with pytest.raises(UsageError, match="download it once more"):
        opened(zipped({"a.ipynb": b"{}"})[:-30])


def test_too_many_names(monkeypatch):
    """A list of names that would fill the memory is refused before it is read."""
    content = bytearray(zipped({"a.ipynb": b"{}"}))
    at = content.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", content, at + 8, 0xFFFF, 0xFFFF)
    monkeypatch.setattr(zip_archive, "MAX_ENTRIES", 10)
    with pytest.raises(UsageError, match="more than"):
        opened(bytes(content))
    monkeypatch.setattr(zip_archive, "MAX_DIRECTORY_BYTES", 10)
    with pytest.raises(UsageError, match="more than"):
        opened(zipped({"a.ipynb": b"{}"}))
