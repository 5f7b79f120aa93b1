"""What counts, as fields of a record in results.jsonl: in a format that scripts rely on."""

from __future__ import annotations

from typing import Any

from grader.model.mark import Mark


def fields_of(mark: Mark) -> dict[str, Any]:
    """The fields of a record that a mark adds, as JSON values.

    `final_score` is what counts, and null where that is not known yet. `score` beside it stays what the
    checks of this very submission came to.
    """
    late, override = mark.late, mark.override
    return {
        "attempt": mark.attempt,
        "attempts": mark.attempts,
        "submitted_at": mark.submitted_at,
        "status": mark.status,
        "late": late and {"by_s": late.by_s, "percent": late.percent, "rule": late.rule},
        "manual": dict(mark.manual),
        "override": override
        and {"points": override.points, "comment": override.comment, "by": override.by, "at": override.at},
        "final_score": mark.final,
        "final_max_score": mark.max_score,
    }
