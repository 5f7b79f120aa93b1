"""New values are made into what the old ones were."""

from __future__ import annotations

import sys
from collections import deque
from fractions import Fraction

import numpy as np
import torch

from grader.inside import likeness
from grader.inside.likeness import like


def test_tensors() -> None:
    """Dtype, shape, class and gradient are the old ones; a fraction is never cut off."""
    made = like(torch.zeros(2, 1, dtype=torch.float64), [1, 2])
    assert made.dtype == torch.float64 and made.tolist() == [[1.0], [2.0]]
    assert like(torch.zeros(2, 1), [1.0, 2.0, 3.0]).shape == (3, 1)
    assert like(torch.zeros(1, 2), [1.0, 2.0, 3.0]).shape == (1, 3)
    assert like(torch.zeros(2), [[1.0, 2.0, 3.0]]).shape == (1, 3)
    assert like(torch.tensor(3), 4).dtype == torch.int64 and like(torch.tensor(3), 4.5).item() == 4.5
    assert like(torch.zeros(1, requires_grad=True), 2.0).requires_grad
    weight = like(torch.nn.Parameter(torch.zeros(1), requires_grad=False), 2.0)
    assert isinstance(weight, torch.nn.Parameter) and not weight.requires_grad


def test_a_value_that_is_there_already() -> None:
    """It is the student's own, with its graph."""
    old = torch.tensor([1.0], requires_grad=True) * 2
    assert like(old, [2.0]) is old


def test_arrays() -> None:
    """Arrays and NumPy's numbers, in the old dtype and class."""
    made = like(np.zeros((1, 2), np.float32), [1, 2])
    assert made.dtype == np.float32 and made.tolist() == [[1.0, 2.0]]
    assert isinstance(like(np.ma.masked_array([1.0]), [2.0]), np.ma.MaskedArray)
    assert like(np.array([3]), [4.5]).tolist() == [4.5]
    for old, new in ((np.float32(3), 2), (np.int64(3), 4), (np.int64(3), 4.5)):
        made = like(old, new)
        assert isinstance(made, np.generic) and made == new
        assert type(made) is type(old) or new == 4.5


def test_plain_values() -> None:
    """Kinds of numbers and containers stay. Texts, truth values and None are as they are given."""
    assert repr(like(3.0, 2)) == "2.0" and repr(like(3, 2.5)) == "2.5" and like(True, 3) == 3
    assert (
        like("a", 3) == 3 and like(3, None) is None and like({"a": 1}, [1]) == [1] and like(3, True) is True
    )
    assert like((1.0, 2.0), [3, 4]) == (3.0, 4.0) and like([3.0], 2) == [2.0]
    assert like([(1.0,), (2.0,)], [3.0, 4.0, 5.0]) == [(3.0,), (4.0,), (5.0,)]
    assert like((), [1, 2]) == (1, 2) and like((1,), []) == []
    assert like([[1.0]], [[1.0], [2.0, 3.0]]) == [[1.0], [2.0, 3.0]]
    assert like(deque([1]), [2, 3]) == deque([2, 3]) and like(Fraction(1, 2), 3) == Fraction(3)


def test_what_has_no_likeness() -> None:
    """Where nothing like the old value can be made, the new one is used."""

    class Odd:
        def __init__(self) -> None:
            raise ValueError("made once")

    assert like(Odd.__new__(Odd), 3) == 3 and like(iter([]), [1]) == [1] and like(len, 2) == 2


def test_its_name() -> None:
    """Cells find the module under one name in every kind of session."""
    assert sys.modules[likeness.NAME] is likeness
