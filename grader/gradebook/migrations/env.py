"""What Alembic runs to migrate the gradebook that grader.gradebook.database has open.

To change the tables: change grader.gradebook.tables, add a file to `versions/` that says how a gradebook gets
there, and set REVISION in grader.gradebook.database to its revision.
"""

from __future__ import annotations

from alembic import context

from grader.gradebook.database import VERSIONS

context.configure(
    connection=context.config.attributes["connection"], version_table=VERSIONS, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
