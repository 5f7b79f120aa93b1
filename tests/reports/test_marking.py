"""The page on which a person marks answers: every answer, no name where names are hidden."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.course.course import Assignment
from grader.course.manual import Item, Question
from grader.language.catalogue import Text
from grader.model.marking import Answered, Sheet
from grader.reports.html import marking_page
from grader.reports.marking import marking_view

ITEM = Item(1.5, Text("adds", "累加"))
QUESTION = Question("why", Text("Why `zero_grad`?", "为什么要 `zero_grad`?"), 3, (ITEM,))
NONE = Text("", "")
TASK = Assignment("linreg", Text("A line", "直线"), NONE, Path("linreg"), None, (), questions=(QUESTION,))
AMY = Answered("amy", "5ub", "Because <b>it</b>\nadds up.", True, "a5", 2.5, "Nearly.")
BO, ZOE = Answered("bo", "6ub", "", True, "b6"), Answered("zoe", "7ub", "", False, "")
SHEET = Sheet("linreg", "why", 3, (AMY, BO, ZOE))


def test_answers() -> None:
    """Each with its key, what was given so far, and why there is none."""
    view = marking_view(SHEET, TASK.title, QUESTION, "en")
    assert [(each.key, each.name.en) for each in view.answers] == [
        (SHEET.key(row), row.student) for row in SHEET.rows
    ]
    amy, bo, zoe = view.answers
    assert (amy.text, amy.missing, amy.points, amy.comment) == (AMY.text, None, "2.5", "Nearly.")
    assert bo.missing and "as it was handed out" in bo.missing.en
    assert zoe.missing and "was not found" in zoe.missing.en
    assert [each.is_empty for each in view.answers] == [False, True, False]
    assert (view.file, view.max_points) == ("linreg-why-marked.csv", "3")


def test_hidden_names() -> None:
    """Numbers stand in place of names, and no name is anywhere on the page."""
    hidden = replace(SHEET, hides_names=True)
    first = marking_view(hidden, TASK.title, QUESTION, "zh", {"amy": "amy"}).answers[0]
    assert (first.name.zh, first.link) == ("回答 1", "")
    page = marking_page(hidden, TASK, QUESTION, "en", {"amy": "amy", "zoe": "zoe"})
    assert not [name for name in ("amy", "zoe", ">bo<") if name in page]


def test_links() -> None:
    """A name leads to the whole submission on staff's pages, if its folder is known."""
    amy, bo, _ = marking_view(SHEET, TASK.title, QUESTION, "en", {"amy": "amy x"}).answers
    assert (amy.link, bo.link) == ("../staff/linreg/amy%20x.html", "")
    assert '<a href="../staff/linreg/amy.html">' in marking_page(SHEET, TASK, QUESTION, "en", {"amy": "amy"})


def test_the_page() -> None:
    """Answers are escaped; items have their points; both languages are there; scripts are ours alone."""
    page = marking_page(SHEET, TASK, QUESTION, "zh")
    assert "Because &lt;b&gt;it&lt;/b&gt;\nadds up." in page and 'value="2.5"' in page
    assert 'value="1.5"' in page and "累加" in page and "<code>zero_grad</code>" in page
    assert page.count("<script>") == 2 and page.count("'sha256-") == 4
    assert "http:" not in page and "https:" not in page
