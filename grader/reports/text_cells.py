"""A student's text cells as HTML: headings, lists, code and emphasis, and nothing else.

Everything is text: no HTML, link, picture or formula of a student's is rendered. It stands there as it was
written.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from grader.language.clean import clean
from grader.reports.markup import stars

RULES = ("backticks", "emphasis", "escape", "fence", "heading", "list", "newline")


@functools.lru_cache(maxsize=512)
def rendered(source: str) -> Markup:
    """The HTML of one text cell. Its headings are all of one level, below the page's own."""
    return Markup(_parser().render(clean(source)))


def heading_of(source: str) -> str:
    """The first heading of a text cell, as text; "" if it has none."""
    tokens = _parser().parse(clean(source))
    for token, following in itertools.pairwise(tokens):
        if token.type == "heading_open":
            return "".join(part.content for part in following.children or ())
    return ""


class _Renderer(RendererHTML):
    def heading_open(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """A heading of the third level, whatever its own is: the page has no heading between."""
        return f'<h3 class="{tokens[number].tag}">'

    def heading_close(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """The end of a heading."""
        return "</h3>\n"

    def fence(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """Lines of code, whose language can hold anything and is left out."""
        return f'<pre tabindex="0"><code>{escape(tokens[number].content)}</code></pre>\n'


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", renderer_cls=_Renderer).enable(list(RULES))
    # As in authors' texts: underscores belong to names.
    parser.inline.ruler.at("emphasis", stars)
    return parser
