"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import io
import os

import pytest

from grader import files
from grader.files import write


def test_writing(tmp_path):
    """A file is written with its folders, byte for byte, readable by others, in place of an older one."""
    path = tmp_path / "a" / "b" / "x.txt"
    write(path, "one\r\ntwo\n三\n")
    assert path.read_bytes() == "one\r\ntwo\n三\n".encode()
    write(path, "new", encoding="utf-8-sig")
    assert path.read_bytes() == b"\xef\xbb\xbfnew"
    assert [each.name for each in path.parent.iterdir()] == ["x.txt"]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o644


class FullDisk(io.BytesIO):
    """A file that takes a little and then no more."""

    def __init__(self, handle: int, *_: object, **__: object) -> None:
        super().__init__()
        self.handle = handle

    def write(self, content: bytes) -> int:
        os.write(self.handle, content[:3])
        raise OSError(errno.ENOSPC, "No space left on device")

    def close(self) -> None:
        if not self.closed:
            os.close(self.handle)
        super().close()


@pytest.mark.parametrize("fails", ["write", "chmod", "replace", "interrupt", "encode"])
@pytest.mark.parametrize("older", [True, False], ids=["older", "new"])
def test_a_write_that_fails(tmp_path, monkeypatch, fails, older):
    """A write that fails leaves the old file as it was, or none, and no temporary file."""
    path = tmp_path / "x.txt"
    if older:
        path.write_text("old")

    def fail(*_: object, **__: object):
        raise KeyboardInterrupt if fails == "interrupt" else OSError(errno.EIO, "Input/output error")

    if fails == "write":
        monkeypatch.setattr(files.os, "fdopen", FullDisk)
    elif fails != "encode":
        monkeypatch.setattr(files.os, "replace" if fails == "interrupt" else fails, fail)
    with pytest.raises((OSError, KeyboardInterrupt, UnicodeEncodeError)):
        write(path, "new text\ud800" if fails == "encode" else "new text")
    monkeypatch.undo()
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == (
        [("x.txt", "old")] if older else []
    )
