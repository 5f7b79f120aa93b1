"""What to fix first: checks are grouped by the reason that they share."""

from __future__ import annotations

from dataclasses import replace

from grader.course.course import Mistake
from grader.language.catalogue import Text
from grader.model.report import FAILED, NOT_RUN, PASSED, Cause, Check, CheckResult, Reason, Report
from grader.reports.priorities import first, groups, is_wrong_value
from pages import assignment
from reports import report

MISTAKE = Mistake("not-cleared", "m.toml", Text("Not cleared", "没有清零"), ("h", "i"), ())
COURSE = replace(assignment(), mistakes=(MISTAKE,))


def failed(id_: str, points: float, code: str, depends: tuple[str, ...] = (), **words: str) -> CheckResult:
    check = Check(id_, points, Text(f"Title {id_}", f"标题 {id_}"), "hidden", None, depends)
    verdict = NOT_RUN if code == "depends" else FAILED
    message = words.pop("message", None)
    return CheckResult(check, verdict, message, Reason(code, tuple(sorted(words.items()))))


def with_checks(*checks: CheckResult, causes: tuple[Cause, ...] = ()) -> Report:
    return report(checks=checks, causes=causes)


def grouped(of: Report) -> list[tuple[float, str]]:
    return [(group.points, "".join(each.check.id for each in group.results)) for group in groups(of, COURSE)]


def test_one_reason_is_one_group() -> None:
    """The same cause, mistake, missing name or error; what waits belongs to what it waits for.

    What names its remedy comes first. A mistake that was recognized explains the other checks that it fails.
    """
    cause = Cause("name_similar", 2, 1, (("name", "fit"), ("other", "fit_line")))
    of = with_checks(
        failed("a", 1, "waits", cell="2", name="fit"),
        failed("b", 2, "depends", ("a",)),
        failed("c", 1.5, "raised", message="ValueError: no\n(test_hidden.py:3)"),
        failed("d", 3, "raised", message="ValueError: no\n(test_hidden.py:9)"),
        failed("e", 1, "not_attempted", name="train"),
        failed("f", 1, "missing", name="loss"),
        replace(failed("g", 1, "differs"), mistake="not-cleared"),
        failed("h", 1, "assertion"),
        failed("i", 0.5, "assertion"),
        replace(failed("j", 9, "assertion"), verdict=PASSED),
        causes=(cause,),
    )
    assert grouped(of) == [(3, "ab"), (2.5, "ghi"), (4.5, "cd"), (1, "e"), (1, "f")]
    assert groups(of, COURSE)[0].cause == cause
    assert groups(of, COURSE)[1].what == MISTAKE.title


def test_several_parts_that_are_not_written() -> None:
    """Where no name says which part it is, they are not taken for one."""
    parts = (failed(each, 1, "not_attempted", name="this part") for each in "abc")
    assert grouped(with_checks(*parts)) == [(1, "a"), (1, "b"), (1, "c")]


def test_the_weight_of_what_comes_first() -> None:
    """One reason for all, or the one that is worth most; nothing for a single check, or none."""
    two = failed("a", 3, "not_attempted", name="fit"), failed("b", 4, "depends", ("a",))
    said, group = first(with_checks(*two), COURSE) or (Text("", ""), None)
    assert said.en == "One thing to fix is worth 7 of 10 points." and group is not None
    assert group.what.en.startswith("fit has not been written yet.")
    said, _ = first(with_checks(*two, failed("c", 1, "assertion")), COURSE) or (Text("", ""), None)
    assert said.en == "Fix this first: it is worth 7 of 10 points."
    assert first(with_checks(two[0]), COURSE) is None
    assert first(with_checks(), COURSE) is None


def test_hints_are_for_wrong_values() -> None:
    """Not for what was never written, crashed, took too long or waits."""
    for code in ("assertion", "differs", "invalid"):
        assert is_wrong_value(failed("a", 1, code))
    for code in ("not_attempted", "raised", "timed_out", "depends", "waits", "missing"):
        assert not is_wrong_value(failed("a", 1, code))
