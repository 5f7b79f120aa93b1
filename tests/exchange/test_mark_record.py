"""What a mark adds to a record."""

from __future__ import annotations

import json

from grader.exchange.mark_record import fields_of
from grader.model.mark import Late, Mark, Override

AT = "2026-12-02T00:59:00+08:00"


def test_a_mark() -> None:
    """Every fact of it, as JSON values under names that stay."""
    mark = Mark(
        "amy", "linreg", "graded", 8, 10, Late(3600, 10, "per_day"),
        Override("amy", "linreg", None, 9, "as agreed", "Lin", AT), 9, 2, 3, AT, {"why": 2.5, "how": None},
    )  # fmt: skip
    assert json.loads(json.dumps(fields_of(mark))) == {
        "attempt": 2,
        "attempts": 3,
        "submitted_at": AT,
        "status": "graded",
        "late": {"by_s": 3600, "percent": 10, "rule": "per_day"},
        "manual": {"why": 2.5, "how": None},
        "override": {"points": 9, "comment": "as agreed", "by": "Lin", "at": AT},
        "final_score": 9,
        "final_max_score": 10,
    }


def test_a_mark_of_which_little_is_known() -> None:
    """What is not known is null, not zero."""
    found = fields_of(Mark("amy", "linreg", "pending", 8, 10, None, None, None, 1, 1, None, {"why": None}))
    assert [found[key] for key in ("late", "override", "final_score", "submitted_at")] == [None] * 4
