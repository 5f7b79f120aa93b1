"""What holds for archives of every kind."""

from __future__ import annotations

import pytest

from downloads import Held
from grader.errors import UsageError
from grader.exchange.incoming import archive
from grader.notebook.notebook import Unreadable


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../../etc/passwd", "leads out"),
        ("/etc/passwd", "leads out"),
        ("C:\\windows\\a.ipynb", "leads out"),
        ("a/../../b.ipynb", "leads out"),
        ("a\x1b[2J.ipynb", "can't be used"),
        ("a\u2028b.ipynb", "can't be used"),
        ("/".join("a" * 20), "can't be used"),
        ("x" * 2000, "can't be used"),
    ],
)
def test_names_that_lead_elsewhere(name, why):
    """No entry has a name that could lead out of a folder, or can't be shown."""
    held = Held({name: b"", "amy/a.ipynb": b"{}"})
    assert [entry.path for entry in held.entries] == ["amy/a.ipynb"]
    (refused,) = held.refused
    assert why in refused.why.en and refused.path.isprintable()


def test_traces_of_systems_are_left_out():
    """What systems leave behind is no file of a student's. `./` and backslashes are separators."""
    names = [
        "__MACOSX/._a.ipynb",
        "amy/.ipynb_checkpoints/a.ipynb",
        "amy/._a.ipynb",
        "./amy/a.ipynb",
        "bo\\a.ipynb",
    ]
    held = Held(dict.fromkeys(names, b""))
    assert [entry.path for entry in held.entries] == ["amy/a.ipynb", "bo/a.ipynb"] and held.refused == []


def test_bounds(monkeypatch):
    """A file, all that is read, and the number of entries are bounded."""
    held = Held({"a": b"12345", "b": b"1"})
    with pytest.raises(Unreadable, match="larger than"):
        held.read(held.entries[0], most=4)
    monkeypatch.setattr(archive, "MAX_BYTES", 5)
    held = Held({"a": b"12345", "b": b"1"})
    assert held.read(held.entries[0]) == b"12345"
    with pytest.raises(Unreadable, match="too large"):
        held.read(held.entries[1])
    monkeypatch.setattr(archive, "MAX_ENTRIES", 1)
    with pytest.raises(UsageError, match="more than 1 files"):
        Held({"a": b"", "b": b""})
