"""Files are opened safely: only regular ones, without waiting, up to a size limit."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path

import pytest

from grader.language.catalogue import Text
from grader.notebook import opening
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.opening import read_file, system_reason
from notebooks import code, encode
from support import in_chinese

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX file types")


def test_a_regular_file_is_read_whole(tmp_path):
    """The bytes come back exactly as they are on disk, line ends included."""
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"\r\n\x1a\0" * 700_000)
    assert read_file(path) == b"\r\n\x1a\0" * 700_000
    assert read_file(str(path)) == read_file(path)


@POSIX
@pytest.mark.parametrize("kind", ["link", "dangling link", "folder", "pipe", "socket", "device"])
def test_what_is_no_regular_file_is_refused_at_once(kind, tmp_path, monkeypatch):
    """Links, folders, pipes, sockets and devices are refused within a second, without waiting."""
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    path = Path("x.ipynb")
    match kind:
        case "link":
            Path("real").write_bytes(encode(code()))
            path.symlink_to("real")
        case "dangling link":
            path.symlink_to("nowhere")
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as server:
                server.bind(str(path))
        case "device":
            path = Path("/dev/zero")
    with pytest.raises(Unreadable, match="device" if kind == "device" else kind.split()[-1]) as caught:
        read_file(path)
    assert "Submit the notebook's .ipynb file." in str(caught.value)
    assert "请提交笔记本的 .ipynb 文件。" in in_chinese(caught.value.text)


@POSIX
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_a_file_swapped_after_the_look_is_refused_at_once(kind, tmp_path, monkeypatch):
    """A link or pipe that replaces the file after the first look is neither followed nor waited for."""
    regular, path = tmp_path / "regular", tmp_path / "x.ipynb"
    regular.write_bytes(b"secret")
    path.symlink_to(regular) if kind == "link" else os.mkfifo(path)
    seen = os.lstat(regular)
    monkeypatch.setattr(opening.os, "lstat", lambda _: seen)
    with pytest.raises(Unreadable) as caught:
        read_file(path)
    in_chinese(caught.value.text)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path, monkeypatch):
    """Two gigabytes are refused by their size alone. A file of exactly the limit is read."""
    path = tmp_path / "x.ipynb"
    with path.open("wb") as file:
        file.truncate(2_000_000_000)
    with monkeypatch.context() as closed:
        closed.setattr(opening.os, "open", lambda *_: pytest.fail("was opened"))
        with pytest.raises(Unreadable, match="too large: more than 20 MB.*Clear all outputs") as caught:
            read_file(path)
        assert "超过了 20 MB" in in_chinese(caught.value.text)
    path.write_bytes(b"x" * 100)
    assert len(read_file(path, FileLimits(file_bytes=100))) == 100
    with pytest.raises(Unreadable):
        read_file(path, FileLimits(file_bytes=99))


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs a file whose size says 0")
def test_no_more_than_the_limit_is_read_whatever_the_size_says():
    """A file whose reported size is 0, like one that grows, is refused once it exceeds the limit."""
    assert os.stat("/proc/self/maps").st_size == 0
    with pytest.raises(Unreadable, match="too large"):
        read_file("/proc/self/maps", FileLimits(file_bytes=100))


@pytest.mark.parametrize("name", ["missing.ipynb", "a\0b.ipynb", "x" * 300, "file/x.ipynb"])
def test_a_file_that_can_not_be_there_is_refused(name, tmp_path):
    """Missing files and impossible names end in a sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unreadable) as caught:
        read_file(f"{tmp_path}/{name}")
    in_chinese(caught.value.text)


def test_a_file_without_permission_is_refused(tmp_path, monkeypatch):
    """A file without permission to read is the submission's problem, with the system's reason."""
    (tmp_path / "x").write_text("")
    monkeypatch.setattr(
        opening.os, "open", lambda *_: (_ for _ in ()).throw(PermissionError(13, "Permission denied"))
    )
    with pytest.raises(Unreadable, match="Permission denied") as caught:
        read_file(tmp_path / "x")
    assert in_chinese(caught.value.text) == "文件打不开（没有访问权限）。请重新提交笔记本。"


@POSIX
@pytest.mark.parametrize("number", opening._SUBMISSION_ERRORS, ids=errno.errorcode.get)
def test_the_systems_reasons_are_translated(number):
    """Reasons for which the submission is at fault stay as they are in English and are translated."""
    said = system_reason(OSError(number, os.strerror(number)))
    assert said.en == os.strerror(number) and not set("abcdefghijklmnopqrstuvwxyz") & set(said.zh)


def test_a_rare_reason_of_the_systems_stays_as_it_is():
    """A reason without a translation is passed on as it is, even if it has no words at all."""
    assert system_reason(OSError(errno.EIO, "Input/output error")) == Text(
        "Input/output error", "Input/output error"
    )
    assert system_reason(TimeoutError()).zh == "TimeoutError"


def test_a_failing_disk_is_not_the_students_fault(tmp_path, monkeypatch):
    """An input/output error stays an OSError, so that it can't become a student's zero."""
    (tmp_path / "x").write_text("")
    monkeypatch.setattr(
        opening.os, "open", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error"))
    )
    with pytest.raises(OSError, match="Input/output error"):
        read_file(tmp_path / "x")
