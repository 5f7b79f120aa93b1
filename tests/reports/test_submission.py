"""One submission: what its pages show to whom."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.language.catalogue import Text
from grader.model.report import FAILED, CellRun, Difference, Execution, Output, OutputKind, Reason, SourceFile
from grader.model.status import Status
from grader.reports.html import staff_view, student_page, student_view
from grader.reports.submission import in_short
from pages import assignment, report


def test_hidden_check_gives_title_sentence_and_hint():
    """In the view already, a hidden check that failed has a title, and a sentence or a hint, and no message.

    The hint is about a wrong value. It does not fit where the code crashed.
    """
    fit = student_view(report(), assignment(), "en").checks[3]
    assert fit.message is None and fit.title == Text("T4", "丁") and fit.hint is None
    assert "ValueError" in fit.reason.en and "ValueError" in fit.reason.zh
    wrong = [replace(each, reason=Reason("differs")) for each in report().checks]
    shown = student_view(report(checks=tuple(wrong)), assignment(), "en").checks[3]
    assert shown.hint == Text("H4", "提示丁") and shown.reason is None and shown.message is None


def test_waiting_check_names_what_it_waits_for_in_each_language():
    """A check that was not run names the titles it builds on, translated."""
    means = student_view(report(), assignment(), "en").checks[1]
    assert "“T1”" in means.reason.en and "“甲”" in means.reason.zh


@pytest.mark.parametrize("source", ["a = 1\r\nb = w\r\n", "a = 1\rb = w", "a = 1\nb = w\n\n"])
def test_lines_are_counted_as_python_does(source):
    """Any newline counts as one line; form feeds and Unicode separators are none."""
    run = CellRun(1, source, Status.CELL_ERROR, (), Text.verbatim("NameError"), 2)
    cell = student_view(report(execution=Execution(cells=(run,))), assignment(), "en").cells[0]
    assert cell.lines == (("a = 1", False), ("b = w", True))
    odd = CellRun(1, "a = '\u2028\x0c'\nb = w", Status.CELL_ERROR, (), Text.verbatim("NameError"), 2)
    assert (
        len(student_view(report(execution=Execution(cells=(odd,))), assignment(), "en").cells[0].lines) == 2
    )


def test_progress_bars_are_shown_as_they_ended():
    """After a carriage return a line is written anew, as on a terminal."""
    run = CellRun(1, "train()", Status.OK, (Output(OutputKind.STDERR, "  0%\r 50%\r100%\ndone\r\nlast\r"),))
    assert (
        student_view(report(execution=Execution(cells=(run,))), assignment(), "en").cells[0].outputs[0].text
        == "100%\ndone\nlast"
    )


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


def test_what_was_compared() -> None:
    """A public check's comparison is a table for its student; of a hidden one only staff see it."""
    compared = Difference("w", "2.5", "3", "0.21")
    failed = [
        replace(each, verdict=FAILED, message="w is 2.5", reason=Reason("differs"), difference=compared)
        for each in report().checks
    ]
    assert {each.check.visibility for each in failed} == {"public", "hidden"}
    shown = report(checks=tuple(failed))
    for view, hidden in (
        (student_view(shown, assignment(), "en"), None),
        (staff_view(shown, assignment(), "en"), compared),
    ):
        for one, each in zip(view.checks, failed, strict=True):
            assert one.difference == (compared if each.check.visibility == "public" else hidden)


def test_messages_in_short() -> None:
    """The first line says it, the rest is folded, and what pytest says of methods is left out."""
    message = "assert False\n +  where False = <built-in method item of Tensor>()\n +    where x = 3 (a.py:1)"
    assert in_short(message) == ("assert False", " +    where x = 3 (a.py:1)")
    assert in_short("") == ("", "")
