"""What differs between two states of a class."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.comparing import compare
from grader.errors import UsageError
from grader.exchange.results_jsonl import results_jsonl
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.report import FAILED
from reports import report, results


def folder(path: Path, *reports: Any, **more: Any) -> str:
    path.mkdir()
    lines = [json.dumps(json.loads(line) | more) for line in results_jsonl(reports).splitlines()]
    (path / "results.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def test_by_student_and_check(tmp_path: Path) -> None:
    """What is new, gone or worth something else; what is the same is left out."""
    before = folder(tmp_path / "a", report("amy"), report("ben"), report("cat"))
    worse = report("ben", checks=results(test_last=FAILED))
    after = folder(tmp_path / "b", report("amy"), worse, report("dan"))
    changes = compare(before, after)
    assert [(each.student, bool(each.before), bool(each.after)) for each in changes] == [
        ("ben", True, True),
        ("cat", True, False),
        ("dan", False, True),
    ]
    (check,) = changes[0].checks
    assert (check.id, check.before, check.after) == ("test_last", ("passed", 5.5), ("failed", 0))
    assert changes[0].record["after"]["score"] == 4.5
    assert changes[0].record["checks"][0]["before"] == {"verdict": "passed", "points": 5.5}
    assert compare(before, before) == []


def test_what_counts_is_compared(tmp_path: Path) -> None:
    """Where a record says what counts, that is compared, not the points of the checks."""
    before = folder(tmp_path / "a", report("amy"), final_score=9, final_max_score=10)
    after = folder(tmp_path / "b", report("amy"), final_score=10, final_max_score=10)
    (change,) = compare(before, after)
    assert (change.record["before"]["score"], change.record["after"]["score"], change.checks) == (9, 10, ())


def test_gradebooks(tmp_path: Path) -> None:
    """A gradebook, by its file or its URL, tells the newest attempts."""
    with Gradebook(tmp_path / "a") as book:
        for sha256, checks in (("one", results(test_last=FAILED)), ("two", results())):
            book.see([HandedIn("amy", "linreg", sha256, b"{}")])
            book.add(report("amy", submission_sha256=sha256, checks=checks))
    before = folder(tmp_path / "b", report("amy", submission_sha256="two"))
    path = tmp_path / "a" / "gradebook.sqlite"
    assert compare(before, str(path)) == compare(before, f"sqlite:///{path}") == []


@pytest.mark.parametrize(("text", "words"), [(None, "there is no results.jsonl"), ("{", "can't be read")])
def test_no_state(tmp_path: Path, text: str | None, words: str) -> None:
    """What is no folder of `grade`, or is torn, is refused in words."""
    if text:
        (tmp_path / "results.jsonl").write_text(text)
    with pytest.raises(UsageError, match=words):
        compare(str(tmp_path), str(tmp_path))
