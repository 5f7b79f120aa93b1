"""Text from people and notebooks, made harmless to terminals, logs, pages and readers of records."""

from __future__ import annotations

import re

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Characters that some readers take for line ends, that steer a terminal or that change the direction of text.
INVISIBLE = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
# Commands to CI systems: Azure and TeamCity take ##name[…], GitHub takes :: at the beginning of a line.
COMMAND = re.compile(r"##(?=\w+\[)|^\s*::(?=\w)", re.MULTILINE)


def clean(text: str) -> str:
    """Text without terminal escapes and backspaces.

    Control characters, direction overrides and lone surrogates become U+FFFD. Tabs and line ends stay.
    """
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", ANSI.sub("", text).replace("\b", ""))


def plain(text: str) -> str:
    """Text for a terminal or a log, with nothing in it that a terminal or a CI system takes for a command."""
    return COMMAND.sub(lambda match: match[0][:-1] + "\\" + match[0][-1], clean(text))


def escape_invisible(line: str) -> str:
    """A line of JSON with its invisible characters as escapes, so that every reader sees one line."""
    return INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", line)
