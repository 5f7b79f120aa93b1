"""A rubric and its large files travel as content, and arrive as they were."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.engine.parcels import EMPTY, order, unpack
from grader.model.file import Bound, File
from grader.model.limits import Limits
from grader.model.task import Rubric, Task
from reports import PROVENANCE


def bound(path: Path, sha256: str) -> Bound:
    return Bound(path.name, str(path), 3, sha256)


@pytest.fixture
def task(tmp_path: Path) -> Task:
    """A task whose rubric hands out a small file, a large one and a large folder."""
    (tmp_path / "big.csv").write_bytes(b"1,2")
    (tmp_path / "images" / "cats").mkdir(parents=True)
    (tmp_path / "images" / "cats" / "one.png").write_bytes(b"cat")
    rubric = Rubric(
        (File("test_public.py", b"x = 1"),),
        (),
        (File("small.csv", b"0"), bound(tmp_path / "big.csv", "aa")),
        (bound(tmp_path / "images", "bb"), bound(tmp_path / "big.csv", "aa")),
    )
    return Task("amy", "line", "c0ffee", b"{}", None, rubric, Limits(), PROVENANCE)


def test_a_rubric_travels_once(task: Task) -> None:
    """The first order holds it, later ones only its hash; a large file is in it once, under its hash."""
    first, later = order(task, False), order(task, True)
    assert first.task == later.task and first.task.rubric == EMPTY and first.task.content == b"{}"
    assert first.rubric_sha256 == later.rubric_sha256 == task.rubric.sha256 and later.parcel is None
    assert first.parcel is not None and first.parcel.rubric == task.rubric
    assert sorted(first.parcel.bound) == ["aa", "bb"]


def test_it_arrives_as_it_was(task: Task, tmp_path: Path) -> None:
    """The large files lie below the folder there, and the rubric has the same hash. Twice is once."""
    parcel = order(task, False).parcel
    assert parcel is not None
    folder = tmp_path / "there"
    folder.mkdir()
    for _ in range(2):
        rubric, kept = unpack(parcel, folder)
        assert rubric.sha256 == task.rubric.sha256 and rubric.files == task.rubric.files
        assert sorted(entry.sha256 for entry in kept) == ["aa", "bb"]
    assert (folder / "aa").read_bytes() == b"1,2"
    assert (folder / "bb" / "cats" / "one.png").read_bytes() == b"cat"
    assert sorted(path.name for path in folder.iterdir()) == ["aa", "bb"]
    assert rubric.handed_out[0] == File("small.csv", b"0")
    assert {entry.path for entry in kept} == {str(folder / "aa"), str(folder / "bb")}
