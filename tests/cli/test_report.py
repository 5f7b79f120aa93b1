"""`grader report` prints what `grade` prints, and writes the files."""

from __future__ import annotations

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


@pytest.mark.parametrize(("lang", "words"), [("en", "class overview"), ("zh", "班级总览")])
def test_report(out: Path, capsys: pytest.CaptureFixture[str], lang: str, words: str) -> None:
    """The table of students, and where the files are."""
    assert main(["report", str(out), "--course", str(out.parent / "course"), "--lang", lang]) == 0
    said = capsys.readouterr().out
    assert "amy" in said and "9/10" in said and words in said and (out / "staff" / "index.html").is_file()


def test_json(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The content of results.jsonl."""
    assert main(["report", str(out), "--course", str(out.parent / "course"), "--json"]) == 0
    said = capsys.readouterr().out
    assert (
        said == (out / "results.jsonl").read_text(encoding="utf-8") and json.loads(said)["final_score"] == 9
    )


def test_no_gradebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said, with exit code 2, and nothing is made."""
    write(tmp_path / "course")
    assert main(["report", str(tmp_path / "o"), "--course", str(tmp_path / "course")]) == 2
    assert "there is no gradebook" in capsys.readouterr().err and not (tmp_path / "o").exists()
