"""Attempts, contents, and reports that stay, in place of the last report of each student.

A gradebook from before has two tables: the last report for each student and assignment, and reports on the
course's own answers. Every one of them is kept, under its key. Each student's becomes an attempt of which the
bytes are not known.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from grader.gradebook import legacy
from grader.gradebook.tables import METADATA

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and bring over what an older gradebook holds."""
    connection = op.get_bind()
    old = sorted({"reports", "known"} & set(sa.inspect(connection).get_table_names()))
    # Only SQLite ever had the older format.
    version = connection.execute(sa.text("PRAGMA user_version")).scalar() if old else None
    for table in old:
        op.rename_table(table, f"old_{table}")
    METADATA.create_all(connection)
    for table in old:
        owner = "name" if table == "known" else "student"
        rows = connection.execute(
            sa.text(f"SELECT {owner}, assignment, key, data FROM old_{table} ORDER BY rowid")
        )
        for student, assignment, key, data in rows.fetchall():
            report = json.loads(data)
            if version == 0:
                report = legacy.texts_merged(report)
            legacy.bring_over(connection, student, assignment, key, report, table == "known")
        op.drop_table(f"old_{table}")
