"""Pages are made where they are not as they should be, by one process or by many."""

from __future__ import annotations

from pathlib import Path

import pytest

from courses import made
from grader.classroom import pages
from grader.classroom.pages import Page, PageMaker
from grader.classroom.shelf import Shelf
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.report import CellRun, Execution
from grader.model.status import Status
from reports import report


@pytest.mark.parametrize("alone", [True, False])
def test_pages_from_the_gradebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool) -> None:
    """They hold the cells, which the report in short leaves out, and are the same however many make them."""
    monkeypatch.setattr(pages, "ALONE", 10 if alone else 0)
    course = made(tmp_path / "course")
    cells = (CellRun(1, "a_line_of_code = 1", Status.OK),)
    whole = report("amy", "halve", checks=(), score=0, execution=Execution(cells=cells))
    with Gradebook(tmp_path / "out") as book:
        book.see([HandedIn("amy", "halve", "5ub", b"{}")])
        row = book.add(whole)
        short = book.summaries()[row]
        wanted = [
            Page("students/amy/halve.html", "one", short, "amy", row, staff=False),
            Page("staff/halve/amy.html", "two", short, "amy", row, staff=True),
        ]
        shelf = Shelf(tmp_path / "out")
        PageMaker(tmp_path / "out", course, "en", book).make(wanted, shelf)
        for page in wanted:
            assert "a_line_of_code" in (tmp_path / "out" / page.name).read_text(encoding="utf-8")
            assert shelf.is_current(page.name, page.inputs)


def test_without_a_gradebook(tmp_path: Path) -> None:
    """The report is whole, then."""
    page = Page("x.html", "one", report("amy", "halve", checks=()), "amy", None, staff=False)
    PageMaker(tmp_path, made(tmp_path / "course"), "en", None).make([page], Shelf(tmp_path))
    assert (tmp_path / "x.html").is_file()
