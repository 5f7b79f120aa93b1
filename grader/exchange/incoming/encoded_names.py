"""Names of files in archives that do not say their encoding."""

from __future__ import annotations

import re

# Pairs of bytes that the common Chinese characters have in GBK, and hardly any text in another encoding.
_CHINESE = re.compile(rb"(?:[\x00-\x7f]|[\xa1-\xf7][\xa1-\xfe])*")


def legacy_encoding(names: list[bytes]) -> str:
    """The encoding of names that don't say theirs: GBK if most that aren't plain or UTF-8 look like it."""
    odd = [name for name in names if not name.isascii() and not _is_utf8(name)]
    chinese = sum(_CHINESE.fullmatch(name) is not None for name in odd)
    return "gb18030" if odd and 2 * chinese >= len(odd) else "cp437"


def decoded(name: bytes, encoding: str) -> str:
    """A name that does not say its encoding. UTF-8 comes first: many programs forget to say so."""
    for each in ("utf-8", encoding):
        try:
            return name.decode(each)
        except UnicodeDecodeError:
            continue
    return name.decode("cp437")


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
