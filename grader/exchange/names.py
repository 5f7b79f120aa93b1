"""Names of students as they can be shown anywhere, and as folders."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable


def printable(name: str) -> str:
    r"""A name as it can be shown anywhere: one line, left to right as written, valid UTF-8.

    Bytes that are not UTF-8 become `\xff`, a backslash `\\`, and what can't be seen (line feeds, ANSI escapes,
    right-to-left overrides, zero-width characters, unusual spaces) `\u202e`. So names that differ also look different.
    """
    return "".join(_shown(character) for character in name)


def _shown(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if os.name != "nt" and 0xDC80 <= code <= 0xDCFF:  # how Python has a byte that it could not decode
        return f"\\x{code - 0xDC00:02x}"
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp") or (category == "Zs" and character not in " \u3000"):
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    return character


def folder_names(names: Iterable[str]) -> dict[str, str]:
    """For each name a folder name that is portable and unique among them, ignoring case and Unicode normalisation.

    A name that is so already stays. Another becomes what is readable in it plus `-` and ten hexadecimal digits of the
    sha256 of its UTF-8: both of two that are alike, so that neither depends on the order.
    """
    distinct = list(dict.fromkeys(names))
    hashed = {name: _hashed(name, digits=10) for name in distinct}
    bearers = Counter(alike_names(safe) for safe in hashed.values())
    for name, safe in hashed.items():
        if bearers[alike_names(safe)] > 1:  # 40 bits can be made to collide on purpose
            hashed[name] = _hashed(name, digits=64)
    reserved = {
        alike_names(name) for name in hashed.values()
    }  # nobody may call a folder what another's becomes
    owners = Counter(alike_names(name) for name in distinct)

    def stays(name: str) -> bool:
        return _is_portable(name) and owners[alike_names(name)] == 1 and alike_names(name) not in reserved

    return {name: name if stays(name) else hashed[name] for name in distinct}


_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE | re.DOTALL
)


def _is_portable(name: str) -> bool:
    """May every common file system, command line and web server have a folder of this name?"""
    return (
        all(_is_plain(character) or character in ". " for character in name)
        and name[:1] not in ("", "-", ".", " ")
        and name[-1] not in ". "
        and "  " not in name
        and len(name.encode("utf-8")) <= 100
        and not _DEVICE.fullmatch(name)
    )


def _is_plain(character: str) -> bool:
    return character.isalnum() or character in "_-" or unicodedata.category(character) in ("Mn", "Mc")


def _hashed(name: str, digits: int) -> str:
    """Not a device either: there is no dot in it. At most 100 bytes, even with all 64 digits."""
    readable = re.sub("_{2,}", "_", "".join(c if _is_plain(c) else "_" for c in name))
    prefix = readable.encode("utf-8")[:35].decode("utf-8", "ignore").strip("-_") or "student"
    return f"{prefix}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:digits]}"


def alike_names(name: str) -> str:
    """The same for two names that a file system may take for one (Unicode's canonical caseless matching)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
