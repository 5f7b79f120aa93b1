"""Comparisons say what differs: what it is, what was got and wanted, and the tolerance."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from grader.rubric.compare import same, shape_of, within
from grader.rubric.errors import Mismatch

NAN = math.nan


@pytest.mark.parametrize(
    ("got", "want", "atol"),
    [
        (3, 3.0, 0), (torch.tensor([[3.1]]), 3, 0.2), (np.float32(3), 3, 0), (math.inf, math.inf, 0),
        ([1, 2.5], torch.tensor([1.0, 2.5]), 0), (torch.ones(2, 1), np.ones((2, 1)), 0),
        (torch.tensor([1, 2], dtype=torch.int64, requires_grad=False), [1.0, 2.0], 0),
        (torch.tensor([0.1], requires_grad=True), [0.1], 1e-6), ((1, "a"), [1, "a"], 0),
        ({"w": torch.tensor(1.0), "b": [None, True]}, {"w": 1, "b": [None, True]}, 0),
        ([torch.ones(2), torch.ones(3)], [torch.ones(2), torch.ones(3)], 0), ("x", "x", 0), ([], [], 0),
    ],
)  # fmt: skip
def test_what_is_the_same(got: Any, want: Any, atol: float) -> None:
    """Dtypes, kinds of containers and gradients don't count; values do, up to the tolerance."""
    same(got, want, atol=atol)


@pytest.mark.parametrize(
    ("got", "want", "said"),
    [
        (2.5, 3, "w is 2.5, not 3 ± 0.2"),
        (torch.tensor([[2.5]]), 3, "w is 2.5, not 3 ± 0.2"),
        (NAN, 3, "w is NaN, not 3 ± 0.2"),
        (3, NAN, "w is 3, not NaN"),
        (1e400, 3, "w is inf, not 3 ± 0.2"),
        (10**400, 3, "w is 1000"),
        ([3], 3, "w is a list of 1, not 3 ± 0.2"),
        (None, 3, "w is None, not 3 ± 0.2"),
        ("3", 3, "w is '3', not 3 ± 0.2"),
        (torch.ones(2), 3, "w is a tensor of shape (2,), not 3 ± 0.2"),
        (torch.ones(2, 1), torch.ones(2), "shape of w is (2, 1), not (2,)"),
        (torch.tensor([1.0, 9.0, NAN]), [1, 2, 3], "w[1] is 9, not 2 ± 0.2, and 1 more"),
        (np.zeros((2, 2)), np.eye(2), "w[0, 0] is 0, not 1 ± 0.2, and 1 more"),
        (torch.tensor(1j), 1, "w is a tensor of shape (), not 1 ± 0.2"),
        ([1, [2]], [1, 2], "w is a list of 2, not numbers of shape (2,)"),
        ({"a": 1}, {"b": 1}, "keys of w is 'a', not 'b'"),
        ({"a": [1, 5]}, {"a": [1, 2]}, "w['a'][1] is 5, not 2 ± 0.2"),
        ([1, "a"], [1, "b"], "w[1] is 'a', not 'b'"),
        ([1, "a"], [1, "a", 2], "length of w is 2, not 3"),
        (1, True, "w is 1, not True"),
        (np.True_, 1, "w is an array of shape (), not 1"),
        (torch.tensor(True), 1, "w is a tensor of shape (), not 1"),
        (object(), "x", "w is a object, not 'x'"),
    ],
)
def test_what_differs(got: Any, want: Any, said: str) -> None:
    """The first difference is named with its place; NaN, other shapes and other kinds differ."""
    with pytest.raises(Mismatch) as caught:
        same(got, want, atol=0.2, what="w")
    assert str(caught.value).startswith(said)


def test_numbers_that_look_the_same() -> None:
    """Two numbers that differ are shown with enough digits to see it."""
    with pytest.raises(Mismatch) as caught:
        same(1.00000001, 1)
    assert (caught.value.got, caught.value.wanted, caught.value.tolerance) == ("1.00000001", "1.0", "")
    with pytest.raises(Mismatch, match="n is 1007589, not 1007590"):
        same(1_007_589, 1_007_590, what="n")


def test_relative_tolerances() -> None:
    """They are added to the absolute one, and shown as the margin that they make."""
    same([100.9, 1.009], [100, 1], rtol=0.01)
    with pytest.raises(Mismatch) as caught:
        same(102.5, 100, atol=1, rtol=0.01)
    assert caught.value.tolerance == "2"


def test_containers_without_end() -> None:
    """A list that holds itself ends the comparison, not the rubric."""
    endless: list[Any] = ["a"]
    endless.append(endless)
    with pytest.raises(Mismatch):
        same(endless, endless)


@pytest.mark.parametrize(
    ("got", "low", "high", "wanted"),
    [
        (0.5, 0.95, 1, "0.95 … 1"),
        (2, None, 1, "≤ 1"),
        (torch.tensor(NAN), 0, None, "≥ 0"),
        ("much", 0, None, "≥ 0"),
    ],
)
def test_ranges(got: Any, low: float | None, high: float | None, wanted: str) -> None:
    """A number within its bounds is fine; NaN and what is no number are in no range."""
    within(np.array([1.0]), 0.95, 1)
    with pytest.raises(Mismatch) as caught:
        within(got, low, high, what="accuracy")
    assert caught.value.wanted == wanted and caught.value.what == "accuracy"


def test_shapes() -> None:
    """A shape is that of a tensor, an array or nested lists."""
    shape_of(torch.ones(4, 10), (4, 10))
    shape_of([[1, 2], [3, 4]], [2, 2])
    with pytest.raises(Mismatch, match=r"shape of out is \(4, 9\), not \(4, 10\)"):
        shape_of(torch.ones(4, 9), (4, 10), what="out")
    with pytest.raises(Mismatch, match=r"out is None, not numbers of shape \(4, 10\)"):
        shape_of(None, (4, 10), what="out")
