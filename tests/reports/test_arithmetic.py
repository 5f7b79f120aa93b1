"""The sum on a page says how points become what counts, in both languages, and is the sum in the table."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.classroom.standing import mark
from grader.course.course import Assignment
from grader.course.manual import Question
from grader.course.terms import Counts, LateRule, Terms
from grader.exchange.grades_csv import grades_csv
from grader.exchange.outgoing.marks_csv import marks_csv
from grader.language.catalogue import Text
from grader.model.mark import Attempt, Override
from grader.model.report import FAILED, Answer, Report
from grader.reports.arithmetic import Standing, SumView, points_shown, sum_view
from grader.reports.html import staff_page, student_page
from reports import CHECKS, report, results

DUE = datetime(2026, 12, 1, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
TERMS = Terms(DUE, 15, LateRule(per_day=10, most=50))
TASK = Assignment("linreg", Text("A line", "直线"), Text("Find it.", "找。"), Path("linreg"), None, CHECKS)
ASKING = replace(TASK, questions=(Question("why", Text("Why `w`?", "为什么是 `w`?"), 3),))
EIGHT = report(checks=results(test_line=FAILED), answers=(Answer("why", "Because."),))
DATE, ZH_DATE = "1 December 2026, 23:59 (Asia/Shanghai)", "2026年12月1日 23:59 (Asia/Shanghai)"


def by_hand(points: float | None, check: str | None = None, comment: str = "as agreed") -> Override:
    return Override("amy", "linreg", check, points, comment, "Lin", "2026-12-02T09:00:00+08:00")


def standing(
    *overrides: Override, late_s: int = 0, task: Assignment = TASK, terms: Terms = TERMS, tries: int = 1,
    graded: Report = EIGHT,
) -> Standing:  # fmt: skip
    when = (DUE + timedelta(seconds=late_s)).isoformat()
    attempts = [Attempt(number, "5ub", when, graded) for number in range(1, tries + 1)]
    return Standing(mark("amy", task, terms, attempts, overrides), terms, overrides)


def view(*overrides: Override, staff: bool = False, **others) -> SumView:
    task = others.get("task", TASK)
    return sum_view(standing(*overrides, **others), others.get("graded", EIGHT), task, staff)


def test_nothing_to_tell() -> None:
    """Where the points of the checks count as they are, there is no sum."""
    assert view() == SumView("8", "10", (), ())


def test_late() -> None:
    """The points, what lateness takes off, and what is left; and when it was due."""
    found = view(late_s=97_200)
    assert (found.score, found.max_score) == ("6.4", "10")
    assert found.lines == (
        Text(f"Handed in 1 day 3 h late: it was due on {DATE}.", f"迟交 1 天 3 小时：截止时间是 {ZH_DATE}。"),
        Text("8 − 20 % late = 6.4", "8 − 迟交 20% = 6.4"),
    )


def test_late_without_a_cost() -> None:
    """Grace is told, and so is lateness that costs nothing."""
    assert view(late_s=600).lines[0].en == (
        f"Handed in 10 min late ({DATE}), within the time of grace: nothing is taken off."
    )
    free = replace(TERMS, late=LateRule())
    assert view(late_s=3600, terms=free).lines[0].en == f"Handed in 1 h late ({DATE}): nothing is taken off."


def test_attempts() -> None:
    """Which attempt counts, by which rule."""
    words = {Counts.LAST: "the last one does", Counts.BEST: "the best one does",
             Counts.LAST_BEFORE_DEADLINE: "the last one before the deadline does"}  # fmt: skip
    for counts, rule in words.items():
        found = view(terms=replace(TERMS, counts=counts), tries=3)
        assert found.lines[0].en == f"Attempt 3 of 3 counts: {rule}."


def test_a_total_by_hand() -> None:
    """What it was and what it is now, with the reason. Staff also read who changed it."""
    found = view(by_hand(9), late_s=3600)
    assert found.score == "9" and [line.en for line in found.lines[1:]] == [
        "8 − 10 % late = 7.2",
        "Changed by hand: 7.2 → 9",
    ]
    (entry,) = found.by_hand
    assert (entry.title.en, entry.points.en, entry.comment, entry.by) == ("Score", "9", "as agreed", "")
    assert view(by_hand(9), staff=True).by_hand[0].by == "Lin"
    missing = Standing(mark("amy", TASK, TERMS, [], [by_hand(9)]), TERMS, (by_hand(9),))
    assert sum_view(missing, EIGHT, TASK, False).lines[0].en == "Set by hand: 9"


def test_a_check_by_hand() -> None:
    """Its points before and after, under its title."""
    found = view(by_hand(1.5, "test_line", "right idea"))
    assert found.score == "9.5"
    (entry,) = found.by_hand
    assert (entry.title.en, entry.points.en, entry.comment) == ("The line is close", "0 → 1.5", "right idea")


def test_questions() -> None:
    """Points of questions are added. One that is not marked yet leaves the score open, and is no zero."""
    pending = view(task=ASKING)
    assert (pending.score, pending.max_score) == ("8", "13")
    assert [line.en for line in pending.lines] == [
        "Checks 8 + questions 0 = 8",
        "Not marked yet: 1. This is not the final score.",
    ]
    assert pending.by_hand[0].points == Text("not marked yet", "尚未评分")
    done = view(by_hand(2.5, "why", "Nearly."), task=ASKING)
    assert [line.en for line in done.lines] == ["Checks 8 + questions 2.5 = 10.5"]
    assert (done.by_hand[0].points.en, done.by_hand[0].comment) == ("2.5 / 3", "Nearly.")


def test_on_the_pages() -> None:
    """Both pages show it, escaped; who set what is on the staff's page alone."""
    found = standing(by_hand(9, comment="<b>agreed</b>"), late_s=3600)
    student = student_page(EIGHT, TASK, "en", found)
    assert "8 − 10 % late = 7.2" in student and "8 − 迟交 10% = 7.2" in student
    assert "<b>9</b> / 10" in student and "&lt;b&gt;agreed&lt;/b&gt;" in student
    assert "Lin" not in student and "(Lin)" in staff_page(EIGHT, TASK, "en", "amy", found)
    assert 'class="sum"' not in student_page(EIGHT, TASK, "en")


@given(
    st.lists(st.sampled_from([0.1, 0.25, 1 / 3, 2, 7.5, 1234.56]), min_size=3, max_size=3),
    st.integers(0, 800_000),
    st.floats(0, 40),
    st.sampled_from([None, 0, 7.125, 100]),
)
@settings(max_examples=150, deadline=None)
def test_the_page_and_the_table_agree(points, late_s, per_day, total) -> None:
    """The number on the page is, digit by digit, the number in a table of grades."""
    checks = tuple(replace(check, points=each) for check, each in zip(CHECKS, points))
    graded = report(checks=tuple(replace(each, check=check) for each, check in zip(results(), checks)))
    terms = replace(TERMS, late=LateRule(per_day=per_day))
    overrides = () if total is None else (by_hand(total),)
    found = standing(*overrides, late_s=late_s, terms=terms, graded=graded)
    shown = sum_view(found, graded, TASK, False).score
    whole = grades_csv([graded], ["linreg"], marks={("amy", "linreg"): found.mark})
    (row,) = csv.DictReader(io.StringIO(marks_csv([found.mark])))
    assert whole.splitlines()[1] == f"amy,{shown}" and row["final"] == shown
    assert points_shown(None) == "–"
