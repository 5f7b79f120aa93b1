"""Values as bytes: the only form in which anything crosses the border of a session.

A frame is 8 bytes of length, then 4 bytes of header length, a JSON header, and the raw contents of
arrays and tensors. Plain data crosses by value, everything else as a reference. No pickle; sizes are
bounded before anything is copied out (`encode`) or built (`decode`).

The reader believes nothing: types, shapes and byte counts are checked against each other, and what
does not fit raises `Malformed`. What the writer must not or cannot copy raises `Refused`, whose
message a person may read.
"""

from __future__ import annotations

import json
import math
import struct
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

MAX_BYTES = 64 << 20  # of one frame: a batch of 16,000 28x28 float64 images
MAX_HEADER = 4 << 20
MAX_NODES = 100_000  # values in one frame, containers and contents
MAX_DEPTH = 50
MAX_TEXT = 1 << 20  # characters of one string
MAX_INT_BITS = 4096
MAX_KEYS = (
    2_000  # of all sets and dicts in one frame: keys chosen to share one hash take the square of their number
)
MAX_DIMENSIONS = 32

TORCH_TYPES = (
    "float32",
    "float64",
    "float16",
    "bfloat16",
    "complex64",
    "complex128",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
)
NUMPY_TYPES = (
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "bool",
)
ITEM_SIZES = {
    "bool": 1,
    "int8": 1,
    "uint8": 1,
    "int16": 2,
    "uint16": 2,
    "float16": 2,
    "bfloat16": 2,
    "int32": 4,
    "uint32": 4,
    "float32": 4,
    "int64": 8,
    "uint64": 8,
    "float64": 8,
    "complex64": 8,
    "complex128": 16,
}


class Refused(ValueError):
    """A value that does not cross, and why, in words for the student."""


class Malformed(ValueError):
    """Bytes that are no frame of ours."""


class Reference:
    """A value that stayed in the session, by its number there."""

    __slots__ = ("kind", "number")

    def __init__(self, number: int, kind: str) -> None:
        self.number = number
        self.kind = kind  # the name of its type, for messages


Keep = Callable[[Any], Reference]


class _Writer:
    def __init__(self, keep: Keep | None) -> None:
        self.keep = keep
        self.blobs: list[bytes] = []
        self.size = 0
        self.nodes = 0
        self.keys = 0

    def blob(self, data: bytes) -> int:
        self.blobs.append(data)
        return len(data)

    def claim(self, count: int, what: str) -> None:
        """Take `count` bytes of the budget, before they are copied."""
        if self.size + count > MAX_BYTES:
            raise Refused(f"{what} is too large to look at: {count:,} bytes, {MAX_BYTES:,} at most")
        self.size += count

    def hashed(self, count: int) -> None:
        self.keys += count
        if self.keys > MAX_KEYS:
            raise Refused(f"sets and dicts of {self.keys:,} entries in one answer, {MAX_KEYS:,} at most")

    def node(self, value: Any, depth: int = 0) -> list:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise Refused(f"more than {MAX_NODES:,} values in one answer")
        if depth > MAX_DEPTH:
            raise Refused(f"nested more than {MAX_DEPTH} levels deep, or containing itself")
        kind = type(value)
        if value is None:
            return ["none"]
        if value is Ellipsis:
            return ["ellipsis"]
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
            self.claim(len(value), "a text")
            return ["str", value]
        if kind is bytes:
            self.claim(len(value), "a bytes object")
            return ["bytes", self.blob(value)]
        if issubclass(kind, tuple):
            value, kind = (
                tuple.__getitem__(value, slice(None)),
                tuple,
            )  # a named tuple or a torch.Size is a tuple like any other
        if kind in (list, tuple, set, frozenset):
            name = kind.__name__
            if len(value) > MAX_NODES:
                raise Refused(f"a {name} of {len(value):,} values, {MAX_NODES:,} at most")
            if kind in (set, frozenset):
                self.hashed(len(value))
            items = sorted(value, key=repr) if kind in (set, frozenset) else value
            return [name, [self.node(item, depth + 1) for item in items]]
        if kind in (dict, OrderedDict):
            self.hashed(len(value))
            return [
                "dict",
                [[self.node(key, depth + 1), self.node(item, depth + 1)] for key, item in value.items()],
            ]
        if kind is Reference:
            return ["ref", value.number, value.kind]
        module = kind.__module__
        if module == "numpy" and hasattr(value, "dtype"):
            return self.array(value, kind)
        if (module == "torch" and kind.__name__ == "Tensor") or (
            module == "torch.nn.parameter" and kind.__name__ == "Parameter"
        ):
            return self.tensor(value, depth)
        return self.reference(value)

    def reference(self, value: Any) -> list:
        if self.keep is None:
            raise Refused(f"a value of type {type(value).__name__} can't be sent")
        reference = self.keep(value)
        return ["ref", reference.number, reference.kind]

    def array(self, value: Any, kind: type) -> list:
        import numpy

        if kind is numpy.str_:  # what an array of names, or numpy.select, gives
            return self.node(str.__str__(value), 0)
        name = str(value.dtype)
        if kind is not numpy.ndarray and not isinstance(value, numpy.generic):
            return self.reference(value)
        if (
            name == "float128"
        ):  # as long as this machine's long double is: its digits beyond float64's are nobody's answer
            self.claim(math.prod(value.shape) * ITEM_SIZES["float64"], "an array")
            value, name = value.astype("float64"), "float64"
        if name not in NUMPY_TYPES:
            raise Refused(f"a NumPy array of type {name[:60]}; numbers were expected")
        size = math.prod(value.shape)
        self.claim(size * ITEM_SIZES[name], "an array")
        if value.ndim > MAX_DIMENSIONS:
            raise Refused(f"an array of {value.ndim} dimensions")
        data = numpy.ascontiguousarray(value).tobytes()
        return ["array", name, list(value.shape), self.blob(data), isinstance(value, numpy.generic)]

    def tensor(self, value: Any, depth: int) -> list:
        import torch

        name = str(value.dtype).removeprefix("torch.")
        if name not in TORCH_TYPES:
            raise Refused(f"a tensor of type {name[:60]}; an ordinary tensor was expected")
        if str(value.layout) != "torch.strided" or value.is_nested or value.device.type != "cpu":
            raise Refused(
                f"a tensor on {value.device.type} with layout {str(value.layout)[:60]}; an ordinary tensor was expected"
            )
        shape = [int(length) for length in value.shape]
        if len(shape) > MAX_DIMENSIONS:
            raise Refused(f"a tensor of {len(shape)} dimensions")
        self.claim(math.prod(shape) * ITEM_SIZES[name], "a tensor")
        plain = value.detach().resolve_conj().resolve_neg().contiguous()
        flat = plain.as_strided(
            (plain.numel(),), (1,)
        )  # a single element counts as contiguous whatever its stride
        data = flat.view(torch.uint8).numpy().tobytes() if math.prod(shape) else b""
        written = ["tensor", name, shape, self.blob(data), bool(value.requires_grad)]
        gradient = value.grad if value.is_leaf else None
        return [*written, ["none"] if gradient is None else self.node(gradient, depth + 1)]


def encode(value: Any, keep: Keep | None = None) -> bytes:
    """The frame for `value`; `keep` takes what can't cross and gives a reference for it.

    Raises Refused for what is too large, too deep or of a kind that can't be looked at.
    """
    writer = _Writer(keep)
    header = json.dumps(writer.node(value), separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    if len(header) > MAX_HEADER:
        raise Refused("an answer too large to look at")
    body = b"".join([struct.pack(">I", len(header)), header, *writer.blobs])
    return struct.pack(">Q", len(body)) + body


class _Reader:
    def __init__(self, body: memoryview, at: int, resolve: Callable[[Reference], Any] | None) -> None:
        self.body = body
        self.at = at
        self.resolve = resolve
        self.nodes = 0
        self.keys = 0

    def hashed(self, count: int) -> None:
        self.keys += count
        if self.keys > MAX_KEYS:
            raise Malformed("too many keys")

    def take(self, count: Any) -> memoryview:
        if type(count) is not int or count < 0 or self.at + count > len(self.body):
            raise Malformed("a byte count that does not fit")
        part = self.body[self.at : self.at + count]
        self.at += count
        return part

    def value(self, node: Any, depth: int = 0) -> Any:
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH + 2:
            raise Malformed("too many or too deeply nested values")
        if type(node) is not list or not node or type(node[0]) is not str:
            raise Malformed("not a value")
        tag, rest = node[0], node[1:]
        shape = _SHAPES.get(tag)
        if (
            shape is None
            or len(rest) != len(shape)
            or not all(type(part) is kind for part, kind in zip(rest, shape))
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
            return bytes(self.take(rest[0]))
        if tag in ("list", "tuple", "set", "frozenset"):
            if tag in ("set", "frozenset"):
                self.hashed(len(rest[0]))
            items = [self.value(item, depth + 1) for item in rest[0]]
            try:
                return {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}[tag](items)
            except TypeError:
                raise Malformed("a set of values that can't be in one") from None
        if tag == "dict":
            return self.mapping(rest[0], depth)
        if tag == "ref":
            if not 0 <= rest[0] < 1 << 53 or len(rest[1]) > 200:
                raise Malformed("not a reference")
            reference = Reference(rest[0], rest[1])
            return self.resolve(reference) if self.resolve else reference
        return self.array(*rest) if tag == "array" else self.tensor(depth, *rest)

    def mapping(self, entries: list, depth: int) -> dict:
        self.hashed(len(entries))
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

    def raw(self, name: str, known: Sequence[str], shape: list, count: int) -> memoryview:
        if name not in known or len(shape) > MAX_DIMENSIONS:
            raise Malformed("an unknown type or too many dimensions")
        if not all(type(length) is int and 0 <= length <= MAX_BYTES for length in shape):
            raise Malformed("an impossible shape")
        if math.prod(shape) * ITEM_SIZES[name] != count:
            raise Malformed("shape and byte count disagree")
        if math.prod(length for length in shape if length) * ITEM_SIZES[name] > MAX_BYTES:
            raise Malformed("an empty array of impossible lengths")  # whose strides overflow
        return self.take(count)

    def array(self, name: str, shape: list, count: int, scalar: bool) -> Any:
        import numpy

        data = self.raw(name, NUMPY_TYPES, shape, count)
        result = numpy.frombuffer(bytes(data), dtype=name).reshape(shape).copy()
        return result[()] if scalar and not shape else result

    def tensor(
        self, depth: int, name: str, shape: list, count: int, requires_grad: bool, gradient: list
    ) -> Any:
        import torch

        data = self.raw(name, TORCH_TYPES, shape, count)
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


_SHAPES: dict[str, tuple[type, ...]] = {
    "none": (),
    "ellipsis": (),
    "bool": (bool,),
    "int": (int,),
    "float": (str,),
    "complex": (str, str),
    "str": (str,),
    "bytes": (int,),
    "list": (list,),
    "tuple": (list,),
    "set": (list,),
    "frozenset": (list,),
    "dict": (list,),
    "ref": (int, str),
    "array": (str, list, int, bool),
    "tensor": (str, list, int, bool, list),
}


def _float(text: str) -> float:
    try:
        if len(text) > 40:
            raise ValueError
        return float.fromhex(text)
    except (ValueError, OverflowError):
        raise Malformed("not a float") from None


def _refuse_constant(_: str) -> None:
    raise Malformed("NaN or Infinity outside of a float")


def decode(body: bytes | bytearray, resolve: Callable[[Reference], Any] | None = None) -> Any:
    """The value of a frame's body (all after the 8 bytes of length). Raises Malformed, and nothing else."""
    if not 4 <= len(body) <= MAX_BYTES + MAX_HEADER + 4:
        raise Malformed("not a frame")
    (length,) = struct.unpack_from(">I", body)
    if length > MAX_HEADER or 4 + length > len(body):
        raise Malformed("not a frame")
    try:
        header = json.loads(
            bytes(body[4 : 4 + length]), parse_constant=_refuse_constant, parse_float=_refuse_constant
        )
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("not JSON") from None
    reader = _Reader(memoryview(body), 4 + length, resolve)
    value = reader.value(header)
    if reader.at != len(body):
        raise Malformed("bytes left over")
    return value


# What the session says of a cell that came by the probe socket: that it ran to its end, or that it raised.
RAN, RAISED = encode({"ran": 1}), encode({"ran": 0})
