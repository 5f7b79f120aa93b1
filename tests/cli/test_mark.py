"""`grader mark` writes sheets, reads them in, and changes points: in the gradebook, and on every page."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import courses
from grader.cli.main import main
from grader.gradebook.attempts import HandedIn
from grader.gradebook.store import Gradebook
from grader.model.report import Answer
from reports import report

QUESTION = '\n[[manual]]\nid = "why"\ntitle = "Why?"\nzh_title = "为什么？"\npoints = 3\n'
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command on a class of two, which was graded; the result is what it prints."""
    root = courses.write(tmp_path / "course", {courses.TOML_FILE: courses.TOML + QUESTION})
    with Gradebook(tmp_path / "out") as book:
        for student, answer in (("amy", "Because."), ("bo", "")):
            book.see([HandedIn(student, "halve", student, b"{}", folder=student)])
            made = report(student, "halve", submission_sha256=student, answers=(Answer("why", answer),))
            (attempt,) = book.attempts()[student, "halve"]
            book.stand({attempt.id: book.add(made)})

    def result(*options: object) -> str:
        arguments = ["mark", str(tmp_path / "out"), "--course", str(root), "--lang", "en", *map(str, options)]
        assert main(arguments) == 0
        return capsys.readouterr().out

    return result


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def filled(path: Path, *points: str) -> Path:
    """A sheet with points filled in, as a spreadsheet saves it."""
    table = rows(path)
    marked = path.with_name("marked.csv")
    with marked.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(table[0]))
        out.writeheader()
        out.writerows(row | {"points": given, "comment": "seen"} for row, given in zip(table, points))
    return marked


def record(folder: Path, student: str) -> dict[str, Any]:
    lines = (folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return next(found for found in map(json.loads, lines) if found["student"] == student)


def test_out_and_in(run: Run, tmp_path: Path) -> None:
    """A sheet goes out as a page and as CSV, comes in once, and the student's page and the records follow."""
    assert "halve" in (said := run()) and "halve-why.html" in said
    sheet = tmp_path / "out" / "marking" / "halve-why.csv"
    assert [(row["student"], row["answer"]) for row in rows(sheet)] == [("amy", "Because."), ("bo", "")]
    assert "Because." in sheet.with_suffix(".html").read_text(encoding="utf-8")
    marked = filled(sheet, "2.5", "")
    assert run("--read", marked, "--by", "Lin").startswith("1 taken, 0 unchanged, 1 not taken")
    assert run("--read", marked).startswith("0 taken, 1 unchanged, 1 not taken")
    amy, bo = record(tmp_path, "amy"), record(tmp_path, "bo")
    assert (amy["manual"], amy["final_score"], bo["manual"], bo["final_score"]) == (
        {"why": 2.5}, 12.5, {"why": None}, None
    )  # fmt: skip
    page = (tmp_path / "out" / "students" / "amy" / "halve.html").read_text(encoding="utf-8")
    assert "2.5 / 3" in page and "seen" in page and "Lin" not in page
    grades = (tmp_path / "out" / "grades.csv").read_text(encoding="utf-8-sig")
    assert grades == "student,halve\namy,12.5\nbo,\n"


def test_hidden_names(run: Run, tmp_path: Path) -> None:
    """Neither file names anyone."""
    run("--hide-names")
    for name in ("halve-why.csv", "halve-why.html"):
        text = (tmp_path / "out" / "marking" / name).read_text(encoding="utf-8")
        assert "amy" not in text and ">bo<" not in text


def test_a_total_and_a_check(run: Run, tmp_path: Path) -> None:
    """Points are changed with a reason, and taken back; the gradebook keeps every step."""
    options = ("--student", "amy", "--assignment", "halve")
    said = run(*options, "--points", 7, "--comment", "as agreed", "--by", "Lin")
    assert said == "amy halve: 7 (as agreed)\n" and record(tmp_path, "amy")["final_score"] == 7
    assert run(*options, "--take-back").endswith("the computed points count again\n")
    assert record(tmp_path, "amy")["final_score"] is None
    run(*options, "--check", "test_half", "--points", 1, "--comment", "nearly")
    with Gradebook(tmp_path / "out") as book:
        first, *rest = book.overrides()
    assert (first.check, first.points, first.by, len(rest)) == (None, 7, "Lin", 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--points", "3"], "whose points? Say --student NAME and --assignment NAME"),
        (["--student", "amy"], "for which assignment? Say --assignment NAME once"),
        (
            ["--student", "amy", "--assignment", "halve"],
            "say either --points N and --comment TEXT, or --take-back",
        ),
        (["--student", "amy", "--assignment", "halve", "--points", "3"], "need a reason"),
        (["--student", "amy", "--hide-names"], "--student changes one student's points"),
        (["--read", "a.csv", "--hide-names"], "--hide-names is for writing sheets"),
        (["--read", "a.csv"], "a.csv can't be read (No such file or directory)"),
    ],
)
def test_what_makes_no_sense(
    options: list[str], message: str, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options that don't say one thing to do are wrong usage, with what to say instead."""
    root, out = str(tmp_path / "course"), str(tmp_path / "out")
    assert main(["mark", out, "--course", root, *options]) == 2
    assert message in capsys.readouterr().err


def test_without_a_gradebook(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that nothing was graded into is told, and stays as it is."""
    assert main(["mark", str(tmp_path / "empty"), "--course", str(tmp_path / "course")]) == 2
    assert "there is no gradebook in" in capsys.readouterr().err
    assert not (tmp_path / "empty").exists()
