"""Gradebooks from before attempts and before Alembic (formats 0 and 1) open with everything in them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.gradebook import legacy
from grader.gradebook.attempts import HandedIn
from grader.gradebook.database import FORMAT
from grader.gradebook.keys import key_of
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text
from grader.model.codec import to_data
from grader.model.report import REJECTED, Report
from reports import CHECKS, FULL, report

TABLES = (
    "CREATE TABLE reports"
    " (student TEXT, assignment TEXT, key TEXT, data TEXT, PRIMARY KEY (student, assignment))",
    "CREATE TABLE known (name TEXT, assignment TEXT, key TEXT, data TEXT, PRIMARY KEY (name, assignment))",
)
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
def old_book(tmp_path: Path) -> Callable[..., Path]:
    """A folder with a gradebook as an old version left it."""

    def of(
        reports: tuple[Report, ...] = (FULL, REJECTED_REPORT, BROKEN),
        known: tuple[Report, ...] = (SOLUTION,),
        change: Callable[[dict[str, Any]], dict[str, Any]] = lambda data: data,
        number: int = 0,
    ) -> Path:
        with closing(sqlite3.connect(tmp_path / "gradebook.sqlite")) as database, database:
            for table in TABLES:
                database.execute(table)
            for name, values in (("reports", reports), ("known", known)):
                for each in values:
                    data = old(each) if number == 0 else to_data(each)
                    row = (
                        each.student,
                        each.assignment,
                        key_of(each.submission_sha256, each.provenance),
                        json.dumps(change(data), ensure_ascii=True),
                    )
                    database.execute(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", row)
            database.execute(f"PRAGMA user_version = {number}")
        return tmp_path

    return of


def version(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "gradebook.sqlite")) as database:
        (found,) = database.execute("PRAGMA user_version").fetchone()
    return int(found)


def old_rows(folder: Path) -> list[tuple[str, ...]]:
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


@pytest.mark.parametrize("number", [0, 1])
def test_everything_is_readable(old_book: Callable[..., Path], number: int) -> None:
    """Every report comes back equal and is found under its old key, on this opening and on the next.

    Each is an attempt of which the bytes are not known.
    """
    folder = old_book(number=number)
    expected = (sorted([FULL, REJECTED_REPORT, BROKEN], key=lambda each: each.student), FULL, SOLUTION)
    assert version(folder) == number
    assert read(folder) == expected and version(folder) == FORMAT
    assert read(folder) == expected
    with Gradebook(folder) as book:
        attempts = [each for filed in book.attempts().values() for each in filed]
        assert [(each.student, each.stored, each.seen_at) for each in attempts] == [
            ("bob", None, None),
            ("eve", None, None),
            ("zoë", None, None),
        ]


def test_a_gradebook_that_goes_on(old_book: Callable[..., Path]) -> None:
    """What is handed in now goes beside what an old gradebook holds."""
    folder = old_book((FULL,))
    with Gradebook(folder) as book:
        book.see([HandedIn("amy", "linreg", "5ub", b"{}")])
        book.add(report("amy"))
    with Gradebook(folder) as book:
        assert book.reports() == [report("amy"), FULL]


def test_a_gradebook_from_before_known_answers(old_book: Callable[..., Path]) -> None:
    """It has one table only, and opens with what it has."""
    folder = old_book((FULL,), ())
    with closing(sqlite3.connect(folder / "gradebook.sqlite")) as database:
        database.execute("DROP TABLE known")
    assert read(folder) == ([FULL], FULL, None)


def test_fields_that_format_0_got_later(old_book: Callable[..., Path]) -> None:
    """Rows from before Chinese was kept at all are readable, too: English stands for both."""

    def older(data: dict[str, Any]) -> dict[str, Any]:
        del data["reason_zh"], data["execution"]["message_zh"]
        for cell in data["execution"]["cells"]:
            del cell["error_zh"]
        for result in data["checks"]:
            for name in ("zh", "hint", "zh_hint"):
                del result["check"][name]
        return data

    (found,), same, _ = read(old_book((FULL,), change=older))
    assert found == same and found.score == FULL.score
    assert found.checks[0].check == replace(CHECKS[0], title=Text.verbatim("The line is close"), hint=None)
    assert found.execution.message == Text.verbatim("NameError: name 'w' is not defined")


def test_a_process_that_is_killed_in_the_middle(
    old_book: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old gradebook is left as it was, and the next opening brings it over."""
    folder = old_book()
    before = old_rows(folder)
    bring_over, brought = legacy.bring_over, []

    class Killed(BaseException):
        pass

    def killed_at_the_third(*arguments: Any) -> None:
        brought.append(arguments)
        if len(brought) == 3:
            raise Killed
        bring_over(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(legacy, "bring_over", killed_at_the_third)
        with pytest.raises(Killed):
            Gradebook(folder)
    assert (version(folder), old_rows(folder)) == (0, before)
    reports, found, known = read(folder)
    assert (len(reports), found, known) == (3, FULL, SOLUTION)
