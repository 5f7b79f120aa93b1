"""Archives of whatever kind are read safely."""

from __future__ import annotations

import os

import pytest

from downloads import Held, tarred, written, zipped
from grader.errors import UsageError
from grader.exchange.incoming import archive
from grader.exchange.incoming.archive import open_archive
from grader.notebook.notebook import Unreadable

FILES = {"amy/a.ipynb": b"{}", "amy/data.csv": b"1,2\n"}


def paths(path) -> list[str]:
    with open_archive(path) as opened:
        return [entry.path for entry in opened.entries]


def test_every_kind(tmp_path):
    """A ZIP file, tar files and a folder hold the same entries, whatever the file is called."""
    for name, content in (("a.zip", zipped(FILES)), ("b", tarred(FILES)), ("c.tar", tarred(FILES, "w"))):
        assert paths(written(tmp_path / name, content)) == list(FILES)
    for name, content in FILES.items():
        written(tmp_path / "folder" / name, content)
    with open_archive(tmp_path / "folder") as opened:
        assert [entry.path for entry in opened.entries] == list(FILES)
        assert [opened.read(entry) for entry in opened.entries] == list(FILES.values())


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../../etc/passwd", "leads out"),
        ("/etc/passwd", "leads out"),
        ("C:\\windows\\a.ipynb", "leads out"),
        ("a/../../b.ipynb", "leads out"),
        ("a\x1b[2J.ipynb", "can't be used"),
        ("a\u2028b.ipynb", "can't be used"),
        ("/".join("a" * 20), "can't be used"),
        ("x" * 2000, "can't be used"),
    ],
)
def test_names_that_lead_elsewhere(name, why):
    """No entry has a name that could lead out of a folder, or can't be shown."""
    held = Held({name: b"", "amy/a.ipynb": b"{}"})
    assert [entry.path for entry in held.entries] == ["amy/a.ipynb"]
    (refused,) = held.refused
    assert why in refused.why.en and refused.path.isprintable()


def test_traces_of_systems_are_left_out():
    """What systems leave behind is no file of a student's. `./` and backslashes are separators."""
    names = [
        "__MACOSX/._a.ipynb",
        "amy/.ipynb_checkpoints/a.ipynb",
        "amy/._a.ipynb",
        "./amy/a.ipynb",
        "bo\\a.ipynb",
    ]
    held = Held(dict.fromkeys(names, b""))
    assert [entry.path for entry in held.entries] == ["amy/a.ipynb", "bo/a.ipynb"] and held.refused == []


def test_bounds(monkeypatch):
    """A file, all that is read, and the number of entries are bounded."""
    held = Held({"a": b"12345", "b": b"1"})
    with pytest.raises(Unreadable, match="larger than"):
        held.read(held.entries[0], most=4)
    monkeypatch.setattr(archive, "MAX_BYTES", 5)
    held = Held({"a": b"12345", "b": b"1"})
    assert held.read(held.entries[0]) == b"12345"
    with pytest.raises(Unreadable, match="too large"):
        held.read(held.entries[1])
    monkeypatch.setattr(archive, "MAX_ENTRIES", 1)
    with pytest.raises(UsageError, match="more than 1 files"):
        Held({"a": b"", "b": b""})


def test_a_folder_that_says_what_it_is(tmp_path):
    """The folder of nbgrader keeps its name, which says what is in it. Other folders' names say nothing."""
    for name, wanted in (("submitted", "submitted/amy/ps1/a.ipynb"), ("x", "amy/ps1/a.ipynb")):
        written(tmp_path / name / "amy" / "ps1" / "a.ipynb", b"{}")
        assert paths(tmp_path / name) == [wanted]


def test_links_and_pipes_of_a_folder(tmp_path):
    """In a folder no link is followed, and no pipe is waited for."""
    written(tmp_path / "amy" / "a.ipynb", b"{}")
    (tmp_path / "bo").symlink_to("/etc")
    os.mkfifo(tmp_path / "amy" / "b.ipynb")
    with open_archive(tmp_path) as opened:
        assert [entry.path for entry in opened.entries] == ["amy/a.ipynb"]
        assert sorted(each.path for each in opened.refused) == ["amy/b.ipynb", "bo"]


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "neither"), (b"Rar!\x1a\x07", "unpack it"), (None, "no file")]
)
def test_what_is_no_archive(tmp_path, content, words):
    """Anything else is refused with what to do."""
    path = tmp_path / "a.rar"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=words), open_archive(path):
        pass
