"""Each trial can tell a session that is held back from one that is not."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from grader.model.status import Status
from grader.proof import doctor
from grader.proof.trials import FATAL, HELD, TAKEN, TRIALS

HARMLESS = (
    "own namespaces",
    "no network",
    "no files of the host",
    "no environment of the grader",
    "no other processes",
    "system calls are filtered",
    "no rights left",
)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_trial_can_fail(name: str) -> None:
    """Run on the host itself, where nothing is sealed, a trial says that it was not held back."""
    with doctor._bait() as bait:
        values = {"HOST_NAMESPACES": doctor._namespaces(), **bait}
        code = doctor._cell(TRIALS[name], values)
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    held, seen = json.loads(done.stdout)
    assert held is False and seen and "the trial itself failed" not in seen


def test_a_trial_with_a_fault_of_its_own_proves_nothing() -> None:
    """An error in a trial is reported and counts as not held back."""
    code = doctor._cell("def attempt():\n    return 1 / 0", {})
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    held, seen = json.loads(done.stdout)
    assert held is False and seen.startswith("the trial itself failed: ZeroDivisionError")


def test_every_limit_has_a_trial() -> None:
    """Disk and processes are refused. Memory, time and output end their session, and each says why."""
    assert {"limit on disk", "limit on processes"} < set(TAKEN)
    assert set(FATAL) == set(HELD) == {"limit on memory", "limit on computing time", "limit on output"}
    assert all(Status(status).ends_session for _, status in FATAL.values())
