"""Everything on one student and assignment, the earliest first."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.classroom.history import history
from grader.errors import UsageError
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.mark import Override
from reports import report


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Two attempts, a report on the first, which was made twice, and a total that was set by hand."""
    with Gradebook(tmp_path) as book:
        for day, sha256 in (("01", "one"), ("02", "two")):
            at = f"2020-01-{day}T00:00:00+00:00"
            book.see(
                [HandedIn("amy", "linreg", sha256, sha256.encode(), submitted_at=at, origin="Canvas: a")]
            )
        for _ in range(2):
            book.add(report("amy", submission_sha256="one"), again=True)
        book.set_by_hand([Override("amy", "linreg", None, 9, "oral", "kim", "2999-01-01T00:00:00+00:00")])
    return tmp_path


def test_every_event(out: Path) -> None:
    """Attempts by when they were handed in, reports by when they were made, and what people set."""
    events = history(out, "amy", "linreg")
    assert [(each.kind, each.attempts, each.stands) for each in events] == [
        ("handed_in", (1,), False),
        ("handed_in", (2,), False),
        ("graded", (1,), False),
        ("graded", (1,), True),
        ("by_hand", (), False),
    ]
    records = [each.record for each in events]
    assert records[0]["origin"] == "Canvas: a" and records[0]["submission_sha256"] == "one"
    assert (records[3]["score"], records[3]["stands"]) == (10, True)
    assert (records[4]["points"], records[4]["by"], records[4]["check"]) == (9, "kim", None)


@pytest.mark.parametrize(
    ("student", "assignment", "words"),
    [("amyy", "linreg", "did you mean 'amy'"), ("amy", "linrg", "did you mean 'linreg'")],
)
def test_what_is_not_known(out: Path, student: str, assignment: str, words: str) -> None:
    """The nearest name is named."""
    with pytest.raises(UsageError, match=words):
        history(out, student, assignment)


def test_no_gradebook(tmp_path: Path) -> None:
    """A folder without one is refused, and stays empty."""
    with pytest.raises(UsageError, match="there is no gradebook in"):
        history(tmp_path / "out", "amy", "linreg")
    assert list(tmp_path.iterdir()) == []
