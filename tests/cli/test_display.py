"""What a person sees in a terminal: a table that fits, lines that say how far it is, and nothing of a stranger's that steers it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from reports import report

from grader.cli import display, grade
from grader.model.report import INTERNAL, REJECTED, Report

LONG = "a-name-that-is-as-long-as-names-of-students-are-at-times"


HALVE = SimpleNamespace(assignments={"halve": None})


@pytest.fixture
def reports() -> list[Report]:
    return [
        report("amy", "halve"),
        report("ben", "halve", outcome=REJECTED, checks=(), score=0),
        report(LONG, "halve", outcome=INTERNAL, checks=(), score=None),
    ]


def test_a_class_in_a_wide_terminal(reports: list[Report], capsys: pytest.CaptureFixture[str]) -> None:
    """One row a student, one column an assignment; what has no score says why in a word, in the language that was asked for."""
    grade.tell(Path("out"), reports, HALVE, "en")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[:4] == [["student", "halve"], [LONG, "internal"], ["amy", "10/10"], ["ben", "rejected"]]
    assert ["halve", "3", "5.0/10", "1", "1", "1"] in lines
    grade.tell(Path("out"), reports, HALVE, "zh")
    assert (
        "无法读取" in (said := capsys.readouterr().out)
        and "内部错误" in said
        and "rejected" not in said
        and "internal" not in said
    )


def test_a_class_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the table would not fit, each student's points and what is less than full marks; no assignment's name is cut."""
    names = ["linreg-manual", "linreg-module", "gradient-descent"]
    wide = SimpleNamespace(assignments=dict.fromkeys(names))
    reports = [report("amy", name) for name in names] + [
        report("ben", names[0], score=2),
        report("ben", names[1], outcome=INTERNAL, checks=(), score=None),
    ]
    monkeypatch.setattr(display, "WIDTH", 80)
    grade.tell(Path("out"), reports, wide, "en")
    assert "student  linreg-manual  linreg-module  gradient-descent" in capsys.readouterr().out
    monkeypatch.setattr(display, "WIDTH", 50)
    grade.tell(Path("out"), reports, wide, "en")
    said = capsys.readouterr().out
    assert "…" not in said.partition("\n\n")[0] and "points" in said
    assert " ".join(said.split()).startswith(
        "student points less than full marks amy 30/30 – ben 2/20 linreg-manual 2/10, linreg-module internal"
    )


def test_points_in_short(reports: list[Report]) -> None:
    """Points of those that could be had, nothing where a submission has no score, and a dash where nothing is missing."""
    own = {"a": report("amy", "a"), "b": report("amy", "b", score=2.5), "c": reports[2]}
    assert grade.in_short(own, ["a", "b", "c"], "en") == ("12.5/30", "b 2.5/10, c internal")
    assert grade.in_short({"a": own["a"]}, ["a", "b", "c"], "en") == ("10/10", "–")


def test_progress_without_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line now and then and always the last; a line for each where that is asked for; none where nothing is."""
    for options, count in (({}, 1), ({"verbose": True}, 3), ({"quiet": True}, 0)):
        with display.progress(3, "grading", **options) as step:
            for student in ("amy", "::error::ben", "\x1b[2Jcleo"):
                step(student)
        lines = capsys.readouterr().err.splitlines()
        assert len(lines) == count and "\x1b" not in "".join(lines)
        assert not lines or lines[-1].startswith("grading 3/3, in 0 s: cleo")
