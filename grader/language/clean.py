"""Text from people and notebooks, made harmless to terminals and pages."""

from __future__ import annotations

import re

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


# What ends a line for some readers, steers a terminal or turns its direction: in JSON all of it can be written otherwise.
ODD = re.compile(r"[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
# How CI systems are given commands: Azure and TeamCity by ##name[…], GitHub by :: at the beginning of a line.
COMMAND = re.compile(r"##(?=\w+\[)|^\s*::(?=\w)", re.MULTILINE)


def clean(text: str) -> str:
    """Text without terminal escapes, control characters, direction overrides and lone surrogates; a backspace is nothing."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", ANSI.sub("", text).replace("\b", ""))


def plain(text: str) -> str:
    """Text for a terminal or a log, which is the log of a CI system at times: nothing in it is a command to either."""
    return COMMAND.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], clean(text))


def ascii_where_odd(line: str) -> str:
    """A line of JSON in which what is no plain text stands as an escape, so that nobody takes it for two lines."""
    return ODD.sub(lambda found: f"\\u{ord(found[0]):04x}", line)
