"""Any name is shown harmlessly and becomes a folder name that is safe and unique."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata

import pytest

from grader.exchange import names as exchange_names
from grader.exchange.names import folder_names, printable
from submissions import UNSAFE_NAMES

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX names")


@pytest.mark.parametrize(
    "name",
    ["amy", "Zoë", "李雷", "张 三", "a.b_c-d", "1234567", "zhang-2023012345", "_x", "x" * 100, "李" * 33,
     "Ngô Bảo Châu", unicodedata.normalize("NFD", "Zoë"), "हिन्दी", "console", "com10", "a.nul", "nullius"],
)  # fmt: skip
def test_a_portable_name_stays(name):
    """Letters, digits and marks of any script with `._-` and single spaces stay as they are."""
    assert folder_names([name, "other"]) == {name: name, "other": "other"}


@pytest.mark.parametrize("name", UNSAFE_NAMES)
def test_another_name_becomes_readable_plus_hash(name):
    """A name that some system can't take or misunderstands is replaced, within 100 bytes."""
    safe = folder_names([name])[name]
    assert re.fullmatch(r"[\w-]+-[0-9a-f]{10}", safe)
    assert len(safe.encode("utf-8")) <= 100 and not safe.startswith("-")
    assert safe.endswith(hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10])


@pytest.mark.parametrize("name", ["index", "INDEX"])
def test_no_student_takes_the_place_of_an_index(name):
    """The pages that list students lie among those that are named after them."""
    assert folder_names([name])[name].startswith(f"{name}-")


def test_unsafe_names_stay_distinct_and_readable():
    """No two names become one, even on a file system that ignores case, and letters survive."""
    safe = folder_names(UNSAFE_NAMES)
    assert len({name.casefold() for name in safe.values()}) == len(set(UNSAFE_NAMES)) == len(UNSAFE_NAMES)
    starts = {
        "../../x": "x-",
        "a\u202eb": "a_b-",
        "nul.txt": "nul_txt-",
        "李" * 34: "李李李",
        "😀": "student-",
    }
    assert all(safe[name].startswith(start) for name, start in starts.items())


@pytest.mark.parametrize(
    "names",
    [
        ("Amy", "amy"),
        ("Zoë", unicodedata.normalize("NFD", "Zoë")),
        ("STRASSE", "straße"),
        ("Å", "\u212b", "å"),
    ],
)
def test_names_that_a_file_system_may_confuse_are_all_hashed(names):
    """Both of two confusable names get the hash, in any order. Others stay as they are."""
    safe = folder_names([*names, "bob"])
    assert safe["bob"] == "bob"
    assert all(re.search("-[0-9a-f]{10}$", safe[name]) for name in names)
    assert len({unicodedata.normalize("NFC", safe[name]).casefold() for name in names}) == len(names)
    assert folder_names(reversed([*names, "bob"])) == safe


def test_nobody_can_take_the_name_that_another_becomes():
    """A folder with the name that another becomes is hashed itself, and so on."""
    first = folder_names(["CON"])["CON"]
    second = folder_names(["CON", first])[first]
    names = ["CON", first, second, first.upper()]
    safe = folder_names(names)
    assert safe["CON"] == first and first != second
    assert len({name.casefold() for name in safe.values()}) == 4


def test_colliding_hashes_are_told_apart(monkeypatch):
    """Ten digits can be made to collide on purpose. Then all 64 are used, still within 100 bytes."""
    whole = exchange_names._hashed
    monkeypatch.setattr(
        exchange_names, "_hashed", lambda name, digits: whole(name, digits) if digits > 10 else "x-0123"
    )
    names = folder_names(["李" * 40, "李" * 41])
    assert len(set(names.values())) == 2
    assert all(re.search("-[0-9a-f]{64}$", name) and len(name.encode()) <= 100 for name in names.values())


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë 李雷 😀", "Zoë 李雷 😀"),
        ("a\nb\tc\x7f", r"a\u000ab\u0009c\u007f"),
        ("a\udcff", r"a\xff"),
        ("a\u0085", r"a\u0085"),
        ("a\udc85", r"a\x85"),
        ("\ud800", r"\ud800"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("\u200b\ufeff\u2028\u00a0", r"\u200b\ufeff\u2028\u00a0"),
        ("\U000e0041", r"\U000e0041"),
        ("\x1b[2J\x1b]0;x\x07", r"\u001b[2J\u001b]0;x\u0007"),
        ("a\\u202e", r"a\\u202e"),
        ("<script>{{7*7}}=1", "<script>{{7*7}}=1"),
    ],
)
@POSIX
def test_printable_escapes_what_can_not_be_seen(name, shown):
    """Bytes that are not text, control and format characters become visible. The rest stays."""
    assert printable(name) == shown
    printable(name).encode("utf-8")


def test_printable_tells_all_names_apart():
    """A name that spells out another name's escape looks different from it."""
    names = [
        *UNSAFE_NAMES,
        "a\udc85",
        "a\u0085",
        r"a\x85",
        r"a\u0085",
        r"a\\x85",
        "a\\",
        "a\\\\",
        r"a\u202eb",
    ]
    assert len({printable(name) for name in names}) == len(set(names)) == len(names)
