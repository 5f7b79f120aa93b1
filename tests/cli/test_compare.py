"""`grader compare` prints a line for each change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.cli.main import main
from grader.exchange.results_jsonl import results_jsonl
from grader.model.report import FAILED, INTERNAL
from reports import report, results


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    """Two states: one worse, one gone, one new and without a score, one with another file."""
    states = (
        [report("amy"), report("ben"), report("eve"), report("zoë")],
        [
            report("amy", checks=results(test_last=FAILED)),
            report("dan", outcome=INTERNAL, checks=(), score=None),
            report("eve", submission_sha256="0ther"),
            report("zoë"),
        ],
    )
    for name, reports in zip("ab", states):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.jsonl").write_text(results_jsonl(reports), encoding="utf-8")
    return str(tmp_path / "a"), str(tmp_path / "b")


def test_lines(folders: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Points before and after, and the checks."""
    assert main(["compare", *folders]) == 0
    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert said[1] == ["amy", "linreg", "10/10", "4.5/10", "test_last", "5.5→0"]
    assert said[2] == ["ben", "linreg", "10/10", "–", "gone"]
    assert said[3] == ["dan", "linreg", "–", "internal", "new"]
    assert said[4] == ["eve", "linreg", "10/10", "10/10", "another", "submission"]
    assert said[-1] == ["changed:", "4"]
    assert main(["compare", *folders, "--lang", "zh"]) == 0 and "有变化：4" in capsys.readouterr().out


def test_nothing(folders: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """It is said."""
    assert main(["compare", folders[0], folders[0]]) == 0
    assert capsys.readouterr().out == "Nothing that counts has changed.\n"


def test_json(folders: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The changes as a list."""
    assert main(["compare", *folders, "--json"]) == 0
    assert [each["student"] for each in json.loads(capsys.readouterr().out)] == ["amy", "ben", "dan", "eve"]
