"""A student's text cells as HTML."""

from __future__ import annotations

import re

import pytest

from grader.reports.text_cells import heading_of, rendered
from pages import HOSTILE


def test_what_is_rendered() -> None:
    """Headings, lists, code and emphasis; underscores belong to names."""
    html = rendered("# One\n\n- a `b`\n- **c**\n\n```\nx < 1\n```\n`__init__` and __init__ and w_hat_1")
    assert html == (
        '<h3 class="h1">One</h3>\n<ul>\n<li>a <code>b</code></li>\n<li><strong>c</strong></li>\n</ul>\n'
        '<pre tabindex="0"><code>x &lt; 1\n</code></pre>\n'
        "<p><code>__init__</code> and __init__ and w_hat_1</p>\n"
    )


ALLOWED = {"p", "ul", "ol", "li", "code", "pre", "em", "strong", "h3", "br"}


@pytest.mark.parametrize(
    "source",
    [
        *HOSTILE,
        "[x](http://evil.example) <http://evil.example> http://evil.example",
        "![x](data:image/png;base64,AAAA)",
        "[x]: javascript:alert(1)\n[x]",
        "```html onload=x\n<b>\n```",
        "<details open ontoggle=alert(1)>",
        "$\\href{javascript:alert(1)}{x}$",
        "&lt;script&gt;",
        "1. <b>\n   - <i>",
    ],
)
def test_nothing_else_is_markup(source: str) -> None:
    """No HTML, link, picture or formula of a student's is one."""
    for tag, attributes in re.findall(r"<\s*/?\s*([\w!-]+)([^>]*)>", rendered(source)):
        assert tag in ALLOWED and re.fullmatch(r'| class="h[1-6]"| tabindex="0"| start="\d+"', attributes)


@pytest.mark.parametrize("source", ["*" * 10_000, "`a" * 5000, "**a " * 2500, "- " * 5000, "- a\n" * 2500])
def test_odd_texts_come_to_an_end(source: str) -> None:
    """As much as a report keeps of a text is rendered, whatever it is; what is nested deeply is left out."""
    assert len(rendered(source)) < 60_000


def test_headings() -> None:
    """The first heading names what follows, as text."""
    assert heading_of("text\n\n## A `b` and *c*\n# D") == "A b and c"
    assert heading_of("no heading\n#tag") == "" and heading_of("# <b>") == "<b>"
