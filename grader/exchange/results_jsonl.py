"""results.jsonl: one JSON record per submission, in a format that scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from grader.exchange.mark_record import fields_of
from grader.language.clean import escape_invisible
from grader.model.file import Beside
from grader.model.mark import Mark
from grader.model.report import PASSED, REJECTED, CheckResult, Report, SourceFile
from grader.model.status import Status

SCHEMA = 1  # version of the format


def record(report: Report) -> dict[str, Any]:
    """The record of a report, as JSON values. Texts are in English."""
    execution, provenance, source = report.execution, report.provenance, report.source
    return {
        "schema": SCHEMA,
        "student": report.student,
        "assignment": report.assignment,
        "submission_sha256": report.submission_sha256,
        "outcome": report.outcome,
        "score": report.score,
        "max_score": report.max_score,
        "reason": report.reason and report.reason.en,
        "execution": {
            # A gradebook of an earlier version may say `ok` of what never ran.
            "status": Status.NOT_RUN if report.outcome == REJECTED else execution.status,
            "cell": execution.cell,
            "message": execution.message and execution.message.en,
            "wall_s": execution.wall_s,
            "cpu_s": execution.cpu_s,
            "sessions": execution.sessions,
        },
        "causes": [
            {"code": cause.code, "cell": cause.cell, "line": cause.line, "words": dict(cause.words)}
            for cause in report.causes
        ],
        "checks": [_check(result) for result in report.checks],
        "provenance": {
            "grader": provenance.grader,
            "rubric_sha256": provenance.rubric_sha256,
            "environment": dict(provenance.environment),
            "seed": provenance.seed,
            "sandbox": provenance.sandbox,
            "memory": provenance.memory,
        },
        "source": source and _source(source),
        "beside": report.beside and _beside(report.beside),
    }


def _source(source: SourceFile) -> dict[str, Any]:
    return {
        "file": source.file,
        "left": list(source.left),
        "recognized": source.recognized if source.file else None,
        "chosen": source.chosen,
    }


def _beside(beside: Beside) -> dict[str, Any]:
    left = [{"why": each.why, "count": each.count, "files": list(each.names)} for each in beside.left_out]
    return {"placed": list(beside.placed), "left_out": left, "sha256": beside.sha256 or None}


def _check(result: CheckResult) -> dict[str, Any]:
    check = result.check
    return {
        "id": check.id,
        "title": check.title.en,
        "visibility": check.visibility,
        "verdict": result.verdict,
        "points": result.points,
        "max_points": check.points,
        "message": result.message,
        "hint": check.hint.en if check.hint and result.verdict != PASSED else None,
        "mistake": result.mistake or None,
        "cell": result.place.cell if result.place else None,
        "line": result.place.line if result.place else None,
        **_compared(result),
    }


def _compared(result: CheckResult) -> dict[str, str | None]:
    """What a public check compared. Of a hidden one, nothing: it would tell the expected value."""
    found = result.difference if result.check.visibility == "public" else None
    return {
        "what": found.what if found else None,
        "got": found.got if found else None,
        "wanted": found.wanted if found else None,
        "tolerance": (found.tolerance or None) if found else None,
    }


def lines(reports: Iterable[Report], marks: Mapping[tuple[str, str], Mark] | None = None) -> Iterator[str]:
    """The lines of results.jsonl: one per report, in the given order, with what counts if `marks` tell it."""
    for report in reports:
        mark = (marks or {}).get((report.student, report.assignment))
        whole = {**record(report), **(fields_of(mark) if mark else {})}
        yield escape_invisible(json.dumps(whole, ensure_ascii=False)) + "\n"


def results_jsonl(reports: Iterable[Report], marks: Mapping[tuple[str, str], Mark] | None = None) -> str:
    """The content of results.jsonl."""
    return "".join(lines(reports, marks))
