"""Checks as they are shown, and what of them is shown to whom."""

from __future__ import annotations

from dataclasses import replace

from grader.course.course import Mistake
from grader.language.catalogue import Text
from grader.model.report import (
    FAILED,
    NOT_RUN,
    PASSED,
    Cause,
    Check,
    CheckResult,
    Difference,
    Place,
    Reason,
    Report,
)
from grader.reports.checks import CheckView, check_views, in_short
from pages import assignment, report

SLIP = Mistake(
    "slip", "slip.toml", Text("Sign", "符号"), ("a", "b"), (), Text("Look at the sign.", "看符号。")
)


def result(name: str, code: str = "", *depends: str, **changes: object) -> CheckResult:
    """The result of a check of one point; with a code, one that did not pass."""
    check = Check(name, 1, Text.verbatim(name.upper()), "hidden", Text.verbatim(f"hint {name}"), depends)
    verdict = NOT_RUN if code == "depends" else FAILED if code else PASSED
    made = CheckResult(check, verdict, None, Reason(code) if code else None)
    return replace(made, **changes)  # type: ignore[arg-type]


def views(*results: CheckResult, staff: bool = False, **changes: object) -> list[CheckView]:
    made: Report = report(checks=results, **changes)
    return list(check_views(made, assignment(mistakes=(SLIP,)), staff))


def test_checks_that_wait_are_within_the_one_they_wait_for() -> None:
    """A check that waits is below the check that has to pass first, at whatever distance."""
    shown = views(
        result("a", "differs"), result("b", "depends", "a"), result("c"), result("d", "depends", "c", "b")
    )
    assert [(each.title.en, [one.title.en for one in each.waiting]) for each in shown] == [
        ("A", ["B", "D"]), ("C", [])
    ]  # fmt: skip
    assert shown[0].waiting_for is not None and "2 more checks" in shown[0].waiting_for.en
    assert "2 分" in shown[0].waiting_for.zh


def test_a_check_that_waits_for_nothing_known_stands_by_itself() -> None:
    """Nothing is lost where a report lacks what a check waits for, or where checks wait for each other."""
    assert [each.title.en for each in views(result("b", "depends", "gone"))] == ["B"]
    in_a_circle = views(result("a", "depends", "b"), result("b", "depends", "a"))
    assert [each.title.en for each in in_a_circle] == ["A", "B"]


def test_what_is_fixed_first_is_said_once() -> None:
    """Checks that fail for it point to it; their hints, their reasons and the mistake are not repeated."""
    cause = Cause("cell_failed", 4, 3)
    waits = Reason("waits", (("cell", "4"), ("name", "w")))
    shown = views(
        result("a", "waits", reason=waits, place=Place(4, 3), mistake="slip"),
        result("b", "waits", reason=waits, place=Place(4, 3), mistake="slip"),
        result("c", "differs"),
        causes=(cause,),
    )
    assert [each.is_first for each in shown] == [True, True, False]
    assert {(each.reason, each.hint, each.mistake, each.place) for each in shown[:2]} == {(None,) * 4}
    assert shown[2].hint == Text.verbatim("hint c")


def test_a_rerun_is_told_with_each_check() -> None:
    """With what a check ran the notebook again is said, also where the rest was said before."""
    again = Reason("differs", (("again", "true_w"),))
    shown = views(
        result("a", "differs", mistake="slip"), result("b", "differs", reason=again, mistake="slip")
    )
    assert shown[0].reason is None and shown[1].reason is not None and "true_w" in shown[1].reason.en
    assert shown[1].is_first and shown[1].hint is None


def test_the_same_reason_is_said_once() -> None:
    """Of several checks with one reason, the later ones name the first."""
    missing = Reason("missing", (("name", "w"),))
    shown = views(
        result("x", "waits", reason=Reason("waits", (("cell", "1"), ("name", "v")))),
        result("a", "missing", reason=missing),
        result("b", "missing", reason=missing),
        causes=(Cause("cell_failed", 1, 1),),
    )
    assert shown[0].is_first and not shown[1].is_first
    assert shown[1].reason is not None and "There is no w" in shown[1].reason.en
    assert shown[2].reason is not None and shown[2].reason.en == "For the same reason as “A”."


def test_a_known_mistake_takes_the_hint_s_place() -> None:
    """A mistake that was recognized in a single check is told there, with its own hint."""
    (shown,) = views(result("a", "differs", mistake="slip"))
    assert shown.mistake is not None and shown.mistake.title.en == "Sign"
    assert shown.hint is None and not shown.is_first


def test_what_was_compared() -> None:
    """A public check's comparison is a table for its student; of a hidden one only staff see it."""
    compared = Difference("w", "2.5", "3", "0.21")
    failed = [
        replace(each, verdict=FAILED, message="w is 2.5", reason=Reason("differs"), difference=compared)
        for each in report().checks
    ]
    assert {each.check.visibility for each in failed} == {"public", "hidden"}
    for staff, hidden in ((False, None), (True, compared)):
        for one, each in zip(views(*failed, staff=staff), failed, strict=True):
            assert one.difference == (compared if each.check.visibility == "public" else hidden)


def test_messages_in_short() -> None:
    """The first line says it, the rest is folded, and what pytest says of methods is left out."""
    message = "assert False\n +  where False = <built-in method item of Tensor>()\n +    where x = 3 (a.py:1)"
    assert in_short(message) == ("assert False", " +    where x = 3 (a.py:1)")
    assert in_short("") == ("", "")
