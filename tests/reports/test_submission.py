"""One submission: what its pages show to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.course.course import Mistake
from grader.language.catalogue import Text
from grader.model.report import FAILED, Cause, Place, Reason, SourceFile
from grader.reports.checks import MistakeView
from grader.reports.html import staff_view, student_page, student_view
from pages import assignment, report


def test_hidden_check_gives_title_sentence_and_hint():
    """In the view already, a hidden check that failed has a title, and a sentence or a hint, and no message.

    The hint is about a wrong value. It does not fit where the code crashed.
    """
    fit = student_view(report(), assignment(), "en").checks[2]
    assert fit.message is None and fit.title == Text("T4", "丁") and fit.hint is None
    assert "ValueError" in fit.reason.en and "ValueError" in fit.reason.zh
    wrong = [replace(each, reason=Reason("differs")) for each in report().checks]
    shown = student_view(report(checks=tuple(wrong)), assignment(), "en").checks[3]
    assert shown.hint == Text("H4", "提示丁") and shown.reason is None and shown.message is None


def test_page_without_a_name_has_no_link_to_the_student():
    """Where the student's folder is not told there is no link to it."""
    assert staff_view(report(), assignment(), "en").student_page == ""


@pytest.mark.parametrize(("score", "words"), [(8, "8"), (7.5, "7.5"), (8.0, "8"), (None, "–"), (0, "0")])
def test_points_are_written_plainly(score, words):
    """Whole points have no decimals; no score is a dash."""
    assert student_view(report(score=score), assignment(), "en").score == words


def test_both_pages_say_which_file_was_graded():
    """The student and staff read which file was taken; a name with markup in it stays a name."""
    source = SourceFile("<b>linreg</b> (1).ipynb", ("linreg.ipynb",), "similar_name", "worked_on")
    made = replace(report(), source=source)
    for view in (student_view, staff_view):
        notices = [notice.text.en for notice in view(made, assignment(), "en").notices]
        assert sum("This file was graded: <b>linreg</b> (1).ipynb." in text for text in notices) == 1
    assert "<b>linreg" not in student_page(made, assignment(), "en")
    facts = {fact.label.en: fact.value for fact in staff_view(made, assignment(), "en").facts}
    assert facts["File"] == source.file


def test_the_bar_is_told_in_words() -> None:
    """Below the bar stands how many checks have each verdict, in words."""
    counts = student_view(report(), assignment(), "en").counts
    assert [(name, count) for name, _, count in counts] == [
        ("passed", 1), ("failed", 2), ("not_run", 1), ("not_attempted", 1)
    ]  # fmt: skip


def test_what_to_fix_first_leads_to_its_place() -> None:
    """The first notice has the known mistake with its hint, and a link to where it lies."""
    slip = Mistake(
        "slip", "slip.toml", Text("Sign", "符号"), ("test_line", "test_other"), (), Text("Look.", "看。")
    )
    failed = [
        replace(each, verdict=FAILED, reason=Reason("differs"), mistake="slip", place=Place(1))
        for each in report().checks[::2]
    ]
    view = student_view(report(checks=tuple(failed)), assignment(mistakes=(slip,)), "en")
    first = next(notice for notice in view.notices if notice.kind == "first")
    assert first.mistake == MistakeView(Text("Sign", "符号"), Text("Look.", "看。")) and first.detail is None
    assert first.place is not None and first.place.link == "#cell-1"


def test_a_cause_is_told_with_its_line() -> None:
    """The notice about a cause leads to the line, which is marked there."""
    cause = Cause("dots_left", 2, 1)
    page = student_page(report(causes=(cause,)), assignment(), "en")
    assert 'href="#cell-2-line-1"' in page and 'id="cell-2-line-1"' in page
