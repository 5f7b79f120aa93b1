"""Where in a notebook to look when a check did not pass."""

from __future__ import annotations

import pytest

from cells import STUB, STUB_ERROR, cell
from grader.course.stub import PLACEHOLDER
from grader.model.report import FAILED, NOT_ATTEMPTED, PASSED, Cause, CellRun, CheckResult, Place, Reason
from grader.worker.causes import Causes
from grader.worker.places import place_of, suspicions
from reports import CHECKS
from support import notebook_of

UNWRITTEN = f"def fit(x, y, rate):\n    {PLACEHOLDER}"
WRITTEN = "def fit(x, y, rate):\n    return x, y"
RAISED = (
    "the student's code raised ValueError: d\n  Cell In[2], line 2, in fit\n    return x\n(test_hidden.py:9)"
)


def place(result: CheckResult, *runs: CellRun, cause: Cause | None = None) -> Place | None:
    return place_of(result, cause, Causes(notebook_of(*(run.source for run in runs)), STUB, runs))


def result(code: str, *asked: str, verdict: str = FAILED, message: str = "", name: str = "") -> CheckResult:
    words = (("name", name),) if name else ()
    return CheckResult(
        CHECKS[0], verdict, message, Reason(code, words), tuple(f"get {each}" for each in asked)
    )


RUNS = (
    cell(1, "import torch\nfrom torch import nn"),
    cell(2, WRITTEN),
    cell(3, "w, b = fit(1, 2, 3)"),
    cell(4, "v = 1"),
)


def test_a_cause_is_where_to_look() -> None:
    """A check that fails because of a cause leads to it; a cause that lies in no cell leads nowhere."""
    waits = result("waits", name="w")
    assert place(waits, *RUNS, cause=Cause("cell_failed", 2, 1)) == Place(2, 1)
    assert place(waits, *RUNS, cause=Cause("name_deleted")) is None


def test_an_error_in_a_call_is_where_to_look() -> None:
    """An error that was raised when a check called the code leads to the deepest line in a cell."""
    assert place(result("raised", "w", message=RAISED), *RUNS) == Place(2, 2)
    # A traceback may say anything: what is no line of a cell is not believed.
    for forged in ("Cell In[9], line 1", "Cell In[2], line 99", "Cell In[2], line 0", "nothing"):
        assert place(result("raised", message=forged), *RUNS) is None


@pytest.mark.parametrize(("name", "expected"), [("w", 2), ("v", 4), ("fit", 2), ("torch", None), ("q", None)])
def test_a_wrong_value_leads_to_what_computes_it(name: str, expected: int | None) -> None:
    """A value leads to the function that it comes from, or the cell that makes it, unless that is given."""
    found = place(result("differs", name), *RUNS)
    assert found == (Place(expected) if expected else None)


def test_what_is_right_is_not_where_to_look() -> None:
    """Where all checks of a function passed, a wrong value leads to the cell that calls it."""
    wrong, right = result("differs", "w"), CheckResult(CHECKS[1], PASSED, trace=("get fit", "get v"))
    found = suspicions([wrong, right, result("differs", "v")])
    assert found == {"w": 1, "fit": 0, "v": 0.5}
    causes = Causes(notebook_of(*(run.source for run in RUNS)), STUB, RUNS)
    assert place_of(wrong, None, causes, found) == Place(3)


def test_what_fails_most_is_where_to_look() -> None:
    """Of several functions and classes that a check asked for, the one whose checks failed most often counts.

    A value that is given to a function later on may have its fault from there.
    """
    runs = [cell(1, "class Model: pass"), cell(2, "def train(model): pass"), cell(3, "m = Model()\ntrain(m)")]
    causes = Causes(notebook_of(*(run.source for run in runs)), STUB, runs)
    both, trained = result("differs", "train", "Model"), result("differs", "m")
    found = suspicions([CheckResult(CHECKS[1], PASSED, trace=("get Model",)), both, trained])
    assert place_of(both, None, causes, found) == place_of(trained, None, causes, found) == Place(2)


def test_a_check_that_looks_at_everything_leads_nowhere() -> None:
    """Of a check that asks for all names, none tells where to look."""
    assert place(result("assertion", *(f"v{number}" for number in range(20)), "w"), *RUNS) is None


def test_the_last_name_that_was_asked_for_counts() -> None:
    """It is the closest to what failed; a name that leads nowhere is passed over."""
    assert place(result("assertion", "v", "w", "torch"), *RUNS) == Place(2)


def test_what_is_not_written_leads_to_the_placeholder() -> None:
    """A name that is missing leads to the placeholder that it waits for, and else to its cell."""
    stopped = cell(3, "w, b = fit(1, 2, 3)", STUB_ERROR)
    missing = result("not_attempted", verdict=NOT_ATTEMPTED, name="w")
    assert place(missing, RUNS[0], cell(2, UNWRITTEN), stopped) == Place(2, 2)
    assert place(missing, RUNS[0], cell(2, WRITTEN), stopped) == Place(3)
    # Of several placeholders, which of them a call met is not known.
    some_part = result("not_attempted", verdict=NOT_ATTEMPTED, name="this part")
    assert place(some_part, RUNS[0], cell(2, UNWRITTEN)) == Place(2, 2)
    other = UNWRITTEN.replace("fit", "other")
    assert place(some_part, cell(1, other), cell(2, UNWRITTEN)) is None
    # What the check asked for tells it.
    asked = result("not_attempted", "other", "fit", verdict=NOT_ATTEMPTED, name="this part")
    assert place(asked, cell(1, UNWRITTEN), cell(2, other)) == Place(1, 2)
    assert place(asked, cell(1, WRITTEN), cell(2, other)) == Place(2, 2)


def test_what_passed_leads_nowhere() -> None:
    """There is nothing to change."""
    assert place(CheckResult(CHECKS[0], PASSED, trace=("get w",)), *RUNS) is None
