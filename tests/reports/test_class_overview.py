"""The class: what its page shows."""

from __future__ import annotations

from dataclasses import replace

from grader.language.catalogue import Text
from grader.model.report import FAILED, GRADED, INTERNAL, PASSED, REJECTED, CheckResult, Execution, SourceFile
from grader.model.status import Status
from grader.reports.html import index_view
from pages import SECRET, Page, assignment, checks, index, internal, names, rejected, report


def test_index_shows_every_student_and_score():
    """Students by assignments, each score a link to its staff page; nothing where nothing was submitted."""
    other = assignment(name="convnet", title=Text.verbatim("A2"))
    reports = [report(), rejected(), internal(), report(student="zoe", assignment="convnet", score=10)]
    view = index_view(reports, [assignment(), other], "en", names(*reports))
    assert view.students == 4 and view.titles == (Text("A1", "作业"), Text("A2", "A2"))
    assert [row.student for row in view.rows] == ["amy", "bob", "eve", "zoe"]
    amy, bob, eve, zoe = (row.marks for row in view.rows)
    assert (amy[0].score, amy[0].max_score, amy[0].share, amy[0].link) == (
        "3",
        "10",
        30,
        "linreg/name-0.html",
    ) and amy[1] is None
    assert (bob[0].outcome, eve[0].outcome, eve[0].score) == (REJECTED, INTERNAL, "–")
    assert zoe[0] is None and zoe[1].link == "convnet/name-3.html"


def test_index_puts_trouble_first():
    """What has to be looked at stands above all scores, our own faults first, each with its cause."""
    view = index_view(
        [report(), rejected(), internal()], [assignment()], "en", names(report(), rejected(), internal())
    )
    assert [(one.outcome, one.student) for one in view.attention] == [(INTERNAL, "eve"), (REJECTED, "bob")]
    assert [one.reason.en for one in view.attention] == [f"NameError: {SECRET}", "The file is cut off."]
    assert [(outcome, count) for outcome, _, count in view.counts] == [
        (GRADED, 1),
        (REJECTED, 1),
        (INTERNAL, 1),
    ]
    text = Page(index(report(), rejected(), internal())).shown["en"]
    assert text.index("To look at") < text.index("Scores")


def test_pass_rates_are_over_graded_reports():
    """A check's rate counts graded submissions only; the others say nothing about the check."""
    perfect = report(student="zoe", score=10, checks=tuple(CheckResult(check, PASSED) for check in checks()))
    view = index_view(
        [report(), perfect, rejected(), internal()],
        [assignment()],
        "en",
        names(report(), perfect, rejected(), internal()),
    )
    (task,) = view.tasks
    assert (task.mean, task.max_score) == ("6.5", "10")
    assert [(rate.title.en, rate.passed, rate.graded, rate.share) for rate in task.rates][:3] == [
        ("T1", 1, 2, 50),
        ("T2", 1, 2, 50),
        ("T3", 2, 2, 100),
    ]
    assert [(verdict, count) for verdict, _, count in task.rates[0].others] == [(FAILED, 1)]


def test_only_what_was_handed_in_has_a_column():
    """An assignment that nobody has handed in is left out, unless nobody has handed in anything."""
    course = [assignment(), assignment(name="later", title=Text("A2", "以后"))]
    assert [title.en for title in index_view([report()], course, "en", names(report())).titles] == ["A1"]
    assert [title.en for title in index_view([], course, "en", {}).titles] == ["A1", "A2"]


def test_trouble_in_running_is_marked():
    """A score that came about although the notebook was stopped is marked as such."""
    view = index_view(
        [report(execution=Execution(Status.TIMED_OUT, 2))], [assignment()], "en", names(report())
    )
    assert view.rows[0].marks[0].trouble == Text("Stopped: took too long", "已中止：运行太久")
    assert index_view([report()], [assignment()], "en", names(report())).rows[0].marks[0].trouble is None


def test_students_without_a_submission_have_a_row():
    """Whoever is in the folder has a row, with dashes and the reason, and counts as a student."""
    reason = Text("The student's folder is empty.", "该学生的文件夹是空的。")
    view = index_view([report()], [assignment()], "en", names(report()), {"bob": reason, "aaa": reason})
    assert [(row.student, row.reason) for row in view.rows] == [
        ("aaa", reason),
        (report().student, None),
        ("bob", reason),
    ]
    assert view.rows[2].marks == (None,) and view.students == 3


def test_files_that_were_chosen_are_listed():
    """A file that was not the only one, or not named as expected, is named on the class's page."""
    source = SourceFile("linreg (1).ipynb", ("linreg.ipynb",), "similar_name", "worked_on")
    chosen = replace(report(), source=source)
    plain = replace(report(), student="bob", source=SourceFile("linreg.ipynb"))
    (one,) = index_view([chosen, plain], [assignment()], "en", names(chosen, plain)).choices
    assert one.student == chosen.student and "Not graded: linreg.ipynb." in one.reason.en
