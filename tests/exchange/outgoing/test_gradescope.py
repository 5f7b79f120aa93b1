"""Gradescope's results."""

from __future__ import annotations

import json

from downloads import REJECTED, told
from grader.exchange.outgoing.gradescope import results_json

# As its specification names them.
TOP = set(
    [
        "score",
        "execution_time",
        "output",
        "output_format",
        "test_output_format",
        "test_name_format",
        "visibility",
        "stdout_visibility",
        "extra_data",
        "tests",
        "leaderboard",
    ]
)
TEST = set(
    [
        "score",
        "max_score",
        "status",
        "name",
        "name_format",
        "number",
        "output",
        "output_format",
        "tags",
        "visibility",
        "extra_data",
    ]
)


def test_results():
    """Each check is a test with its points and what its student may read; there are no keys of our own."""
    data = json.loads(results_json(told()))
    assert set(data) <= TOP and all(set(test) <= TEST for test in data["tests"])
    assert (data["score"], data["execution_time"], data["visibility"]) == (8, 2, "visible")
    assert [(test["status"], test["score"], test["max_score"]) for test in data["tests"]] == [
        ("passed", 1, 1),
        ("failed", 0, 2),
        ("failed", 0, 1),
    ]
    assert "Hint: try it" in data["tests"][1]["output"]


def test_a_rejected_file():
    """A file that could not be read earns nothing, and the student reads why."""
    data = json.loads(results_json(REJECTED))
    assert (data["score"], data["output"], data["tests"]) == (0, "This is not a notebook.", [])
