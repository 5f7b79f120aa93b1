"""A failed check is named after the known mistake that answers in the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.diagnosis import alike, diagnose
from grader.model.report import FAILED, NOT_ATTEMPTED, NOT_RUN, PASSED, Report
from reports import CHECKS, report, result
from support import MISTAKE, hand_in, records

# ---- alike


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ([], [], True),
        (["1"], [], False),
        (["1", "2"], ["2", "1"], False),
        (["1"], ["1.00005"], True),
        (["1"], ["1.0002"], False),
        (["0"], ["5e-07"], True),
        (["0"], ["2e-06"], False),
        (["1e+06"], ["1.00005e+06"], True),
        (["0"], ["-0"], True),
        (["1"], ["-1"], False),
        (["nan"], ["nan"], True),
        (["nan"], ["1"], False),
        (["inf"], ["inf"], True),
        (["inf"], ["-inf"], False),
        (["large"], ["large"], True),
        (["large"], ["9e+15"], False),
        (["'1'"], ["'1.00001'"], False),
        (["'1'"], ["1"], False),
        (["True"], ["1"], False),
        (["None"], ["0"], False),
        (["(3,)", "1"], ["(3,)", "1"], True),
        (["(3,)"], ["(3, 1)"], False),
        (["2 items", "1", "2"], ["2 items", "1.00001", "2"], True),
        (["2 items"], ["3 items"], False),
    ],
)
def test_alike(one, other, same):
    """Traces are alike if their words are the same, or numbers that differ by rounding."""
    assert alike(one, other) is alike(other, one) is alike(tuple(one), other) is same


# ---- diagnosis


def traced(*verdicts: str, **traces: str) -> Report:
    """A report whose checks a, b and c have these verdicts and traces of one word, or none for ""."""
    given = [(traces[name],) if traces.get(name) else () for name in "abc"]
    return report(
        checks=tuple(
            replace(result(check, verdict), trace=trace)
            for check, verdict, trace in zip(CHECKS, verdicts, given)
        )
    )


def named(of: Report, right: Report | None = None, **mistakes: Report) -> list[str]:
    found = diagnose(of, right or RIGHT, {name.replace("_", "-"): each for name, each in mistakes.items()})
    assert (
        replace(found, checks=tuple(replace(each, mistake="") for each in found.checks)) == of
    )  # nothing but a name is added
    return [each.mistake for each in found.checks]


P, F = PASSED, FAILED
RIGHT = traced(P, P, P, a="1", b="2", c="3")


def test_a_mistake_is_named():
    """A failed check that was answered as by a mistake gets its name, and other checks get none."""
    assert named(
        traced(P, F, P, a="1", b="9", c="3"), wrong_sign=traced(P, F, P, a="1", b="9.00001", c="3")
    ) == ["", "wrong-sign", ""]
    assert named(traced(P, F, P, a="1", b="8", c="3"), wrong_sign=traced(P, F, P, a="1", b="9", c="3")) == [
        "",
        "",
        "",
    ]
    assert named(traced(P, F, P, a="1", b="9", c="3")) == ["", "", ""]


def test_a_name_is_taken_back():
    """A name from an earlier diagnosis is removed where nothing explains the check any more."""
    before = replace(
        RIGHT, checks=tuple(replace(each, verdict=FAILED, mistake="old") for each in RIGHT.checks)
    )
    assert [each.mistake for each in diagnose(before, RIGHT, {}).checks] == ["", "", ""]


@pytest.mark.parametrize("verdict", [PASSED, NOT_RUN, NOT_ATTEMPTED])
def test_only_failed_checks(verdict):
    """Only failed checks have a mistake, and a mistake explains only checks that it fails itself."""
    assert named(traced(P, verdict, P, b="9"), wrong=traced(P, F, P, b="9")) == ["", "", ""]
    assert named(traced(P, F, P, b="9"), wrong=traced(P, verdict, P, b="9")) == ["", "", ""]


def test_what_explains_more_goes_first():
    """Of two mistakes that explain a check, the one that explains more checks is named, in any order."""
    both, one = traced(P, F, F, b="9", c="8"), traced(P, F, F, b="9", c="7")
    assert named(both, a=one, b=both) == named(both, b=both, a=one) == ["", "b", "b"]
    assert named(traced(P, F, F, b="9", c="7"), a=one, b=both) == ["", "a", "a"]


def test_each_check_has_its_own():
    """A submission may have two mistakes: the second is named where the first explains nothing."""
    submission = traced(F, F, F, a="7", b="8", c="9")
    assert named(
        submission, two=traced(F, F, P, a="7", b="8", c="3"), one=traced(P, P, F, a="1", b="2", c="9")
    ) == ["two", "two", "one"]


def test_the_same_checks_break_a_tie():
    """Of two mistakes that explain as much, the one that fails the same checks wins, then the first."""
    submission = traced(P, F, F, b="9", c="8")
    wide, near = traced(F, F, P, a="4", b="9", c="3"), traced(P, F, F, b="9", c="4")
    assert (
        named(submission, wide=wide, near=near) == named(submission, near=near, wide=wide) == ["", "near", ""]
    )
    assert named(submission, first=near, second=near) == ["", "first", ""]


def test_what_the_solution_answers_is_no_mistake():
    """A failed check that was answered as by the solution has no mistake, though a mistake answers alike."""
    for answer in ("2", "2.0001"):
        assert named(traced(P, F, P, b=answer), wrong=traced(P, F, P, b=answer)) == ["", "", ""]


@pytest.mark.parametrize("trace", ["", "9"])
def test_without_a_trace(trace):
    """A check without an answer has no mistake, even if a mistake or the solution has no answer there."""
    assert named(traced(P, F, P, b=""), wrong=traced(P, F, P, b=trace)) == ["", "", ""]
    assert named(traced(P, F, P, b="9"), right=traced(P, P, P), wrong=traced(P, F, P, b=trace)) == [
        "",
        "wrong" if trace else "",
        "",
    ]


def test_reports_without_checks():
    """A report, a solution or a mistake without checks does no harm."""
    nothing = report(checks=())
    submission = traced(P, F, P, b="9")
    assert named(nothing, wrong=submission) == []
    assert named(submission, right=nothing, wrong=nothing) == ["", "", ""]
    assert named(submission, right=nothing, wrong=submission) == ["", "wrong", ""]


# ---- the command


KNOWN = MISTAKE.replace(
    'title = "Squares"', 'title = "Squares it"\nzh_title = "平方了"\nzh_hint = "不是平方。"'
)


def test_grading_names_a_mistake(here: Callable, small_course: Path, tmp_path: Path) -> None:
    """`grade` names a mistake in the record and on the student's page, and only where it was made."""
    (small_course / "solutions" / "double" / "mistakes" / "squares.toml").write_text(KNOWN, encoding="utf-8")
    folder, out = tmp_path / "class", tmp_path / "out"
    for student, answer in {"amy": "x + x", "ben": "x ** 2", "cleo": "x * x * x / 2"}.items():
        hand_in(folder, student, "n = 5", f"def double(x):\n    return {answer}", "result = double(n)")
    done = here("grade", folder, "--out", out, "--course", small_course, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    found = records(out)
    # The solution and the mistakes are not students.
    assert {student for student, _ in found} == {"amy", "ben", "cleo"}
    assert {
        student: [(check["verdict"], check["mistake"]) for check in record["checks"]]
        for (student, _), record in found.items()
    } == {
        "amy": [("passed", None), ("passed", None), ("passed", None)],
        "ben": [("passed", None), ("failed", "squares"), ("failed", "squares")],
        "cleo": [("passed", None), ("failed", None), ("failed", None)],
    }
    for student, _ in found:
        page = (out / "students" / student / "double.html").read_text(encoding="utf-8")
        for words in ("Squares it", "平方了", "Not the square.", "不是平方。"):
            assert page.count(words) == (2 if student == "ben" else 0), words
    again = here("grade", folder, "--out", out, "--course", small_course, "--jobs", "1")
    assert again.returncode == 0 and "known mistakes" in done.stderr and "known mistakes" not in again.stderr
    assert records(out) == found
