"""Text from people and notebooks, made harmless to terminals and pages."""

from __future__ import annotations

import re

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def clean(text: str) -> str:
    """Text without terminal escapes, control characters, direction overrides and lone surrogates."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", ANSI.sub("", text))
