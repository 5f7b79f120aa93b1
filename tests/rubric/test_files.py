"""A rubric reads the files of its assignment by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.rubric.files import HANDED_OUT, OTHER, Files


def test_contents_by_name(tmp_path: Path) -> None:
    """Files are mappings; a folder that is a link counts, and an unknown name is told the others."""
    (tmp_path / HANDED_OUT / "data").mkdir(parents=True)
    (tmp_path / HANDED_OUT / "a.csv").write_bytes(b"1")
    (tmp_path / HANDED_OUT / "data" / "b.csv").write_bytes(b"2")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "c.png").write_bytes(b"3")
    (tmp_path / HANDED_OUT / "pictures").symlink_to(tmp_path / "elsewhere")
    files = Files(tmp_path)
    assert dict(files.handed_out) == {"a.csv": b"1", "data/b.csv": b"2", "pictures/c.png": b"3"}
    assert len(files.handed_out) == 3 and "a.csv" in files.handed_out
    with pytest.raises(KeyError, match=r"d\.csv.*there are: a\.csv"):
        files.handed_out["d.csv"]


def test_without_files(tmp_path: Path) -> None:
    """An assignment without files, or a student's own check, has none of them."""
    (tmp_path / OTHER).mkdir()
    assert dict(Files(tmp_path).handed_out) == {} and dict(Files(tmp_path).other) == {}
