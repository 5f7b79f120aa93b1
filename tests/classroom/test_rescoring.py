"""A report is told anew with today's titles, hints and points, and says what grading again would say."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from grader.classroom.rescoring import rescored
from grader.language.catalogue import Text
from grader.model.report import FAILED, INTERNAL, NOT_RUN, REJECTED, CheckResult, Reason, Report
from reports import CHECKS, PROVENANCE, report, result

THEN = replace(PROVENANCE, rubric_sha256="then", verdict_sha256="c0de")
NEW = (
    replace(CHECKS[0], title=Text("New", "新"), points=4),
    replace(CHECKS[1], hint=Text.verbatim("A hint")),
    CHECKS[2],
)


def assignment(**changes: Any) -> Any:
    known = {"verdict_sha256": "c0de", "rubric_sha256": "now", "checks": NEW, "max_score": 12}
    return SimpleNamespace(**{**known, **changes})


def a_report(**others: Any) -> Report:
    waits = Reason("depends", (("needs", "The line is close"),))
    checks = (
        result(CHECKS[0], FAILED),
        CheckResult(CHECKS[1], NOT_RUN, None, waits),
        replace(result(CHECKS[2]), trace=("1.5",)),
    )
    return report(checks=others.pop("checks", checks), provenance=THEN, **others)


def test_words_and_points_are_todays() -> None:
    """Titles, hints, points, the score and the words of a check that waits follow; verdicts stay."""
    told = rescored(a_report(), assignment())
    assert [each.check for each in told.checks] == list(NEW)
    assert [each.verdict for each in told.checks] == [FAILED, NOT_RUN, "passed"]
    assert (told.score, told.max_score) == (5.5, 12) and told.checks[2].trace == ("1.5",)
    assert told.checks[1].reason == Reason("depends", (("needs", "New"),))
    assert told.provenance == replace(THEN, rubric_sha256="now")


def test_a_check_that_passed_is_worth_what_it_is_now() -> None:
    """A score is the sum of today's points."""
    told = rescored(a_report(checks=tuple(map(result, CHECKS))), assignment())
    assert told.score == 12 == told.max_score


def test_what_stays_as_it_is() -> None:
    """A report on other code, on the same files, or with other checks is not touched."""
    then = a_report()
    for other in (
        assignment(verdict_sha256="other"),
        assignment(rubric_sha256="then"),
        assignment(checks=NEW[:2]),
    ):
        assert rescored(then, other) is then


def test_without_verdicts() -> None:
    """A rejected file has no points of the new total, and an internal error no score."""
    rejected = rescored(
        a_report(outcome=REJECTED, checks=tuple(result(c, NOT_RUN) for c in CHECKS)), assignment()
    )
    broken = rescored(a_report(outcome=INTERNAL, checks=(), score=None), assignment())
    assert (rejected.score, rejected.max_score) == (0, 12)
    assert (broken.score, broken.max_score, broken.checks) == (None, 12, ())
