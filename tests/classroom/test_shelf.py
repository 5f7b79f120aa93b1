"""A file is made again if what it is made from has changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.classroom.shelf import RECORD, Shelf, inputs_of


def made(out: Path, inputs: str, name: str = "a/page.html", text: str = "text") -> bool:
    """Write one file; whether it was made."""
    shelf, calls = Shelf(out), []
    shelf.write(name, inputs, lambda: calls.append(1) or [text.encode()])  # type: ignore[func-returns-value]
    shelf.clear()
    return bool(calls)


def test_only_what_has_changed(tmp_path: Path) -> None:
    """The same again makes nothing; other inputs make the file anew."""
    assert [made(tmp_path, inputs) for inputs in ("one", "one", "two")] == [True, False, True]
    assert (tmp_path / "a/page.html").read_text() == "text"


def test_what_somebody_has_changed(tmp_path: Path) -> None:
    """A file that is gone or has another size is made again, and so is everything without the record."""
    made(tmp_path, "one")
    (tmp_path / "a/page.html").write_text("cut")
    assert made(tmp_path, "one")
    (tmp_path / "a/page.html").unlink()
    assert made(tmp_path, "one")
    (tmp_path / RECORD).write_text("[]")
    assert made(tmp_path, "one") and not made(tmp_path, "one")


def test_a_run_that_was_killed_in_between(tmp_path: Path) -> None:
    """What it was about to make is made again, even if it was made for what is wanted now."""
    made(tmp_path, "one")
    shelf = Shelf(tmp_path)

    def killed() -> list[bytes]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shelf.write("a/page.html", "two", killed)
    assert made(tmp_path, "one")


def test_what_is_not_wanted_any_more(tmp_path: Path) -> None:
    """Files that were made earlier are removed, with a folder that is empty then; others are not ours."""
    made(tmp_path, "one")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("x")
    made(tmp_path, "one", "b/page.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == [RECORD, "b"]
    shelf = Shelf(tmp_path)
    shelf.clear()
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["mine.txt"]


def test_inputs() -> None:
    """The same values give the same hash, in this version of the grader; any other value another one."""
    assert (
        inputs_of("a", ["b"], {"c": 1}) == inputs_of("a", ["b"], {"c": 1}) != inputs_of("a", ["b"], {"c": 2})
    )
