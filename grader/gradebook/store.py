"""The gradebook: what was handed in, every report as it comes, and what people set by hand.

A report is keyed by all that it depends on, so a run that was killed goes on where it was, and grading again
does only what changed. Several processes may have a gradebook open: each writes one report at a time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update

from grader.gradebook import filing, tables
from grader.gradebook.attempts import Filed, HandedIn, in_order, now
from grader.gradebook.database import opened, reached, url_of, writing
from grader.gradebook.keys import key_of, keys_of
from grader.gradebook.rows import filled, parts_of, summary, whole
from grader.language.catalogue import Text
from grader.model.codec import from_data
from grader.model.file import Beside, File
from grader.model.mark import Override
from grader.model.report import INTERNAL, Provenance, Report

BATCH = 100  # attempts that are filed in one transaction
BATCH_BYTES = 32 << 20
_SUMMARY = (tables.reports.c.checks, tables.reports.c.rest)


class Gradebook:
    """What is known of one class. By default it is the file `gradebook.sqlite` in `folder`.

    `url` names another database. Opening raises UsageError if it isn't a gradebook, and everything raises
    StorageError if the database can't be reached or written.
    """

    def __init__(self, folder: Path, url: str | None = None) -> None:
        if url is None:
            folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.url = url_of(folder, url)
        self._engine = opened(self.url)
        self._name = self._engine.url.database or self._engine.url.render_as_string(hide_password=True)

    # ---- what was handed in

    def see(self, found: Iterable[HandedIn]) -> int:
        """File what was handed in, with its bytes. How many attempts are new.

        Of an attempt that is filed already, what may change is brought up to date: where it lay, and what was
        left out beside it.
        """
        new = 0
        batch: list[HandedIn] = []
        size = 0
        for each in found:
            batch.append(each)
            size += len(each.content or b"") + sum(len(file.content) for file in each.files)
            if len(batch) >= BATCH or size >= BATCH_BYTES:
                new += self._file(batch)
                batch, size = [], 0
        return new + (self._file(batch) if batch else 0)

    def _file(self, batch: Sequence[HandedIn]) -> int:
        with self._writing() as connection:
            return sum(filing.file(connection, each) for each in batch)

    def attempts(self) -> dict[tuple[str, str], list[Filed]]:
        """Every attempt by student and assignment, each pair's in the order of handing in."""
        with self._reading() as connection:
            return in_order(filing.filed(connection))

    def contents(self, attempt: Filed) -> tuple[bytes | None, Text | None, tuple[File, ...]]:
        """An attempt's notebook, or why there is none, and the files beside it."""
        held = json.loads(attempt.stored or "{}")
        problem: Text | None = from_data(Text | None, held.get("problem"))
        with self._reading() as connection:
            files = tuple(
                File(name, filing.content(connection, digest)) for name, digest in held.get("files", ())
            )
            notebook = None if problem else filing.content(connection, attempt.submission_sha256)
        return notebook, problem, files

    def beside(self, attempt: Filed) -> Beside | None:
        """The record of what lay beside an attempt's notebook."""
        return filing.beside_of(attempt)

    # ---- reports

    def add(self, report: Report, known: bool = False, again: bool = False) -> int:
        """Keep a report; it is on disk when this returns. The number of its row.

        If another process has just kept one that depends on the same, that one stands; with `again` this one
        does. `known`: it is on one of the course's own answers, whose name stands for the student's.
        """
        with self._writing() as connection:
            return self._add(connection, report, known, again)

    def _add(self, connection: Connection, report: Report, known: bool, again: bool) -> int:
        table = tables.reports
        key = key_of(report.submission_sha256, report.provenance, report.beside)
        mine = [
            table.c.student == report.student,
            table.c.assignment == report.assignment,
            table.c.known == known,
            table.c.key == key,
        ]
        last = connection.execute(
            select(table.c.id, table.c.round, table.c.outcome).where(*mine).order_by(table.c.round.desc())
        ).first()
        if last is not None and last.outcome != INTERNAL and not again:
            number = last.id
        else:
            checks, rest, bulk = parts_of(report)
            beside = report.beside.sha256 if report.beside else ""
            made = connection.execute(
                insert(table).values(
                    student=report.student,
                    assignment=report.assignment,
                    known=known,
                    key=key,
                    round=0 if last is None else last.round + 1,
                    submission_sha256=report.submission_sha256,
                    beside_sha256=beside,
                    outcome=report.outcome,
                    score=report.score,
                    max_score=report.max_score,
                    made_at=now(),
                    checks=checks,
                    rest=rest,
                    bulk=bulk,
                )
            )
            assert made.inserted_primary_key is not None
            number = made.inserted_primary_key[0]
        if not known:
            own = tables.attempts.c
            connection.execute(
                update(tables.attempts)
                .where(
                    own.student == report.student,
                    own.assignment == report.assignment,
                    own.submission_sha256 == report.submission_sha256,
                    own.beside_sha256 == (report.beside.sha256 if report.beside else ""),
                )
                .values(report_id=number)
            )
        return number

    def valid(self) -> dict[tuple[str, str, str], int]:
        """By student, assignment and key: the row of the report that holds. Internal ones are no verdicts."""
        table = tables.reports
        query = select(table.c.student, table.c.assignment, table.c.key, table.c.id).where(
            table.c.known.is_(False), table.c.outcome != INTERNAL
        )
        with self._reading() as connection:
            rows = connection.execute(query.order_by(table.c.id))
            return {(row.student, row.assignment, row.key): row.id for row in rows}

    def stand(self, reports: Mapping[int, int]) -> None:
        """Let other reports stand for attempts: rows of reports by rows of attempts."""
        if not reports:
            return
        with self._writing() as connection:
            for attempt, report in reports.items():
                connection.execute(
                    update(tables.attempts).where(tables.attempts.c.id == attempt).values(report_id=report)
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
        found = self.row_of(student, assignment, keys_of(submission_sha256, provenance, beside), known)
        return None if found is None else self.report(found)

    def row_of(self, student: str, assignment: str, keys: Sequence[str], known: bool = False) -> int | None:
        """The row of the newest report under one of these keys that is a verdict."""
        table = tables.reports
        query = (
            select(table.c.id)
            .where(
                table.c.student == student,
                table.c.assignment == assignment,
                table.c.known == known,
                table.c.key.in_(keys),
                table.c.outcome != INTERNAL,
            )
            .order_by(table.c.id.desc())
        )
        with self._reading() as connection:
            found: int | None = connection.execute(query).scalar()
            return found

    def report(self, row: int) -> Report:
        """The report of a row, whole."""
        table = tables.reports
        with self._reading() as connection:
            found = connection.execute(select(*_SUMMARY, table.c.bulk).where(table.c.id == row)).one()
        return whole(found.checks, found.rest, found.bulk)

    def fill(self, report: Report, row: int) -> Report:
        """A summary of the report of a row, perhaps changed since, with the cells and traces of that row."""
        with self._reading() as connection:
            bulk = connection.execute(
                select(tables.reports.c.bulk).where(tables.reports.c.id == row)
            ).scalar_one()
        return filled(report, bulk)

    def summaries(self) -> dict[int, Report]:
        """The reports that stand for attempts, by row, without cells and traces."""
        query = select(tables.reports.c.id, *_SUMMARY).where(
            tables.reports.c.id.in_(select(tables.attempts.c.report_id))
        )
        with self._reading() as connection:
            rows = connection.execution_options(yield_per=500).execute(query)
            return {row.id: summary(row.checks, row.rest) for row in rows}

    def identities(self) -> dict[int, str]:
        """By row of each report that stands for an attempt: what tells it from every other report."""
        table = tables.reports
        query = select(table.c.id, table.c.key, table.c.round, table.c.made_at).where(
            table.c.id.in_(select(tables.attempts.c.report_id))
        )
        with self._reading() as connection:
            rows = connection.execute(query)
            return {row.id: f"{row.key}/{row.round}/{row.made_at}" for row in rows}

    def reports(self, keep: Iterable[tuple[str, str]] | None = None) -> list[Report]:
        """The report on each student's newest attempt that has one, whole, by student and assignment.

        If `keep` is given, only those of its pairs (student, assignment).
        """
        wanted = None if keep is None else set(keep)
        found = []
        for pair, attempts in self.attempts().items():
            rows = [each.report_id for each in attempts if each.report_id is not None]
            if rows and (wanted is None or pair in wanted):
                found.append(self.report(rows[-1]))
        return found

    def reports_of(self, student: str, assignment: str) -> list[tuple[int, str | None, Report]]:
        """Every report on a student's attempts: its row, when it was made, and the report in short."""
        table = tables.reports
        query = select(table.c.id, table.c.made_at, *_SUMMARY).where(
            table.c.student == student, table.c.assignment == assignment, table.c.known.is_(False)
        )
        with self._reading() as connection:
            rows = connection.execute(query.order_by(table.c.id)).all()
        return [(row.id, row.made_at, summary(row.checks, row.rest)) for row in rows]

    # ---- diagnoses

    def diagnoses(self) -> dict[int, tuple[str, dict[str, str]]]:
        """By report's row: the hash of what it was compared with, and the mistakes found, by check."""
        with self._reading() as connection:
            rows = connection.execute(select(tables.diagnoses))
            return {row.report_id: (row.known_sha256, json.loads(row.mistakes)) for row in rows}

    def keep_diagnoses(self, found: Mapping[int, tuple[str, Mapping[str, str]]]) -> None:
        """Keep diagnoses, in place of older ones of the same reports."""
        if not found:
            return
        table = tables.diagnoses
        with self._writing() as connection:
            for row, (known, mistakes) in found.items():
                connection.execute(delete(table).where(table.c.report_id == row))
                connection.execute(
                    insert(table).values(
                        report_id=row, known_sha256=known, mistakes=json.dumps(dict(mistakes))
                    )
                )

    # ---- what people set

    def set_by_hand(self, overrides: Iterable[Override]) -> None:
        """Keep points that people set. Older ones for the same target stay as history."""
        with self._writing() as connection:
            for each in overrides:
                values = {field.name: getattr(each, field.name) for field in fields(Override)}
                connection.execute(insert(tables.overrides).values(check_id=values.pop("check"), **values))

    def overrides(self, student: str | None = None, assignment: str | None = None) -> list[Override]:
        """What people set, in the order in which they did; all of it, or one student's."""
        table = tables.overrides
        query = select(table).order_by(table.c.id)
        if student is not None:
            query = query.where(table.c.student == student)
        if assignment is not None:
            query = query.where(table.c.assignment == assignment)
        with self._reading() as connection:
            return [
                Override(
                    row.student, row.assignment, row.check_id, row.points, row.comment, row.by, row.at,
                    row.answer_sha256,
                )
                for row in connection.execute(query)
            ]  # fmt: skip

    def forget(self, student: str, assignment: str | None = None) -> filing.Forgotten:
        """Drop everything on a student, or on one of their assignments: attempts, bytes, reports, points.

        Bytes that another attempt holds too stay for that one.
        """
        with self._writing() as connection:
            return filing.forget(connection, student, assignment)

    # ---- the database

    def close(self) -> None:
        """Close the database."""
        self._engine.dispose()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with reached(self._name), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with reached(self._name), writing(self._engine) as connection:
            yield connection
