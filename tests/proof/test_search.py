"""A search tells survivors from right answers, and right answers from each other, by what they answer."""

from __future__ import annotations

import ast
import json

import pytest

from grader.language.catalogue import Text
from grader.model.report import Check, CheckResult
from grader.proof.search import (
    CALLER,
    MAX_FUNCTIONS,
    RECORDED,
    RECORDER,
    Asked,
    alike,
    answers,
    caught_by,
    left_open,
    recorded,
)
from reports import report


def failing(check: str, message: str) -> CheckResult:
    """The result of a check that failed with this message."""
    return CheckResult(Check(check, 1, Text.verbatim(check), "hidden"), "failed", message)


def same(call: str, answer: str) -> Asked:
    """A call that gives the same twice."""
    return Asked(call, answer, answer)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1", "1.0001", True),
        ("1", "1.01", False),
        ("0", "0.000001", True),
        ("(3,) 1 2 3", "3 items 1 2 3", True),
        ("(1, 3) 1 2 3", "(3,) 1 2 3", False),
        ("nan", "nan", True),
        ("'minimum'", "'maximum'", False),
        ("1 2", "1", False),
        ("raises ValueError", "raises ValueError", True),
    ],
)
def test_alike(one: str, other: str, expected: bool) -> None:
    """Numbers may differ by rounding, and a list may be an array."""
    assert alike(one, other) is expected


def test_what_catches_a_survivor() -> None:
    """The first call that it alone answers otherwise, once or when it is called again."""
    right = [same("f(0)", "0"), same("f(1)", "2"), same("f(2)", "4")]
    wrong = [same("f(0)", "0"), same("f(1)", "2"), same("f(2)", "5")]
    assert caught_by(wrong, [right, right]) == "f(2) gives 5; right answers give 4"
    again = [same("f(0)", "0"), Asked("f(1)", "2", "3")]
    assert caught_by(again, [right]) == "f(1), called twice, gives 3; right answers give 2"
    assert caught_by(right, [right]) == "" and caught_by([same("g()", "1")], [right]) == ""


def test_what_catches_nothing() -> None:
    """Not where right answers differ, or draw numbers."""
    wrong = [same("f(0)", "1")]
    assert caught_by(wrong, [[same("f(0)", "0")], [same("f(0)", "2")]]) == ""
    assert caught_by(wrong, [[Asked("f(0)", "0", "2")]]) == ""


def test_what_is_left_open() -> None:
    """Calls that right answers answer in two ways, the first of each function; drawn numbers say nothing."""
    one = [same("f(0)", "0"), same("f(1)", "1"), same("g(0)", "2"), Asked("h(0)", "1", "2")]
    other = [same("f(0)", "5"), same("f(1)", "6"), same("g(0)", "2"), same("h(0)", "7")]
    assert left_open(one, other) == ["f(0) gives 0 or 5"]


def test_what_was_recorded() -> None:
    """Calls by function, from the message of a check; what is no JSON is nothing."""
    calls = [["f", [["value", 1]], {}], ["g", [], {}], ["f", [], {}]]
    message = f"{json.dumps(calls)} (test_recorder.py:90)"
    assert recorded(report(checks=(failing(RECORDED, message),))) == {
        "f": [calls[0], calls[2]],
        "g": [calls[1]],
    }
    assert recorded(report(checks=(failing(RECORDED, "the session ended"),))) == {} == recorded(report())
    many = json.dumps([[f"f{number}", [], {}] for number in range(2 * MAX_FUNCTIONS)])
    assert len(recorded(report(checks=(failing(RECORDED, many),)))) == MAX_FUNCTIONS


def test_answers() -> None:
    """Answers come in the order of the functions; one whose check did not finish has none."""
    found = report(checks=(failing("test_asked_1", json.dumps([["g(0)", "1", "2"]])),))
    assert answers(found, {"f": [], "g": []}) == [Asked("g(0)", "1", "2")]


@pytest.mark.parametrize("file", [RECORDER, CALLER])
def test_the_rubric_files(file) -> None:
    """They are Python, and hold the line that is replaced."""
    text = file.read_text(encoding="utf-8")
    ast.parse(text)
    assert file == RECORDER or text.count("CALLS: dict[str, list[Any]] = {}\n") == 1
