"""Attempts on disk: nothing is lost, and nothing is there twice."""

from __future__ import annotations

import json

import pytest

from grader import files
from grader.errors import UsageError
from grader.exchange.attempts import FOLDER, RECORD, Handed, Origin, StudentAttempts, recorded
from grader.model.file import File

NOW = "2026-12-01T10:00:00+00:00"
FIRST, SECOND = Handed("double", b"first"), Handed("double", b"second")
WITH_DATA = Handed("double", b"third", (File("data/x.csv", b"1,2\n"),))


def add(folder, *handed: Handed) -> int:
    return StudentAttempts(folder).add(handed, NOW)


def tree(folder) -> dict[str, bytes]:
    """The files that `grade` sees."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and FOLDER not in path.parts
    }


def test_attempts_are_added(tmp_path):
    """Each new content is an attempt; the newest lies where `grade` finds it; the same again adds nothing."""
    assert add(tmp_path, FIRST) == 1 and add(tmp_path, FIRST) == 0
    assert tree(tmp_path) == {"double.ipynb": b"first"}
    assert add(tmp_path, SECOND, FIRST) == 1
    assert tree(tmp_path) == {"double.ipynb": b"second"}
    found = recorded(tmp_path)
    assert [each.number for each in found] == [1, 2]
    assert [each.path(tmp_path).read_bytes() for each in found] == [b"first", b"second"]


def test_files_beside_a_notebook(tmp_path):
    """A notebook with files lies in a folder with them, and one without lies alone again."""
    add(tmp_path, FIRST)
    add(tmp_path, WITH_DATA)
    assert tree(tmp_path) == {"double/double.ipynb": b"third", "double/data/x.csv": b"1,2\n"}
    assert add(tmp_path, WITH_DATA) == 0
    add(tmp_path, SECOND)
    assert tree(tmp_path) == {"double.ipynb": b"second"}


def test_times_decide_what_is_newest(tmp_path):
    """If every attempt has a time, the latest is the newest, whenever it was imported."""
    late = Handed("double", b"late", submitted_at="2026-12-02T08:00:00+08:00")
    early = Handed("double", b"early", submitted_at="2026-12-01T23:00:00+00:00")
    add(tmp_path, late)
    add(tmp_path, early)
    assert tree(tmp_path) == {"double.ipynb": b"late"}
    assert [each.sha256[:4] for each in recorded(tmp_path)] == [early.content[1][:4], late.content[1][:4]]


def test_a_time_that_was_not_known(tmp_path):
    """The same content with a time completes the record."""
    add(tmp_path, FIRST)
    add(tmp_path, Handed("double", b"first", submitted_at=NOW, late=True))
    (only,) = recorded(tmp_path)
    assert (only.submitted_at, only.late) == (NOW, True)


def test_what_a_person_put_there(tmp_path):
    """A notebook that a person put in place becomes an attempt before another takes the place."""
    files.write_bytes(tmp_path / "double.ipynb", b"by hand")
    add(tmp_path, FIRST)
    assert tree(tmp_path) == {"double.ipynb": b"first"}
    hand, imported = recorded(tmp_path)
    assert hand.origin == Origin("folder") and hand.path(tmp_path).read_bytes() == b"by hand"
    assert imported.number == 2


@pytest.mark.parametrize("writes", range(1, 6))
def test_killed_at_any_write(tmp_path, monkeypatch, writes):
    """An import that was stopped at any write is finished by the next one, and nothing is there twice."""
    add(tmp_path, FIRST)
    real, count = files.os.replace, iter(range(writes))

    def replace(source, target):
        if next(count, None) is None:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(files.os, "replace", replace)
    try:
        add(tmp_path, SECOND, WITH_DATA)
    except OSError:
        pass
    monkeypatch.undo()
    add(tmp_path, SECOND, WITH_DATA)
    assert [each.path(tmp_path).read_bytes() for each in recorded(tmp_path)] == [
        b"first",
        b"second",
        b"third",
    ]
    assert tree(tmp_path) == {"double/double.ipynb": b"third", "double/data/x.csv": b"1,2\n"}


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 1}', '{"schema": 1, "attempts": [{}]}', "x"])
def test_a_broken_record(tmp_path, text):
    """A record that can't be read is an error that says what to do, never an empty one."""
    files.write(tmp_path / FOLDER / RECORD, text)
    with pytest.raises(UsageError, match="move it away"):
        recorded(tmp_path)
    files.write(tmp_path / FOLDER / RECORD, json.dumps({"schema": 2}))
    with pytest.raises(UsageError, match="newer version"):
        recorded(tmp_path)


def test_no_record(tmp_path):
    """A folder that no import made has no attempts on record."""
    assert recorded(tmp_path) == []
