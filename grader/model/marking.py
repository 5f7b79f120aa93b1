"""What a person who marks answers by hand has before them, and what they give back."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Answered:
    """One student's answer to a question."""

    student: str
    submission_sha256: str
    text: str  # empty if it is as it was handed out
    is_found: bool  # whether the notebook has a cell for it
    answer_sha256: str  # "" if no cell was found
    points: float | None = None  # that were given so far
    comment: str = ""


@dataclass(frozen=True)
class Sheet:
    """All answers to one question."""

    assignment: str
    question: str
    max_points: float
    rows: tuple[Answered, ...]
    hides_names: bool = False

    @property
    def open_rows(self) -> int:
        """How many answers have no points yet."""
        return sum(row.points is None for row in self.rows)

    def key(self, row: Answered) -> str:
        """By which a row is known when it comes back: of exactly this answer of this student."""
        parts = (row.student, self.assignment, self.question, row.submission_sha256, row.answer_sha256)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True)
class Given:
    """What stands in one row of a sheet that came back."""

    file: str
    line: int  # from 1
    key: str
    points: float | None  # None if the cell is empty
    comment: str
    takes_back: bool = False  # a dash stands in place of points
