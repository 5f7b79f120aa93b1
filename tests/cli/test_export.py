"""`grader export` on a terminal."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from courses import write
from grader.classroom.exporting import Exported
from grader.cli import export as command
from grader.cli.export import columns_of
from grader.cli.main import main
from grader.errors import UsageError
from grader.language.catalogue import Text


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run the command, with what the use case returns."""
    course = write(tmp_path / "course")

    def with_result(exported: Exported, *arguments: str) -> int:
        monkeypatch.setattr(command, "export", lambda *_: exported)
        return main(["export", "out", "--course", str(course), "--format", "csv", *arguments])

    return with_result


def test_bytes(run, monkeypatch):
    """A table in another encoding reaches standard output byte by byte."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="utf-8"))
    assert run(Exported("张伟,8\r\n".encode("gb18030"))) == 0
    assert raw.getvalue() == "张伟,8\r\n".encode("gb18030")


def test_notes(run, capsys, tmp_path):
    """Notes and the file's name go to standard error, unless nobody wants them."""
    exported = Exported(written=tmp_path / "a.csv", notes=(Text("2 grades written", "写入了 2 个成绩"),))
    assert run(exported, "--lang", "zh") == 0
    said = capsys.readouterr()
    assert said.out == "" and said.err == f"写入了 2 个成绩\n已写入: {tmp_path / 'a.csv'}\n"
    run(exported, "-q")
    assert capsys.readouterr().err == ""


def test_a_job_summary(run, monkeypatch, tmp_path, capsys):
    """A summary is added to the job's own, or written where it is wanted."""
    (tmp_path / "job.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "job.md"))
    run(Exported(b"::error::x\n", summary="### double\n"), "--format", "github")
    assert (
        tmp_path / "job.md"
    ).read_text() == "before\n### double\n" and capsys.readouterr().out == "::error::x\n"
    run(Exported(summary="### double\n"), "--format", "github", "--to", str(tmp_path / "own.md"))
    assert (tmp_path / "own.md").read_text() == "### double\n"


def test_json(run, capsys, tmp_path):
    """With --json there is one object."""
    run(Exported(b"a,b\n", notes=(Text("one", "一"),)), "--json")
    data = json.loads(capsys.readouterr().out)
    assert data == {"written": None, "notes": ["one"], "content": "a,b\n", "summary": None}


def test_columns():
    """A column is given as ASSIGNMENT=HEADING; a heading may contain such a sign itself."""
    assert columns_of(["double=HW 1 = first"]) == {"double": "HW 1 = first"}
    for wrong in ("double", "=HW", "double="):
        with pytest.raises(UsageError, match="ASSIGNMENT=HEADING"):
            columns_of([wrong])
