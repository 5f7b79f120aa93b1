"""The stub's placeholder: where it still stands, and which names are unwritten because of it."""

from __future__ import annotations

import pytest

from cells import LEFT, STUB, STUB_ERROR, cell, undefined
from grader.course.stub import PLACEHOLDER
from grader.model.report import CellRun
from grader.worker.placeholder import is_left_over, unwritten


@pytest.mark.parametrize(
    ("source", "line", "is_beside"),
    [
        (LEFT, 2, True),
        (f"def fit(x, y, rate):\n    w = 1\n    {PLACEHOLDER}", 3, True),
        (f"x = 1\n{PLACEHOLDER}\nw = 2", 2, True),
        (f"def fit(x, y, rate):\n    {PLACEHOLDER}", 2, False),
        (f"def fit(x, y, rate):\n    'Fit.'\n    {PLACEHOLDER}", 3, False),
        (f"def other(x):\n    return x\ndef fit(x, y, rate):\n    {PLACEHOLDER}", 4, False),
        (f"x = 1\n{PLACEHOLDER}", 2, False),
        (f"# mine\nx = 1\n{PLACEHOLDER}", 3, False),
        (LEFT, 3, False),
        ("raise NotImplementedError('later')\nx = 2", 1, False),
        ("(", 1, False),
    ],
)
def test_a_placeholder_beside_code(source: str, line: int, is_beside: bool) -> None:
    """A placeholder is left over if the same function or cell has code that the stub does not have."""
    assert is_left_over(source, line, STUB) == is_beside


def test_the_placeholders_error_is_the_one_looked_for() -> None:
    """What the stub raises reads just so in a cell's error."""
    with pytest.raises(NotImplementedError) as caught:
        exec(PLACEHOLDER)
    assert f"{type(caught.value).__name__}: {caught.value}" == STUB_ERROR


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        ([], []),
        ([cell(1, "w = 1")], []),
        ([cell(1, "w, b = fit(x)", STUB_ERROR)], ["b", "w"]),
        (
            [
                cell(1, "w = fit(x)", STUB_ERROR),
                cell(2, "print(w)\ny = w", undefined("w")),
                cell(3, "z = y", undefined("y")),
            ],
            ["w", "y", "z"],
        ),
        ([cell(1, "w = fitt(x)", undefined("fitt"))], []),
        ([cell(1, "w = fit(x)", "NotImplementedError: conv3d")], []),
        ([cell(1, "w = fit(x)", "ValueError: write your code here")], []),
        ([cell(1, "w = fit(x)", "NotImplementedError: ")], []),
        ([cell(1, "y = w", undefined("w")), cell(2, "w = fit(x)", STUB_ERROR)], ["w"]),
        ([cell(1, f"{PLACEHOLDER}\nw = 3", STUB_ERROR)], []),
        ([cell(1, "import torch\nw = fit(x)", STUB_ERROR)], ["w"]),
    ],
)
def test_unwritten(cells: list[CellRun], names: list[str]) -> None:
    """Names whose cell ended in the stub's placeholder are unwritten, and those computed from them."""
    assert unwritten(cells, STUB) == names


def test_names_that_a_cell_only_uses_are_not_unwritten() -> None:
    """A cell that only assigns an item or an attribute leaves the name to another cell."""
    assert unwritten([cell(1, "losses[epoch] = fit(x)", STUB_ERROR)], STUB) == []
