"""Code as HTML, line by line, its parts told apart by color. The one owner of Pygments."""

from __future__ import annotations

import functools

from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType

from grader.language.clean import clean

# The classes that the style sheet colors, each with the kinds of tokens that have it.
CLASSES = (
    ("c", (Comment,)),
    ("k", (Keyword, Operator.Word)),
    ("s", (String,)),
    ("n", (Number,)),
    ("f", (Name.Function, Name.Class, Name.Decorator)),
    ("b", (Name.Builtin,)),
)
# Characters of one cell; a longer one is shown without colors. Pygments takes 10 ms for these.
MAX_COLORED = 10_000


@functools.lru_cache(maxsize=512)
def highlighted(source: str) -> tuple[Markup, ...]:
    """The lines of a cell, each with its line end left out."""
    lines = [clean(line) for line in source.split("\n")]
    if len(source) > MAX_COLORED:
        return tuple(escape(line) for line in lines)
    made: list[list[tuple[str, str]]] = [[]]
    for kind, text in _lexer().get_tokens("\n".join(lines)):
        name = _class_of(kind)
        for place, part in enumerate(text.split("\n")):
            if place:
                made.append([])
            if made[-1] and made[-1][-1][0] == name:
                part = made[-1].pop()[1] + part
            made[-1].append((name, part))
    found = tuple(Markup().join(_colored(*each) for each in parts) for parts in made[: len(lines)])
    return found + (Markup(),) * (len(lines) - len(found))


def _colored(name: str, text: str) -> Markup:
    return Markup('<span class="{}">{}</span>').format(name, text) if name and text else escape(text)


@functools.cache
def _lexer() -> PythonLexer:
    """Python's, which leaves the text as it is. Magics and shell lines come out without color."""
    return PythonLexer(stripnl=False, ensurenl=False)


@functools.cache
def _class_of(kind: _TokenType) -> str:
    return next((name for name, kinds in CLASSES if any(kind in each for each in kinds)), "")
