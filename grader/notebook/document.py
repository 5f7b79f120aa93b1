"""From a notebook file's bytes to the JSON object in them, within limits on time and memory."""

from __future__ import annotations

import json
import re
from typing import Any

from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.notebook.limits import FileLimits
from grader.notebook.notebook import Unreadable
from grader.notebook.stored import STRING, without_stored


def decode(data: bytes, limits: FileLimits) -> dict[str, Any]:
    """The JSON object in `data`: UTF-8 with or without a byte order mark, or UTF-16 or UTF-32 with one.

    If a key occurs twice in an object, the last one counts. Raises Unreadable, and nothing else.
    """
    text = without_stored(_text(data), limits.values)
    _demand_small(text, limits)
    document = _json(text, limits)
    if not isinstance(document, dict):
        raise Unreadable.save_again(
            _("This is not a notebook: the file contains {what} and no cells.", what=shown(document))
        )
    return document


def shown(value: Any) -> Text | str:
    """A JSON value in a few words, for a message."""
    if isinstance(value, dict):
        return _("an object")
    if isinstance(value, list):
        return _("a list")
    if value is None:
        return "null"
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."


# UTF-32 comes first: its little-endian mark begins like that of UTF-16.
_ENCODINGS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def _text(data: bytes) -> str:
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Unreadable.save_again(_("This is not a notebook: the file is empty."))
    start = data[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if (what := _other_format(start)) is not None:
        raise Unreadable(_("This is not a notebook but {what}. Submit the .ipynb file itself.", what=what))
    encoding = next((name for mark, name in _ENCODINGS if data.startswith(mark)), "utf-8-sig")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable.save_again(
            _("This is not a notebook: byte {position} is not UTF-8 text.", position=error.start + 1)
        ) from None


def _other_format(start: bytes) -> Text | None:
    """What a file with this start is, if students often submit such files by mistake."""
    kinds: tuple[tuple[tuple[bytes, ...], Text], ...] = (
        ((b"pk\x03\x04", b"\xd0\xcf\x11\xe0"), _("a ZIP or Office file")),
        ((b"%pdf",), _("a PDF")),
        ((b"<!doctype html", b"<html"), _("a web page")),
        (_PICTURES, _("a picture")),
        ((b"sqlite format 3\0", b"\x89hdf\r\n"), _("a database")),
        ((b"\x1f\x8b", b"rar!\x1a", b"7z\xbc\xaf\x27\x1c"), _("a compressed file")),
        ((b"{\\rtf",), _("a text document")),
        ((b"\x7felf", b"mz\x90\0"), _("a program")),
        ((b"\x93numpy", b"par1", b"\x80\x04\x95", b"\x80\x05\x95"), _("a file of data")),
    )
    return next((what for starts, what in kinds if start.startswith(starts)), None)


_PICTURES = (  # PNG, JPEG, GIF, SVG, TIFF, HEIC
    b"\x89png", b"\xff\xd8\xff", b"gif8", b"<svg", b"ii*\0", b"mm\0*", b"\0\0\0\x18ftyp", b"\0\0\0\x1cftyp",
)  # fmt: skip
# What a Python script begins with, after comments and empty lines.
_SCRIPT = re.compile(
    r"""\ufeff?(?:[ \t]*+(?:\#[^\n]*+)?+\r?\n)*+(?:\"\"\"[^"]
    | import\ \w | from\ [\w.]++\ import\b | (?:async\ def|def|class)\ \w | @\w
    | %matplotlib\b | !pip\b | \'\'\'[^'] | (?:if|for|while|with|try)\b[^\n]*+: | assert\ \w
    | print\( | [A-Za-z_]\w*+(?:,\ ?\w++)*+(?::\ ?\w++)?+\ ?=[^=])""",
    re.VERBOSE,
)


# The `json` module decides later whether the text is JSON at all.
_TOKEN = re.compile(STRING + r'|[\[{]|[\]}]|[-\w][^\s,:"\[\]{}]*+', re.DOTALL)


def _demand_small(text: str, limits: FileLimits) -> None:
    """Count values and depth before building anything.

    Otherwise the answer would depend on Python's recursion limit, and the memory on the file.
    """
    depth, values = 0, 0.0
    for match in _TOKEN.finditer(text):
        token = text[match.start()]
        if token in "]}":
            depth -= 1
            if depth < 0:
                return  # more closed than opened: `json` stops at this very character and says where
            continue
        values += 1 if token in '"[{' else 0.25
        if values > limits.values:
            raise Unreadable.clear_outputs(
                _("The notebook contains too much data: more than {most} values.", most=f"{limits.values:,}")
            )
        if token in "[{":
            depth += 1
            if depth > limits.depth:
                raise Unreadable.clear_outputs(
                    _("The notebook's JSON is nested more than {most} levels deep.", most=limits.depth)
                )


def _json(text: str, limits: FileLimits) -> Any:
    def integer(digits: str) -> int:
        if len(digits) > limits.digits:
            message = _(
                "This is not a usable notebook: it contains a number of {count} digits.", count=len(digits)
            )
            raise Unreadable.clear_outputs(message)
        return int(digits)

    try:
        return json.loads(text, parse_int=integer)
    except json.JSONDecodeError as error:
        raise Unreadable.save_again(_syntax_problem(text, error)) from None
    except (ValueError, RecursionError):  # only if Python is set to lower limits than ours
        raise Unreadable.save_again(_("This is not a notebook: its JSON can't be read.")) from None


def _syntax_problem(text: str, error: json.JSONDecodeError) -> Text:
    if re.search(r"^<{7} ", text, re.MULTILINE):
        return _(
            "This is not a usable notebook: it contains merge conflict markers (<<<<<<<). "
            "Resolve the conflict."
        )
    if (not text[: error.pos].strip() or text.lstrip().startswith('"""')) and _SCRIPT.match(text):
        return _("This is not a notebook but a Python script.")
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return _("This is not a whole notebook: the file is cut off at its end.")
    return _(
        "This is not a notebook: the file is not JSON (line {line}, column {column}).",
        line=error.lineno,
        column=error.colno,
    )
