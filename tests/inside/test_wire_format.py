"""Limits and types of the wire format agree with NumPy, torch and each other."""

from __future__ import annotations

import numpy
import pytest
import torch

from grader.inside.wire_format import ITEM_SIZES, MAX_BYTES, MAX_HEADER, MAX_NODES, NUMPY_TYPES, TORCH_TYPES


@pytest.mark.parametrize("name", ITEM_SIZES)
def test_sizes_of_numbers(name: str) -> None:
    """A number takes as many bytes as NumPy and torch give it."""
    assert name in TORCH_TYPES
    assert torch.empty(0, dtype=getattr(torch, name)).element_size() == ITEM_SIZES[name]
    if name in NUMPY_TYPES:
        assert numpy.dtype(name).itemsize == ITEM_SIZES[name]


def test_every_type_has_a_size() -> None:
    """No type is listed without its size."""
    assert set(NUMPY_TYPES) <= set(TORCH_TYPES) == set(ITEM_SIZES)
    assert MAX_NODES < MAX_HEADER < MAX_BYTES
