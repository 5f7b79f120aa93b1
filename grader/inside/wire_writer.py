"""Turns a value into a frame's header and blobs. It runs in the session and on the grader's side."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from . import plain_data
from .wire_format import (
    ITEM_SIZES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_INT_BITS,
    MAX_KEYS,
    MAX_NODES,
    MAX_TEXT,
    NUMPY_TYPES,
    TORCH_TYPES,
    Handle,
    Refused,
)

Keep = Callable[[Any], Handle]


class Writer:
    """One frame in the making. `keep` takes a value that does not cross and returns its reference.

    Only values of the known types cross by value. Of a subclass, what the known type keeps is written: no
    attribute or method of the subclass decides it.
    """

    def __init__(self, keep: Keep | None) -> None:
        self.keep = keep
        self.blobs: list[bytes] = []
        self.size = 0
        self.nodes = 0
        self.keys = 0

    def node(self, value: Any, depth: int = 0) -> list:
        """The header's node for `value`. Its raw contents go to `blobs`.

        Raises Refused for what is too large, too deep or can't be written.
        """
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Refused(f"more than {MAX_NODES:,} values in one answer")
        if depth > MAX_DEPTH:
            raise Refused(f"nested more than {MAX_DEPTH} levels deep, or containing itself")
        if value is None:
            return ["none"]
        if value is Ellipsis:
            return ["ellipsis"]
        value = plain_data.scalar(value)
        kind = type(value)
        if kind is bool:
            return ["bool", value]
        if kind is int:
            if value.bit_length() > MAX_INT_BITS:
                raise Refused(f"a whole number of more than {MAX_INT_BITS} bits")
            return ["int", value]
        if kind is float:
            return ["float", value.hex()]
        if kind is complex:
            return ["complex", value.real.hex(), value.imag.hex()]
        if kind is str:
            if len(value) > MAX_TEXT:
                raise Refused(f"a text of {len(value):,} characters, {MAX_TEXT:,} at most")
            self._claim(len(value), "a text")
            return ["str", value]
        if kind is bytes:
            self._claim(len(value), "a bytes object")
            return ["bytes", self._blob(value)]
        base = plain_data.container(value)
        if base is not None:
            # A named tuple or a torch.Size is a tuple like any other.
            return self._container(value, base, depth)
        entries = plain_data.entries(value)
        if entries is not None:
            count, pairs = entries
            self._count_keys(count)
            return ["dict", [[self.node(key, depth + 1), self.node(item, depth + 1)] for key, item in pairs]]
        if kind is Handle:
            return ["ref", value.number, value.kind]
        array = plain_data.array(value)
        if array is not None or (kind.__module__ == "numpy" and hasattr(value, "dtype")):
            return self._array(value if array is None else array)
        return self._tensor(value, depth) if plain_data.is_tensor(value) else self._reference(value)

    def _container(self, value: Any, base: Any, depth: int) -> list:
        """The node for a list, tuple, set or frozenset, which `base` says."""
        name, length, items = base.__name__, base.__len__(value), base.__iter__(value)
        if length > MAX_NODES:
            raise Refused(f"a {name} of {length:,} values, {MAX_NODES:,} at most")
        if base in (set, frozenset):
            self._count_keys(length)
            items = sorted(items, key=repr)
        return [name, [self.node(item, depth + 1) for item in items]]

    def _blob(self, data: bytes) -> int:
        self.blobs.append(data)
        return len(data)

    def _claim(self, count: int, what: str) -> None:
        """Take `count` bytes of the budget, before they are copied."""
        if self.size + count > MAX_BYTES:
            raise Refused(f"{what} is too large to look at: {count:,} bytes, {MAX_BYTES:,} at most")
        self.size += count

    def _count_keys(self, count: int) -> None:
        self.keys += count
        if self.keys > MAX_KEYS:
            raise Refused(f"sets and dicts of {self.keys:,} entries in one answer, {MAX_KEYS:,} at most")

    def _reference(self, value: Any) -> list:
        if self.keep is None:
            raise Refused(f"a value of type {type(value).__name__} can't be sent")
        reference = self.keep(value)
        return ["ref", reference.number, reference.kind]

    def _array(self, value: Any) -> list:
        import numpy

        kind = type(value)
        # An element of an array of names, or what numpy.select returns.
        if kind is numpy.str_:
            return self.node(str.__str__(value), 0)
        name = str(value.dtype)
        if kind is not numpy.ndarray and not isinstance(value, numpy.generic):
            return self._reference(value)
        # As long as this machine's long double is. No answer needs its digits beyond those of float64.
        if name == "float128":
            self._claim(math.prod(value.shape) * ITEM_SIZES["float64"], "an array")
            value, name = value.astype("float64"), "float64"
        if name not in NUMPY_TYPES:
            raise Refused(f"a NumPy array of type {name[:60]}; numbers were expected")
        size = math.prod(value.shape)
        self._claim(size * ITEM_SIZES[name], "an array")
        if value.ndim > MAX_DIMENSIONS:
            raise Refused(f"an array of {value.ndim} dimensions")
        data = numpy.ascontiguousarray(value).tobytes()
        return ["array", name, list(value.shape), self._blob(data), isinstance(value, numpy.generic)]

    def _tensor(self, value: Any, depth: int) -> list:
        import torch

        with torch._C.DisableTorchFunctionSubclass():
            needs_gradient = bool(value.requires_grad)
            gradient = value.grad if value.is_leaf else None
            value = torch.Tensor.detach(value)
        name = str(value.dtype).removeprefix("torch.")
        if name not in TORCH_TYPES:
            raise Refused(f"a tensor of type {name[:60]}; an ordinary tensor was expected")
        if str(value.layout) != "torch.strided" or value.is_nested or value.device.type != "cpu":
            raise Refused(
                f"a tensor on {value.device.type} with layout {str(value.layout)[:60]}; "
                "an ordinary tensor was expected"
            )
        shape = [int(length) for length in value.shape]
        if len(shape) > MAX_DIMENSIONS:
            raise Refused(f"a tensor of {len(shape)} dimensions")
        self._claim(math.prod(shape) * ITEM_SIZES[name], "a tensor")
        plain = value.resolve_conj().resolve_neg().contiguous()
        # A single element counts as contiguous whatever its stride.
        flat = plain.as_strided((plain.numel(),), (1,))
        data = flat.view(torch.uint8).numpy().tobytes() if math.prod(shape) else b""
        written = ["tensor", name, shape, self._blob(data), needs_gradient]
        return [*written, ["none"] if gradient is None else self.node(gradient, depth + 1)]
