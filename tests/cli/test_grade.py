"""What `grader grade` prints about a class."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from grader.cli import display, grade
from grader.course.settings import Settings
from grader.model.mark import Attempt
from grader.model.report import INTERNAL, REJECTED, Report, SourceFile
from grader.model.roster import Student
from grader.reports.figures import of_class
from reports import report
from support import hand_in

LONG = "a-name-that-is-as-long-as-names-of-students-are-at-times"


HALVE = SimpleNamespace(settings=None, assignments={"halve": None})


@pytest.fixture
def reports() -> list[Report]:
    return [
        report("amy", "halve"),
        report("ben", "halve", outcome=REJECTED, checks=(), score=0),
        report(LONG, "halve", outcome=INTERNAL, checks=(), score=None),
    ]


def test_a_class_in_a_wide_terminal(reports: list[Report], capsys: pytest.CaptureFixture[str]) -> None:
    """A row for each student, a column for each assignment, and in place of a missing score its reason."""
    grade.show(Path("out"), reports, HALVE, "en")
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[:4] == [["student", "halve"], [LONG, "internal"], ["amy", "10/10"], ["ben", "rejected"]]
    assert ["halve", "3", "10.0/10", "1", "1", "1"] in lines
    grade.show(Path("out"), reports, HALVE, "zh")
    assert (
        "未接受" in (said := capsys.readouterr().out)
        and "内部错误" in said
        and "rejected" not in said
        and "internal" not in said
    )


def test_a_student_without_a_submission(reports: list[Report], capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever is in the folder has a row, also if nothing can be graded."""
    grade.show(Path("out"), reports, HALVE, "en", ["bob"])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[2:5] == [["amy", "10/10"], ["ben", "rejected"], ["bob", "–"]]


def test_undecided_submissions_are_counted(reports: list[Report], capsys: pytest.CaptureFixture[str]) -> None:
    """Where several notebooks fit and none could be chosen, a line counts them and says where to look."""
    grade.show(Path("out"), reports, HALVE, "en")
    assert "none chosen" not in capsys.readouterr().out
    source = SourceFile(None, ("halve (1).ipynb", "halve (2).ipynb"))
    undecided = report("bob", "halve", outcome=REJECTED, checks=(), score=0, source=source)
    grade.show(Path("out"), [*reports, undecided], HALVE, "en")
    assert "several notebooks, none chosen: 1 (see the class overview)" in capsys.readouterr().out


def test_a_class_in_a_narrow_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the table does not fit, a row has the points and whatever is below full marks; no name is cut."""
    names = ["linreg-manual", "linreg-module", "gradient-descent"]
    wide = SimpleNamespace(settings=None, assignments=dict.fromkeys(names))
    reports = [report("amy", name) for name in names] + [
        report("ben", names[0], score=2),
        report("ben", names[1], outcome=INTERNAL, checks=(), score=None),
    ]
    monkeypatch.setattr(display, "WIDTH", 80)
    grade.show(Path("out"), reports, wide, "en")
    assert "student  linreg-manual  linreg-module  gradient-descent" in capsys.readouterr().out
    monkeypatch.setattr(display, "WIDTH", 50)
    grade.show(Path("out"), reports, wide, "en")
    said = capsys.readouterr().out
    assert "…" not in said.partition("\n\n")[0] and "points" in said
    assert " ".join(said.split()).startswith(
        "student points less than full marks amy 30/30 – ben 2/10 linreg-manual 2/10, linreg-module internal"
    )


def test_points_in_short(reports: list[Report]) -> None:
    """Points are summed over what was graded, as on the pages; a dash: nothing is below full marks."""
    own = [report("amy", "a"), report("amy", "b", score=2.5), replace(reports[2], student="amy")]
    names = ["a", "b", "halve"]
    amy, bob = of_class(own, names, without=["bob"]).students
    assert grade.points_and_rest(amy, "en") == ("12.5/20", "b 2.5/10, halve internal")
    assert grade.points_and_rest(bob, "en") == ("–", "–")
    assert grade.points_and_rest(of_class(own[:1], names).students[0], "en") == ("10/10", "–")


def test_who_needs_help_is_counted(reports: list[Report], capsys: pytest.CaptureFixture[str]) -> None:
    """A line says how many need help, if there are any; the class's page says who."""
    grade.show(Path("out"), reports, HALVE, "en")
    assert "who needs help" not in capsys.readouterr().out
    grade.show(Path("out"), [*reports, report("zoe", "halve", score=1)], HALVE, "en")
    assert "who needs help: 1 (see the class overview)" in capsys.readouterr().out


def test_the_terminal_counts_as_the_pages_do(
    reports: list[Report], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever is on the roster has a row, and whose attempts bring nothing more needs help."""
    settings = Settings(students=(Student("amy"), Student("ned")))
    course = SimpleNamespace(assignments={"halve": None}, settings=settings)
    stuck = report("amy", "halve", score=6)
    tries = {("amy", "halve"): [Attempt(number, str(number), None, stuck) for number in (1, 2)]}
    grade.show(Path("out"), [stuck], course, "en", attempts=tries)
    said = capsys.readouterr().out
    assert ["ned", "–"] in [line.split() for line in said.splitlines()]
    assert "who needs help: 1" in said


@pytest.mark.parametrize("has_screen", [True, False])
def test_the_page_is_opened(
    here: Callable[..., subprocess.CompletedProcess[str]],
    small_course: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    has_screen: bool,
) -> None:
    """With --open the page on the class is opened at the end; without a screen a line says so."""
    opened: list[Path] = []
    monkeypatch.setattr(grade, "open_page", lambda page: opened.append(page) or has_screen)
    hand_in(tmp_path / "class", "amy", "n = 5")
    (tmp_path / "class" / "amy" / "double.ipynb").write_text("{")
    done = here("grade", tmp_path / "class", "--out", tmp_path / "out", "--course", small_course, "--open")
    assert done.returncode == 0 and opened == [tmp_path / "out" / "staff" / "index.html"]
    assert opened[0].is_file() and ("There is no screen here" in done.stderr) is not has_screen
