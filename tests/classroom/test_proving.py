"""A course is proved from Python, without a terminal: values go in and come out, and progress is reported."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from grader.classroom.progress import Progress
from grader.classroom.proving import redteam, validate
from grader.course.loader import load
from grader.engine import local
from grader.engine.local import Grading
from grader.errors import UsageError
from grader.proof.validation import MUTANT
from support import HIDDEN


@pytest.fixture
def warm(grading: Grading, monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """The shared sandbox in place of new ones. Returns what they were asked to be."""
    asked: list[tuple] = []

    def shared(*arguments: object) -> contextlib.AbstractContextManager[Grading]:
        asked.append(arguments[:2])
        return contextlib.nullcontext(grading)

    monkeypatch.setattr(local, "Grading", shared)
    return asked


def test_a_valid_course(warm: list[tuple], small_course: Path) -> None:
    """Everything is graded, all holds, and progress counts every notebook."""
    seen: list[Progress] = []
    validation = validate(load(small_course), seeds=[3, 4], sandbox="none", jobs=2, on_progress=seen.append)
    assert validation.problems == [] and warm == [("none", 2)]
    tally = validation.tallies["double"]
    assert {judgement.case.seed for judgement in tally.judgements} == {3, 4}
    assert tally.count("solution") == (2, 2) and tally.count(MUTANT)[1] > 0
    assert [now.done for now in seen] == list(range(validation.notebooks + 1))
    assert {now.total for now in seen} == {validation.notebooks}
    assert seen[0].words == "" and all(now.words.startswith("double ") for now in seen[1:])


def test_without_mutants(warm: list[tuple], small_course: Path) -> None:
    """Mutants can be left out, and nobody need watch."""
    validation = validate(load(small_course), ["double"], seeds=[0], mutants=False)
    assert validation.mutants == (0, 0) and validation.notebooks == 9 and warm == [("bubblewrap", None)]


def test_a_mistake_that_can_not_be_told(warm: list[tuple], small_course: Path) -> None:
    """A mistake that answers as a decoy does is a problem of the course, unless no report names it."""
    mistake = small_course / "solutions" / "double" / "mistakes" / "squares.toml"
    text = mistake.read_text(encoding="utf-8").replace('new = "x * x"', 'new = "x"')
    mistake.write_text(text.replace('fails = ["', 'fails = ["test_two", "'), encoding="utf-8")
    (problem,) = validate(load(small_course), seeds=[0], mutants=False).problems
    assert problem.file == "solutions/double/mistakes/squares.toml"
    assert "the mistake can't be told from decoy copy of the input" in problem.message
    mistake.write_text(f"named = false\n{mistake.read_text(encoding='utf-8')}", encoding="utf-8")
    assert validate(load(small_course), seeds=[0], mutants=False).problems == []


def test_problems_of_files_are_found_with_the_rest(warm: list[tuple], small_course: Path) -> None:
    """A stale stub and a stray file are told before any notebook is graded, and keep none from it."""
    stub = small_course / "assignments" / "double" / "double.ipynb"
    stub.write_text(stub.read_text(encoding="utf-8").replace("n = 5", "n = 6"), encoding="utf-8")
    (small_course / "solutions" / "double" / "notes.txt").write_text("x")
    seen: list[object] = []
    validation = validate(
        load(small_course), seeds=[0], mutants=False, on_progress=seen.append, on_problem=seen.append
    )
    assert seen[:2] == validation.problems and isinstance(seen[2], Progress)
    files = [problem.file for problem in validation.problems]
    assert files == ["assignments/double/double.ipynb", "solutions/double/notes.txt"]
    assert validation.notebooks == 9


def test_a_solution_that_can_not_be_read(warm: list[tuple], small_course: Path) -> None:
    """Its problems are in the result, of the validation and of the red team, and nothing is graded."""
    (small_course / "solutions" / "double" / "solution.ipynb").write_text("{")
    course = load(small_course)
    assert validate(course).notebooks == 0 and validate(course).problems
    result = redteam(course)
    assert result.attempts == [] and result.problems
    assert result.assignments["double"].attempts == ()


def test_what_cheats_earn(warm: list[tuple], small_course: Path) -> None:
    """Attempts keep their order, however their gradings end, and nothing is gained from a good rubric."""
    seen: list[Progress] = []
    result = redteam(load(small_course), cheats=["mock", "echo"], jobs=2, on_progress=seen.append)
    names = [each.attempt.name for each in result.assignments["double"].attempts]
    assert names[:2] == ["solution", "stub"] and names[-2:] == ["echo", "mock"]
    assert result.problems == [] and result.cheats == 2
    assert [now.done for now in seen] == list(range(len(names) + 1))
    assert all(now.words.startswith("double: ") for now in seen[1:])


def test_a_solution_that_fails_proves_nothing(warm: list[tuple], small_course: Path) -> None:
    """Where the solution itself fails a check, cheats that fail it prove nothing, and that is a problem."""
    path = small_course / "solutions" / "double" / "test_hidden.py"
    path.write_text(HIDDEN.replace("== -6", "== -7"), encoding="utf-8")
    [problem] = redteam(load(small_course), cheats=["yes"]).problems
    assert problem.file == "assignments/double"
    assert "the solution itself does not pass test_any" in problem.message


def test_unknown_names_are_wrong_usage(warm: list[tuple], small_course: Path) -> None:
    """An unknown assignment or cheat is refused before anything is graded."""
    course = load(small_course)
    for call in (
        lambda: validate(course, ["doubel"]),
        lambda: redteam(course, ["doubel"]),
        lambda: redteam(course, cheats=["moc"]),
    ):
        with pytest.raises(UsageError, match="did you mean"):
            call()
    assert warm == []
