"""nbgrader's folders."""

from __future__ import annotations

import pytest

from downloads import Held
from grader.exchange.incoming.nbgrader import SYSTEM, parse, timestamp


def test_submitted():
    """In `submitted` the folders tell student and assignment, and a file the time."""
    files = {
        "submitted/amy/ps1/double.ipynb": b"{}",
        "submitted/amy/ps1/timestamp.txt": b"2024-09-24 21:26:31.123456 UTC",
        "course/submitted/bo/ps1/double.ipynb": b"{}",
        "submitted/cy/ps1/timestamp.txt": b"nonsense",
    }
    amy, bo, cy = SYSTEM.gather(Held(files), parse)
    assert (amy.students[0].login, amy.label, amy.submitted_at) == ("amy", "ps1", "2024-09-24T21:26:31+00:00")
    assert [name for name, _ in amy.files] == ["double.ipynb"]
    assert (bo.students[0].login, bo.submitted_at) == ("bo", None)
    assert cy.submitted_at is None


def test_the_exchange():
    """In the exchange one name tells all, and a secret is no file of the student's."""
    folder = "inbound/amy+ps1+2024-09-24 21:26:31.123456 UTC+Ab12"
    files = {f"{folder}/double.ipynb": b"{}", f"{folder}/submission_secret.txt": b"x"}
    (amy,) = SYSTEM.gather(Held(files), parse)
    assert (amy.students[0].login, amy.label, amy.submitted_at) == ("amy", "ps1", "2024-09-24T21:26:31+00:00")
    assert [name for name, _ in amy.files] == ["double.ipynb"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2024-09-24 21:26:31 UTC", "2024-09-24T21:26:31+00:00"),
        ("2024-09-24 21:26:31", "2024-09-24T21:26:31+00:00"),
        ("2024-09-24 21:26:31.5 +08:00", "2024-09-24T21:26:31+08:00"),
        ("2024-19-24 21:26:31", None),
        ("", None),
    ],
)
def test_times(text, wanted):
    """Times without a zone are UTC."""
    assert timestamp(text) == wanted
