"""The first page of a student's folder."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from grader.course.settings import Settings
from grader.course.terms import Terms
from grader.language.catalogue import Text
from grader.model.mark import Attempt, Mark
from grader.model.report import FAILED, PASSED, CheckResult, Execution, Report
from grader.model.roster import Student
from grader.reports.figures import of_class
from grader.reports.html import student_index
from grader.reports.student_index import StudentIndexView, contact_of, student_index_view
from pages import SECRET, assignment, checks, harmless, internal, rejected, report

COURSE = {"linreg": assignment(), "convnet": assignment(name="convnet", title=Text("A2", "作业二"))}


def view(*reports: Report, settings: Settings | None = None, open_tasks=(), **others) -> StudentIndexView:
    (student,) = of_class(reports, list(COURSE), **others).students
    return student_index_view(student, COURSE, "en", settings, open_tasks)


def passing(*failed: int, **changes) -> Report:
    """A report in which all checks passed but those of these numbers."""
    made = tuple(
        CheckResult(check, FAILED if number in failed else PASSED) for number, check in enumerate(checks())
    )
    score = sum(one.points for one in made)
    return report(score=score, checks=made, execution=Execution(), **changes)


def attempts(*reports: Report) -> dict[tuple[str, str], tuple[Attempt, ...]]:
    return {("amy", "linreg"): tuple(Attempt(n, str(n), None, each) for n, each in enumerate(reports, 1))}


def test_each_assignment_has_points_and_what_to_fix_first():
    """In the course's order, with a link to its page, what to fix first and what that is worth."""
    shown = view(report(), passing(assignment="convnet"))
    linreg, convnet = shown.entries
    assert (shown.student, shown.points, shown.max_score) == ("amy", "13", "20")
    assert (linreg.link, linreg.points, linreg.passed, linreg.checks) == ("linreg.html", "3", 1, 5)
    assert linreg.weight and "of 10 points" in linreg.weight.en and linreg.first
    assert (convnet.points, convnet.first, convnet.weight) == ("10", None, None)


def test_one_thing_to_fix_is_named_without_a_weight():
    """Where just one check failed, it is named."""
    (entry,) = view(passing(3)).entries
    assert entry.weight is None and entry.first and "T4" in entry.first.en


def test_a_file_that_was_refused_says_what_to_do():
    """A rejected file has no points and the reason; an internal error says that it is not the student's."""
    (entry,) = view(replace(rejected(), student="amy")).entries
    assert (entry.points, entry.status, entry.word.en, entry.segments) == ("–", "rejected", "Rejected", ())
    assert entry.first == Text("The file is cut off.", "文件缺了一截。")
    (entry,) = view(replace(internal(), student="amy")).entries
    assert entry.first and "Your points are not affected" in entry.first.en


def test_what_changed_since_the_last_attempt():
    """Points won or lost, and the checks that pass now or no longer."""
    (entry,) = view(passing(0), attempts=attempts(passing(2, 3), passing(0))).entries
    assert [words.en for words in entry.history] == [
        "3 points more than the attempt before.",
        "Passes now: “T3”, “T4”.",
        "No longer passes: “T1”.",
    ]
    (entry,) = view(passing(2), attempts=attempts(passing(), passing(2))).entries
    assert [words.en for words in entry.history] == [
        "3 points fewer than the attempt before.",
        "No longer passes: “T3”.",
    ]
    (entry,) = view(passing(2), attempts=attempts(passing(2), passing(2))).entries
    assert [words.en for words in entry.history] == ["As many points as the attempt before."]
    assert view(passing(2)).entries[0].history == ()


def test_a_mark_says_which_attempt_counts_and_when():
    """The points that count, the attempt, the date and what is still open come from the mark."""
    mark = Mark("amy", "linreg", "pending", 8, 10, None, None, None, 2, 3, "2026-11-27T10:00:00+00:00", {})
    (entry,) = view(passing(), marks={("amy", "linreg"): mark}).entries
    assert (entry.points, entry.word.en) == ("–", "Waiting for a person's marks")
    assert entry.history[0].en == "Attempt 2 of 3 counts."
    assert [words.en for words in entry.dates] == ["Handed in: 27 November 2026, 10:00 (UTC)"]


def test_dates_are_by_the_clock_of_the_course():
    """When it is due for this very student, and when it was handed in, in the course's time zone."""
    due = datetime(2026, 12, 1, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    later = due.replace(day=3)
    settings = Settings(
        timezone="Asia/Shanghai",
        terms={"linreg": Terms(due, extensions={"amy": later}), "convnet": Terms(due)},
        students=(Student("amy", "Amy Adams"),),
    )
    tries = {("amy", "linreg"): [Attempt(1, "1", "2026-11-27T10:00:00+00:00", passing())]}
    shown = view(passing(), settings=settings, open_tasks=["linreg", "convnet"], attempts=tries)
    linreg, convnet = shown.entries
    assert [words.en for words in linreg.dates] == [
        "Due: 3 December 2026, 23:59 (Asia/Shanghai)",
        "Handed in: 27 November 2026, 18:00 (Asia/Shanghai)",
    ]
    assert [words.en for words in convnet.dates] == ["Due: 1 December 2026, 23:59 (Asia/Shanghai)"]
    assert shown.full_name == "Amy Adams"


def test_what_is_not_handed_in_is_there():
    """An assignment that could be handed in and was not has an entry without a link."""
    _, convnet = view(passing(), open_tasks=["convnet"]).entries
    assert (convnet.link, convnet.points, convnet.word.en) == ("", "–", "Nothing handed in")
    assert len(view(passing()).entries) == 1


@pytest.mark.parametrize(
    ("words", "shown", "link"),
    [
        ("teacher@example.org", "teacher@example.org", "mailto:teacher@example.org"),
        ("mailto:teacher@example.org", "teacher@example.org", "mailto:teacher@example.org"),
        ("https://forum.example/x?y=1", "https://forum.example/x?y=1", "https://forum.example/x?y=1"),
        ("javascript:alert(1)", "javascript:alert(1)", ""),
        ("Room 12, Mondays", "Room 12, Mondays", ""),
        ('https://x" onclick="y', 'https://x" onclick="y', ""),
    ],
)
def test_whom_to_ask(words, shown, link):
    """An address is a link, other words are words, and nothing but addresses is ever a link."""
    found = contact_of(words)
    assert found and (found.words, found.link) == (shown, link)
    settings = Settings(Text("Deep learning", "深度学习"), words)
    (student,) = of_class([report()], list(COURSE)).students
    page = harmless(student_index(student, COURSE, "en", settings), [link])
    assert "Deep learning" in page.shown["en"] and "深度学习" in page.shown["zh"]
    assert shown in page.shown["en"]


def test_nobody_to_ask():
    """Without a contact, there is no line about one."""
    assert contact_of("  ") is None and "Questions?" not in student_index_of(report())


def student_index_of(*reports: Report) -> str:
    (student,) = of_class(reports, list(COURSE)).students
    return student_index(student, COURSE, "en")


def test_nothing_hidden_is_on_it():
    """What hidden checks said, and what of ours broke, is not on a student's page."""
    for made in (report(), internal(), rejected()):
        page = student_index_of(made)
        assert SECRET not in page and "test_hidden" not in page
        harmless(page)
