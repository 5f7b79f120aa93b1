"""Gradescope's `results.json`, for one submission, as its autograder specification of 2025 has it."""

from __future__ import annotations

import json
from typing import Any

from grader.exchange.outgoing.told import Told
from grader.model.report import GRADED, PASSED


def results_json(told: Told) -> str:
    """The results of one submission. Gradescope adds up the points of the tests, unless there is a score.

    Everything in it may be read by the student, so everything is visible.
    """
    mark = told.mark
    # Gradescope knows due dates of its own: there, lateness is not counted off twice.
    data: dict[str, Any] = {
        "score": mark.raw if mark.raw is not None else 0,
        "output": "\n\n".join(told.notices),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(told.seconds),
        "tests": [
            {
                "name": check.title,
                "number": str(number),
                "score": check.points,
                "max_score": check.most,
                "status": "passed" if check.verdict == PASSED else "failed",
                "output": check.words,
                "visibility": "visible",
                "extra_data": {"id": check.id, "verdict": check.verdict},
            }
            for number, check in enumerate(told.checks, 1)
        ],
        "extra_data": {"student": mark.student, "assignment": mark.assignment, "status": mark.status},
    }
    if mark.status != GRADED and not told.notices:
        data["output"] = mark.status
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
