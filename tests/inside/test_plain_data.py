"""What plain data is found in a value. What crosses of it: test_wire_writer.py."""

from __future__ import annotations

from collections import OrderedDict, namedtuple

import numpy
import pytest
import torch

from grader.inside import plain_data


class Number(float):
    pass


class Function(float):
    def __call__(self) -> None:
        pass


class Functions(dict):
    def __call__(self) -> None:
        pass


def test_scalars() -> None:
    """A subclass gives its number. One that can be called stays what it is, and so does NumPy's own."""
    assert type(plain_data.scalar(Number(3))) is float
    for value in (Function(3), numpy.float64(3), numpy.str_("a"), True, object()):
        assert plain_data.scalar(value) is value


@pytest.mark.parametrize(
    ("value", "base"),
    [
        ([], list),
        (namedtuple("P", "x")(1), tuple),
        (torch.Size([1]), tuple),
        (frozenset(), frozenset),
        ({}, None),
    ],
    ids=["list", "named tuple", "size", "frozenset", "dict"],
)
def test_containers(value: object, base: type | None) -> None:
    """A container is known by what it inherits from."""
    assert plain_data.container(value) is base


def test_entries() -> None:
    """Only dicts have entries, and only those that can't be called."""
    found = plain_data.entries(OrderedDict(a=1))
    assert found is not None and (found[0], list(found[1])) == (1, [("a", 1)])
    assert plain_data.entries(Functions()) is None
    assert plain_data.entries([]) is None


def test_arrays() -> None:
    """A masked array is plain data only while nothing in it is masked."""
    assert type(plain_data.array(numpy.ma.array([1.0]))) is numpy.ndarray
    assert plain_data.array(numpy.ma.array([1.0], mask=[True])) is None
    assert plain_data.array(numpy.float64(1)) is None


def test_tensors() -> None:
    """Torch's own tensors without numbers are none."""
    assert plain_data.is_tensor(torch.nn.Parameter(torch.ones(1)))
    assert not plain_data.is_tensor(torch.nn.parameter.UninitializedParameter())
    assert not plain_data.is_tensor(1.0)
