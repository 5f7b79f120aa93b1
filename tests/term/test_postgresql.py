"""PostgreSQL holds what SQLite holds: the same facts, and every file the same. The server is Debian's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from courses import made
from grader.classroom.history import history
from grader.classroom.reporting import write_reports
from grader.errors import UsageError
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text
from grader.model.mark import Override
from grader.model.report import FAILED, REJECTED, CheckResult
from reports import FULL, report

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
NAMES = ("Zoë", "amy", "Ben", "张伟", "ábel", "=cmd|calc")  # in an order that depends on the locale


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server of our own, which listens to a socket in its own folder alone."""
    pytest.importorskip("psycopg", reason="pip install 'grader[postgresql]'")
    if not BINARIES:
        pytest.skip("apt-get install postgresql")
    # The server refuses to run as root.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as name:
        if user:
            shutil.chown(name, "postgres")

        def run(program: str, *arguments: str) -> None:
            command = [*user, str(BINARIES[-1] / program), "-D", f"{name}/data", *arguments]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

        run("initdb", "-A", "trust", "-U", "grader", "-E", "UTF8")
        run("pg_ctl", "-w", "-l", f"{name}/log", "-o", f"-k {name} -c listen_addresses=''", "start")
        try:
            yield f"postgresql+psycopg://grader@/{{}}?host={name}"
        finally:
            run("pg_ctl", "-w", "-m", "immediate", "stop")


@pytest.fixture
def url(server: str) -> Iterator[str]:
    """An empty database."""
    import psycopg

    host = server.partition("host=")[2]
    with psycopg.connect(f"host={host} user=grader dbname=postgres", autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS term")
        connection.execute("CREATE DATABASE term")
    yield server.format("term")


def fill(book: Gradebook, checks: tuple[CheckResult, ...]) -> None:
    """Students with odd names, two attempts, a report in full, a rejected file, points by hand."""
    for student in NAMES:
        for sha256, score in (("one", 0), ("two", 3)):
            book.see([HandedIn(student, "halve", sha256, b"\0\xff", folder=f"f-{NAMES.index(student)}")])
            row = book.add(report(student, "halve", checks=checks, score=score, submission_sha256=sha256))
            book.keep_diagnoses({row: ("known", {"test_others": "doubles"})})
    why = Text("not a notebook \0", "不是笔记本")
    book.see([HandedIn("dan", "halve", "why", None, why)])
    book.add(
        report("dan", "halve", outcome=REJECTED, checks=(), score=0, reason=why, submission_sha256="why")
    )
    book.add(FULL, known=True)
    book.set_by_hand([Override("amy", "halve", None, 9.5, "oral", "kim", "2026-11-02T10:00:00+00:00")])


def test_the_same_files(url: str, tmp_path: Path) -> None:
    """Every file is the same byte for byte, in the same order, and so is what a history tells."""
    course = made(tmp_path / "course")
    checks = tuple(
        CheckResult(check, FAILED, "assert \ud800") for check in course.assignments["halve"].checks
    )
    found = []
    for name, where in (("sqlite", None), ("postgresql", url)):
        out = tmp_path / name
        with Gradebook(out, where) as book:
            fill(book, checks)
            assert book.get("zoë", "linreg", "5ub", FULL.provenance, known=True) == FULL
        write_reports(course, out, gradebook=where)
        files = {path.relative_to(out): path.read_bytes() for path in out.rglob("[!.]*.[hcj][ts][mvo]*")}
        events = [each.record | {"at": None} for each in history(out, "Zoë", "halve", gradebook=where)]
        found.append((files, events))
    (some, then), (others, later) = found
    assert [
        str(path) for path in some if some[path] != others.get(path)
    ] == [] and some.keys() == others.keys()
    assert then == later and len(some) > 20


def test_a_student_is_forgotten(url: str, tmp_path: Path) -> None:
    """As in SQLite."""
    with Gradebook(tmp_path, url) as book:
        fill(book, ())
        assert book.forget("amy") == (2, 2, 1)
        assert ("amy", "halve") not in book.attempts()


def test_many_at_once(url: str, tmp_path: Path) -> None:
    """Whoever comes first makes the tables; one report is kept for what several have graded."""
    failures: list[BaseException] = []

    def grade() -> None:
        try:
            with Gradebook(tmp_path, url) as book:
                book.see([HandedIn("amy", "halve", "one", b"{}")])
                for number in range(20):
                    book.add(report(f"s{number}", "halve"))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=grade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with Gradebook(tmp_path, url) as book:
        assert [len(book.reports_of(f"s{number}", "halve")) for number in range(20)] == [1] * 20
        assert len(book.attempts()["amy", "halve"]) == 1


def test_another_programs_database(url: str, tmp_path: Path) -> None:
    """It is refused, and gets none of our tables."""
    import psycopg

    dsn = f"host={url.partition('host=')[2]} user=grader dbname=term"
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE grades (id INTEGER)")
    with pytest.raises(UsageError, match="is not a gradebook"):
        Gradebook(tmp_path, url)
