"""A gradebook of format 0, which kept English and Chinese in separate fields, stays readable."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.gradebook import migrations, store
from grader.gradebook.store import TABLES, Gradebook, key_of
from grader.language.catalogue import Text
from grader.model.codec import to_data
from grader.model.report import REJECTED, Report
from reports import CHECKS, FULL, report

REJECTED_REPORT = report(
    "bob", outcome=REJECTED, checks=(), score=0, reason=Text("This is not a notebook.", "这不是笔记本。")
)
BROKEN = report("eve", outcome="internal", checks=(), score=None, reason=Text.verbatim("the worker died"))
SOLUTION = report("solution", submission_sha256="s0l")


def split(text: dict[str, str] | None, empty: str | None = None) -> tuple[str | None, str]:
    """A text as the two fields of format 0. Chinese is empty where it is no other than English."""
    if text is None:
        return empty, ""
    return text["en"], text["zh"] if text["zh"] != text["en"] else ""


def old(value: Report) -> dict[str, Any]:
    """The report as format 0 wrote it, with the fields in their old order."""
    data = json.loads(json.dumps(to_data(value)))
    reason, reason_zh = split(data.pop("reason"))
    for cell in data["execution"]["cells"]:
        cell["error"], cell["error_zh"] = split(cell["error"])
    execution = data["execution"]
    execution["message"], execution["message_zh"] = split(execution["message"])
    for result in data["checks"]:
        check = result["check"]
        title, zh = split(check["title"])
        hint, zh_hint = split(check["hint"], "")
        result["check"] = {
            "id": check["id"], "points": check["points"], "title": title, "visibility": check["visibility"],
            "zh": zh, "hint": hint, "zh_hint": zh_hint, "depends": check["depends"],
        }  # fmt: skip
    return {**data, "reason": reason, "reason_zh": reason_zh}


def test_the_old_form() -> None:
    """These tests build what format 0 wrote."""
    check = old(FULL)["checks"][0]["check"]
    assert check == {
        "id": "test_line", "points": 2, "title": "The line is close", "visibility": "public",
        "zh": "直线接近",
        "hint": "Are the gradients cleared?", "zh_hint": "清零了吗?", "depends": [],
    }  # fmt: skip
    assert old(FULL)["execution"]["cells"][1]["error_zh"] == "没有 w"
    assert old(REJECTED_REPORT)["reason_zh"] == "这不是笔记本。" and old(FULL)["reason"] is None


@pytest.fixture
def book_of_format_0(tmp_path: Path) -> Callable[..., Path]:
    """A folder with a gradebook as the old version left it."""

    def of(
        reports: tuple[Report, ...] = (FULL, REJECTED_REPORT, BROKEN),
        known: tuple[Report, ...] = (SOLUTION,),
        change: Callable[[dict[str, Any]], dict[str, Any]] = lambda data: data,
    ) -> Path:  # fmt: skip
        with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as database, database:
            for table in TABLES:
                database.execute(table)
            for name, values in (("reports", reports), ("known", known)):
                for each in values:
                    row = (each.student, each.assignment, key_of(each.submission_sha256, each.provenance),
                           json.dumps(change(old(each)), ensure_ascii=True))  # fmt: skip
                    database.execute(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", row)
        return tmp_path

    return of


def version(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "gradebook.sqlite")) as database:
        (found,) = database.execute("PRAGMA user_version").fetchone()
    return int(found)


def rows(folder: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(folder / "gradebook.sqlite")) as database:
        return [
            *database.execute("SELECT * FROM reports ORDER BY student"),
            *database.execute("SELECT * FROM known"),
        ]


def read(folder: Path) -> tuple[list[Report], Report | None, Report | None]:
    """All reports, and what is found for a submission that was graded and for a known answer."""
    with Gradebook(folder) as book:
        return (
            book.reports(),
            book.get(FULL.student, FULL.assignment, FULL.submission_sha256, FULL.provenance),
            book.get("solution", "linreg", "s0l", SOLUTION.provenance, known=True),
        )


def test_everything_is_readable(book_of_format_0: Callable[..., Path]) -> None:
    """Every report comes back equal and is found under its old key, on this opening and on the next."""
    folder = book_of_format_0()
    expected = (sorted([FULL, REJECTED_REPORT, BROKEN], key=lambda each: each.student), FULL, SOLUTION)
    assert version(folder) == 0 and read(folder) == expected
    assert version(folder) == migrations.FORMAT
    kept = rows(folder)
    assert read(folder) == expected and rows(folder) == kept


def test_a_gradebook_that_goes_on(book_of_format_0: Callable[..., Path]) -> None:
    """New reports go beside the old ones, and are not rewritten by the next opening."""
    folder = book_of_format_0((FULL,))
    with Gradebook(folder) as book:
        book.add(report("amy"))
    with Gradebook(folder) as book:
        assert book.reports() == [report("amy"), FULL]


def test_a_new_gradebook_has_the_current_format(tmp_path: Path) -> None:
    """There is nothing to rewrite in it."""
    Gradebook(tmp_path).close()
    assert version(tmp_path) == migrations.FORMAT and rows(tmp_path) == []


def test_fields_that_format_0_got_later(book_of_format_0: Callable[..., Path]) -> None:
    """Rows from before Chinese was kept at all are readable, too: English stands for both."""

    def older(data: dict[str, Any]) -> dict[str, Any]:
        del data["reason_zh"], data["execution"]["message_zh"]
        for cell in data["execution"]["cells"]:
            del cell["error_zh"]
        for result in data["checks"]:
            for name in ("zh", "hint", "zh_hint"):
                del result["check"][name]
        return data

    (found,), same, _ = read(book_of_format_0((FULL,), change=older))
    assert found == same and found.score == FULL.score
    assert found.checks[0].check == replace(CHECKS[0], title=Text.verbatim("The line is close"), hint=None)
    assert found.execution.message == Text.verbatim("NameError: name 'w' is not defined")


def test_a_process_that_is_killed_in_the_middle(
    book_of_format_0: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old gradebook is left as it was, and the next opening rewrites it."""
    folder = book_of_format_0()
    before = rows(folder)
    merge, merged = migrations.texts_merged, []

    class Killed(BaseException):
        pass

    def killed_at_the_third(data: dict[str, Any]) -> dict[str, Any]:
        merged.append(data)
        if len(merged) == 3:
            raise Killed
        return merge(data)

    connections = []
    connect = sqlite3.connect
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "texts_merged", killed_at_the_third)
        patch.setattr(
            store.sqlite3, "connect", lambda *a, **b: connections.append(connect(*a, **b)) or connections[-1]
        )
        with pytest.raises(Killed):
            Gradebook(folder)
    connections[0].close()  # as the system does with a killed process's files
    assert (version(folder), rows(folder)) == (0, before)
    reports, found, known = read(folder)
    assert (len(reports), found, known) == (3, FULL, SOLUTION)


def test_a_newer_gradebook_is_refused(tmp_path: Path) -> None:
    """A gradebook of a later format is not touched: the person is told, and what is in it stays."""
    with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as database:
        database.execute(f"PRAGMA user_version = {migrations.FORMAT + 1}")
    before = (tmp_path / "gradebook.sqlite").read_bytes()
    with pytest.raises(UsageError, match="newer version of the grader"):
        Gradebook(tmp_path)
    assert (tmp_path / "gradebook.sqlite").read_bytes() == before
