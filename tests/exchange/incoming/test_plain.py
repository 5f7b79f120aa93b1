"""Folders that no system made."""

from __future__ import annotations

from downloads import Held
from grader.exchange.incoming.plain import SYSTEM, parse


def test_students_folders():
    """Each folder is a student's, also if one folder lies around all of them."""
    for before in ("", "homework/"):
        held = Held({f"{before}amy/a.ipynb": b"{}", f"{before}bo/x/b.ipynb": b"{}"})
        found = SYSTEM.gather(held, parse)
        assert [(each.students[0].login, each.files[0][0]) for each in found] == [
            ("amy", "a.ipynb"),
            ("bo", "x/b.ipynb"),
        ]


def test_files_at_the_top():
    """A file that is in no folder is nobody's."""
    assert parse("a.ipynb") is None
