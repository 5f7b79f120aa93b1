"""Marks, attempts and overrides are plain values."""

from __future__ import annotations

import json

from grader.model.codec import from_data, to_data
from grader.model.mark import Attempt, Late, Mark, Override
from reports import FULL

AT = "2026-12-02T09:00:00+08:00"
OVERRIDE = Override("amy", "linreg", None, 7, "as agreed", "Lin", AT)
LATE = Late(3600, 10, "per_day")
MARK = Mark("amy", "linreg", "graded", 8, 10, LATE, OVERRIDE, 7, 2, 2, AT, {"why": 2, "how": None})


def test_marks_travel() -> None:
    """Each of them arrives as it was: JSON holds all of it."""
    for value in (MARK, Attempt(1, "5ub", None, FULL), Attempt(2, "5ub", AT, None)):
        assert from_data(type(value), json.loads(json.dumps(to_data(value)))) == value


def test_an_override_is_for_any_answer_unless_told_otherwise() -> None:
    """Overrides of checks and totals survive whatever is handed in next."""
    assert OVERRIDE.answer_sha256 == ""
