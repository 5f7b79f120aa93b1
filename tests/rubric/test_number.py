"""number() takes one number and nothing else."""

from __future__ import annotations

import decimal
import math

import numpy
import pytest
import torch

from grader.inside import wire
from grader.rubric.errors import InvalidValue
from grader.rubric.number import number
from grader.rubric.reference import Reference


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        (-2.5, -2.5),
        (0, 0.0),
        (math.inf, math.inf),
        (numpy.float32(1.5), 1.5),
        (numpy.int64(7), 7.0),
        (numpy.float16(0.5), 0.5),
        (numpy.uint8(2), 2.0),
        (numpy.array(4.0), 4.0),
        (numpy.array([[5]]), 5.0),
        (torch.tensor(6.0), 6.0),
        (torch.tensor([[[7]]]), 7.0),
        (torch.tensor([8.0], requires_grad=True), 8.0),
        (torch.tensor(0.5, dtype=torch.bfloat16), 0.5),
        (2**1000, float(2**1000)),
    ],
    ids=repr,
)
def test_numbers(value, expected):
    """number() makes a float of Python's and NumPy's numbers, and of arrays and tensors of one element."""
    result = number(value)
    assert type(result) is float and result == expected


def test_negative_zero_is_a_number():
    """number() keeps the sign of zero (attack G06)."""
    assert math.copysign(1, number(-0.0)) == -1


class Half(float):
    pass


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        "3.0",
        b"3",
        None,
        ...,
        3 + 0j,
        [3.0],
        (3.0,),
        {"w": 3.0},
        decimal.Decimal(3),
        Half(3),
        math.nan,
        numpy.float64("nan"),
        torch.tensor(math.nan),
        numpy.array([math.nan]),
        torch.tensor([1.0, 2.0]),
        torch.empty(0),
        numpy.arange(3),
        numpy.empty(0),
        torch.tensor(True),
        numpy.bool_(True),
        numpy.array([False]),
        torch.tensor(1 + 0j),
        numpy.complex64(1),
        numpy.array("3"),
        numpy.str_("3"),
        numpy.array([None]),
        10**400,
        -(10**400),
        10**5000,
        Reference(None, wire.Handle(1, "float")),
        torch.float32,
        len,
    ],
    ids=lambda value: f"{type(value).__module__}.{type(value).__name__}",
)
def test_what_is_no_number(value):
    """number() raises InvalidValue for everything else, NaN and bool included (attacks G04, G08)."""
    with pytest.raises(InvalidValue):
        number(value)
