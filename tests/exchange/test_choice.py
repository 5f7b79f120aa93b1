"""Of several files, one is chosen for a reason that is said, or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.exchange import choice
from grader.exchange.choice import Candidate, Reader, Unopened, choose, listed
from grader.exchange.file_names import Match
from grader.notebook.writing import dump
from support import notebook_of

STUB = notebook_of("x = ...")
WORK, OTHER, NOTHING, BROKEN = "x = 1", "x = 2", "x = ...", None


def made(folder: Path, *files: tuple[str | None, Match, int]) -> list[Candidate]:
    """Candidates a.ipynb, b.ipynb, …: what is in them, how well their name fits, and how old they are."""
    candidates = []
    for name, (source, match, age) in zip("abcdefgh", files):
        path = folder / f"{name}.ipynb"
        path.write_text("broken" if source is None else dump(notebook_of(source)), encoding="utf-8")
        os.utime(path, (10_000 - age,) * 2)
        candidates.append(Candidate(path.name, match))
    return candidates


E, P, N = Match.EXACT, Match.PART, Match.NONE


@pytest.mark.parametrize(("files", "taken", "reason"), [
    ([(BROKEN, N, 0)], "a", None),
    ([(NOTHING, E, 0), (WORK, P, 9)], "b", "worked_on"),
    ([(BROKEN, E, 0), (WORK, P, 9)], "b", "worked_on"),
    ([(BROKEN, E, 0), (NOTHING, P, 9)], "b", "readable"),
    ([(WORK, E, 9), (OTHER, P, 0)], "b", "newest"),
    ([(WORK, E, 0), (OTHER, P, 0)], "a", "name"),
    ([(WORK, E, 9), (OTHER, N, 0)], "a", "name"),
    ([(WORK, P, 9), (WORK, E, 0)], "b", "same"),
    ([(NOTHING, P, 0), (NOTHING, P, 0)], "a", "same"),
    ([(WORK, P, 0), (OTHER, P, 0)], None, None),
    ([(BROKEN, P, 0), (BROKEN, P, 0)], None, None),
    ([(WORK, P, 3), (OTHER, P, 0), (NOTHING, E, 0)], "b", "newest"),
])  # fmt: skip
def test_choices(files: list, taken: str | None, reason: str | None, tmp_path: Path) -> None:
    """Work comes before a stub and a stub before a broken file; then the newest; then the better name."""
    found = choose("task", made(tmp_path, *files), Reader(tmp_path), STUB)
    assert (found.source.file, found.source.chosen) == (taken and f"{taken}.ipynb", reason)
    assert len(found.source.left) == len(files) - (taken is not None)
    assert (found.problem is None) == (taken is not None)


def test_without_a_stub_everything_was_worked_on(tmp_path: Path) -> None:
    """If the stub is not at hand, the files' dates decide."""
    found = choose("task", made(tmp_path, (NOTHING, P, 0), (WORK, P, 9)), Reader(tmp_path), None)
    assert (found.source.file, found.source.chosen) == ("a.ipynb", "newest")


def test_only_so_many_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limits on files and bytes nothing is opened, and nothing is guessed."""
    candidates = made(tmp_path, (WORK, P, 0), (OTHER, P, 9))
    monkeypatch.setattr(choice, "MAX_OPENED", 1)
    reader = Reader(tmp_path)
    assert choose("task", candidates, reader, STUB).problem is not None
    assert reader.notebook("a.ipynb") is not None  # it is open already
    monkeypatch.setattr(choice, "MAX_OPENED", 9)
    monkeypatch.setattr(choice, "MAX_BYTES", 1)
    with pytest.raises(Unopened):
        reader.notebook("b.ipynb")


def test_names_are_harmless_and_bounded(tmp_path: Path) -> None:
    """A record names only so many files, and each as it can be shown anywhere."""
    candidates = [Candidate(f"\x1b[31m{n}.ipynb", P) for n in range(40)]
    left = choose("task", candidates, Reader(tmp_path), STUB).source.left
    assert len(left) == choice.MAX_LEFT + 1 and left[-1] == "… +20"
    assert all(name.isprintable() for name in left)
    assert listed(["a", "b"]).zh == "a、b" and listed(["a"] * 7).en == "a, a, a, a, a and 2 more"
    assert Reader(tmp_path).changed("nothing") == Reader(tmp_path).changed("\0") == 0
