"""Reports as gradebooks of the first formats hold them.

Until format 2, SQLite's `user_version` held the number of a gradebook's format. In format 0 a report had
English and Chinese in separate fields.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, insert

from grader.gradebook.rows import parts
from grader.gradebook.tables import attempts, reports

FORMAT = 1  # the last one that was numbered so


def texts_merged(report: dict[str, Any]) -> dict[str, Any]:
    """A report of format 0, which has English and Chinese in separate fields, in format 1.

    The fields that older versions of format 0 did not know may be missing.
    """
    execution = report["execution"]
    cells = [
        {**_without(cell, "error_zh"), "error": _text(cell.get("error"), cell.get("error_zh"))}
        for cell in execution.get("cells", ())
    ]
    message = _text(execution.get("message"), execution.get("message_zh"))
    return {
        **_without(report, "reason_zh"),
        "reason": _text(report["reason"], report.get("reason_zh")),
        "execution": {**_without(execution, "message_zh"), "message": message, "cells": cells},
        "checks": [{**result, "check": _check(result["check"])} for result in report["checks"]],
    }


def bring_over(
    connection: Connection, student: str, assignment: str, key: str, report: dict[str, Any], known: bool
) -> None:
    """Keep a report of format 1 under its key, and make the attempt that it is on, without bytes."""
    checks, rest, bulk = parts(report)
    submission, beside = report["submission_sha256"], (report.get("beside") or {}).get("sha256", "")
    made = connection.execute(
        insert(reports).values(
            student=student,
            assignment=assignment,
            known=known,
            key=key,
            round=0,
            submission_sha256=submission,
            beside_sha256=beside,
            outcome=report["outcome"],
            score=report["score"],
            max_score=report["max_score"],
            checks=checks,
            rest=rest,
            bulk=bulk,
        )
    )
    if known or made.inserted_primary_key is None:
        return
    connection.execute(
        insert(attempts).values(
            student=student,
            assignment=assignment,
            submission_sha256=submission,
            beside_sha256=beside,
            origin="",
            folder="",
            report_id=made.inserted_primary_key[0],
        )
    )


def _check(check: dict[str, Any]) -> dict[str, Any]:
    return {
        **_without(check, "zh", "zh_hint"),
        "title": _text(check["title"], check.get("zh")),
        "hint": _text(check.get("hint") or None, check.get("zh_hint")),
    }


def _text(en: str | None, zh: str | None) -> dict[str, str] | None:
    return None if en is None else {"en": en, "zh": zh or en}


def _without(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}
