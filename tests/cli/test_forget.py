"""`grader forget` asks twice, and drops everything or nothing."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from courses import write
from grader.cli.main import main
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.mark import Override
from reports import report


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A course, and a gradebook with a student in it, of whom a total was set by hand."""
    write(tmp_path / "course")
    with Gradebook(tmp_path / "out") as book:
        book.see([HandedIn("amy", "halve", "5ub", b"{}", origin="folder: halve.ipynb")])
        book.add(report("amy", "halve", checks=(), score=7))
        book.set_by_hand([Override("amy", "halve", None, 9, "oral", "kim", "2999-01-01T00:00:00+00:00")])
    return tmp_path / "out"


class Terminal(io.StringIO):
    """Somebody who answers."""

    def isatty(self) -> bool:
        return True


def forget(out: Path, *options: str) -> int:
    return main(["forget", "amy", *options, "--out", str(out), "--course", str(out.parent / "course")])


def students(out: Path) -> list[str]:
    with Gradebook(out) as book:
        return [student for student, _ in book.attempts()]


@pytest.mark.parametrize(
    ("answers", "dropped"), [("y\namy\n", True), ("y\nam\n", False), ("n\n", False), ("", False)]
)
def test_asked_twice(
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answers: str,
    dropped: bool,
) -> None:
    """A yes, and then the name."""
    monkeypatch.setattr("sys.stdin", Terminal(answers))
    assert forget(out) == 0
    said = capsys.readouterr()
    assert students(out) == ([] if dropped else ["amy"])
    assert ("amy is forgotten: 1 attempts" in said.out) is dropped
    assert ("Nothing was dropped" in said.err) is not dropped


def test_scripts(out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal it needs --yes; with --json it prints what is gone."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert forget(out) == 2 and "--yes" in capsys.readouterr().err and students(out) == ["amy"]
    assert forget(out, "halve", "--yes", "--json") == 0
    gone = json.loads(capsys.readouterr().out)
    assert gone == {"student": "amy", "assignments": ["halve"], "attempts": 1, "reports": 1, "overrides": 1}
    assert students(out) == [] and forget(out, "--yes") == 2
    assert "has nothing of 'amy'" in capsys.readouterr().err
