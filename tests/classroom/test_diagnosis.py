"""A failed check is named after the known mistake that answers in the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.diagnosis import KnownAnswers, alike, diagnose, has_run
from grader.course.course import Mistake
from grader.language.catalogue import Text
from grader.model.report import FAILED, NOT_ATTEMPTED, NOT_RUN, PASSED, CellRun, Execution, Report
from grader.model.status import Status
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

CELLS = (
    CellRun(1, "import torch", Status.OK),
    CellRun(2, "def fit(x):\n    return x", Status.OK),
    CellRun(3, "w, b = fit(1)", Status.OK),
    CellRun(4, "print(w)", Status.OK),
)


def traced(*verdicts: str, cells: tuple[CellRun, ...] = CELLS, **traces: str) -> Report:
    """A report whose checks a, b and c have these verdicts and asked for `w`: the words that they got."""
    given = [("get w", *traces[name].split("|")) if traces.get(name) else () for name in "abc"]
    return report(
        checks=tuple(
            replace(result(check, verdict), trace=trace)
            for check, verdict, trace in zip(CHECKS, verdicts, given)
        ),
        execution=Execution(cells=cells),
    )


def named(
    of: Report, right: Report | None = None, decoy: Report | None = None, **mistakes: Report
) -> list[str]:
    known = KnownAnswers(right or RIGHT, mistakes, {"decoy": decoy} if decoy else {})
    found = diagnose(of, known)
    assert (
        replace(found, checks=tuple(replace(each, mistake="") for each in found.checks)) == of
    )  # nothing but a name is added
    return [each.mistake for each in found.checks]


P, F = PASSED, FAILED
RIGHT = traced(P, P, P, a="10", b="20", c="30")


def test_a_mistake_is_named():
    """A failed check that was answered as by a mistake gets its name, and other checks get none."""
    sign = traced(P, F, P, a="10", b="90.001", c="30")
    assert named(traced(P, F, P, a="10", b="90", c="30"), sign=sign) == ["", "sign", ""]
    assert named(traced(P, F, P, a="10", b="80", c="30"), sign=sign) == ["", "", ""]
    assert named(traced(P, F, P, a="10", b="90", c="30")) == ["", "", ""]


def test_a_name_is_taken_back():
    """A name from an earlier diagnosis is removed where nothing explains the check any more."""
    before = replace(
        RIGHT, checks=tuple(replace(each, verdict=FAILED, mistake="old") for each in RIGHT.checks)
    )
    assert [each.mistake for each in diagnose(before, KnownAnswers(RIGHT, {})).checks] == ["", "", ""]


@pytest.mark.parametrize("verdict", [PASSED, NOT_RUN, NOT_ATTEMPTED])
def test_only_failed_checks(verdict):
    """Only failed checks have a mistake, and a mistake explains only checks that it fails itself."""
    assert named(traced(P, verdict, P, b="9"), wrong=traced(P, F, P, b="9")) == ["", "", ""]
    assert named(traced(P, F, P, b="9"), wrong=traced(P, verdict, P, b="9")) == ["", "", ""]


@pytest.mark.parametrize(
    "words",
    ["0", "1", "-1", "nan", "inf", "(3,)", "2 items", "None", "True", "'a'", "Model", "large", "length 3"]
    + ["missing", "raised ValueError: 9", "20", "(2,)|20|20", "8", "7|8"],
)
def test_what_is_not_distinctive(words):
    """Shapes, starts, errors, and numbers that the solution or a decoy gives there, prove no mistake.

    Here the solution gave 20, and the decoy 7 and 8.
    """
    wrong, decoy = traced(P, F, P, b=words), traced(F, F, F, b="(3,)|7|8")
    assert named(wrong, wrong=wrong, decoy=decoy) == ["", "", ""]
    more = traced(P, F, P, b=f"{words}|9")
    assert named(more, wrong=more, decoy=decoy) == ["", "wrong", ""]


@pytest.mark.parametrize(
    ("right", "wrong", "name"),
    [
        # Right numbers, then one of them in another place, as where an argument was changed.
        ("4.5|6.5|7", "4.5|6.5|6.5", "wrong"),
        ("4.5|False", "4.5|True", "wrong"),
        ("4.5|length 3", "4.5|length 2", "wrong"),
        ("4.5|3 items|6", "4.5|2 items|6", "wrong"),
        ("4|True", "4|False", ""),
        ("4|5|6|True", "4|5|6|False", "wrong"),
        ("'a'|'b'|'c'|'a'", "'a'|'b'|'c'|'c'", "wrong"),
        ("'a'", "'c'", ""),
        ("4.5|3", "4.5|missing", ""),
        ("4.5|3", "4.5|None", ""),
        ("4.5|3", "4.5|0", ""),
        ("4.5|3", "4.5|raised ValueError: 3", ""),
        ("4.5|3", "4.5", ""),
        # The start that a decoy leaves is no number that was computed.
        ("2.5|True", "2.5|False", ""),
    ],
)
def test_right_numbers_and_one_wrong_value(right, wrong, name):
    """Numbers that no wrong decoy gives prove a mistake together with a value that is not the right one."""
    made = traced(P, F, P, b=wrong)
    solution, decoy = traced(P, P, P, b=right), traced(F, F, F, b="2.5|(3,)")
    assert named(made, right=solution, decoy=decoy, wrong=made) == ["", name, ""]
    passing = traced(P, P, P, b=right)
    assert named(made, right=solution, decoy=passing, wrong=made)[1] in ("wrong", name)
    if name:
        assert named(made, right=solution, decoy=made, wrong=made) == ["", "", ""]


@pytest.mark.parametrize(
    ("right", "wrong", "made", "name"),
    [
        # A right step, and a gradient that is not cleared: neither the step nor the gradient is new.
        ("4.5|grad 0", "4.5|grad 3.5", "4.5|grad 3.5", "wrong"),
        ("4.5", "4.5|grad 3.5", "4.5|grad 3.5", "wrong"),
        # The submission's gradient is another one, or cleared.
        ("4.5|grad 0", "4.5|grad 3.5", "4.5|grad 7.5", ""),
        ("4.5|grad 0", "4.5|grad 3.5", "4.5|grad 0", ""),
        ("4.5|grad 0", "4.5|grad 3.5", "4.5", ""),
        # Where a value is wrong, whether there is a gradient is a matter of style.
        ("4.5|grad 0", "9.5|grad 0", "9.5", "wrong"),
        ("4.5", "9.5", "9.5|grad 0", "wrong"),
        ("4.5", "9.5", "9.5|grad 2", "wrong"),
        # No gradient proves nothing.
        ("4.5|grad 0", "4.5", "4.5", ""),
    ],
)
def test_gradients(right, wrong, made, name):
    """A gradient of its own proves a mistake only where the submission has the same one."""
    stepped, left = traced(F, F, F, b="4.5|grad 0"), traced(F, F, F, b="2.5|grad 3.5")
    known = KnownAnswers(
        traced(P, P, P, b=right), {"wrong": traced(P, F, P, b=wrong)}, {"once": stepped, "never": left}
    )
    found = diagnose(traced(P, F, P, b=made), known)
    assert [each.mistake for each in found.checks] == ["", name, ""]


def test_what_two_mistakes_share():
    """Where two mistakes give the same answer, neither is named, though one of them can't be named at all."""
    both = traced(P, F, F, b="9", c="8")
    assert named(both, one=both, two=both) == ["", "", ""]
    assert named(both, one=both, two=traced(P, F, F, b="9", c="7")) == ["", "", "one"]
    declared = {"two": Mistake("two", "two.toml", Text.verbatim("Two"), (), (), named=False)}
    found = diagnose(both, KnownAnswers(RIGHT, {"one": both, "two": both}, {}, declared))
    assert [each.mistake for each in found.checks] == ["", "", ""]


def test_a_mistake_that_is_not_to_be_named():
    """A mistake whose author says `named = false` is named nowhere."""
    wrong = traced(P, F, P, b="9")
    for named_ in (True, False):
        declared = {"wrong": Mistake("wrong", "wrong.toml", Text.verbatim("Wrong"), (), (), named=named_)}
        found = diagnose(wrong, KnownAnswers(RIGHT, {"wrong": wrong}, {}, declared))
        assert found.checks[1].mistake == ("wrong" if named_ else "")


def test_one_mistake_for_a_submission():
    """The mistake that explains more checks is named; if two explain as many, none is."""
    a, b = traced(F, F, P, a="7", b="8", c="30"), traced(P, F, F, a="10", b="5", c="9")
    assert named(traced(F, F, F, a="7", b="8", c="9"), a=a, b=b) == ["a", "a", ""]
    assert named(traced(F, F, F, a="7", b="6", c="9"), a=a, b=b) == ["", "", ""]


def test_the_same_checks_break_a_tie():
    """Of two mistakes that explain as much, the one that fails the same checks wins."""
    submission = traced(P, F, F, b="9", c="8")
    wide, near = traced(F, F, P, a="4", b="9", c="3"), traced(P, F, F, b="5", c="8")
    assert named(submission, wide=wide, near=near) == named(submission, near=near, wide=wide)
    assert named(submission, wide=wide, near=near) == ["", "", "near"]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize("status", [Status.CELL_ERROR, Status.TIMED_OUT, Status.NOT_RUN])
def test_cells_that_failed(number, status):
    """No mistake is named by an answer whose cell failed, or a cell before it. Later cells may fail."""
    cells = tuple(replace(each, status=status) if each.number == number else each for each in CELLS)
    wrong = traced(P, F, P, b="9")
    submission = traced(P, F, P, b="9", cells=cells)
    assert named(submission, wrong=wrong) == ["", "wrong" if number == 4 else "", ""]


@pytest.mark.parametrize(
    ("source", "defines"),
    [
        ("w = 1", True),
        ("  w: float = 1", True),
        ("w -= 1", True),
        ("b = 2; w = 1", True),
        ("(b, w) = 1, 2", True),
        ("b, *w = fit(x)", True),
        ("def w(x): pass", True),
        ("async def w(x): pass", True),
        ("class w: pass", True),
        ("%time w = 1", False),
        ("w == 1", False),
        ("plot(w, label=2)", False),
        ("w2 = 1", False),
        ("a.w = 1", False),
        ("print(w)", False),
        ("w(1, label=2)", False),
        ("x[b, w] = 1", False),
        ("assert w >= 1", False),
    ],
)
def test_where_a_name_is_defined(source, defines):
    """A name is defined by the last cell that binds it, and that cell must have run."""
    cells = (CellRun(1, "w = 0", Status.OK), CellRun(2, source, Status.CELL_ERROR))
    assert has_run(cells, ["w"]) is not defines


@pytest.mark.parametrize("piece", [" ", "(", "w,", "w, ", "w;", "w=", "w\n", "async ", "a.", "*"])
def test_where_a_name_is_defined_in_a_very_long_line(piece):
    """A cell is searched in time in proportion to its length: no hours for half a million pieces."""
    assert has_run([CellRun(1, f"{piece * 500_000} y", Status.OK)], ["y"])
    assert has_run([CellRun(1, f"{piece * 500_000} w", Status.OK)], ["w"])


def test_names_that_no_cell_binds():
    """A name that is bound in a way that is not seen was made at the latest where it is last mentioned."""
    cells = (CellRun(1, "for w in x: pass", Status.OK), CellRun(2, "w", Status.CELL_ERROR))
    assert has_run(cells[:1], ["w"]) and not has_run(cells, ["w"])
    assert not has_run(cells[:1], ["w", "b"]) and not has_run((), ["w"])


def test_without_a_name():
    """If no name is known, all cells must have run."""
    assert has_run(CELLS, []) and not has_run((), [])
    assert not has_run((*CELLS, CellRun(5, "x", Status.CELL_ERROR)), [])


def test_a_name_that_an_earlier_check_asked_for():
    """A check that asks for no name uses those of earlier checks: a fixture has asked for them."""
    cells = (*CELLS, CellRun(5, "x", Status.CELL_ERROR))
    wrong = traced(F, F, P, a="5", b="9", cells=cells)
    first, second, third = wrong.checks
    nameless = replace(second, trace=("9",))
    wrong = replace(wrong, checks=(first, nameless, third))
    assert named(wrong, wrong=wrong) == ["wrong", "wrong", ""]
    assert named(replace(wrong, checks=(third, nameless, third)), wrong=wrong) == ["", "", ""]


def test_an_error_that_one_mistake_raises():
    """An error proves a mistake if its author says so, and no other known answer raises it there."""
    wrong = traced(P, F, P, b="raised TypeError: no forward")
    for error, decoy, name in (("forward", RIGHT, "wrong"), ("backward", RIGHT, ""), ("forward", wrong, "")):
        declared = {"wrong": Mistake("wrong", "wrong.toml", Text.verbatim("Wrong"), (), (), error=error)}
        found = diagnose(wrong, KnownAnswers(RIGHT, {"wrong": wrong}, {"decoy": decoy}, declared))
        assert found.checks[1].mistake == name


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
        # The title is also what to fix first.
        for words, count in {"Squares it": 1, "平方了": 1, "Not the square.": 1, "不是平方。": 1}.items():
            assert page.count(words) == (count if student == "ben" else 0), words
    again = here("grade", folder, "--out", out, "--course", small_course, "--jobs", "1")
    assert again.returncode == 0 and "known mistakes" in done.stderr and "known mistakes" not in again.stderr
    assert records(out) == found
