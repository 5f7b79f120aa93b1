"""`validate` says which mistakes can't be told from other answers, and which answers are taken for one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from courses import MISTAKE, MISTAKE_FILE, made
from grader.classroom.recognition import REMEDY, known_answers, unrecognized
from grader.course.course import Assignment
from grader.model.report import FAILED, INTERNAL, PASSED, CellRun, Execution, Report
from grader.model.status import Status
from grader.proof.validation import ALTERNATIVE, CROSS, DECOY, NULL, SOLUTION, STUB, Case
from grader.proof.validation import MISTAKE as PLANTED
from reports import report, result


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    return made(tmp_path).assignments["halve"]


def graded(assignment: Assignment, kind: str, name: str, word: str, holds: str = "") -> tuple[Case, Report]:
    """A case that got this answer to the assignment's first check, and failed it unless it is right."""
    check = assignment.checks[0]
    verdict = PASSED if kind in (SOLUTION, ALTERNATIVE) else FAILED
    answer = replace(result(check, verdict), trace=("get result", word))
    cells = (CellRun(1, "result = 1", Status.OK),)
    file = MISTAKE_FILE if holds else "solutions/halve/solution.ipynb"
    case = Case(assignment, kind, name, file, b"", 0, holds=holds)
    return case, report(checks=(answer,), execution=Execution(cells=cells))


def problems(assignment: Assignment, *others: tuple[Case, Report], word: str = "16") -> list[str]:
    cases = [
        graded(assignment, SOLUTION, SOLUTION, "4"),
        graded(assignment, PLANTED, "doubles", word, "doubles"),
        *others,
    ]
    return [str(problem) for problem in unrecognized(assignment, cases)]


def test_a_mistake_that_is_recognized(assignment: Assignment) -> None:
    """Nothing is wrong where only the mistake gives its answer, with or without an accident on top."""
    others = [
        graded(assignment, ALTERNATIVE, "shift", "4"),
        graded(assignment, STUB, STUB, "8"),
        graded(assignment, CROSS, "doubles, imports missing", "16", "doubles"),
        graded(assignment, CROSS, "imports missing", "missing"),
    ]
    assert problems(assignment, *others) == []


@pytest.mark.parametrize(
    ("kind", "name", "rival"),
    [
        (STUB, STUB, "decoy stub"),
        (DECOY, "loops run once", "decoy loops run once"),
        (NULL, "zeros", "decoy zeros"),
    ],
)
def test_a_mistake_that_answers_as_a_decoy(assignment: Assignment, kind: str, name: str, rival: str) -> None:
    """A mistake that answers as a decoy does is a problem for its author, unless it is never named."""
    decoy = graded(assignment, kind, name, "16")
    (problem,) = problems(assignment, decoy)
    assert problem.startswith(f"{MISTAKE_FILE}: the mistake can't be told from {rival}: no check gets a ")
    assert problem.endswith(REMEDY)


def test_a_mistake_without_a_distinctive_answer(assignment: Assignment) -> None:
    """A mistake that only raises an error, or leaves a start, is a problem for its author."""
    for word in ("raised ValueError: 16", "0"):
        (problem,) = problems(assignment, word=word)
        assert "the mistake is not recognized: no check gets a distinctive answer" in problem


def test_an_accident_that_is_taken_for_a_mistake(assignment: Assignment) -> None:
    """An answer without the mistake that gets its name is a problem."""
    (problem,) = problems(assignment, graded(assignment, CROSS, "f raises", "16"))
    assert "the cross f raises is taken for the mistake doubles" in problem


def test_a_mistake_that_only_the_source_shows(assignment: Assignment) -> None:
    """A mistake whose failed checks asked the notebook for nothing is never named, and that is no problem."""
    case, wrong = graded(assignment, PLANTED, "doubles", "16", "doubles")
    silent = replace(wrong, checks=tuple(replace(each, trace=()) for each in wrong.checks))
    assert unrecognized(assignment, [graded(assignment, SOLUTION, SOLUTION, "4"), (case, silent)]) == []


def test_a_mistake_that_is_not_to_be_named(tmp_path: Path) -> None:
    """A mistake with `named = false` need not be recognized."""
    assignment = made(tmp_path, {MISTAKE_FILE: f"named = false\n{MISTAKE}"}).assignments["halve"]
    assert problems(assignment, word="0") == []


def test_what_was_not_graded(assignment: Assignment) -> None:
    """A report without a result shows nothing, and without the solution nothing is known."""
    case, wrong = graded(assignment, PLANTED, "doubles", "16", "doubles")
    broken = replace(wrong, outcome=INTERNAL, checks=())
    assert unrecognized(assignment, [graded(assignment, SOLUTION, SOLUTION, "4"), (case, broken)]) == []
    assert (
        known_answers(assignment, [(case, wrong)]) is None and unrecognized(assignment, [(case, wrong)]) == []
    )
