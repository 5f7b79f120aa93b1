"""The page on which a person marks answers, in a real browser: it works offline and loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from grader.course.course import Assignment
from grader.course.manual import Item, Question
from grader.exchange.marking_sheet import read_marking_csv
from grader.language.catalogue import Text
from grader.model.marking import Answered, Sheet
from grader.reports.html import marking_page

NONE = Text("", "")
QUESTION = Question("why", Text("Why `w`?", "为什么是 `w`?"), 3, (Item(1.5, Text("names it", "说出来")),))
TASK = Assignment("linreg", Text("A line", "直线"), NONE, Path("linreg"), None, (), questions=(QUESTION,))
ROWS = (
    Answered("amy", "5ub", "a_very_long_name_without_a_place_to_break_" * 9, True, "a5", 2, "Nearly."),
    Answered("bo", "6ub", "", True, "b6"),
    Answered("zoe", "7ub", "", False, ""),
)
SHEET = Sheet("linreg", "why", 3, ROWS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The page on disk, in English."""
    return written(tmp_path, "en")


def written(folder: Path, lang: str) -> Path:
    page = folder / f"marking-{lang}.html"
    page.write_text(marking_page(SHEET, TASK, QUESTION, lang), encoding="utf-8")
    return page


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_fits_and_is_accessible(browser: Browser, tmp_path: Path, lang: str, width: int) -> None:
    """No scrolling sideways, and axe-core finds nothing, in light and dark."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(written(tmp_path, lang).as_uri())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert Axe().run(page).response["violations"] == []
    page.close()


def test_a_file_comes_back(browser: Browser, path: Path, tmp_path: Path) -> None:
    """Points by item or by key, zeros for what was not answered, and comments are in the saved file."""
    page = browser.new_page(accept_downloads=True)
    page.goto(path.as_uri())
    assert page.locator(".done").inner_text() == "1"
    page.locator("[type=checkbox]").first.check()
    page.locator("textarea").nth(1).fill('see "me", please\ntomorrow')
    page.locator(".zeros").click()
    assert page.locator(".done").inner_text() == "2"  # the cell that was not found may hold an answer
    with page.expect_download() as download:
        page.locator("[type=submit]").press("Enter")
    saved = tmp_path / "saved.csv"
    download.value.save_as(saved)
    assert download.value.suggested_filename == "linreg-why-marked.csv"
    found = read_marking_csv("saved.csv", saved.read_bytes())
    assert [(each.key, each.points, each.comment) for each in found] == [
        (SHEET.key(ROWS[0]), 1.5, "Nearly."),
        (SHEET.key(ROWS[1]), 0, 'see "me", please\ntomorrow'),
    ]
    page.close()


def test_nothing_is_lost_with_the_window(browser: Browser, path: Path) -> None:
    """What was typed is there when the page is opened again, unless other points were read in since."""
    page = browser.new_page()
    page.goto(path.as_uri())
    page.locator(".points").nth(1).fill("2,5")
    page.reload()
    assert page.locator(".points").nth(1).input_value() == "2,5"
    path.write_text(path.read_text(encoding="utf-8").replace('value=""', 'value="1"'), encoding="utf-8")
    page.reload()
    assert page.locator(".points").nth(1).input_value() == "1"
    page.close()


def test_points_that_can_not_be(browser: Browser, path: Path) -> None:
    """More points than there are can't be saved; the field says what fits."""
    page = browser.new_page()
    page.goto(path.as_uri())
    field = page.locator(".points").first
    field.fill("3.5")
    assert field.evaluate("each => each.validationMessage") == "0 – 3"
    page.close()


def test_without_scripts(browser: Browser, path: Path) -> None:
    """Every answer can be read, and the page says what to do instead."""
    page = browser.new_page(java_script_enabled=False)
    page.goto(path.as_uri())
    assert page.locator("pre.text").first.is_visible() and page.locator("noscript").is_visible()
    page.close()
