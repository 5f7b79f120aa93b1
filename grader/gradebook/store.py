"""The gradebook: every report, kept as it comes, and the files that are made from it.

A report is keyed by all that it depends on, so a run that was killed goes on where it was, and
grading again does only what changed.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from grader.engine.workers import from_data, to_data
from grader.errors import UsageError
from grader.language.clean import ascii_where_odd
from grader.model.report import PASSED, Provenance, Report

SCHEMA = 1


class Gradebook:
    """The reports of one class in `folder`. One process at a time may have it open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        path = folder / "gradebook.sqlite"
        try:
            self._database = sqlite3.connect(path, timeout=1, isolation_level=None)
        except sqlite3.Error as error:
            raise UsageError(f"{path} can't be opened: {error}; move it away, or choose another --out") from None
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("BEGIN EXCLUSIVE")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS reports (student TEXT, assignment TEXT, key TEXT, data TEXT, PRIMARY KEY (student, assignment))"
            )
            # The course's own answers, by which students' are diagnosed.
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS known (name TEXT, assignment TEXT, key TEXT, data TEXT, PRIMARY KEY (name, assignment))"
            )
            self._database.execute("SELECT student, assignment, key, data FROM reports LIMIT 0")
            self._database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._database.close()
            if "locked" in str(error):
                raise UsageError(f"another grader is writing to {folder}; wait for it, or choose another --out") from None
            if "not a database" in str(error) or "no such column" in str(error):
                raise UsageError(f"{path} is not a gradebook; move it away, or choose another --out") from None
            raise UsageError(f"{path} can't be opened: {error}; move it away, or choose another --out") from None

    def add(self, report: Report, known: bool = False) -> None:
        """Keep a report; it is on disk when this returns. It takes the place of an older one.

        `known`: it is on one of the course's own answers, a solution or a mistake, whose name stands for the student's.
        """
        key = key_of(report.submission_sha256, report.provenance)
        data = json.dumps(to_data(report), ensure_ascii=True)
        self._database.execute(f"REPLACE INTO {'known' if known else 'reports'} VALUES (?, ?, ?, ?)", (report.student, report.assignment, key, data))

    def get(self, student: str, assignment: str, submission_sha256: str, provenance: Provenance, known: bool = False) -> Report | None:
        """The kept report of this very submission under this very provenance, if there is one that holds a verdict."""
        query = "SELECT key, data FROM known WHERE name = ?" if known else "SELECT key, data FROM reports WHERE student = ?"
        row = self._database.execute(f"{query} AND assignment = ?", (student, assignment)).fetchone()
        if row is None or row[0] != key_of(submission_sha256, provenance):
            return None
        report: Report = from_data(Report, json.loads(row[1]))
        return report if report.outcome != "internal" else None

    def reports(self, keep: Iterable[tuple[str, str]] | None = None) -> list[Report]:
        """Every kept report, by student and assignment; only those in `keep` where given."""
        rows = self._database.execute("SELECT student, assignment, data FROM reports ORDER BY student, assignment").fetchall()
        wanted = None if keep is None else set(keep)
        return [from_data(Report, json.loads(data)) for student, assignment, data in rows if wanted is None or (student, assignment) in wanted]

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def key_of(submission_sha256: str, provenance: Provenance) -> str:
    """What a report depends on, in one text."""
    return hashlib.sha256(json.dumps([submission_sha256, to_data(provenance)], sort_keys=True).encode()).hexdigest()


def record(report: Report) -> dict[str, Any]:
    """The line of results.jsonl for a report."""
    execution, provenance = report.execution, report.provenance
    return {
        "schema": SCHEMA, "student": report.student, "assignment": report.assignment,
        "submission_sha256": report.submission_sha256, "outcome": report.outcome, "score": report.score,
        "max_score": report.max_score, "reason": report.reason,
        "execution": {"status": execution.status, "cell": execution.cell, "message": execution.message,
                      "wall_s": execution.wall_s, "cpu_s": execution.cpu_s, "sessions": execution.sessions},
        "checks": [
            {"id": result.check.id, "title": result.check.title, "visibility": result.check.visibility, "verdict": result.verdict,
             "points": result.points, "max_points": result.check.points, "message": result.message,
             "hint": None if result.verdict == PASSED else result.check.hint or None, "mistake": result.mistake or None}
            for result in report.checks
        ],
        "provenance": {"grader": provenance.grader, "rubric_sha256": provenance.rubric_sha256,
                       "environment": dict(provenance.environment), "seed": provenance.seed, "sandbox": provenance.sandbox, "memory": provenance.memory},
    }


def results_jsonl(reports: Sequence[Report]) -> str:
    return "".join(ascii_where_odd(json.dumps(record(report), ensure_ascii=False)) + "\n" for report in reports)


def grades_csv(reports: Sequence[Report], assignments: Sequence[str]) -> str:
    """One row a student, one column an assignment; empty where nothing was handed in or no score could be given."""
    scores: dict[str, dict[str, float | None]] = {}
    for report in reports:
        scores.setdefault(report.student, {})[report.assignment] = report.score
    text = io.StringIO()
    table, quoted = csv.writer(text, lineterminator="\n"), csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    table.writerow(["student", *assignments])
    for student, row in sorted(scores.items()):
        cells = (row.get(assignment) for assignment in assignments)
        # A spreadsheet may take a semicolon or a tab, which csv leaves unquoted, for the end of a cell, and a carriage return for that of a row.
        (quoted if re.search("[;\t]", student) else table).writerow(
            [harmless(student).replace("\r", " "), *("" if score is None else score for score in cells)])
    return text.getvalue()


def harmless(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) else text


def write(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file whole or not at all: a reader sees the old one or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
