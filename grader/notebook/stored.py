"""What a notebook file stores beside its cells, cut out of its text before any limit is applied.

Stored outputs, attachments and the state of widgets are dropped anyway. Cut out here, they cost no honest
student anything, however many they are and however deep they are nested. Nothing is built: the text is
scanned once, in time linear in its length.
"""

from __future__ import annotations

import re

# A string's closing quote is optional, so that a string that never ends is scanned once, and not again from
# each of its characters.
STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?'
_STRING = re.compile(STRING, re.DOTALL)
_STRING_OR_BRACKETS = re.compile(STRING + r"|[\[{]++|[\]}]++", re.DOTALL)
_VALUE = re.compile(r"\s*+:\s*+(?=[\[{])")  # between a key and a list or an object
_TAGS = re.compile(r'(?<!\\)"tags"\s*+:\s*+\[[^\[\]{}]*+\]')
_CLOSING = str.maketrans("[{", "]}")

_DROPPED = ('"outputs"', '"attachments"', '"widgets"')
_METADATA = '"metadata"'
# Lists and objects in one cell's metadata, and its characters; beyond that, only its tags are kept.
MAX_METADATA, MAX_LENGTH = 200, 1_000_000


def without_stored(text: str, most: int) -> str:
    """The JSON `text` without stored outputs, attachments, widgets and overlong metadata.

    Each becomes an empty list or object with as many line feeds as before, so that lines keep their numbers.
    What is not closed as it was opened stays, and so does everything behind the first `most` strings: such
    a text is refused later.
    """
    kept: list[str] = []
    done = position = seen = metadata_end = 0
    while (match := _STRING.search(text, position)) and seen <= most:
        seen += 1
        position = match.end()
        key = match[0] if len(match[0]) <= len('"attachments"') else ""
        if key not in _DROPPED and (key != _METADATA or position < metadata_end):
            continue  # metadata inside metadata was looked at with the outer one
        value = _VALUE.match(text, position)
        if value is None:
            continue
        start = value.end()
        end, opened = _end_of(text, start)
        if end is None:
            break
        if key == _METADATA and opened <= MAX_METADATA and end - start <= MAX_LENGTH:
            metadata_end = end  # what is stored in it may still be dropped
            continue
        kept += [text[done:start], _hollow(text, start, end, key == _METADATA)]
        done = position = end
    return "".join([*kept, text[done:]]) if kept else text


def _end_of(text: str, start: int) -> tuple[int | None, int]:
    """The end of the list or object at `start`, None if it isn't well closed; and how many are opened."""
    expected = bytearray()  # the brackets that close what is open
    opened = 0
    for match in _STRING_OR_BRACKETS.finditer(text, start):
        run = match[0]
        if run[0] in "[{":
            expected += run.translate(_CLOSING).encode()
            opened += len(run)
        elif run[0] in "]}":
            closed = min(len(run), len(expected))
            if run[:closed].encode() != expected[: -closed - 1 : -1]:
                return None, opened
            del expected[-closed:]
            if not expected:
                return match.start() + closed, opened
    return None, opened


def _hollow(text: str, start: int, end: int, is_metadata: bool) -> str:
    tags = _TAGS.search(text, start, end) if is_metadata else None
    lines = text.count("\n", start, end) - (tags[0].count("\n") if tags else 0)
    return text[start] + "\n" * lines + (tags[0] if tags else "") + text[end - 1]
