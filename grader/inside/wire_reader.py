"""Builds a value from a frame that a session sent, and believes nothing that the frame says.

Types, shapes and byte counts are checked against each other. What does not fit raises Malformed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from .wire_format import (
    ITEM_SIZES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_INT_BITS,
    MAX_KEYS,
    MAX_NODES,
    NODE_PARTS,
    NUMPY_TYPES,
    TORCH_TYPES,
    Handle,
    Malformed,
)

Resolve = Callable[[Handle], Any]


class Reader:
    """One frame's body, with `position` at its next blob. `resolve` returns what a reference stands for."""

    def __init__(self, body: memoryview, position: int, resolve: Resolve | None) -> None:
        self.body = body
        self.position = position
        self.resolve = resolve
        self.nodes = 0
        self.keys = 0

    def value(self, node: Any, depth: int = 0) -> Any:
        """The value of one node of the header. Raises Malformed."""
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH + 2:
            raise Malformed("too many or too deeply nested values")
        if type(node) is not list or not node or type(node[0]) is not str:
            raise Malformed("not a value")
        tag, rest = node[0], node[1:]
        parts = NODE_PARTS.get(tag)
        if (
            parts is None
            or len(rest) != len(parts)
            or not all(type(part) is kind for part, kind in zip(rest, parts))
        ):
            raise Malformed(f"not a {tag[:20]}")
        if tag == "none":
            return None
        if tag == "ellipsis":
            return Ellipsis
        if tag == "bool" or tag == "str":
            return rest[0]
        if tag == "int":
            if rest[0].bit_length() > MAX_INT_BITS:
                raise Malformed("a giant whole number")
            return rest[0]
        if tag in ("float", "complex"):
            numbers = [_float(text) for text in rest]
            return numbers[0] if tag == "float" else complex(*numbers)
        if tag == "bytes":
            return bytes(self._take(rest[0]))
        if tag in ("list", "tuple", "set", "frozenset"):
            if tag in ("set", "frozenset"):
                self._count_keys(len(rest[0]))
            items = [self.value(item, depth + 1) for item in rest[0]]
            try:
                return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[tag](items)
            except TypeError:
                raise Malformed("a set of values that can't be in one") from None
        if tag == "dict":
            return self._dict(rest[0], depth)
        if tag == "ref":
            if not 0 <= rest[0] < 1 << 53 or len(rest[1]) > 200:
                raise Malformed("not a reference")
            reference = Handle(rest[0], rest[1])
            return self.resolve(reference) if self.resolve else reference
        return self._array(*rest) if tag == "array" else self._tensor(depth, *rest)

    def _count_keys(self, count: int) -> None:
        self.keys += count
        if self.keys > MAX_KEYS:
            raise Malformed("too many keys")

    def _take(self, count: Any) -> memoryview:
        if type(count) is not int or count < 0 or self.position + count > len(self.body):
            raise Malformed("a byte count that does not fit")
        part = self.body[self.position : self.position + count]
        self.position += count
        return part

    def _dict(self, entries: list, depth: int) -> dict:
        self._count_keys(len(entries))
        result = {}
        for entry in entries:
            if type(entry) is not list or len(entry) != 2:
                raise Malformed("not an entry")
            key = self.value(entry[0], depth + 1)
            try:
                result[key] = self.value(entry[1], depth + 1)
            except TypeError:
                raise Malformed("a key that can't be one") from None
        return result

    def _raw(self, name: str, known: Sequence[str], shape: list, count: int) -> memoryview:
        if name not in known or len(shape) > MAX_DIMENSIONS:
            raise Malformed("an unknown type or too many dimensions")
        if not all(type(length) is int and 0 <= length <= MAX_BYTES for length in shape):
            raise Malformed("an impossible shape")
        if math.prod(shape) * ITEM_SIZES[name] != count:
            raise Malformed("shape and byte count disagree")
        # An empty array whose strides would overflow.
        if math.prod(length for length in shape if length) * ITEM_SIZES[name] > MAX_BYTES:
            raise Malformed("an empty array of impossible lengths")
        return self._take(count)

    def _array(self, name: str, shape: list, count: int, scalar: bool) -> Any:
        import numpy

        data = self._raw(name, NUMPY_TYPES, shape, count)
        result = numpy.frombuffer(bytes(data), dtype=name).reshape(shape).copy()
        return result[()] if scalar and not shape else result

    def _tensor(
        self, depth: int, name: str, shape: list, count: int, requires_grad: bool, gradient: list
    ) -> Any:
        import torch

        data = self._raw(name, TORCH_TYPES, shape, count)
        kind = getattr(torch, name)
        result = (
            torch.frombuffer(bytearray(data), dtype=kind).reshape(shape)
            if count
            else torch.empty(shape, dtype=kind)
        )
        if requires_grad:
            if not (kind.is_floating_point or kind.is_complex):
                raise Malformed("a gradient for a type that has none")
            result.requires_grad_(True)
        grad = self.value(gradient, depth + 1)
        if grad is not None:
            if type(grad) is not torch.Tensor or grad.shape != result.shape or grad.dtype != result.dtype:
                raise Malformed("a gradient that does not fit its tensor")
            result.grad = grad.detach()
        return result


def _float(text: str) -> float:
    try:
        if len(text) > 40:
            raise ValueError
        return float.fromhex(text)
    except (ValueError, OverflowError):
        raise Malformed("not a float") from None
