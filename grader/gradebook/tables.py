"""The tables of a gradebook. Rows are facts: they are added, and dropped only if a person forgets a student.

Texts that hold JSON are ASCII, so that every database takes them.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

METADATA = MetaData()

# Contents of notebooks and of files beside them, each once.
contents = Table(
    "contents",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("data", LargeBinary, nullable=False),  # zlib
)

reports = Table(
    "reports",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", Text, nullable=False),  # of a known answer: its name
    Column("assignment", Text, nullable=False),
    # Whether it is on one of the course's own answers, with which students' answers are compared.
    Column("known", Boolean, nullable=False),
    Column("key", Text, nullable=False),  # the hash of all that the report depends on
    # From 0. More than one only if it was asked for, or if the one before is `internal`, which is no verdict.
    Column("round", Integer, nullable=False),
    Column("submission_sha256", Text, nullable=False),
    Column("beside_sha256", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("score", Float),
    Column("max_score", Float, nullable=False),
    Column("made_at", Text),  # ISO 8601, UTC; NULL in a gradebook that did not keep times yet
    # The report in parts, so that a class is listed without unpacking everything: see grader.gradebook.rows.
    Column("checks", LargeBinary, nullable=False),
    Column("rest", LargeBinary, nullable=False),
    Column("bulk", LargeBinary, nullable=False),
    UniqueConstraint("student", "assignment", "known", "key", "round", name="one_report_each"),
)

attempts = Table(
    "attempts",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", Text, nullable=False),
    Column("assignment", Text, nullable=False),
    Column("submission_sha256", Text, nullable=False),
    Column("beside_sha256", Text, nullable=False),
    Column("submitted_at", Text),  # ISO 8601 with offset; NULL if nothing says when
    Column("seen_at", Text),  # when this gradebook met it; ISO 8601, UTC
    Column("origin", Text, nullable=False),  # where it came from, in a few words
    # JSON: why there is no notebook, and the files beside it by name and content. NULL: bytes were not kept.
    Column("stored", Text),
    Column("source", Text),  # JSON: which of the student's files it is, as it was last found
    Column("folder", Text, nullable=False),  # the student's, for files
    Column("report_id", Integer, ForeignKey("reports.id")),  # that stands for it now
    Index("attempts_of", "student", "assignment"),
)

# Which known mistake a report's answers show. Derived, and kept because it takes long to find out.
diagnoses = Table(
    "diagnoses",
    METADATA,
    Column("report_id", Integer, ForeignKey("reports.id"), primary_key=True),
    Column("known_sha256", Text, nullable=False),  # of all that it was compared with
    Column("mistakes", Text, nullable=False),  # JSON: the mistake's name by check
)

overrides = Table(
    "overrides",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("student", Text, nullable=False),
    Column("assignment", Text, nullable=False),
    Column("check_id", Text),  # of a check or of a question that is marked by hand; NULL: the total
    Column("points", Float),
    Column("comment", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("answer_sha256", Text, nullable=False),
    Index("overrides_of", "student", "assignment"),
)
