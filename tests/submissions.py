"""Folders of submissions, and the names that students may give them."""

from __future__ import annotations

import os
from pathlib import Path


def put(folder: Path, *names: str) -> None:
    """Files below `folder`, each holding its own name; a name that ends in `/` becomes an empty folder."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith("/"):
            path.mkdir(exist_ok=True)
        else:
            path.write_bytes(os.fsencode(name))


# Names that some system can't take or takes for something else.
UNSAFE_NAMES = [
    "", ".", "..", "../../x", "a/b", "a\\b", "/etc", "C:x", "a\0b", "a\nb", "-rf", ".hidden", " a",
    "a ", "a.", "a  b", "x" * 101, "李" * 34, "x" * 255, "a\udcffb", "\ud800", "a\u202eb", "a\u200bb",
    "a\u00a0b", "a\tb", "\x1b[2J", "😀", "CON", "con", "nul.txt", "NUL .txt", "Com1", "lpt9.ipynb",
    "COM¹", "AUX", "prn", "a*?", "a:b", '"><img src=x>', "{{7*7}}", "=1+1", "@x", "%41", "a|b", "~x",
    "$HOME", "a'b", "a\u2028b", "\U000e0001",
]  # fmt: skip
