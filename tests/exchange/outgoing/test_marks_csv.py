"""Marks as a table."""

from __future__ import annotations

import csv
import io

from downloads import BY_HAND, LATE, mark
from grader.exchange.outgoing.marks_csv import marks_csv


def rows(*marks) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(marks_csv(marks))))


def test_rows():
    """A row says what was earned, what lateness costs, what was set by hand, and what counts."""
    late = mark(late=LATE, final=7.2, raw=8, submitted_at="2026-12-01T10:00:00+08:00", attempt=2, attempts=3)
    by_hand = mark("bo", override=BY_HAND, raw=4, final=9)
    missing = mark("cy", status="missing", final=None, attempt=None, attempts=0)
    found = rows(late, by_hand, missing)
    assert list(found[0])[:7] == ["student", "assignment", "raw", "late", "override", "final", "status"]
    assert list(found[0].values())[2:10] == ["8", "10", "", "7.2", "graded", "10", "2", "3"]
    assert list(found[0].values())[10:] == ["2026-12-01T10:00:00+08:00", "90000", ""]
    set_by_hand = [found[1][each] for each in ("raw", "override", "final", "comment")]
    assert set_by_hand == ["4", "9", "9", "the network was down"]
    assert [found[2][each] for each in ("raw", "final", "status", "attempts")] == ["", "", "missing", "0"]


def test_names_that_are_formulas():
    """No name is a formula or another cell."""
    text = marks_csv([mark("=1+1"), mark("a;b")])
    assert "'=1+1" in text and '"a;b"' in text
