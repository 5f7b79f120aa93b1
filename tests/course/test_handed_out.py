"""A folder `files/` is read as what sessions get. What no session could have is a problem."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from courses import made, problems_of
from grader.course import handed_out
from grader.course.handed_out import is_current, put_beside, read_files
from grader.course.problems import Problems
from grader.model.file import Bound, Entry, File

PUBLIC, STAFF = "assignments/halve/files/", "solutions/halve/files/"


def read(folder: Path) -> tuple[tuple[Entry, ...], list[str]]:
    problems = Problems(folder.parent)
    found = read_files(folder, "halve.ipynb", problems)
    return found, [str(problem) for problem in problems._found]


def test_what_is_small_is_copied(tmp_path: Path) -> None:
    """Files are read with their folders' names, in order; traces of systems are not among them."""
    for name in ("b.csv", "data/a.csv", ".DS_Store", "__pycache__/x.pyc", "data/._a.csv"):
        (tmp_path / "files" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "files" / name).write_text(name)
    found, problems = read(tmp_path / "files")
    assert found == (File("b.csv", b"b.csv"), File("data/a.csv", b"data/a.csv")) and problems == []
    assert read(tmp_path / "nothing") == ((), [])


def test_what_is_large_is_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest are bound until the rest can be copied, and folders of many; hashes are contents'."""
    monkeypatch.setattr(handed_out, "COPIED_BYTES", 100)
    monkeypatch.setattr(handed_out, "COPIED_FILES", 3)
    files = tmp_path / "files"
    (files / "many").mkdir(parents=True)
    for number in range(4):
        (files / "many" / str(number)).write_text("x")
    for name, size in {"large": 90, "medium": 60, "small": 40}.items():
        (files / name).write_bytes(b"-" * size)
    found, _ = read(files)
    kinds = {entry.name: type(entry) for entry in found}
    assert kinds == {"large": Bound, "many": Bound, "medium": File, "small": File}
    (large,) = (entry for entry in found if entry.name == "large")
    assert isinstance(large, Bound) and large.size == 90 and large.path == str(files / "large")
    (files / "large").write_bytes(b"+" * 90)
    assert read(files)[0][0] != large


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: (folder / "link").symlink_to("/etc/passwd"), "files/link: is a link"),
        (lambda folder: (folder / "link").symlink_to("nowhere"), "files/link: is a link"),
        (lambda folder: os.mkfifo(folder / "pipe"), "files/pipe: is not a regular file"),
        (lambda folder: socket.socket(socket.AF_UNIX).bind(str(folder / "s")), "files/s: is not a regular"),
        (lambda folder: (folder / "a\nb").touch(), r"name no session could have: 'a\nb'"),
        (lambda folder: (folder / "halve.ipynb").touch(), "files/halve.ipynb: has a name that is taken"),
        (lambda folder: (folder / "files").mkdir(), "files/files: has a name that is taken"),
        (lambda folder: (folder / "/".join("abcdefghij")).mkdir(parents=True), "more than 8 folders deep"),
    ],
)
def test_what_no_session_could_have(tmp_path: Path, make: Callable[[Path], object], said: str) -> None:
    """Links, devices, odd names and names that are taken are problems, each with its path."""
    (tmp_path / "files").mkdir()
    make(tmp_path / "files")
    found, (problem,) = read(tmp_path / "files")
    assert found == () and said in problem


def test_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More files, or more bytes, than can be handed out are a problem; a hole in a file counts as bytes."""
    (tmp_path / "files").mkdir()
    with open(tmp_path / "files" / "hole", "wb") as file:
        file.truncate(handed_out.MAX_BYTES + 1)
    assert "more than 4 GB" in read(tmp_path / "files")[1][0]
    monkeypatch.setattr(handed_out, "MAX_FILES", 0)
    assert "more than 0 files" in read(tmp_path / "files")[1][0]


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """`files` must be a folder, not a link to one."""
    (tmp_path / "other").mkdir()
    (tmp_path / "files").symlink_to(tmp_path / "other")
    assert "must be a folder" in read(tmp_path / "files")[1][0]


def test_other_data(tmp_path: Path) -> None:
    """Reruns get other data under names that are handed out; it is not the same data."""
    course = made(tmp_path / "good", {PUBLIC + "a.csv": "1", STAFF + "a.csv": "2"})
    halve = course.assignments["halve"]
    assert halve.handed_out == (File("a.csv", b"1"),) and halve.other == (File("a.csv", b"2"),)
    assert problems_of(tmp_path / "b", {PUBLIC + "a.csv": "1", STAFF + "b.csv": "2"}) == [
        "solutions/halve/files/b.csv: takes the place of no file: none of this name is handed out"
    ]
    assert problems_of(tmp_path / "c", {PUBLIC + "a.csv": "1", STAFF + "a.csv": "1"}) == [
        "solutions/halve/files/a.csv: is the same as the file that is handed out; reruns need other data"
    ]


def test_a_report_depends_on_files(tmp_path: Path) -> None:
    """Other contents, of either folder, are another rubric; without files the hash is what it always was."""
    hashes = [
        made(tmp_path / str(number), files).assignments["halve"].rubric_sha256
        for number, files in enumerate(
            [{}, {PUBLIC + "a": "1"}, {PUBLIC + "a": "2"}, {PUBLIC + "a": "2", STAFF + "a": "3"}, {}]
        )
    ]
    assert len(set(hashes)) == 4 and hashes[0] == hashes[4]


def test_beside_the_stub(tmp_path: Path) -> None:
    """A copy of what is small, a link to what is large; what was there is replaced, but not a folder."""
    small = File("data/a.csv", b"1")
    large = Bound("large", str(tmp_path / "files" / "large"), 5, "0" * 64)
    for entry in (small, large):
        path = tmp_path / entry.name
        assert not is_current(path, entry)
        put_beside(path, entry)
        assert is_current(path, entry)
        path.unlink()
        path.write_text("stale")
        assert not is_current(path, entry)
        put_beside(path, entry)
        assert is_current(path, entry)
    (tmp_path / "large").unlink()
    (tmp_path / "large").mkdir()
    with pytest.raises(OSError, match="a folder of this name"):
        put_beside(tmp_path / "large", large)
