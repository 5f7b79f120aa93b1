"""Students in lists, and a few words on their work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model.mark import Attempt, Late, Mark, Override
from grader.model.report import FAILED, NOT_ATTEMPTED, REJECTED, Execution, Report
from grader.model.status import Status
from grader.reports.figures import Result
from grader.reports.people import MOST_NAMES, Person, iri, people, trouble, why_low
from reports import CHECKS, report, results

NONE_PASSED = results(**{check.id: FAILED for check in CHECKS})
NOTHING = results(**{check.id: NOT_ATTEMPTED for check in CHECKS})


def test_a_line_of_names():
    """Few names stand in a line; of many, the rest is folded. Each leads to its page, if there is one."""
    assert people(["amy", "bob"], {"amy": "a b"}, "x/", ".html").first == (
        Person("amy", "x/a%20b.html"),
        Person("bob"),
    )
    assert people(["amy"], {"amy": "amy"}).first == (Person("amy"),)
    many = people(map(str, range(100)), {})
    assert (len(many.first), len(many.rest), many.count) == (MOST_NAMES, 100 - MOST_NAMES, 100)
    assert not people(map(str, range(MOST_NAMES + 2)), {}).rest


@pytest.mark.parametrize(
    ("name", "link"), [("王小明", "王小明"), ("a b.c", "a%20b.c"), ("a/../b?c#d", "a%2F..%2Fb%3Fc%23d")]
)
def test_links(name, link):
    """What means something in a link is escaped; letters beyond ASCII stay as they are."""
    assert iri(name) == link


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (report(checks=NOTHING), "nothing written"),
        (report(checks=NONE_PASSED), "no check passed"),
        (report(checks=NONE_PASSED, execution=Execution(Status.CELL_ERROR, 3)), "error in cell 3"),
        (report(checks=NOTHING, execution=Execution(Status.DIED, 2)), "Ended early (cell 2)"),
        (report(execution=Execution(Status.TIMED_OUT)), "Stopped: took too long"),
        (report(execution=Execution(Status.CELL_ERROR, 3)), None),
        (report(outcome=REJECTED, checks=(), score=0), None),
        (report(), None),
    ],
)
def test_a_zero_says_why(made: Report, words: str | None):
    """What has no points says why, and what was stopped says so whatever its points are."""
    found = why_low(Result(made))
    assert (found and found.en) == words


def test_what_was_taken_off_says_why():
    """Points that lateness took, or that a person set, are no fault of the answer."""
    late = Mark("amy", "linreg", "graded", 8, 10, Late(90_000, 100, "cut_off"), None, 0, 1, 1, None, {})
    assert (found := why_low(Result(report(), late))) and found.en == "late: 100 % off"
    by_hand = Override("amy", "linreg", None, 0, "copied", "eve", "2026-11-27T10:00:00+08:00")
    assert (found := why_low(Result(report(), replace(late, override=by_hand)))) and found.en == "set by hand"
    in_time = replace(late, late=Late(-5, 0, "none"), final=8)
    assert why_low(Result(report(), in_time)) is None


def test_trouble_in_words():
    """Points come first, then what happened: in both languages."""
    found = trouble(Result(report(checks=NOTHING)))
    assert (found.en, found.zh) == ("0 of 10, nothing written", "10 分中得 0 分，没有动笔")
    attempts = tuple(Attempt(number, "", None, report(score=4)) for number in (1, 2))
    assert (
        trouble(Result(report(score=4), None, attempts)).en == "4 of 10, not more than in the attempt before"
    )
    assert trouble(Result(report(checks=NONE_PASSED))).en == "0 of 10, no check passed"
    assert trouble(Result(report(score=3))).en == "3 of 10"
