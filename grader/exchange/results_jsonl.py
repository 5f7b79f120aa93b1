"""One record a submission, as JSON: the contract that scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from grader.language.clean import ascii_where_odd
from grader.model.report import PASSED, Report

SCHEMA = 1


def record(report: Report) -> dict[str, Any]:
    """The line of results.jsonl for a report."""
    execution, provenance = report.execution, report.provenance
    return {
        "schema": SCHEMA,
        "student": report.student,
        "assignment": report.assignment,
        "submission_sha256": report.submission_sha256,
        "outcome": report.outcome,
        "score": report.score,
        "max_score": report.max_score,
        "reason": report.reason,
        "execution": {
            "status": execution.status,
            "cell": execution.cell,
            "message": execution.message,
            "wall_s": execution.wall_s,
            "cpu_s": execution.cpu_s,
            "sessions": execution.sessions,
        },
        "checks": [
            {
                "id": result.check.id,
                "title": result.check.title,
                "visibility": result.check.visibility,
                "verdict": result.verdict,
                "points": result.points,
                "max_points": result.check.points,
                "message": result.message,
                "hint": None if result.verdict == PASSED else result.check.hint or None,
                "mistake": result.mistake or None,
            }
            for result in report.checks
        ],
        "provenance": {
            "grader": provenance.grader,
            "rubric_sha256": provenance.rubric_sha256,
            "environment": dict(provenance.environment),
            "seed": provenance.seed,
            "sandbox": provenance.sandbox,
            "memory": provenance.memory,
        },
    }


def results_jsonl(reports: Sequence[Report]) -> str:
    return "".join(
        ascii_where_odd(json.dumps(record(report), ensure_ascii=False)) + "\n" for report in reports
    )
