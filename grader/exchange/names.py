"""Names of students, as they can be shown anywhere and as names of folders."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable


def printable(name: str) -> str:
    r"""A name as it can be shown anywhere: one line, left to right as written, valid UTF-8.

    Bytes that are not UTF-8 become `\xff` and a backslash becomes `\\`. Characters that can't be seen (line
    feeds, ANSI escapes, right-to-left overrides, zero-width characters, unusual spaces) become `\u202e` and
    the like. So names that differ also look different.
    """
    return "".join(_shown(character) for character in name)


def _shown(character: str) -> str:
    code = ord(character)
    if character == "\\":
        return "\\\\"
    if os.name != "nt" and 0xDC80 <= code <= 0xDCFF:  # Python's form of a byte that it could not decode
        return f"\\x{code - 0xDC00:02x}"
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Zl", "Zp") or (category == "Zs" and character not in " \u3000"):
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    return character


def folder_names(names: Iterable[str]) -> dict[str, str]:
    """For each name, a folder name that is portable and unique, ignoring case and Unicode normalization.

    A name that already is both stays. Any other becomes its readable part, `-` and ten hexadecimal digits of
    the SHA-256 of its UTF-8. If two names are confusable, both get digits, so that neither depends on the
    order.
    """
    distinct = list(dict.fromkeys(names))
    hashed = {name: _hashed(name, digits=10) for name in distinct}
    users = Counter(caseless(safe) for safe in hashed.values())
    for name, safe in hashed.items():
        if users[caseless(safe)] > 1:  # collisions of 40 bits can be made on purpose
            hashed[name] = _hashed(name, digits=64)
    # A name that another student's name becomes is reserved for that student.
    reserved = {caseless(name) for name in hashed.values()}
    owners = Counter(caseless(name) for name in distinct)

    def stays(name: str) -> bool:
        return _is_portable(name) and owners[caseless(name)] == 1 and caseless(name) not in reserved

    return {name: name if stays(name) else hashed[name] for name in distinct}


def caseless(name: str) -> str:
    """A key that is equal for names that a file system may confuse: Unicode's canonical caseless matching."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


# The name of the pages that list students or assignments, which lie among those that are named after them.
INDEX = "index"

# Device names of Windows, with any extension.
_DEVICE = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE | re.DOTALL
)


def _is_portable(name: str) -> bool:
    """Whether every common file system, command line and web server accepts a folder of this name."""
    return (
        all(_is_plain(character) or character in ". " for character in name)
        and name[:1] not in ("", "-", ".", " ")
        and name[-1] not in ". "
        and "  " not in name
        and len(name.encode("utf-8")) <= 100
        and not _DEVICE.fullmatch(name)
        and caseless(name) != INDEX
    )


def _is_plain(character: str) -> bool:
    return character.isalnum() or character in "_-" or unicodedata.category(character) in ("Mn", "Mc")


def _hashed(name: str, digits: int) -> str:
    """The readable part of a name, `-` and digits of its hash.

    It has at most 100 bytes, even with all 64 digits. It is never a device name, because it contains no dot.
    """
    readable = re.sub("_{2,}", "_", "".join(c if _is_plain(c) else "_" for c in name))
    prefix = readable.encode("utf-8")[:35].decode("utf-8", "ignore").strip("-_") or "student"
    return f"{prefix}-{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:digits]}"
