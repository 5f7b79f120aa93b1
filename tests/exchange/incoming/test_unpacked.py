"""One delivery's files in a folder of their own."""

from __future__ import annotations

import pytest

from downloads import Held, zipped
from grader.exchange.incoming import unpacked as module
from grader.exchange.incoming.unpacked import Unpacked


def unpacked(tmp_path, files: dict[str, bytes]) -> Unpacked:
    held = Held(files)
    made = Unpacked(held, tmp_path)
    for entry in held.entries:
        made.add(entry.path.rpartition("__")[2], entry)
    return made


def there(made: Unpacked) -> list[str]:
    return sorted(
        path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()
    )


def test_files_and_folders(tmp_path):
    """Files lie under the names that the student gave them, and it is known where they came from."""
    made = unpacked(tmp_path, {"x_1__double.ipynb": b"{}", "x_1__data/a.csv": b""})
    assert there(made) == ["data/a.csv", "double.ipynb"]
    assert made.origin("double.ipynb") == made.entry("double.ipynb") == "x_1__double.ipynb"


def test_an_archive_that_was_handed_in(tmp_path):
    """A ZIP file of a student's is opened. An archive in it stays closed, and so do other kinds."""
    inner = zipped({"hw/double.ipynb": b"{}", "hw/more.zip": b"x", "../up.ipynb": b"{}"})
    made = unpacked(tmp_path, {"x_1__hw.zip": inner, "x_1__other.rar": b"Rar!"})
    assert there(made) == ["hw/double.ipynb"]
    assert made.origin("hw/double.ipynb") == "x_1__hw.zip/hw/double.ipynb"
    assert made.entry("hw/double.ipynb") == "x_1__hw.zip"
    words = " ".join(why.en for _, why in made.problems)
    assert "archive in an archive" in words and "leads out" in words and "It is packed" in words


@pytest.mark.parametrize(("content", "words"), [(b"PK nonsense", "damaged"), (b"", "damaged")])
def test_a_damaged_archive(tmp_path, content, words):
    """A damaged ZIP file is a problem of that file alone."""
    made = unpacked(tmp_path, {"x__a.zip": content, "x__double.ipynb": b"{}"})
    assert there(made) == ["double.ipynb"] and words in made.problems[0][1].en


def test_bounds(tmp_path, monkeypatch):
    """What one student hands in at once is bounded, and so is what is in an archive."""
    monkeypatch.setattr(module, "MAX_BYTES", 5)
    made = unpacked(tmp_path, {"x__a.txt": b"1234", "x__b.txt": b"1234"})
    assert there(made) == ["a.txt"] and "Too much" in made.problems[0][1].en
    monkeypatch.setattr(module, "MAX_IN_PACKED", 1)
    (tmp_path / "again").mkdir()
    made = unpacked(tmp_path / "again", {"x__a.zip": zipped({"a": b"", "b": b""})})
    assert "too many" in made.problems[0][1].en


def test_names_that_meet(tmp_path):
    """Of two files of one name the first stays; a file where a folder should be is a problem, no crash."""
    made = unpacked(tmp_path, {"1__a.ipynb": b"1", "2__a.ipynb": b"2", "3__b": b"", "4__b/c.csv": b""})
    assert there(made) == ["a.ipynb", "b"] and (made.folder / "a.ipynb").read_bytes() == b"1"
    assert len(made.problems) == 2


def test_wrapping(tmp_path):
    """Everything can be put into one folder, and keeps its origin."""
    made = unpacked(tmp_path, {"x__a.ipynb": b"{}"})
    made.wrap("double")
    assert there(made) == ["double/a.ipynb"] and made.origin("double/a.ipynb") == "x__a.ipynb"
