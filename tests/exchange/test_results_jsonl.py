"""results.jsonl has one record per submission, in a fixed format."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from grader.exchange.results_jsonl import record, results_jsonl
from grader.language.catalogue import Text
from grader.model.file import Beside, LeftOut, Obstacle
from grader.model.report import FAILED, INTERNAL, NOT_ATTEMPTED, NOT_RUN, REJECTED, Difference, SourceFile
from reports import FULL, report, results

NOWHERE = {"cell": None, "line": None}
NOTHING_COMPARED = {"what": None, "got": None, "wanted": None, "tolerance": None}


def test_what_a_public_check_compared():
    """A record has what a public check compared. What a hidden one did would tell the expected value."""
    compared = Difference("w", "2.5", "3", "0.21")
    public = replace(FULL.checks[0], verdict=FAILED, difference=compared)
    said, hidden, _ = record(replace(FULL, checks=(public, *FULL.checks[1:])))["checks"]
    assert {key: said[key] for key in NOTHING_COMPARED} == {
        "what": "w", "got": "2.5", "wanted": "3", "tolerance": "0.21"
    }  # fmt: skip
    assert FULL.checks[1].difference is not None and hidden.items() >= NOTHING_COMPARED.items()


def test_a_record_is_the_contract():
    """A line of results.jsonl has exactly the documented keys, order and values."""
    assert json.dumps(record(FULL), ensure_ascii=False) == json.dumps(
        {
            "schema": 1,
            "student": "zoë",
            "assignment": "linreg",
            "submission_sha256": "5ub",
            "outcome": "graded",
            "score": 2,
            "max_score": 10,
            "reason": None,
            "execution": {
                "status": "cell_error",
                "cell": 2,
                "message": "NameError: name 'w' is not defined",
                "wall_s": 0.61,
                "cpu_s": 0.55,
                "sessions": 3,
            },
            "causes": [],
            "checks": [
                {
                    "id": "test_line",
                    "title": "The line is close",
                    "visibility": "public",
                    "verdict": "passed",
                    "points": 2,
                    "max_points": 2,
                    "message": None,
                    "hint": None,
                    "mistake": None,
                    **NOWHERE,
                    **NOTHING_COMPARED,
                },
                {
                    "id": "test_other",
                    "title": "Another line as well",
                    "visibility": "hidden",
                    "verdict": "failed",
                    "points": 0,
                    "max_points": 2.5,
                    "message": "assert nan <= 0.5 (test_hidden.py:12)",
                    "hint": None,
                    "mistake": "not-cleared",
                    "cell": 4,
                    "line": 5,
                    **NOTHING_COMPARED,
                },
                {
                    "id": "test_last",
                    "title": "The last one",
                    "visibility": "hidden",
                    "verdict": "not_run",
                    "points": 0,
                    "max_points": 5.5,
                    "message": "depends on test_other",
                    "hint": "Look again.",
                    "mistake": None,
                    **NOWHERE,
                    **NOTHING_COMPARED,
                },
            ],
            "provenance": {
                "grader": "0.1.0",
                "rubric_sha256": "c0ffee",
                "environment": {"python": "3.11.7", "torch": "2.13.0"},
                "seed": 0,
                "sandbox": "bubblewrap",
                "memory": "watchdog",
            },
            "source": None,
            "beside": None,
        },
        ensure_ascii=False,
    )


@pytest.mark.parametrize(
    ("word", "hint"), [(FAILED, True), (NOT_RUN, True), (NOT_ATTEMPTED, True), ("passed", False)]
)
def test_hints_in_records(word, hint):
    """A check that did not pass carries its hint."""
    assert record(report(checks=results(test_line=word)))["checks"][0]["hint"] == (
        "Are the gradients cleared?" if hint else None
    )


def test_a_record_without_a_score():
    """An internal report has the score null, not zero."""
    line = results_jsonl([report(outcome=INTERNAL, checks=(), score=None, reason=Text.verbatim("no disk"))])
    assert '"score": null' in line and json.loads(line)["reason"] == "no disk"


def test_what_was_rejected_did_not_run():
    """A rejected record never has the status `ok`."""
    assert record(report(outcome=REJECTED))["execution"]["status"] == "not_run"


def test_results_are_one_line_each():
    """results.jsonl has one line per report, in order, whatever is in a message."""
    text = results_jsonl([report("amy", reason=Text.verbatim("two\nlines\u2028three")), report("zoë")])
    assert text.endswith("\n") and text.count("\n") == 2
    assert [json.loads(line)["student"] for line in text[:-1].split("\n")] == ["amy", "zoë"]


def test_the_file_that_was_graded():
    """A record says which file was taken, which were left, and why."""
    source = SourceFile("convnet (1).ipynb", ("convnet.ipynb",), "similar_name", "worked_on")
    assert record(report(source=source))["source"] == {
        "file": "convnet (1).ipynb",
        "left": ["convnet.ipynb"],
        "recognized": "similar_name",
        "chosen": "worked_on",
    }
    nothing = record(report(source=SourceFile(None, ("a.ipynb", "b.ipynb"))))["source"]
    assert nothing == {"file": None, "left": ["a.ipynb", "b.ipynb"], "recognized": None, "chosen": None}


def test_the_files_beside_the_notebook():
    """A record says which files the sessions had, and which were left out and why."""
    left = (LeftOut(Obstacle.TOO_MANY, 300, ("a.png", "b.png")),)
    assert record(report(beside=Beside(("data.csv",), left, "f11e5")))["beside"] == {
        "placed": ["data.csv"],
        "left_out": [{"why": "too_many", "count": 300, "files": ["a.png", "b.png"]}],
        "sha256": "f11e5",
    }
    assert record(report(beside=Beside((), left)))["beside"]["sha256"] is None
