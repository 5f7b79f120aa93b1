"""Repositories of GitHub Classroom."""

from __future__ import annotations

import pytest

from downloads import Held
from grader.exchange.incoming.github import SYSTEM, parse, prefix_of


@pytest.mark.parametrize(
    ("folders", "wanted"),
    [
        (["linreg-manual-amy", "linreg-manual-bo-b", "linreg-manual-cy"], "linreg-manual-"),
        (["ps1-amy", "ps1-amy-lee"], "ps1-"),
        (["amy", "bo-b"], ""),
        (["ps1-amy"], ""),
    ],
)
def test_the_assignment(folders, wanted):
    """The assignment is what the names of most repositories begin with."""
    assert prefix_of(folders) == wanted


def test_deliveries():
    """What follows is the login. A repository of another name is a student's of that name."""
    files = {f"double-{login}/work.ipynb": b"{}" for login in ("amy", "bo-b", "cy", "di")}
    files["eve/work.ipynb"] = b"{}"
    found = SYSTEM.gather(Held({**files, "other-x/a.ipynb": b"{}"}), parse)
    assert [(each.students[0].login, each.label) for each in found] == [
        ("amy", "double"),
        ("bo-b", "double"),
        ("cy", "double"),
        ("di", "double"),
        ("other-x", ""),
    ]
