"""Attempts as the gradebook holds them: their order, and what is the same as before."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.language.catalogue import Text
from grader.model.file import Beside, File
from grader.model.report import SourceFile


@dataclass(frozen=True)
class HandedIn:
    """One notebook as it was handed in, with the files beside it."""

    student: str
    assignment: str
    submission_sha256: str
    content: bytes | None  # None if there is no notebook
    problem: Text | None = None  # why there is none
    files: tuple[File, ...] = ()
    beside: Beside | None = None  # the record of what lay beside it
    submitted_at: str | None = None  # ISO 8601 with offset; None if nothing says when
    origin: str = ""  # where it came from, in a few words
    source: SourceFile | None = None
    folder: str = ""  # the student's, for files

    @property
    def beside_sha256(self) -> str:
        """Of the files beside it; empty if there are none."""
        return self.beside.sha256 if self.beside else ""

    @property
    def identity(self) -> tuple[str, str]:
        """What two attempts with the same contents share."""
        return self.submission_sha256, self.beside_sha256


@dataclass(frozen=True)
class Filed:
    """One attempt as it is filed."""

    id: int
    student: str
    assignment: str
    submission_sha256: str
    beside_sha256: str
    submitted_at: str | None
    seen_at: str | None
    origin: str
    stored: str | None  # JSON: see Gradebook.see; None if its bytes are not known
    source: str | None  # JSON
    folder: str
    report_id: int | None

    @property
    def identity(self) -> tuple[str, str]:
        """What two attempts with the same contents share."""
        return self.submission_sha256, self.beside_sha256

    @property
    def pair(self) -> tuple[str, str]:
        """Its student and assignment."""
        return self.student, self.assignment

    @property
    def order(self) -> tuple[datetime.datetime, int]:
        """When it was handed in, as far as anything says so; else when it was met."""
        return _instant(self.submitted_at or self.seen_at), self.id


_LONG_AGO = datetime.datetime(1, 1, 2, tzinfo=datetime.UTC)


def now() -> str:
    """The time of day, in UTC to the second. Nothing that is graded depends on it."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _instant(text: str | None) -> datetime.datetime:
    """The moment that ISO 8601 names; long ago if it names none."""
    try:
        moment = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        return _LONG_AGO
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


def in_order(attempts: Iterable[Filed]) -> dict[tuple[str, str], list[Filed]]:
    """Attempts by student and assignment, sorted, each pair's in the order of handing in."""
    found: dict[tuple[str, str], list[Filed]] = {}
    for attempt in attempts:
        found.setdefault(attempt.pair, []).append(attempt)
    return {pair: sorted(found[pair], key=lambda each: each.order) for pair in sorted(found)}


def same_as(handed_in: HandedIn, filed: Sequence[Filed]) -> Filed | None:
    """The attempt that this is, among those of the same student and assignment in order; None if it is new.

    Where something says when it was handed in, contents and time decide. Where nothing does, what is found is
    a new attempt if it differs from the newest one: the folder of submissions shows what counts now.
    """
    alike = [each for each in filed if each.identity == handed_in.identity]
    if handed_in.submitted_at is None:
        return filed[-1] if alike and alike[-1] is filed[-1] else None
    moment = _instant(handed_in.submitted_at)
    timed = [each for each in alike if each.submitted_at and _instant(each.submitted_at) == moment]
    untimed = [each for each in alike if each.submitted_at is None]
    found = timed or untimed
    return found[-1] if found else None
