"""`grader import` on a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from courses import write
from downloads import notebook, written, zipped
from grader.cli.main import main

HALVE = notebook("def halve(x):\n    return x / 2", "result = halve(8)")


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    files = {"zhangwei_LATE_101_1_halve.ipynb": HALVE, "amy_102_2_halve.pdf": b"", "halve.ipynb": HALVE}
    files |= {f"x_{at}_3_halve.ipynb": HALVE for at in (1, 2)}
    archive = written(tmp_path / "a.zip", zipped(files))
    return ["import", str(archive), str(tmp_path / "class"), "--course", str(write(tmp_path / "course"))]


def test_a_table(arguments, capsys):
    """The table says what is new and late; what is unclear is named with the reason; then a sum."""
    assert main([*arguments, "--lang", "en"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("a download of Canvas\n")
    assert "zhangwei_101" in printed and "1 (late)" in printed
    assert "unclear: halve.ipynb: Its name does not say whose it is." in printed
    assert "3 new attempts, 0 handed in before, 1 late, 2 unclear" in printed
    assert main([*arguments, "--lang", "en"]) == 0
    assert "0 new attempts, 3 handed in before" in capsys.readouterr().out


def test_in_chinese(arguments, capsys):
    """Everything is said in Chinese too."""
    assert main([*arguments, "--lang", "zh", "--dry-run"]) == 0
    said = capsys.readouterr()
    assert (
        "新提交 3 个，以前提交过 0 个，迟交 1 个，不明确 2 个" in said.out and "没有写入任何文件" in said.err
    )


def test_json(arguments, capsys):
    """With --json there is one object."""
    assert main([*arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["system"] == "Canvas" and len(data["found"]) == 3 and len(data["unclear"]) == 2
    assert data["found"][0]["attempt"] == 1


def test_a_large_class(tmp_path, capsys):
    """A large class is summed up by assignment."""
    files = {f"x_{at}_3_halve.ipynb": notebook(f"halve = {at}") for at in range(50)}
    archive = written(tmp_path / "a.zip", zipped(files))
    course = write(tmp_path / "course")
    assert (
        main(["import", str(archive), str(tmp_path / "class"), "--course", str(course), "--lang", "en"]) == 0
    )
    printed = capsys.readouterr().out
    assert "x_17" not in printed and "50 new attempts" in printed and "halve" in printed
