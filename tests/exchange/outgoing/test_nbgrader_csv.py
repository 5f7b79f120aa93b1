"""Marks as nbgrader exports them."""

from __future__ import annotations

import csv
import io

import pytest

from downloads import LATE, mark
from grader.exchange.outgoing.nbgrader_csv import names, nbgrader_csv
from grader.model.roster import Student


def test_rows():
    """The columns are nbgrader's, in its order."""
    text = nbgrader_csv(
        [mark(late=LATE, raw=8, final=7.2)],
        {"amy": Student("amy", "Lee, Amy", "amy@example.edu")},
        {"double": "2026-12-01T23:59:00+08:00"},
    )
    (row,) = csv.DictReader(io.StringIO(text))
    assert list(row.values()) == [
        "double",
        "2026-12-01T23:59:00+08:00",
        "",
        "amy",
        "Lee",
        "Amy",
        "amy@example.edu",
        "8",
        "0.8",
        "7.2",
        "10",
    ]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("Lee, Amy", ("Lee", "Amy")), ("Amy B. Lee", ("Lee", "Amy B.")), ("张伟", ("张伟", ""))],
)
def test_names(name, wanted):
    """A name is split where it can be."""
    assert names(name) == wanted
