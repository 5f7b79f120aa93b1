"""Pictures on pages: for everyone, and never of a hidden check."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.language.catalogue import LANGUAGES
from grader.reports.html import staff_page, student_page
from grader.reports.pictures import picture_view
from pages import assignment, harmless, report
from pictures import PICTURES


def with_pictures(name: str):
    """A report in which every check has this picture, the hidden ones too."""
    return report(checks=tuple(replace(each, picture=PICTURES[name]) for each in report().checks))


@pytest.mark.parametrize("name", PICTURES)
def test_pages_stay_harmless(name: str) -> None:
    """A page with a picture runs, loads and leaks nothing."""
    for page in (student_page, staff_page):
        harmless(page(with_pictures(name), assignment(), "en"))


def test_a_hidden_check_has_no_picture() -> None:
    """Whatever a report holds: students and staff see pictures of public checks alone."""
    for page in (student_page, staff_page):
        # The other public check waits for the first, and is folded under it.
        assert page(with_pictures("line"), assignment(), "en").count('class="chart"') == 1
    for each in with_pictures("line").checks:
        assert (picture_view(each) is None) == (each.check.visibility == "hidden")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_caption_is_in_the_page(lang: str) -> None:
    """Screen readers pass over the drawing: its caption says the same in the language that is read."""
    shown = harmless(student_page(with_pictures("falling"), assignment(), lang)).shown
    assert "The loss falls from 8 to 0.01 in 4 steps." in shown["en"] and "falls" not in shown["zh"]
    assert "损失在 4 步里从 8 降到 0.01。" in shown["zh"]
    assert "损失" not in shown["en"]


def test_no_picture_no_figure() -> None:
    """Where nothing was drawn there is no figure."""
    assert "<figure" not in student_page(report(), assignment(), "en")
