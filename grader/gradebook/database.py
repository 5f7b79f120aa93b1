"""Opens a gradebook's database, and says in words what can't be opened or written.

By default it is one SQLite file with a write-ahead log: whoever writes waits for another writer, readers wait
for nobody, and a process that is killed leaves what it has committed. Any other database is named by its URL.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from grader.errors import StorageError, UsageError
from grader.gradebook.legacy import FORMAT as OLD_FORMAT

NAME = "gradebook.sqlite"
WAIT_S = 60.0  # for another process that writes: it does so for one report at a time
REVISION = "0001"  # of the newest migration
FORMAT = (
    2  # SQLite's user_version: earlier versions of the grader refuse a file with a higher one than theirs
)
VERSIONS = "grader_version"  # the table in which Alembic keeps the revision
LOCK = 0x67726164  # of PostgreSQL's advisory locks: who writes waits for it, as SQLite does by itself
OLD_TABLES = {"reports", "known"}


def url_of(folder: Path, url: str | None = None) -> str:
    """The database's URL: the one that is given, or that of the file in the folder."""
    return url or f"sqlite:///{folder / NAME}"


def opened(url: str) -> Engine:
    """The database, with all tables in it. Older gradebooks are brought to the current format.

    Raises UsageError if it is no gradebook or one of a newer version, StorageError if it can't be reached.
    """
    name = _shown(url)
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise UsageError(
            f"{name} names no database that can be used ({_first_line(error)}); "
            "write it as in postgresql+psycopg://user@host/name and install its driver"
        ) from None
    if engine.dialect.name == "sqlite":
        _set_up_sqlite(engine)
    try:
        _use_log(engine)
        with writing(engine) as connection:
            if not _is_current(connection, name):
                _migrate(connection)
    except (SQLAlchemyError, sqlite3.Error) as error:
        engine.dispose()
        raise _unusable(name, error) from None
    except BaseException:
        engine.dispose()
        raise
    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes. One at a time: it waits for another process's, which is short."""
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        yield connection


@contextmanager
def reached(name: str) -> Iterator[None]:
    """Turn the database's errors into a StorageError that says what to do."""
    try:
        yield
    except DBAPIError as error:
        raise StorageError(
            f"the gradebook {name}: {_first_line(error.orig)}. Finished work is kept. Fix the cause (a full "
            "disk? permissions? a server that is gone?) and run the same command again."
        ) from error


def _set_up_sqlite(engine: Engine) -> None:
    """Let SQLAlchemy say where transactions begin, and let a writer wait for another one."""

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None  # otherwise Python begins and ends transactions on its own
        connection.execute(f"PRAGMA busy_timeout = {int(WAIT_S * 1000)}")
        connection.execute("PRAGMA synchronous = FULL")  # a report outlives a power cut
        connection.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A reader that becomes a writer could not wait, so a writer begins as one.
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _use_log(engine: Engine) -> None:
    """Switch SQLite to its write-ahead log, if the file system can hold one. It stays switched."""
    if engine.dialect.name != "sqlite":
        return
    deadline = time.monotonic() + WAIT_S
    with closing(engine.raw_connection()) as raw:
        # What a newer version has made is left as it is.
        (version,) = raw.cursor().execute("PRAGMA user_version").fetchone()
        while version <= FORMAT:
            try:
                raw.cursor().execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                # Here SQLite does not wait by itself.
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)


def _is_current(connection: Connection, name: str) -> bool:
    """Whether the tables are those of this version. Raises UsageError if it is not ours, or newer."""
    tables = set(inspect(connection).get_table_names())
    if VERSIONS in tables:
        found = connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar()
        if found is not None and found > REVISION:
            raise _newer(name)
        return found == REVISION
    if connection.dialect.name == "sqlite":
        version = connection.execute(text("PRAGMA user_version")).scalar() or 0
        if version > OLD_FORMAT:
            raise _newer(name)
    if not tables:
        return False
    columns = {
        column["name"] for table in tables & OLD_TABLES for column in inspect(connection).get_columns(table)
    }
    if "reports" not in tables or not {"student", "assignment", "key", "data"} <= columns:
        raise _foreign(name)
    return False


def _migrate(connection: Connection) -> None:
    """Bring the database to the newest format, within the transaction that is under way."""
    # Imported here: a gradebook that is current, which nearly every one is, does without.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA user_version = {FORMAT}"))


def _newer(name: str) -> UsageError:
    return UsageError(
        f"{name} was written by a newer version of the grader; update this one, or choose another --out"
    )


def _foreign(name: str) -> UsageError:
    return UsageError(f"{name} is not a gradebook; move it away, or choose another --out")


def _unusable(name: str, error: SQLAlchemyError | sqlite3.Error) -> UsageError | StorageError:
    words = _first_line(getattr(error, "orig", None) or error)
    if "not a database" in words:
        return _foreign(name)
    if "locked" in words:
        return UsageError(f"another program keeps {name} locked; wait for it, or choose another --out")
    if "full" in words:
        return StorageError(f"{name} can't be opened: {words}. Make room and run the same command again.")
    return UsageError(f"{name} can't be opened: {words}; move it away, or choose another --out")


def _shown(url: str) -> str:
    """The database as messages name it, without a password."""
    if url.startswith("sqlite:///"):
        return url.removeprefix("sqlite:///")
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return url


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
