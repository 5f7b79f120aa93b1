"""One assignment over the class: what its page shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.course.course import Mistake
from grader.language.catalogue import Text
from grader.model.report import FAILED, NOT_ATTEMPTED, PASSED, CheckResult, Execution, Report
from grader.reports.assignment_overview import AssignmentView, assignment_view, bars, doubt, percent
from grader.reports.check_figures import CheckFigures
from grader.reports.figures import of_class
from pages import Page, assignment, checks, class_pages, harmless, internal, names, rejected, report


def view(*reports: Report, of=None, **others) -> AssignmentView:
    (task,) = of_class(reports, ["linreg"], **others).assignments
    return assignment_view(task, of or assignment(), "en", names(*reports))


def passing(student: str, **changes) -> Report:
    every = tuple(CheckResult(check, PASSED) for check in checks())
    return report(
        student=student, score=10, checks=every, execution=Execution(wall_s=3, sessions=1), **changes
    )


def test_checks_are_there_from_the_hardest():
    """Each check has its share of those that were graded, and who failed it how, with links to their work."""
    shown = view(report(), passing("zoe"), rejected(), internal())
    assert (shown.mean, shown.median, shown.max_score, shown.full) == ("6.5", "6.5", "10", 1)
    assert [(one.title.en, one.passed, one.of, one.share) for one in shown.checks][:2] == [
        ("T1", 1, 2, 50),
        ("T2", 1, 2, 50),
    ]
    assert shown.checks[-1].title.en == "T3" and shown.checks[-1].share == 100
    ((verdict, word, who),) = shown.checks[0].others
    assert (verdict, word.en) == (FAILED, "Failed")
    assert [(one.name, one.link) for one in who.first] == [("amy", "name-0.html")]


def test_students_come_lowest_first():
    """What has no points comes first, then few points; each with what happened and how long it ran."""
    nothing = tuple(CheckResult(check, NOT_ATTEMPTED) for check in checks())
    shown = view(
        passing("zoe"),
        report(),
        rejected(),
        report(student="sam", score=0, checks=nothing, execution=Execution()),
    )
    assert [(row.person.name, row.score) for row in shown.rows] == [
        ("bob", "–"),
        ("sam", "0"),
        ("amy", "3"),
        ("zoe", "10"),
    ]
    assert shown.rows[1].why and shown.rows[1].why.en == "nothing written"
    assert (shown.rows[0].seconds, shown.rows[3].seconds, shown.slowest_seconds) == ("–", "3.0 s", "3.0 s")


def test_mistakes_have_names_and_hints():
    """Every known mistake that was recognized is there; one that has gone from the course has a name."""
    slip = Mistake("slip", "", Text("Slips", "滑"), ("test_line",), (), Text("Hold on.", "抓住。"))
    made = report(
        checks=(
            CheckResult(checks()[0], FAILED, mistake="slip"),
            CheckResult(checks()[1], FAILED, mistake="gone"),
        )
    )
    found = {one.title.en: one.hint for one in view(made, of=assignment(mistakes=(slip,))).mistakes}
    assert found == {"gone": None, "Slips": Text("Hold on.", "抓住。")}


def test_the_distribution_is_drawn_and_told():
    """The highest bar is full height, and each bar stands in words for who can't see it."""
    reports = [replace(passing(f"s{n}"), score=score) for n, score in enumerate((0, 0, 4.5, 10))]
    drawn = bars(of_class(reports, ["linreg"]).assignments[0])
    assert len(drawn) == 11 and [bar.count for bar in drawn if bar.count] == [2, 1, 1]
    assert (drawn[0].height, drawn[0].y, drawn[4].height, drawn[1].height) == (60, 0, 30, 0)
    assert drawn[4].words.en == "4 points or more, below 5: 1" and drawn[10].words.en == "10 points: 1"
    assert bars(of_class([rejected()], ["linreg"]).assignments[0]) == ()
    page = Page(class_pages(reports)["staff/linreg/index.html"])
    assert "0 points or more, below 1: 2" in page.shown["en"] and "10 分：1 人" in page.shown["zh"]


def test_checks_that_fail_together_are_named():
    """A group of checks is one sentence, with how many failed all of them."""
    made = [
        report(
            student=f"s{number}",
            checks=tuple(CheckResult(each, FAILED if at < 2 else PASSED) for at, each in enumerate(checks())),
        )
        for number in range(4)
    ]
    (words,) = view(*made).together
    assert words.en == "“T1”, “T2”: of 4 students who failed any of these, 4 failed all of them."


def figures(passed: int, of: int, separation: float | None = None) -> CheckFigures:
    names = tuple(map(str, range(of)))
    return CheckFigures(checks()[0], {PASSED: names[:passed], FAILED: names[passed:]}, separation)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        (figures(30, 30), "Everyone passed"),
        (figures(0, 30), "Nobody passed"),
        (figures(15, 30, -0.2), "fewer points elsewhere than those who fail it (correlation −0.20"),
        (figures(15, 30, 0.05), "hardly anything to do with the other points (correlation 0.05"),
        (figures(15, 30, 0.5), None),
        (figures(3, 3), None),
        (figures(2, 3), None),
    ],
)
def test_what_is_odd_about_a_check(check, words):
    """A check that separates nobody, or the wrong ones, is explained in a sentence."""
    found = doubt(check)
    assert found is None if words is None else words in found.en


def test_per_cent_are_honest():
    """Only all is 100 %, and only nothing is 0 %."""
    assert [percent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == [0, 1, 50, 99, 100]


def test_who_handed_in_nothing_is_named():
    """Those who are in the class and not in the assignment."""
    shown = view(report(), without=["bob"])
    assert [one.name for one in shown.missing.first] == ["bob"]


def test_the_page_does_no_harm():
    """The page runs nothing but our script, whoever is in the class."""
    page = harmless(
        class_pages([report(), rejected(), internal()], without=["zed"])["staff/linreg/index.html"]
    )
    assert "Nothing handed in" in page.shown["en"] and "没有提交" in page.shown["zh"]
    assert "../index.html" in page.attribute("a", "href")


def test_a_hundred_failures_stay_readable():
    """Of many names that failed a check, the first are shown and the others folded."""
    page = class_pages([report(student=f"s{n:03}") for n in range(100)])["staff/linreg/index.html"]
    assert "88 more" in page and len(page.encode()) < 400_000
