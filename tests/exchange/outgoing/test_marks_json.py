"""Marks as JSON."""

from __future__ import annotations

import json

from downloads import BY_HAND, LATE, mark
from grader.exchange.outgoing.marks_json import marks_json


def test_everything():
    """Nothing of a mark is left out."""
    data = json.loads(marks_json([mark(late=LATE, override=BY_HAND, manual={"why": None})]))
    (only,) = data["marks"]
    assert data["schema"] == 1 and only["late"] == {"by_s": 90_000, "percent": 10, "rule": "per_day"}
    assert only["override"]["comment"] == "the network was down" and only["manual"] == {"why": None}
