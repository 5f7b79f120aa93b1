"""What is done with attempts and their bytes within one transaction: filed, read, forgotten."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import fields
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select, update

from grader.gradebook import tables
from grader.gradebook.attempts import Filed, HandedIn, in_order, now, same_as
from grader.model.codec import from_data, to_data
from grader.model.file import Beside
from grader.model.report import SourceFile

_FILED = [tables.attempts.c[field.name] for field in fields(Filed)]


def file(connection: Connection, handed_in: HandedIn) -> bool:
    """File what was handed in, with its bytes, if it is a new attempt. Whether it is.

    Of an attempt that is filed already, what may change is brought up to date.
    """
    _keep_contents(connection, handed_in)
    pair = handed_in.student, handed_in.assignment
    values = {
        "stored": stored(handed_in),
        "source": source_text(handed_in),
        "folder": handed_in.folder,
        "origin": handed_in.origin,
    }
    known = same_as(handed_in, in_order(filed(connection, pair)).get(pair, []))
    if known is None:
        values |= {
            "student": handed_in.student,
            "assignment": handed_in.assignment,
            "submission_sha256": handed_in.submission_sha256,
            "beside_sha256": handed_in.beside_sha256,
            "submitted_at": handed_in.submitted_at,
            "seen_at": now(),
        }
        connection.execute(insert(tables.attempts).values(values))
        return True
    if handed_in.submitted_at:
        values["submitted_at"] = handed_in.submitted_at
    connection.execute(update(tables.attempts).where(tables.attempts.c.id == known.id).values(values))
    return False


def _keep_contents(connection: Connection, handed_in: HandedIn) -> None:
    own = [] if handed_in.content is None else [handed_in.content]
    for data in (*own, *(file.content for file in handed_in.files)):
        digest = hashlib.sha256(data).hexdigest()
        column = tables.contents.c.sha256
        if connection.execute(select(column).where(column == digest)).first() is None:
            connection.execute(insert(tables.contents).values(sha256=digest, data=zlib.compress(data)))


def source_text(handed_in: HandedIn) -> str | None:
    """What an attempt's row says of the file that was taken, as JSON."""
    return json.dumps(to_data(handed_in.source)) if handed_in.source else None


def content(connection: Connection, sha256: str) -> bytes:
    """The bytes with this hash."""
    column = tables.contents.c.sha256
    data = connection.execute(select(tables.contents.c.data).where(column == sha256)).scalar_one()
    return zlib.decompress(data)


class Forgotten(NamedTuple):
    """How much was dropped."""

    attempts: int
    reports: int
    overrides: int


def forget(connection: Connection, student: str, assignment: str | None = None) -> Forgotten:
    """Drop everything on a student, or on one of their assignments: attempts, bytes, reports, points.

    Bytes that another attempt holds too stay for that one.
    """

    def own(table: Table) -> ColumnElement[bool]:
        whose = table.c.student == student
        return whose if assignment is None else and_(whose, table.c.assignment == assignment)

    ids = select(tables.reports.c.id).where(own(tables.reports), tables.reports.c.known.is_(False))
    connection.execute(delete(tables.diagnoses).where(tables.diagnoses.c.report_id.in_(ids)))
    gone = [
        each
        for each in filed(connection)
        if each.student == student and assignment in (None, each.assignment)
    ]
    attempts = connection.execute(delete(tables.attempts).where(own(tables.attempts))).rowcount
    reports = connection.execute(delete(tables.reports).where(tables.reports.c.id.in_(ids))).rowcount
    overrides = connection.execute(delete(tables.overrides).where(own(tables.overrides))).rowcount
    held = {digest for each in filed(connection) for digest in _digests(each)}
    for digest in {digest for each in gone for digest in _digests(each)} - held:
        connection.execute(delete(tables.contents).where(tables.contents.c.sha256 == digest))
    return Forgotten(attempts, reports, overrides)


def stored(handed_in: HandedIn) -> str:
    """What an attempt's row says of its bytes: why there is no notebook, and the files beside it, as JSON."""
    files = [[file.name, hashlib.sha256(file.content).hexdigest()] for file in handed_in.files]
    held = {
        "problem": handed_in.problem and to_data(handed_in.problem),
        "files": files,
        "beside": handed_in.beside and to_data(handed_in.beside),
    }
    return json.dumps(held)


def beside_of(attempt: Filed) -> Beside | None:
    """The record of what lay beside an attempt's notebook."""
    held = json.loads(attempt.stored) if attempt.stored else {}
    found: Beside | None = from_data(Beside | None, held.get("beside"))
    return found


def source_of(attempt: Filed) -> SourceFile | None:
    """Which of the student's files an attempt is, as it was last found."""
    found: SourceFile | None = from_data(SourceFile | None, json.loads(attempt.source or "null"))
    return found


def filed(connection: Connection, pair: tuple[str, str] | None = None) -> list[Filed]:
    """Every attempt, or those of one student and assignment."""
    query = select(*_FILED)
    if pair is not None:
        own = tables.attempts.c
        query = query.where(own.student == pair[0], own.assignment == pair[1])
    return [Filed(*row) for row in connection.execute(query)]


def _digests(attempt: Filed) -> set[str]:
    """The hashes of all contents that an attempt holds."""
    files = json.loads(attempt.stored or "{}").get("files", ())
    return {attempt.submission_sha256, *(digest for _, digest in files)}
