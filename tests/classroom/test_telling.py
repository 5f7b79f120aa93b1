"""What other systems are told of a submission."""

from __future__ import annotations

from courses import made
from downloads import mark
from grader.classroom.telling import told
from grader.language.catalogue import Text
from grader.model.report import FAILED, NOT_RUN, REJECTED, CheckResult, Difference, Reason
from reports import report


def results(course):
    half, others, rerun = course.assignments["halve"].checks
    return (
        CheckResult(half, FAILED, "secret", Reason("differs"), difference=Difference("result", "5", "4")),
        CheckResult(others, NOT_RUN, "secret", Reason("depends")),
        CheckResult(rerun, FAILED, "secret", Reason("assertion"), mistake="doubles",
                    difference=Difference("result", "1", "10")),
    )  # fmt: skip


def test_words(tmp_path):
    """A student may read the hint and what a public check compared, in one language and without markup."""
    course = made(tmp_path)
    own = report(assignment="halve", checks=results(course))
    for lang, words in (("en", "result: 5 instead of 4"), ("zh", "result：得到 5，应为 4")):
        only = told(mark(assignment="halve"), own, course, lang)
        assert [check.id for check in only.checks] == ["test_half", "test_others", "test_rerun"]
        assert words in only.checks[0].words and "<" not in "".join(check.words for check in only.checks)
    assert only.checks[0].title == "8 的一半是 4"


def test_nothing_hidden(tmp_path):
    """Of a hidden check neither its message nor what it compared is told."""
    course = made(tmp_path)
    own = report(assignment="halve", checks=results(course))
    only = told(mark(assignment="halve"), own, course, "en")
    hidden = " ".join(check.words for check in only.checks[1:])
    assert "secret" not in hidden and "10" not in hidden


def test_a_rejected_file(tmp_path):
    """The student reads why a file was rejected."""
    course = made(tmp_path)
    why = Text("This is not a notebook.", "这不是笔记本。")
    own = report(assignment="halve", outcome=REJECTED, checks=(), reason=why)
    only = told(mark(assignment="halve", final=None), own, course, "en")
    assert "This is not a notebook." in only.notices[0] and only.checks == ()
