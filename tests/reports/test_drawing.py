"""SVG elements: escaped words in both languages, and nothing that a strict page forbids."""

from __future__ import annotations

from grader.language.catalogue import Text
from grader.reports.drawing import CROSS, Drawing


def test_elements() -> None:
    """Each has its shade as a class; coordinates are short."""
    drawing = Drawing()
    drawing.line((0, 1.26), (2.0, 3), "axis")
    drawing.dots([(1, 2), (3, 4)], "data")
    drawing.markers([(5, 6)], CROSS, "mark")
    drawing.box((1, 2), 3, 4, "block")
    assert drawing.markup(50) == (
        '<svg class="chart" aria-hidden="true" viewBox="0 0 360 50"><path class="axis" d="M0 1.3L2 3" />'
        '<path class="data" d="M1 2h0M3 4h0" /><path class="mark" d="M5 6m-3 -3l6 6m0 -6l-6 6" />'
        '<rect class="block" x="1" y="2" width="3" height="4" /></svg>'
    )


def test_nothing_is_drawn_without_points() -> None:
    """A path without points would be an error in SVG."""
    drawing = Drawing()
    drawing.path([], "yours")
    drawing.dots([], "data")
    assert "path" not in drawing.markup(1)


def test_words_are_there_in_both_languages() -> None:
    """Each language has its element, and words that are the same have one."""
    drawing = Drawing()
    drawing.text((1, 2), Text("step", "步"), anchor="end")
    drawing.text((1, 2), "x", "bad")
    assert drawing.markup(1).count("<text") == 3
    assert '<text x="1" y="2" text-anchor="end" lang="zh-Hans">步</text>' in drawing.markup(1)
    assert '<text x="1" y="2" class="bad">x</text>' in drawing.markup(1)


def test_words_are_escaped() -> None:
    """An author's word can't become an element."""
    drawing = Drawing()
    drawing.text((1, 2), '</text><script>"&')
    assert '&lt;/text&gt;&lt;script&gt;"&amp;' in drawing.markup(1) and "<script" not in drawing.markup(1)
