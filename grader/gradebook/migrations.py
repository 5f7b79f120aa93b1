"""Brings gradebooks of earlier versions to the current format.

SQLite's `user_version` holds the number of a gradebook's format. Opening an older gradebook rewrites its rows
in the transaction that opens it, so a process killed in the middle leaves the old gradebook.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

FORMAT = 1


def migrate(database: sqlite3.Connection) -> None:
    """Bring an open gradebook to FORMAT, within the caller's transaction."""
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found > FORMAT:
        raise sqlite3.DatabaseError("it was written by a newer version of the grader")
    if found == 0:
        for table in ("reports", "known"):
            rows = database.execute(f"SELECT rowid, data FROM {table}").fetchall()
            for rowid, data in rows:
                merged = json.dumps(texts_merged(json.loads(data)), ensure_ascii=True)
                database.execute(f"UPDATE {table} SET data = ? WHERE rowid = ?", (merged, rowid))
    if found < FORMAT:
        database.execute(f"PRAGMA user_version = {FORMAT}")


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
