"""The example class, graded by the real command, gets the grades that were worked out beforehand."""

from __future__ import annotations

import csv
import hashlib
import os
from pathlib import Path

import pytest

from support import ROOT, command, records

EXPECTED = ROOT / "examples" / "expected.csv"
STATUS = {
    ("liam", "gradient-descent"): "timed_out",
    ("priya", "linreg-manual"): "died",
    ("oscar", "convnet"): "died",
    ("priya", "convnet"): "too_much_output",
    ("priya", "gradient-descent"): "cell_error",
}
REJECTED = {("chen-jing", "linreg-manual"), ("yusuf", "gradient-descent"), ("liam", "convnet")}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the example class's reports."""
    out = tmp_path_factory.mktemp("reports")
    done = command("grade", "examples/submissions", "--out", out, timeout=400)
    assert done.returncode == 0, done.stderr
    return out


def test_everybody_gets_the_expected_grade(graded: Path) -> None:
    """Every score is the one in examples/expected.csv.

    Right answers in any style get full marks, and cheats get no points.
    """
    with (
        EXPECTED.open(encoding="utf-8", newline="") as expected,
        (graded / "grades.csv").open(encoding="utf-8-sig", newline="") as found,
    ):
        grades = [
            {name: cell for name, cell in row.items() if name != "note"} for row in csv.DictReader(found)
        ]
        assert grades == list(csv.DictReader(expected))


def test_what_happened_is_recorded(graded: Path) -> None:
    """Records distinguish endless loops, deaths and floods. Unreadable files are rejected with a sentence."""
    found = records(graded)
    assert {key: found[key]["execution"]["status"] for key in STATUS} == STATUS
    assert {key for key, record in found.items() if record["outcome"] == "rejected"} == REJECTED
    assert all(found[key]["reason"].endswith(".") for key in REJECTED)


def test_cheats_leave_no_trace_outside(graded: Path) -> None:
    """The pickle payload and the files that cheats write never reach the host."""
    assert not Path("/tmp/pwned").exists()
    for name in ("conftest.py", "sitecustomize.py", "pytest.ini", "results.json"):
        assert not (ROOT / "examples" / name).exists() and not (Path(os.getcwd()) / name).exists()


def test_submissions_are_as_they_were(graded: Path) -> None:
    """Records identify a submission by the hash of its bytes on disk."""
    record = records(graded)["amara", "convnet"]
    path = ROOT / "examples" / "submissions" / "amara" / "convnet.ipynb"
    assert record["submission_sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
