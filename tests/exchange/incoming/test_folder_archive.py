"""Folders are read like archives."""

from __future__ import annotations

import os

from downloads import written
from grader.exchange.incoming.opening import open_archive


def paths(path) -> list[str]:
    with open_archive(path) as opened:
        return [entry.path for entry in opened.entries]


def test_a_folder_that_says_what_it_is(tmp_path):
    """The folder of nbgrader keeps its name, which says what is in it. Other folders' names say nothing."""
    for name, wanted in (("submitted", "submitted/amy/ps1/a.ipynb"), ("x", "amy/ps1/a.ipynb")):
        written(tmp_path / name / "amy" / "ps1" / "a.ipynb", b"{}")
        assert paths(tmp_path / name) == [wanted]


def test_links_and_pipes_of_a_folder(tmp_path):
    """In a folder no link is followed, and no pipe is waited for."""
    written(tmp_path / "amy" / "a.ipynb", b"{}")
    (tmp_path / "bo").symlink_to("/etc")
    os.mkfifo(tmp_path / "amy" / "b.ipynb")
    with open_archive(tmp_path) as opened:
        assert [entry.path for entry in opened.entries] == ["amy/a.ipynb"]
        assert sorted(each.path for each in opened.refused) == ["amy/b.ipynb", "bo"]
