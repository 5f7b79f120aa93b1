"""Authors' texts as HTML: titles, hints and statements. The one owner of latex2mathml.

A dialect of Markdown without raw HTML, with formulas as MathML. Code is often written without backticks, so
an underscore is never emphasis, and a star beside a name, a number or a bracket is a star. Nothing that a
student wrote comes here.
"""

from __future__ import annotations

import functools
import html
import re
import xml.etree.ElementTree as ElementTree
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from markupsafe import Markup, escape

from grader.language.catalogue import Text
from grader.language.clean import clean
from grader.model.file import Bound, Entry, File, first_part, is_plain

MAX_PICTURE_BYTES = 1 << 20  # a page holds a picture once for each language, as base64

# The types of pictures, by how their files begin. SVG is looked at as XML.
PICTURES = (
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", re.compile(rb"\xff\xd8\xff")),
    ("image/gif", re.compile(rb"GIF8[79]a")),
    ("image/webp", re.compile(rb"RIFF.{4}WEBP", re.DOTALL)),
)
SVG = "{http://www.w3.org/2000/svg}svg"
ADDRESS = re.compile(r"https?://", re.IGNORECASE)

# As in Pandoc: no space inside the dollars of `$…$`, and no digit behind, so that $5 and $6 are prices.
FORMULA = re.compile(
    r"\$\$((?:\\.|[^$\\`])+)\$\$ | \$(?!\s)((?:\\.|[^$\\`])+)(?<!\s)\$(?!\d)", re.DOTALL | re.VERBOSE
)
CODE_BEFORE, CODE_AFTER = re.compile(r"[A-Za-z0-9_)\]]\(?\Z"), re.compile(r"[A-Za-z0-9_(\[]")
ENVIRONMENT = re.compile(r"\\begin\s*\{([^}]*)\}")
# To Python and TOML a backslash and a letter can be one character: "\frac" and "\theta" lose theirs.
CONTROL = re.compile(r"[\x00-\x1f]")
DOUBLE = "double each backslash, or write the text as r\"…\" in Python and as '…' in TOML"

# What a formula may consist of. Anything else, such as \href or \style, is no formula.
ROWS = ("math", "mrow", "mstyle", "msqrt", "mphantom", "mpadded", "menclose", "mtable", "mtr", "mtd")
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
TAGS = {*ROWS, *PARTS, "mi", "mn", "mo", "mtext", "mspace"}
ATTRIBUTES = re.compile(
    "accent|accentunder|bevelled|columnalign|columnlines|columnspacing|depth|display|displaystyle|fence|form|"
    "height|largeop|linebreak|linethickness|lspace|mathbackground|mathcolor|mathsize|mathvariant|maxsize|"
    "minsize|movablelimits|notation|rowlines|rowspacing|rspace|scriptlevel|separator|stretchy|symmetric|"
    "voffset|width"
)


class Blocks(Text):
    """A text whose languages are HTML of paragraphs, lists and the like, not words within a line."""


@dataclass(frozen=True)
class Rendered:
    """A text in one language as HTML, and what is wrong with it, for its author."""

    html: Markup
    faults: tuple[str, ...]


def inline(text: Text) -> Text:
    """A title or a hint as HTML, within a line: code, emphasis and formulas."""
    return Text(rendered(text.en).html, rendered(text.zh).html)


def blocks(text: Text, files: Sequence[Entry]) -> Blocks:
    """A statement as HTML: also paragraphs, lists, links and pictures, which are among `files`."""
    files = tuple(files)
    return Blocks(rendered(text.en, files).html, rendered(text.zh, files).html)


@functools.lru_cache(maxsize=1024)
def rendered(words: str, files: tuple[Entry, ...] | None = None) -> Rendered:
    """A statement in one language if `files` are given, which may be none; otherwise a title or a hint.

    A formula that can't be read stays as it is written, and a picture that can't be shown is its text.
    """
    env: dict[str, Any] = {"files": files, "faults": []}
    parser = _parser(in_blocks=files is not None)
    made = (parser.renderInline if files is None else parser.render)(clean(words), env)
    if clean(words) != words:
        env["faults"].append(f"holds a control character; {DOUBLE}")
    return Rendered(Markup(made), tuple(dict.fromkeys(env["faults"])))


@functools.cache
def _parser(in_blocks: bool) -> MarkdownIt:
    parser = MarkdownIt("zero", renderer_cls=_Renderer)
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.inline.ruler.at("emphasis", stars)
    parser.enable(["backticks", "emphasis", "escape"])
    if in_blocks:
        parser.block.ruler.before("fence", "formula_block", _formula_block, {"alt": ["paragraph", "list"]})
        parser.enable(["fence", "image", "link", "list", "newline"])
        # What links and pictures may lead to is decided where they are rendered, so that authors hear of it.
        parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


# ---- what Markdown has not


def stars(state: StateInline, silent: bool) -> bool:
    """Emphasis by stars, unless they can be code: `2*x*y`, `x**2 + y**2`, `f(*names, **words)`."""
    if silent or state.src[state.pos] != "*":
        return False
    run = state.scanDelims(state.pos, True)
    before, end = state.src[: state.pos][-2:], state.pos + run.length
    opens = run.can_open and not CODE_BEFORE.search(before)
    closes = run.can_close and not CODE_AFTER.match(state.src[end : end + 1])
    for _ in range(run.length):
        state.push("text", "", 0).content = "*"
        here = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord("*"), run.length, here, end=-1, open=opens, close=closes))
    state.pos = end
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    """A formula within a line, `$…$` or `$$…$$`."""
    match = FORMULA.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.markup = match[1] or match[2], "$$" if match[1] else "$"
    state.pos = match.end()
    return True


def _formula_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula on lines of its own, from `$$` to `$$`."""
    lines: list[str] = []
    for number in range(start, end):
        lines.append(state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].rstrip())
        whole = "\n".join(lines)
        if not lines[-1] or not whole.startswith("$$"):
            return False
        if len(whole) > 4 and whole.endswith("$$"):
            if "$$" in whole[2:-2]:
                return False
            if not silent:
                token = state.push("formula_block", "", 0)
                token.content, token.markup, token.block = whole[2:-2], "$$", True
                token.map = [start, number + 1]
                state.line = number + 1
            return True
    return False


class _Renderer(RendererHTML):
    """HTML of what a text was found to consist of. What is wrong with it goes to `faults` of its `env`."""

    def formula(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """A formula; in a title or a hint it stays in its line."""
        display = tokens[number].markup == "$$" and env["files"] is not None
        shown = _shown_formula(tokens[number], display, env)
        return f'<span class="formula" tabindex="0">{shown}</span>' if display else shown

    def formula_block(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """A formula that is a paragraph."""
        return f'<p class="formula" tabindex="0">{_shown_formula(tokens[number], True, env)}</p>\n'

    def fence(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """Lines of code."""
        return f"<pre><code>{escape(tokens[number].content)}</code></pre>\n"

    def link_open(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """A link to a page. What leads anywhere else is only its text."""
        address = str(tokens[number].attrGet("href") or "")
        env["linked"] = bool(ADDRESS.match(address))
        if not env["linked"]:
            env["faults"].append(f"links to {address!r}; links must begin with https:// or http://")
        return f'<a href="{escape(address)}">' if env["linked"] else ""

    def link_close(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """The end of a link, if it is one. No link is within another."""
        return "</a>" if env["linked"] else ""

    def image(self, tokens: Sequence[Token], number: int, options: Any, env: Any) -> str:
        """A picture, in the page itself. Without it, the text that says what it shows."""
        token = tokens[number]
        name, words = unquote(str(token.attrGet("src") or "")).removeprefix("./"), token.content.strip()
        if not words:
            env["faults"].append(f"shows the picture {name!r} without a text; write ![what it shows]({name})")
        try:
            kind, content = _picture(name, env["files"])
        except ValueError as error:
            env["faults"].append(f"shows the picture {name!r}, which {error}")
            return str(escape(f"[{words or name}]"))
        data = b64encode(content).decode()
        return f'<img src="data:{kind};base64,{data}" alt="{escape(words)}">'


# ---- pictures


def _picture(name: str, files: Sequence[Entry]) -> tuple[str, bytes]:
    """The type and the content of a picture that is handed out. Raises ValueError if it can't be shown."""
    content = _content(name, files)
    if content is None:
        raise ValueError("is not among the files that are handed out")
    if len(content) > MAX_PICTURE_BYTES:
        raise ValueError(f"is larger than {MAX_PICTURE_BYTES >> 20} MB; make it smaller")
    for kind, beginning in PICTURES:
        if beginning.match(content):
            return kind, content
    try:
        if ElementTree.fromstring(content).tag == SVG:
            return "image/svg+xml", content
    except (ElementTree.ParseError, ValueError, LookupError):
        pass
    raise ValueError("is not a PNG, JPEG, GIF, WebP or SVG")


def _content(name: str, files: Sequence[Entry]) -> bytes | None:
    """What a file holds that is handed out, cut off where it is too large; None if there is none."""
    for entry in files:
        if isinstance(entry, File) and entry.name == name:
            return entry.content
        if isinstance(entry, Bound) and entry.name == first_part(name) and is_plain(name):
            try:
                with open(Path(entry.path, *name.split("/")[1:]), "rb") as file:
                    return file.read(MAX_PICTURE_BYTES + 1)
            except OSError:
                return None
    return None


# ---- formulas


def _shown_formula(token: Token, display: bool, env: Any) -> str:
    """A formula as MathML, or as it is written if it can't be read."""
    written = token.markup + token.content + token.markup
    try:
        if CONTROL.search(token.content if env["files"] is None else token.content.replace("\n", " ")):
            raise ValueError(f"it holds a tab or a line end; {DOUBLE}")
        return _mathml(token.content.strip(), "block" if display else "inline")
    except ValueError as error:
        env["faults"].append(f"has the formula {' '.join(written.split())}, which can't be read: {error}")
        return str(escape(written))


def _mathml(formula: str, display: str) -> str:
    """Raises ValueError, with the reason, for what is not a formula, and for what no page may hold."""
    # Imported here: the library's table of symbols takes 70 ms, and most texts have no formula.
    from latex2mathml.commands import MATRICES
    from latex2mathml.converter import convert_to_element

    bare = re.sub(r"\\.", "", formula, flags=re.DOTALL)
    if bare.count("{") != bare.count("}"):
        raise ValueError("its braces are not in pairs")
    for name in ENVIRONMENT.findall(formula):
        if f"\\{name}" not in MATRICES:
            raise ValueError(f"there is no \\begin{{{name}}}")
    try:
        return _serialized(convert_to_element(formula, display=display))
    except ValueError:
        raise
    except Exception as error:
        # The library has a dozen errors, without words, and lets Python's own escape: StopIteration,
        # RecursionError.
        raise ValueError(type(error).__name__) from error


def _serialized(element: ElementTree.Element) -> str:
    """An element as HTML. The library's own writer would put `<` of a text into a page as it is."""
    tag, text = element.tag, element.text or ""
    given = {name: value for name, value in element.attrib.items() if name != "xmlns"}
    if tag not in TAGS or not all(map(ATTRIBUTES.fullmatch, given)):
        raise ValueError(f"<{tag} {' '.join(given)}> can't be in a page")
    if len(element) != PARTS.get(tag, len(element)):
        raise ValueError("an argument is missing")
    # What the library knows is a character reference by now. The rest stands as it was written.
    if "\\" in text or text in ("{", "}", "&", "#"):
        raise ValueError(f"{text} is unknown here")
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
    parts = "".join(map(_serialized, element))
    return f"<{tag}{attributes}>{escape(html.unescape(text))}{parts}</{tag}>"
