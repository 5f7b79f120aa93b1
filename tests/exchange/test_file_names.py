"""A file's name says which assignment it belongs to, and how surely."""

from __future__ import annotations

import pytest

from grader.exchange.file_names import (
    Match,
    Naming,
    extensions,
    is_notebook,
    is_perhaps_notebook,
    naming,
    stem,
)

TASKS = ("descent", "descent-numpy", "linreg", "A1", "a1")


@pytest.mark.parametrize(("name", "tasks", "match"), [
    ("descent", ("descent",), Match.EXACT),
    ("A1", ("A1",), Match.EXACT),
    ("Descent-NumPy", ("descent-numpy",), Match.CASELESS),
    ("descent_numpy", ("descent-numpy",), Match.WORDS),
    ("DescentNumpy", ("descent-numpy",), Match.WORDS),
    ("Copy of descent", ("descent",), Match.PART),
    ("descent numpy (1)", ("descent-numpy",), Match.PART),
    ("descent-numpy vs descent", ("descent-numpy", "descent"), Match.PART),
    ("linreg2", ("linreg",), Match.PART),
    ("hw A-1", ("A1", "a1"), Match.PART),
    ("linregression", (), Match.NONE),
    ("Untitled", (), Match.NONE),
    ("", (), Match.NONE),
])  # fmt: skip
def test_naming(name: str, tasks: tuple[str, ...], match: Match) -> None:
    """The very name first, then case, then words, then words among others; the longest comes first."""
    assert naming(name, TASKS) == Naming(tasks, match)


def test_what_is_around_a_name() -> None:
    """Whatever stands behind `.ipynb` is no part of the name."""
    for name in (
        "a.ipynb",
        "a.IPYNB",
        "a.ipynb.txt",
        "a.ipynb (1)",
        "a.ipynb.ipynb.json",
        "a.ipynb.download",
    ):
        assert is_notebook(name) and stem(name) == "a"
    assert stem("a (1).ipynb") == "a (1)" and stem("a.txt") == "a" and stem("a.py") == "a.py"
    for name in ("a", "a.py", "a.ipynb.html", "a.ipynb.zip", "ipynb"):
        assert not is_notebook(name)
    assert all(map(is_perhaps_notebook, ("a", "a.txt", "a.JSON")))
    assert not any(map(is_perhaps_notebook, ("a.py", "a.png")))


def test_names_within_names() -> None:
    """An assignment's name may be part of another's."""
    assert extensions("descent", TASKS) == ["descent-numpy"] and extensions("linreg", TASKS) == []
