"""`grader stub` says which stubs it wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import courses
from grader.cli.main import main


def test_a_stale_stub_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The first run writes a stale stub and the second finds it up to date, in words or as JSON."""
    course = courses.write(tmp_path / "course", stub="{}")
    path = course / "assignments" / "halve" / "halve.ipynb"
    assert main(["stub", "--course", str(course)]) == 0
    assert capsys.readouterr().out == f"{path}: written\n"
    assert main(["stub", "halve", "--course", str(course)]) == 0
    assert capsys.readouterr().out == f"{path}: up to date\n"
    path.write_text("{}", encoding="utf-8")
    assert main(["stub", "--course", str(course), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {str(path): True}
