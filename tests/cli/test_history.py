"""`grader history` prints what happened, the earliest first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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


EN, ZH = ("handed in", "graded", "set by hand"), ("提交", "已评分", "人工设置")


@pytest.mark.parametrize(("lang", "words"), [("en", EN), ("zh", ZH)])
def test_history(out: Path, capsys: pytest.CaptureFixture[str], lang: str, words: tuple[str, ...]) -> None:
    """A line for each event."""
    assert main(["history", "amy", "halve", "--out", str(out), "--lang", lang]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [word in line for word, line in zip(words, lines, strict=True)] == [True] * 3
    assert "7/10" in lines[1] and "oral" in lines[2] and "folder: halve.ipynb" in lines[0]


def test_json(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The events as a list."""
    assert main(["history", "amy", "halve", "--out", str(out), "--json"]) == 0
    events: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    assert [each["event"] for each in events] == ["handed_in", "graded", "by_hand"]
