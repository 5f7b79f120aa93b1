"""The gradebook: every report, kept as it comes.

A report is keyed by all that it depends on, so a run that was killed goes on where it was, and grading again
does only what changed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from grader.errors import UsageError
from grader.gradebook.migrations import migrate
from grader.model.codec import from_data, to_data
from grader.model.file import Beside
from grader.model.report import INTERNAL, Provenance, Report

TABLES = (
    "CREATE TABLE IF NOT EXISTS reports"
    " (student TEXT, assignment TEXT, key TEXT, data TEXT, PRIMARY KEY (student, assignment))",
    # The course's own answers, with which students' answers are compared.
    "CREATE TABLE IF NOT EXISTS known"
    " (name TEXT, assignment TEXT, key TEXT, data TEXT, PRIMARY KEY (name, assignment))",
)


class Gradebook:
    """The reports of one class in `folder`. One process at a time may have it open.

    Opening it raises UsageError if another process has it, or if the file isn't a gradebook.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        path = folder / "gradebook.sqlite"
        try:
            self._database = sqlite3.connect(path, timeout=1, isolation_level=None)
        except sqlite3.Error as error:
            raise _unusable(path, error) from None
        try:
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("BEGIN EXCLUSIVE")
            for table in TABLES:
                self._database.execute(table)
            self._database.execute("SELECT student, assignment, key, data FROM reports LIMIT 0")
            migrate(self._database)
            self._database.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise _unusable(path, error) from None

    def add(self, report: Report, known: bool = False) -> None:
        """Keep a report; it is on disk when this returns. It takes the place of an older one.

        `known`: it is on one of the course's own answers, a solution or a mistake, whose name stands for the
        student's.
        """
        key = key_of(report.submission_sha256, report.provenance, report.beside)
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
        beside: Beside | None = None,
        known: bool = False,
    ) -> Report | None:
        """The kept report on exactly this submission, with these files beside it, under this provenance.

        None if there is none, or if its outcome is `internal`, which is no verdict.
        """
        table, owner = ("known", "name") if known else ("reports", "student")
        query = f"SELECT key, data FROM {table} WHERE {owner} = ? AND assignment = ?"
        row = self._database.execute(query, (student, assignment)).fetchone()
        if row is None or row[0] != key_of(submission_sha256, provenance, beside):
            return None
        report: Report = from_data(Report, json.loads(row[1]))
        return report if report.outcome != INTERNAL else None

    def reports(self, keep: Iterable[tuple[str, str]] | None = None) -> list[Report]:
        """Every kept report, sorted by student and assignment.

        If `keep` is given, only those of its pairs (student, assignment).
        """
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
        """Let another process have it."""
        self._database.close()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def key_of(submission_sha256: str, provenance: Provenance, beside: Beside | None = None) -> str:
    """The hash of all that a report depends on."""
    # Without files it is the key that earlier versions made, so that their reports stay.
    files = [] if beside is None else [to_data(beside)]
    data = json.dumps([submission_sha256, to_data(provenance), *files], sort_keys=True)
    return hashlib.sha256(data.encode()).hexdigest()


def _unusable(path: Path, error: sqlite3.Error) -> UsageError:
    if "locked" in str(error):
        return UsageError(f"another grader is writing to {path.parent}; wait for it, or choose another --out")
    if "not a database" in str(error) or "no such column" in str(error):
        return UsageError(f"{path} is not a gradebook; move it away, or choose another --out")
    return UsageError(f"{path} can't be opened: {error}; move it away, or choose another --out")
