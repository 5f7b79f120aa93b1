"""What an attempt must not earn is every hidden check, and public ones that only cheating passes."""

from __future__ import annotations

from grader.errors import Problem
from grader.language.catalogue import Text
from grader.model.report import FAILED, INTERNAL, Check, Execution
from grader.model.status import Status
from grader.proof.earnings import (
    AssignmentEarnings,
    Earnings,
    RedTeamResult,
    earned,
    gained,
    passed_without_cheating,
)
from grader.proof.redteam import CHEAT, Attempt
from grader.proof.validation import NULL, STUB
from reports import CHECKS, report, results


class Halve:
    """As much of an assignment as earnings need."""

    name = "halve"
    checks = (
        Check("test_open", 1, Text.verbatim("t"), "public"),
        Check("test_secret", 2, Text.verbatim("t"), "hidden"),
    )


def attempt(kind: str = CHEAT, name: str = "x", knows: bool = False) -> Attempt:
    return Attempt(Halve(), kind, name, "it tries", b"", knows)  # type: ignore[arg-type]


def earnings(made: Attempt, *passed: str, status: Status = Status.OK, fault: str = "") -> Earnings:
    return Earnings(made, passed, status, fault)


def of_assignment(*attempts: Earnings) -> AssignmentEarnings:
    return AssignmentEarnings(Halve(), "assignments/halve", attempts)  # type: ignore[arg-type]


SOLVED = earnings(attempt("solution", "solution"), "test_open", "test_secret")
NOTHING = earnings(attempt(STUB, "stub"), status=Status.CELL_ERROR)


def test_a_hidden_check_is_always_a_gain() -> None:
    """Whatever passes it, and whatever it knows."""
    for made in (attempt(), attempt(knows=True), attempt(NULL)):
        assert gained(earnings(made, "test_secret"), {"test_secret"}) == ["test_secret"]


def test_a_public_check_is_a_gain_where_only_cheating_passes_it() -> None:
    """It is none for a cheat that knows its values, nor where a null answer passes it too."""
    passes = earnings(attempt(), "test_open")
    assert gained(passes, ()) == ["test_open"]
    assert gained(earnings(attempt(knows=True), "test_open"), ()) == []
    null = earnings(attempt(NULL), "test_open")
    assert passed_without_cheating([null, earnings(attempt(), "test_secret")]) == {"test_open"}
    assert gained(passes, passed_without_cheating([null])) == gained(null, ()) == []


def test_what_a_report_earned() -> None:
    """The checks that passed, how the notebook ran, and why it was not graded where it was not."""
    made = attempt()
    found = earned(made, report(checks=results(test_other=FAILED), execution=Execution(Status.DIED)))
    assert found == Earnings(made, ("test_line", "test_last"), Status.DIED, "")
    broken = earned(made, report(outcome=INTERNAL, checks=(), reason=Text.verbatim("no disk")))
    assert broken.passed == () and broken.fault == "internal: no disk"
    assert {check.id for check in CHECKS} > set(found.passed)


def test_problems() -> None:
    """A gain, an attempt without a grade, and a solution that fails are problems of the assignment."""
    assert of_assignment(SOLVED, NOTHING, earnings(attempt(knows=True), "test_open")).problems == []
    found = of_assignment(
        earnings(attempt("solution", "solution"), "test_open"),
        NOTHING,
        earnings(attempt(name="lies"), "test_secret"),
        earnings(attempt(name="dies"), fault="internal: no disk\nmore"),
    )
    assert {problem.file for problem in found.problems} == {"assignments/halve"}
    assert [problem.message for problem in found.problems] == [
        "the solution itself does not pass test_secret: that cheats fail it too proves nothing",
        "'lies' passes test_secret (hidden): it tries",
        "'dies' was not graded: internal: no disk",
    ]


def test_the_table() -> None:
    """A row for each attempt shows what it passes, gains in capitals, and how it ran."""
    found = of_assignment(
        SOLVED,
        NOTHING,
        earnings(attempt(NULL, "zeros"), "test_open"),
        earnings(attempt(name="lies"), "test_open", "test_secret"),
        earnings(attempt(name="dies"), fault="internal: no disk"),
    )
    assert found.headings == ["", "open (public)", "secret (hidden)", "run"]
    assert found.rows == [
        ["solution", "passes", "passes", ""],
        ["stub", "·", "·", "cell_error"],
        ["null answer: zeros", "passes", "·", ""],
        ["lies", "passes", "PASSES", ""],
        ["dies", "·", "·", "not graded"],
    ]


def test_the_data() -> None:
    """Everything is in the data, hidden points added up."""
    data = of_assignment(SOLVED, earnings(attempt(name="lies"), "test_open", "test_secret")).as_data()
    assert data["checks"] == {
        "test_open": {"visibility": "public", "points": 1},
        "test_secret": {"visibility": "hidden", "points": 2},
    }
    assert data["attempts"][1] == {  # type: ignore[index]
        "name": "lies",
        "kind": "cheat",
        "tries": "it tries",
        "passed": ("test_open", "test_secret"),
        "gained": ["test_open", "test_secret"],
        "hidden_points": 2,
        "status": "ok",
        "fault": "",
    }
    assert len(data["problems"]) == 2  # type: ignore[arg-type]


def test_the_result_of_a_course() -> None:
    """Problems with files come first, and the summary counts cheats, notebooks and problems."""
    clean = RedTeamResult({"halve": of_assignment(SOLVED, NOTHING, earnings(attempt()))}, (), 2.4)
    assert clean.problems == []
    assert clean.summary == "1 cheat tried, 3 notebooks graded in 2 s; none earns anything hidden"
    unreadable = Problem("solutions/other", 0, "can't be read")
    bad = of_assignment(SOLVED, earnings(attempt(), "test_secret"), earnings(attempt()))
    result = RedTeamResult({"halve": bad}, (unreadable,), 2.4)
    assert result.problems == [unreadable, *bad.problems] and len(bad.problems) == 1
    assert result.summary == "2 cheats tried, 3 notebooks graded in 2 s; 2 problems"
    assert list(result.as_data()) == ["halve"]
