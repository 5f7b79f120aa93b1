"""`grader new` lists what it made and says what to do next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.cli.main import main


def test_the_next_steps_are_commands_to_copy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands that follow carry the course's folder, quoted for a shell."""
    folder = tmp_path / "my course"
    folder.mkdir()
    assert main(["new", "my-task", "--course", str(folder)]) == 0
    out = capsys.readouterr().out
    assert f"grader stub my-task --course '{folder}'" in out and "grader validate my-task --course" in out
    assert str(folder / "solutions" / "my-task" / "solution.ipynb") in out.splitlines()


def test_quiet_lists_the_files_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """-q leaves out the advice; --json prints the same files as a list."""
    assert main(["new", "one", "--course", str(tmp_path), "-q"]) == 0
    files = capsys.readouterr().out.splitlines()
    assert all(Path(file).is_file() for file in files) and len(files) > 5
    assert main(["new", "two", "--course", str(tmp_path), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {file.replace("one", "two") for file in files}
