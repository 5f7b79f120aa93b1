"""What lies beside a notebook comes along, within limits; what is odd is left out and never waited for."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path

import pytest

from grader.exchange import beside
from grader.exchange.beside import NOTHING_BESIDE, FilesBeside, files_beside
from grader.model.file import Bound, File, LeftOut, Obstacle
from submissions import put

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX file types")
TASKS = ("convnet", "linreg-manual")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, "convnet.ipynb")
    return tmp_path


def looked(
    folder: Path,
    text: str = "",
    notebook: str = "convnet.ipynb",
    tasks: Collection[str] = TASKS,
    disk_mb: int = 128,
) -> FilesBeside:
    return files_beside(folder / notebook, text.encode(), "convnet", tasks, disk_mb)


def names(found: FilesBeside) -> list[str]:
    return [file.name for file in found.files]


def left(found: FilesBeside) -> dict[str, tuple[int, tuple[str, ...]]]:
    assert found.record is not None
    return {each.why.value: (each.count, each.names) for each in found.record.left_out}


def test_a_notebook_alone(folder: Path) -> None:
    """Without other files there is nothing, and no record."""
    put(
        folder,
        ".DS_Store",
        "__MACOSX/x",
        "__pycache__/helpers.cpython-311.pyc",
        ".ipynb_checkpoints/a.ipynb",
        "empty/",
    )
    assert looked(folder) == NOTHING_BESIDE


def test_everything_in_the_folder_and_below(folder: Path) -> None:
    """Data, modules, own notebooks and folders come with their relative names, and with their contents."""
    put(folder, "data.csv", "helpers.py", "data/train.csv", "data/deep/er/x.bin", "plots.ipynb", "数据.csv")
    found = looked(folder)
    assert names(found) == [
        "data.csv", "data/deep/er/x.bin", "data/train.csv", "helpers.py", "plots.ipynb", "数据.csv",
    ]  # fmt: skip
    assert {file.name: file.content for file in found.files}["data/train.csv"] == b"data/train.csv"
    assert found.record is not None and found.record.placed == tuple(names(found))
    assert found.record.left_out == () and len(found.record.sha256) == 64


def test_what_belongs_to_others_stays(folder: Path) -> None:
    """Other submissions, their folders and a course's own files are no files of this notebook."""
    put(
        folder,
        "linreg-manual (1).ipynb",
        "Copy of convnet.ipynb",
        "linreg-manual/data.csv",
        "week2/Linreg Manual.ipynb",
    )
    put(
        folder,
        "week2/other.csv",
        "course/assignment.toml",
        "course/x.csv",
        "convnet/mine.csv",
        "old/convnet.ipynb",
    )
    put(folder, "old/old.csv")
    assert names(looked(folder)) == ["convnet/mine.csv", "old/old.csv"]
    put(folder, "test_public.py")
    assert "test_public.py" in names(looked(folder))
    put(folder, "assignment.toml")
    assert names(looked(folder)) == ["convnet/mine.csv", "old/old.csv"]


def test_only_what_lies_beside(folder: Path) -> None:
    """A notebook in a folder of its own has that folder's files, not its parent's."""
    put(folder, "above.csv", "homework/convnet.ipynb", "homework/data.csv", "next/data.csv")
    assert names(looked(folder, notebook="homework/convnet.ipynb")) == ["data.csv"]


def test_a_change_changes_the_record(folder: Path) -> None:
    """The record tells other contents, other names and other files from each other."""
    records = []
    for name, content in (("a.csv", b"1"), ("a.csv", b"2"), ("b.csv", b"2")):
        (folder / name).write_bytes(content)
        records.append(looked(folder).record)
    assert len(set(records)) == 3


def test_limits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file too large, files too many and too much data are left out, with the reason."""
    monkeypatch.setattr(beside, "MAX_FILES", 3)
    monkeypatch.setattr(beside, "MAX_FILE_BYTES", 10_000)
    monkeypatch.setattr(beside, "MAX_BYTES", 4 * 4096)
    for name, size in {"a": 10_001, "b": 8192, "c": 8193, "d": 4096, "e": 0, "f": 0}.items():
        (folder / name).write_bytes(b"x" * size)
    found = looked(folder)
    assert names(found) == ["b", "d", "e"]
    assert left(found) == {"too_large": (1, ("a",)), "no_room": (1, ("c",)), "too_many": (1, ("f",))}


def test_half_of_the_disk(folder: Path) -> None:
    """However small a session's disk is, half of it stays free. A file takes whole blocks of it."""
    for number in range(300):
        (folder / f"{number:03}").write_bytes(b"x")
    found = looked(folder, disk_mb=1)
    assert len(found.files) == (1 << 19) // 4096 and left(found)["no_room"][0] == 300 - len(found.files)


def test_what_the_notebook_names_comes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If not everything can come along, a file or module that is named in the notebook does."""
    monkeypatch.setattr(beside, "MAX_FILES", 3)
    put(folder, "a.csv", "b.csv", "z.csv", "helpers.py", "data/my own.csv")
    text = r'{"source": ["from helpers import *\n", "open(\"z.csv\"); open(\"data/my own.csv\")"]}'
    found = looked(folder, text)
    assert names(found) == ["data/my own.csv", "helpers.py", "z.csv"]
    assert left(found) == {"too_many": (2, ("a.csv", "b.csv"))}


def test_many_entries_and_deep_folders(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more entries are looked at than the limit allows, however many there are and however deep."""
    monkeypatch.setattr(beside, "MAX_LOOKED", 20)
    put(folder, *(f"many/{number}.txt" for number in range(100)))
    found = looked(folder)
    assert len(found.files) == 18 and left(found) == {"too_many": (1, ("many/",))}
    monkeypatch.setattr(beside, "MAX_LOOKED", 1000)
    monkeypatch.setattr(beside, "MAX_DEPTH", 2)
    put(folder, "1/2/in.csv", "1/2/3/out.csv")
    assert "1/2/in.csv" in names(looked(folder)) and left(looked(folder)) == {"too_many": (1, ("1/2/3/",))}


def test_ten_thousand_files_cost_no_time(folder: Path) -> None:
    """The first ones come along, and the record counts the rest and names some."""
    for number in range(10_000):
        (folder / f"{number}.png").touch()
    found = looked(folder, "'9999.png' in a notebook")
    assert len(found.files) == beside.MAX_FILES and "9999.png" in names(found)
    count, first = left(found)["too_many"]
    assert count == 10_000 - beside.MAX_FILES and len(first) == beside.MAX_NAMED


@POSIX
def test_nothing_is_followed_or_waited_for(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Links and pipes are left out unopened; a file of 10 GB costs no memory."""
    secret = tmp_path_factory.mktemp("secret")
    put(secret, "canary")
    (folder / "link").symlink_to(secret / "canary")
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "nothing").symlink_to("nowhere")
    (folder / "linked").symlink_to(secret)
    (folder / "loop").symlink_to(".")
    os.mkfifo(folder / "pipe")
    with open(folder / "sparse.bin", "wb") as sparse:
        sparse.truncate(10 << 30)
    found = looked(folder)
    assert found.files == ()
    assert left(found) == {
        "not_a_file": (6, ("link", "linked", "loop", "nothing", "passwd", "pipe")),
        "too_large": (1, ("sparse.bin",)),
    }


@POSIX
def test_odd_names(folder: Path) -> None:
    """Names that can't be written safely are left out, and can be shown anywhere."""
    for name in (b"two\nlines", b"not-\xff-utf8", b"back\\slash", b"esc\x1b[2J"):
        (folder / os.fsdecode(name)).write_bytes(b"x")
    (folder / os.fsdecode(b"dir\n")).mkdir()
    found = looked(folder)
    assert found.files == ()
    assert left(found) == {
        "odd_name": (
            5,
            ("back\\\\slash", "dir\\u000a/", "esc\\u001b[2J", "not-\\xff-utf8", "two\\u000alines"),
        )
    }


def test_decomposed_names(folder: Path) -> None:
    """A name that a Mac wrote is the one that a student typed; of two that become the same, one is taken."""
    put(folder, "e\u0301t\u00e9.csv", "\u00e9t\u00e9.csv")
    assert names(looked(folder)) == ["\u00e9t\u00e9.csv"]


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError, OSError])
def test_a_file_that_vanishes(error: type[OSError], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is gone, closed or broken when it is read is left out, and so is one that has grown."""
    put(folder, "a.csv", "b.csv")
    read = beside.read_file

    def vanishing(path: str, limits: object) -> bytes:
        if path.endswith("a.csv"):
            raise error("gone")
        Path(path).write_bytes(b"longer than before")
        return read(path, limits)  # type: ignore[arg-type]

    monkeypatch.setattr(beside, "read_file", vanishing)
    assert left(looked(folder)) == {"unreadable": (2, ("a.csv", "b.csv"))}


def test_a_closed_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that can't be listed is left out, and nothing else."""
    put(folder, "a.csv", "closed/b.csv")
    scan = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    found = looked(folder)
    assert names(found) == ["a.csv"] and found.record is not None
    assert found.record.left_out == (LeftOut(Obstacle.UNREADABLE, 1, ("closed/",)),)


def test_what_is_handed_out_stays_as_it_is(folder: Path) -> None:
    """A student's copy does not come along; one that was changed, or is in the way, is named."""
    handed_out = File("a.csv", b"a.csv"), File("data/b.csv", b"1"), Bound("pictures", "/p", 9, "0" * 64)
    put(folder, "a.csv", "files/a.csv", "pictures/1.png", "files/pictures/2.png", "data/b.csv")
    put(folder, "files/c.csv", "d.csv", "data/mine.csv")
    found = files_beside(folder / "convnet.ipynb", b"", "convnet", TASKS, 128, handed_out)
    assert names(found) == ["d.csv", "data/mine.csv", "files/c.csv"]
    assert left(found) == {"handed_out": (2, ("data/b.csv", "files/a.csv"))}
