"""Names in Brightspace downloads."""

from __future__ import annotations

import pytest

from grader.exchange.incoming.brightspace import parse

FOLDER = "12345-678 - Wei Zhang - "


@pytest.mark.parametrize(
    ("when", "submitted_at"),
    [
        ("Sep 24, 2024 926 PM", "2024-09-24T21:26:00"),
        ("Sep 24, 2024 1206 AM", "2024-09-24T00:06:00"),
        ("September 4, 2024 1126 AM", "2024-09-04T11:26:00"),
        ("24 sept. 2024 9 h 26", None),
    ],
)
def test_a_file(when, submitted_at):
    """A folder tells the user's number, the full name, and in English the time."""
    part = parse(f"{FOLDER}{when}/double.ipynb")
    assert part is not None
    assert (part.student.number, part.student.name) == ("12345", "Wei Zhang")
    assert (part.file, part.submitted_at) == ("double.ipynb", submitted_at)


def test_attempts_and_pages():
    """Two times are two deliveries. The index is nobody's."""
    first, second = (parse(f"{FOLDER}Sep {day}, 2024 926 PM - a.ipynb") for day in (4, 5))
    assert first and second and first.key != second.key
    index = parse("index.html")
    assert index is not None and index.file == ""
    assert parse("amy/double.ipynb") is None
