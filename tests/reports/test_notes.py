"""What is said at the lines of a notebook."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.language.catalogue import Text
from grader.model.report import Cause, CellRun, CheckResult, Execution, Place, Reason
from grader.model.status import Status
from grader.reports.notes import notes_of, place_told
from pages import SECRET, checks, report

ERROR = Text.verbatim("ValueError: 3 is not 4")
FINE = CellRun(1, "def fit(x):\n    return g(x)", Status.OK)


def raised(index: int, place: Place | None, kind: str = "ValueError") -> CheckResult:
    """A check whose call raised an error. Check 0 is public, 2 to 4 are hidden."""
    message = f"the student's code raised {kind}: {SECRET}\n(test_hidden.py:1)"
    return CheckResult(checks()[index], "failed", message, Reason("raised", (("kind", kind),)), place=place)


def said(staff: bool = False, **changes: object) -> list[tuple[int, int | None, str, str]]:
    made = report(**{"checks": (), "execution": Execution(cells=(FINE,)), **changes})
    return [
        (cell, note.line, note.text.en, note.error.en if note.error else "")
        for cell, notes in notes_of(made, staff).items()
        for note in notes
    ]


def test_an_error_in_a_function_is_told_at_both_cells() -> None:
    """The cell of the function has the line and the message; the cell that called it says where it lies."""
    failed = CellRun(2, "x = 1\nfit(x)", Status.CELL_ERROR, (), ERROR, 2, origin=Place(1, 2))
    assert said(execution=Execution(cells=(FINE, failed))) == [
        (1, 2, "Line 2: raised here, called from cell 2.", "ValueError: 3 is not 4"),
        (2, 2, "Raised in cell 1, line 2, which is called here.", ""),
    ]


def test_an_error_of_the_cell_itself() -> None:
    """Its line is named; the error itself stands at the cell already. Older reports have no origin."""
    for origin in (Place(2, 1), None):
        failed = CellRun(2, "fit(x)", Status.CELL_ERROR, (), ERROR, 1, origin=origin)
        assert said(execution=Execution(cells=(FINE, failed))) == [(2, 1, "Raised in line 1.", "")]


@pytest.mark.parametrize("line", [None, 0, -1, 99])
def test_a_line_that_is_none_is_not_named(line: int | None) -> None:
    """A line outside of the cell is not one."""
    failed = CellRun(1, "fit(x)", Status.CELL_ERROR, (), ERROR, line)
    assert said(execution=Execution(cells=(failed,))) == []


def test_causes_are_told_at_their_lines() -> None:
    """A cause without a line is told on top alone, and one at the line of an error is not told twice."""
    failed = CellRun(2, "fit(x)", Status.CELL_ERROR, (), ERROR, 1)
    causes = (Cause("dots_left", 1, 2), Cause("cell_failed", 2, 1), Cause("split_cell", 1))
    found = said(execution=Execution(cells=(FINE, failed)), causes=causes)
    assert [(cell, line) for cell, line, *_ in found] == [(2, 1), (1, 2)]
    assert found[1][2] == "Line 2: what is wrong here is told above."


def test_an_error_in_a_call_of_a_check() -> None:
    """Students read the name of a common error, and its message only from a public check; staff read both."""
    hidden = raised(2, Place(1, 2))
    (told,) = said(checks=(hidden,))
    assert told == (1, 2, "Line 2: ValueError was raised here when a check called it.", "")
    (public,) = said(checks=(raised(0, Place(1, 2)),))
    assert public[3] == f"ValueError: {SECRET}"
    (to_staff,) = said(checks=(hidden,), staff=True)
    assert to_staff[3] == f"ValueError: {SECRET}"
    (odd,) = said(checks=(raised(2, Place(1, 2), "X_0_25"),))
    assert odd[2] == "Line 2: an error was raised here when a check called it."


def test_one_line_is_told_of_hidden_checks() -> None:
    """The line that raises can depend on a hidden input. So students are told one such line, however many."""
    made = report(
        checks=(raised(2, None), raised(3, Place(1, 2)), raised(4, Place(1, 1)), raised(3, Place(1, 2)))
    )
    told = [place_told(each, made, staff=False) for each in made.checks]
    assert told == [None, Place(1, 2), None, Place(1, 2)]
    assert [place_told(each, made, staff=True) for each in made.checks] == [
        each.place for each in made.checks
    ]


def test_other_places_are_told() -> None:
    """A public check's line, and the cell of a wrong value, hold nothing hidden."""
    public = raised(0, Place(1, 1))
    wrong = replace(raised(2, Place(1)), reason=Reason("differs"))
    made = report(checks=(raised(3, Place(1, 2)), public, wrong))
    assert [place_told(each, made, staff=False) for each in made.checks] == [
        Place(1, 2),
        Place(1, 1),
        Place(1),
    ]
