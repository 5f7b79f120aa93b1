"""Tar files that somebody made to do harm."""

from __future__ import annotations

import io
import tarfile

import pytest

from downloads import tarred
from grader.errors import UsageError
from grader.exchange.incoming import tar_archive
from grader.exchange.incoming.tar_archive import TarArchive

FILES = {"submitted/amy/double/a.ipynb": b"{}", "b.txt": b"x" * 1000}


def opened(content: bytes) -> TarArchive:
    return TarArchive(io.BytesIO(content), "a.tar.gz")


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_reading(mode):
    """Files are read in any order, packed or not."""
    with opened(tarred(FILES, mode)) as archive:
        found = {entry.path: archive.read(entry) for entry in reversed(archive.entries)}
        assert found == FILES


def test_chinese_names():
    """Names in GBK are read as they were."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.GNU_FORMAT, encoding="gb18030") as archive:
        archive.addfile(tarfile.TarInfo("张伟/作业.ipynb"))
    with opened(content.getvalue()) as archive:
        assert [entry.path for entry in archive.entries] == ["张伟/作业.ipynb"]


def test_links_and_devices():
    """Links and devices are refused."""
    made = io.BytesIO(tarred({}, "w", {"amy/a.ipynb": "/etc/passwd"}))
    with tarfile.open(fileobj=made, mode="a") as archive:
        for name, kind in (("hard", tarfile.LNKTYPE), ("null", tarfile.CHRTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "amy/a.ipynb"
            archive.addfile(info)
    with opened(made.getvalue()) as found:
        assert found.entries == [] and [each.path for each in found.refused] == [
            "amy/a.ipynb",
            "hard",
            "null",
            "pipe",
        ]


def test_a_header_without_end():
    """A header that claims to be large is refused before it is read."""
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 5 << 20
    with pytest.raises(UsageError, match="header is too large"):
        opened(info.tobuf(tarfile.USTAR_FORMAT) + bytes(6 << 20))


def test_a_bomb(monkeypatch):
    """What unpacks to more than the temporary disk may take is refused while it is unpacked."""
    monkeypatch.setattr(tar_archive, "MAX_UNPACKED_BYTES", 2 << 20)
    with pytest.raises(UsageError, match="unpack it"):
        opened(tarred({"a": bytes(3 << 20)}))


@pytest.mark.parametrize("cut", [30, 200, 600])
def test_cut_off(cut):
    """A file that was cut off is damaged as a whole, or in the file where it ends."""
    try:
        with opened(tarred(FILES)[:-cut] if cut < 100 else tarred(FILES, "w")[:cut]) as archive:
            assert all(entry.path in FILES for entry in archive.entries)
    except UsageError as error:
        assert "download it once more" in str(error)
