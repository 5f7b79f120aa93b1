"""The gradebook: every report, kept as it comes, and the files that are made from it.

A report is keyed by all that it depends on, so a run that was killed goes on where it was, and
grading again does only what changed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from grader.errors import UsageError
from grader.model.codec import from_data, to_data
from grader.model.report import Provenance, Report


class Gradebook:
    """The reports of one class in `folder`. One process at a time may have it open."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        path = folder / "gradebook.sqlite"
        try:
            self._database = sqlite3.connect(path, timeout=1, isolation_level=None)
        except sqlite3.Error as error:
            raise UsageError(
                f"{path} can't be opened: {error}; move it away, or choose another --out"
            ) from None
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
                raise UsageError(
                    f"another grader is writing to {folder}; wait for it, or choose another --out"
                ) from None
            if "not a database" in str(error) or "no such column" in str(error):
                raise UsageError(
                    f"{path} is not a gradebook; move it away, or choose another --out"
                ) from None
            raise UsageError(
                f"{path} can't be opened: {error}; move it away, or choose another --out"
            ) from None

    def add(self, report: Report, known: bool = False) -> None:
        """Keep a report; it is on disk when this returns. It takes the place of an older one.

        `known`: it is on one of the course's own answers, a solution or a mistake, whose name stands for the student's.
        """
        key = key_of(report.submission_sha256, report.provenance)
        data = json.dumps(to_data(report), ensure_ascii=True)
        self._database.execute(
            f"REPLACE INTO {'known' if known else 'reports'} VALUES (?, ?, ?, ?)",
            (report.student, report.assignment, key, data),
        )

    def get(
        self,
        student: str,
        assignment: str,
        submission_sha256: str,
        provenance: Provenance,
        known: bool = False,
    ) -> Report | None:
        """The kept report of this very submission under this very provenance, if there is one that holds a verdict."""
        query = (
            "SELECT key, data FROM known WHERE name = ?"
            if known
            else "SELECT key, data FROM reports WHERE student = ?"
        )
        row = self._database.execute(f"{query} AND assignment = ?", (student, assignment)).fetchone()
        if row is None or row[0] != key_of(submission_sha256, provenance):
            return None
        report: Report = from_data(Report, json.loads(row[1]))
        return report if report.outcome != "internal" else None

    def reports(self, keep: Iterable[tuple[str, str]] | None = None) -> list[Report]:
        """Every kept report, by student and assignment; only those in `keep` where given."""
        rows = self._database.execute(
            "SELECT student, assignment, data FROM reports ORDER BY student, assignment"
        ).fetchall()
        wanted = None if keep is None else set(keep)
        return [
            from_data(Report, json.loads(data))
            for student, assignment, data in rows
            if wanted is None or (student, assignment) in wanted
        ]

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def key_of(submission_sha256: str, provenance: Provenance) -> str:
    """What a report depends on, in one text."""
    return hashlib.sha256(
        json.dumps([submission_sha256, to_data(provenance)], sort_keys=True).encode()
    ).hexdigest()
