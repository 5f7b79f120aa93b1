"""A database is opened, or what it is instead is said in words."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from grader.errors import StorageError, UsageError
from grader.gradebook import database
from grader.gradebook.database import FORMAT, REVISION, VERSIONS, opened, url_of
from grader.gradebook.store import Gradebook


def changed(folder: Path, *statements: str) -> Path:
    """A database in the gradebook's place, after these statements."""
    with closing(sqlite3.connect(folder / "gradebook.sqlite")) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return folder


def test_a_new_gradebook(tmp_path: Path) -> None:
    """It has the newest format, a write-ahead log, and a number that earlier versions refuse."""
    Gradebook(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute(f"SELECT version_num FROM {VERSIONS}").fetchone() == (REVISION,)
    assert [path.name for path in tmp_path.iterdir()] == ["gradebook.sqlite"]


def test_opened_by_many_at_once(tmp_path: Path) -> None:
    """Whoever comes first makes the tables; the others wait, and find them."""
    failures: list[BaseException] = []

    def open_it() -> None:
        try:
            Gradebook(tmp_path).close()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize(
    "statements",
    [
        [f"PRAGMA user_version = {FORMAT + 1}"],
        [f"CREATE TABLE {VERSIONS} (version_num TEXT)", f"INSERT INTO {VERSIONS} VALUES ('9999')"],
    ],
    ids=["its number", "its revision"],
)
def test_a_newer_gradebook_is_refused(tmp_path: Path, statements: list[str]) -> None:
    """A gradebook of a later format is not touched: the person is told, and what is in it stays."""
    before = (changed(tmp_path, *statements) / "gradebook.sqlite").read_bytes()
    with pytest.raises(UsageError, match="newer version of the grader"):
        Gradebook(tmp_path)
    if "PRAGMA" in statements[0]:
        assert (tmp_path / "gradebook.sqlite").read_bytes() == before


@pytest.mark.parametrize("table", ["reports (id INTEGER)", "grades (id INTEGER)"])
def test_another_programs_database(tmp_path: Path, table: str) -> None:
    """A database with other tables is refused in words, and gets none of ours."""
    changed(tmp_path, f"CREATE TABLE {table}")
    with pytest.raises(UsageError, match="is not a gradebook"):
        Gradebook(tmp_path)
    with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_a_folder_in_the_gradebooks_place(tmp_path: Path) -> None:
    """What can't be opened as a gradebook at all is refused in words, too."""
    (tmp_path / "gradebook.sqlite").mkdir()
    with pytest.raises(UsageError, match=r"gradebook\.sqlite"):
        Gradebook(tmp_path)


def test_a_file_that_somebody_keeps_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An earlier version of the grader, or another program, is waited for; then it is named as the cause."""
    monkeypatch.setattr(database, "WAIT_S", 0.1)
    path = changed(tmp_path, "CREATE TABLE reports (student, assignment, key, data)") / "gradebook.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UsageError, match="another program keeps .* locked"):
            Gradebook(tmp_path)


@pytest.mark.parametrize("url", ["gradebook.sqlite", "nosuch://host/name", "postgresql+nosuch://host/name"])
def test_no_url(url: str) -> None:
    """What names no database is refused, with an example of what does."""
    with pytest.raises(UsageError, match="write it as in postgresql"):
        opened(url)


def test_a_server_that_is_not_there() -> None:
    """The message names it without the password."""
    pytest.importorskip("psycopg")
    with pytest.raises((UsageError, StorageError)) as caught:
        opened("postgresql+psycopg://user:secret@127.0.0.1:1/name")
    assert "127.0.0.1" in str(caught.value) and "secret" not in str(caught.value)


def test_where_it_is(tmp_path: Path) -> None:
    """By default it is a file in the folder; a URL names any other place."""
    assert url_of(tmp_path) == f"sqlite:///{tmp_path}/gradebook.sqlite"
    assert url_of(tmp_path, "postgresql://x/y") == "postgresql://x/y"
