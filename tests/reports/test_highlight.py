"""Code in color."""

from __future__ import annotations

import re
from html import unescape

import pytest

from grader.reports.highlight import MAX_COLORED, highlighted
from pages import HOSTILE
from support import ROOT

TAGS = {"</span>", *(f'<span class="{name}">' for name in "cksnfb")}
CODE = 'def fit(x):\n    """Two\n    lines."""\n    return x + 3.5  # three\n'


def test_parts_of_code_have_classes() -> None:
    """Words, names, texts, numbers and comments are told apart, also in a text of several lines."""
    lines = highlighted(CODE)
    assert lines[0] == '<span class="k">def</span> <span class="f">fit</span>(x):'
    assert [re.findall('class="(.)"', line) for line in lines] == [
        ["k", "f"],
        ["s"],
        ["s"],
        ["k", "n", "c"],
        [],
    ]


@pytest.mark.parametrize(
    "source", [CODE, "", "\n\n", "  x", "x\n\ny  ", "%%time\nx", "!ls\nx ?", "(", "'''", "a\tb", "\u2028\nb"]
)
def test_lines_are_as_many_as_they_were(source: str) -> None:
    """The code is all there, line by line, whatever it is."""
    shown = [unescape(re.sub("<.*?>", "", line)) for line in highlighted(source)]
    assert shown == source.split("\n")


@pytest.mark.parametrize("payload", HOSTILE)
def test_code_stays_text(payload: str) -> None:
    """Nothing in a student's code becomes markup."""
    for source in (payload, f"'{payload}", f"# {payload}", f'"""{payload}', payload + "x" * MAX_COLORED):
        for line in highlighted(source):
            assert set(re.findall("<[^>]*>", line)) <= {f'<span class="{name}">' for name in "cksnfb"} | {
                "</span>"
            }


def test_long_cells_are_not_colored() -> None:
    """What nobody reads costs no time."""
    assert highlighted("x = 1\n" * MAX_COLORED)[0] == "x = 1"


def luminance(color: str) -> float:
    digits = color[1:] if len(color) == 7 else "".join(2 * each for each in color[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_every_color_can_be_read() -> None:
    """Each color of text has a contrast of 4.5 on each background that it is on, light and dark."""
    style = (ROOT / "grader/reports/templates/style.css").read_text()
    light, dark = (
        dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})\b", block))
        for block in re.findall(r":root\{[^}]*--page[^}]*\}", style)[:2]
    )
    for colors in (light, dark):
        for text in ("ink", "soft", "link", "keyword", "string", "number"):
            for ground in ("card", "code", "mark", "page", "tint"):
                assert contrast(colors[text], colors[ground]) >= 4.5, (text, ground)
        for text in ("passed", "failed", "not_run", "not_attempted"):
            for ground in ("card", "page"):
                assert contrast(colors[text], colors[ground]) >= 4.5, (text, ground)
