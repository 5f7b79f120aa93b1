"""Answers in short, answers that say the same, and the known mistake that a wrong answer is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from reports import CHECKS, report, result
from support import MISTAKE, hand_in, records

from grader.classroom.diagnosis import alike, diagnose
from grader.inside import wire
from grader.model.report import FAILED, NOT_ATTEMPTED, NOT_RUN, PASSED, Report
from grader.rubric.probe_client import Reference
from grader.rubric.trace import MAX_ITEMS, MAX_NUMBERS, in_short, spread

# ---- in short


class Shy:
    """Something that counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        return self

    def __repr__(self) -> str:
        raise AssertionError("its words were asked for")

    __str__ = __repr__

    def __len__(self) -> int:
        raise AssertionError("its length was asked for")

    def __iter__(self):
        raise AssertionError("its items were asked for")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ["None"]),
        (True, ["True"]),
        (False, ["False"]),
        (0, ["0"]),
        (-3, ["-3"]),
        (1234567, ["1.23457e+06"]),
        ((1 << 53) - 1, ["9.0072e+15"]),
        (1 << 53, ["large"]),
        (-(1 << 53), ["large"]),
        pytest.param(10**5000, ["large"], id="huge"),
        (0.5, ["0.5"]),
        (-0.0, ["-0"]),
        (1 / 3, ["0.333333"]),
        (1e300, ["1e+300"]),
        (math.nan, ["nan"]),
        (math.inf, ["inf"]),
        (-math.inf, ["-inf"]),
        ("", ["''"]),
        ("it's", ['"it\'s"']),
        ("nan", ["'nan'"]),
        ("x" * 99, [repr("x" * 40)]),
        (1j, ["complex"]),
        (b"x", ["bytes"]),
        ({1}, ["set"]),
        (..., ["ellipsis"]),
        (int, ["type"]),
        (print, ["builtin_function_or_method"]),
    ],
)
def test_plain_values(value, words):
    """Numbers are told to six digits, texts by their beginning, all else by its kind."""
    assert in_short(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], ["0 items"]),
        ((), ["0 items"]),
        ([1, 2.5], ["2 items", "1", "2.5"]),
        ((None, ["a", True]), ["2 items", "None", "2 items", "'a'", "True"]),
        ({}, ["0 keys"]),
        ({"a": 1, 2: [3]}, ["2 keys", "1", "1 items", "3"]),
        ([[[4]]], ["1 items", "1 items", "1 items", "4"]),
        ([[[[4]]]], ["1 items", "1 items", "1 items", "list"]),
        ([{"a": ({},)}], ["1 items", "1 keys", "1 items", "dict"]),
        (list(range(100)), ["100 items", "0", "19", "39", "59", "79", "99"]),
        ({key: -key for key in range(7)}, ["7 keys", "0", "-1", "-2", "-3", "-4", "-6"]),
        (torch.Size([2, 3]), ["2 items", "2", "3"]),
    ],
)
def test_collections(value, words):
    """Of lists and dicts the size is told and a few items, spread evenly, three levels deep."""
    assert in_short(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.float32(0.5), ["()", "0.5"]),
        (np.float64(0.5), ["0.5"]),
        (np.int64(3), ["()", "3"]),
        (np.bool_(True), ["()", "True"]),
        (np.array(3), ["()", "3"]),
        (np.array([]), ["(0,)"]),
        (np.zeros((2, 0)), ["(2, 0)"]),
        (np.array([[1, 2], [3, 4]]), ["(2, 2)", "1", "2", "3", "4"]),
        (np.array([math.nan, -math.inf]), ["(2,)", "nan", "-inf"]),
        (
            np.arange(1000.0).reshape(10, 100),
            ["(10, 100)", "0", "142", "285", "428", "570", "713", "856", "999"],
        ),
        (np.arange(6).reshape(2, 3).T[::-1], ["(3, 2)", "2", "5", "1", "4", "0", "3"]),
        (np.array([1j]), ["(1,)", "complex"]),
        (np.dtype("float32"), ["Float32DType"]),
        (torch.tensor(0.5), ["()", "0.5"]),
        (torch.tensor(3), ["()", "3"]),
        (torch.tensor([]), ["(0,)"]),
        (torch.zeros(3, 0), ["(3, 0)"]),
        (torch.tensor([True, False]), ["(2,)", "True", "False"]),
        (
            torch.arange(1000).reshape(10, 100).T,
            ["(100, 10)", "0", "214", "528", "842", "57", "371", "685", "999"],
        ),
        (torch.tensor([math.nan, math.inf]), ["(2,)", "nan", "inf"]),
        (torch.tensor([[0.1]], requires_grad=True), ["(1, 1)", "0.1"]),
        (torch.nn.Parameter(torch.ones(2)) * 2, ["(2,)", "2", "2"]),
        (torch.nn.Parameter(torch.ones(2)), ["(2,)", "1", "1"]),
        (torch.tensor([1.5], dtype=torch.bfloat16), ["(1,)", "1.5"]),
        (torch.tensor([1 << 60]), ["(1,)", "large"]),
        (torch.float32, ["dtype"]),
    ],
    ids=range(26),
)
def test_arrays_and_tensors(value, words):
    """Of arrays and tensors the shape is told and a few numbers, whatever they are made of and whatever is recorded of them."""
    assert in_short(value) == words


def test_arrays_within_collections():
    """Arrays are told wherever they are found, but below the last level."""
    assert in_short([np.ones(1), {"w": torch.zeros(1)}]) == ["2 items", "(1,)", "1", "1 keys", "(1,)", "0"]
    assert in_short([[[[np.ones(1)]]]]) == ["1 items", "1 items", "1 items", "list"]


@pytest.mark.parametrize("place", [lambda shy: shy, lambda shy: [shy], lambda shy: {"a": (shy,)}])
def test_nothing_is_asked_of_what_is_not_known(place):
    """An object of a student's is told by its kind: no attribute, length, item or word of it is asked for."""
    shy = Shy()
    assert in_short(place(shy))[-1] == "Shy"
    assert shy.asked == []


def test_references():
    """What stayed in the session is told to be just that, and the session is asked nothing more."""

    class Silent:
        def __init__(self) -> None:
            self.dropped: list[int] = []

        def ask(self, **request: object) -> None:
            raise AssertionError(f"the session was asked {request}")

    reference = Reference(Silent(), wire.Reference(1, "Model"))  # type: ignore[arg-type]
    assert in_short({"defined": True, "value": reference}) == ["2 keys", "True", "Reference"]


def test_a_class_that_names_another_module():
    """What only says that it is a tensor is one for whoever looks at its kind's module alone: no harm comes of it."""

    class Module:
        pass

    Module.__module__ = "torch.nn"
    assert in_short(Module()) == ["Module"]


@pytest.mark.parametrize(
    ("length", "count", "places"),
    [
        (0, 3, []),
        (1, 3, [0]),
        (3, 3, [0, 1, 2]),
        (4, 3, [0, 1, 3]),
        (5, 3, [0, 2, 4]),
        (10**6, 2, [0, 10**6 - 1]),
    ],
)
def test_spread(length, count, places):
    """Items are spread evenly, the first and the last among them."""
    assert spread(range(length), count) == places


@pytest.mark.parametrize("length", [1, 7, 8, 9, 100, 10_007])
def test_short_is_short(length):
    """However much a value holds, few words are made of it."""
    assert len(in_short(torch.zeros(length))) == 1 + min(length, MAX_NUMBERS)
    assert len(in_short([0] * length)) == 1 + min(length, MAX_ITEMS)


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
    """Traces are alike where they say the same, numbers within rounding."""
    assert alike(one, other) is alike(other, one) is alike(tuple(one), other) is same


# ---- diagnosis


def traced(*verdicts: str, **traces: str) -> Report:
    """A report whose checks have these verdicts and, by a, b and c, these traces of one word each; "" for none."""
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
    """A failed check that was answered as by a mistake has its name; the others have none."""
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
    """A name that a report had before is not kept where nothing explains the check any more."""
    before = replace(
        RIGHT, checks=tuple(replace(each, verdict=FAILED, mistake="old") for each in RIGHT.checks)
    )
    assert [each.mistake for each in diagnose(before, RIGHT, {}).checks] == ["", "", ""]


@pytest.mark.parametrize("verdict", [PASSED, NOT_RUN, NOT_ATTEMPTED])
def test_only_failed_checks(verdict):
    """A check that did not fail has no mistake, whatever it was answered, and a mistake explains no check that it does not fail."""
    assert named(traced(P, verdict, P, b="9"), wrong=traced(P, F, P, b="9")) == ["", "", ""]
    assert named(traced(P, F, P, b="9"), wrong=traced(P, verdict, P, b="9")) == ["", "", ""]


def test_what_explains_more_goes_first():
    """Where two mistakes explain a check, it is the one that explains more of the others, whatever their order."""
    both, one = traced(P, F, F, b="9", c="8"), traced(P, F, F, b="9", c="7")
    assert named(both, a=one, b=both) == named(both, b=both, a=one) == ["", "b", "b"]
    assert named(traced(P, F, F, b="9", c="7"), a=one, b=both) == ["", "a", "a"]


def test_each_check_has_its_own():
    """A submission may hold two mistakes: a check that the better one does not explain has the other's name."""
    submission = traced(F, F, F, a="7", b="8", c="9")
    assert named(
        submission, two=traced(F, F, P, a="7", b="8", c="3"), one=traced(P, P, F, a="1", b="2", c="9")
    ) == ["two", "two", "one"]


def test_the_same_checks_break_a_tie():
    """Of two mistakes that explain as much, it is the one that fails the same checks; of two alike in that, the first."""
    submission = traced(P, F, F, b="9", c="8")
    wide, near = traced(F, F, P, a="4", b="9", c="3"), traced(P, F, F, b="9", c="4")
    assert (
        named(submission, wide=wide, near=near) == named(submission, near=near, wide=wide) == ["", "near", ""]
    )
    assert named(submission, first=near, second=near) == ["", "first", ""]


def test_what_the_solution_answers_is_no_mistake():
    """A check that was answered as by the solution failed for another reason, although a mistake answers the same there."""
    for answer in ("2", "2.0001"):
        assert named(traced(P, F, P, b=answer), wrong=traced(P, F, P, b=answer)) == ["", "", ""]


@pytest.mark.parametrize("trace", ["", "9"])
def test_without_a_trace(trace):
    """A check in which nothing was answered tells nothing, even where a mistake or the solution was not answered either."""
    assert named(traced(P, F, P, b=""), wrong=traced(P, F, P, b=trace)) == ["", "", ""]
    assert named(traced(P, F, P, b="9"), right=traced(P, P, P), wrong=traced(P, F, P, b=trace)) == [
        "",
        "wrong" if trace else "",
        "",
    ]


def test_reports_without_checks():
    """A report, a solution or a mistake that could not be graded is no reason to fail."""
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
    """`grade` names the planted mistake in the record and on the student's page, in both languages, where one is made, and nowhere else."""
    (small_course / "solutions" / "double" / "mistakes" / "squares.toml").write_text(KNOWN, encoding="utf-8")
    folder, out = tmp_path / "class", tmp_path / "out"
    for student, answer in {"amy": "x + x", "ben": "x ** 2", "cleo": "x * x * x / 2"}.items():
        hand_in(folder, student, "n = 5", f"def double(x):\n    return {answer}", "result = double(n)")
    done = here("grade", folder, "--out", out, "--course", small_course, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    found = records(out)
    assert {student for student, _ in found} == {
        "amy",
        "ben",
        "cleo",
    }  # the solution and the mistakes are no students
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
