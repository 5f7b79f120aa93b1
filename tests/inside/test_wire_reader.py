"""The reader builds a value or raises Malformed, whatever the bytes are."""

from __future__ import annotations

import json
import struct

import numpy
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as some

from frames import FUZZ, body
from grader.inside import wire, wire_format
from grader.inside.wire import Handle, Malformed, decode, encode


def tensor(name="float32", shape=(1,), count=4, requires_grad=False, gradient=("none",)):
    return ["tensor", name, list(shape), count, requires_grad, list(gradient)]


def array(name="float32", shape=(1,), count=4, scalar=False):
    return ["array", name, list(shape), count, scalar]


MALFORMED_BODIES = {
    "empty": b"",
    "three bytes": b"\0\0\0",
    "no header": b"\0\0\0\0",
    "header longer than frame": struct.pack(">I", 7) + b'["int"',
    "header of 4 GB": struct.pack(">I", 2**32 - 1) + b"[]",
    "header over the limit": struct.pack(">I", wire.MAX_HEADER + 1) + b" " * (wire.MAX_HEADER + 1),
    "body over the limit": bytes(wire.MAX_BYTES + wire.MAX_HEADER + 5),
    "not JSON": body(b"hello"),
    "not UTF-8": body(b'["str","\xff"]'),
    "half a header": body(b'["int",1'),
    "deep JSON": body(b"[" * 100_000),
    "deep objects": body(b'{"a":' * 100_000),
    "NaN": body(b'["int",NaN]'),
    "Infinity": body(b'["float",-Infinity]'),
    "1e400": body(b'["int",1e400]'),
    "fraction": body(b'["int",1.0]'),
    "million digits": body(b'["int",' + b"9" * 10**6 + b"]"),
    "four thousand digits": body(b'["int",' + b"9" * 4000 + b"]"),
    "bytes left over": body(["none"], b"\0"),
    "tail of another frame": body(["bytes", 2], b"abc"),
}
MALFORMED_HEADERS = {
    "null": None,
    "true": True,
    "number": 1,
    "text": "none",
    "object": {"int": 1},
    "empty list": [],
    "tag is a number": [1],
    "tag is null": [None],
    "tag is a list": [["none"]],
    "unknown tag": ["pickle", "gASV"],
    "none with a value": ["none", 1],
    "bool of a number": ["bool", 1],
    "int of a bool": ["int", True],
    "int of text": ["int", "1"],
    "int without": ["int"],
    "int of two": ["int", 1, 2],
    "float of a number": ["float", 1],
    "float of words": ["float", "three"],
    "float out of range": ["float", "0x1p9999"],
    "float, empty": ["float", ""],
    "complex of one": ["complex", "0x0p+0"],
    "str of a number": ["str", 5],
    "str of a list": ["str", ["a"]],
    "list of text": ["list", "ab"],
    "list of numbers": ["list", [1]],
    "list of an object": ["list", [{}]],
    "bytes of text": ["bytes", "ab"],
    "bytes, negative": ["bytes", -1],
    "bytes, not there": ["bytes", 1],
    "bytes of a bool": ["bytes", True],
    "giant byte count": ["bytes", 10**30],
    "set of lists": ["set", [["list", []]]],
    "frozenset of dicts": ["frozenset", [["dict", []]]],
    "dict of an object": ["dict", {}],
    "dict of numbers": ["dict", [1]],
    "dict of threes": ["dict", [[["none"], ["none"], ["none"]]]],
    "dict of ones": ["dict", [[["none"]]]],
    "dict with a list as key": ["dict", [[["list", []], ["none"]]]],
    "dict with a set within a key": ["dict", [[["tuple", [["set", []]]], ["none"]]]],
    "ref without a name": ["ref", 1],
    "ref, negative": ["ref", -1, "f"],
    "ref, giant": ["ref", 2**53, "f"],
    "ref, endless name": ["ref", 1, "f" * 201],
    "ref by text": ["ref", "1", "f"],
    "array without": ["array"],
    "array of objects": array("object"),
    "array of O": array("O"),
    "array, big-endian": array(">f4"),
    "array of records": array("f4,f4"),
    "array, type by number": ["array", 1, [1], 4, False],
    "array, no shape": ["array", "float32", 1, 4, False],
    "array, scalar by number": ["array", "float32", [1], 4, 0],
    "tensor, unknown type": tensor("quint8"),
    "tensor, an attribute of torch": tensor("load"),
    "tensor, dotted": tensor("nn.Module"),
    "tensor, grad by null": ["tensor", "float32", [1], 4, False, None],
    "tensor, flag by text": ["tensor", "float32", [1], 4, "no", ["none"]],
    "deep list": json.loads('["list",[' * 60 + '["none"]' + "]]" * 60),
    "too many values": ["list", [["none"]] * 100_000],
}


@pytest.mark.parametrize("name", MALFORMED_BODIES)
def test_malformed_bodies(name):
    """Bytes that are not a frame raise Malformed."""
    with pytest.raises(Malformed):
        decode(MALFORMED_BODIES[name])


@pytest.mark.parametrize("name", MALFORMED_HEADERS)
@pytest.mark.parametrize("blob", [b"", b"\0\0\0\0"], ids=["no bytes", "four bytes"])
def test_malformed_headers(name, blob):
    """A header that makes no sense raises Malformed, whatever bytes follow it."""
    with pytest.raises(Malformed):
        decode(body(MALFORMED_HEADERS[name], blob))


G19 = {
    "more bytes than the shape": ([2], 12, 12),
    "fewer bytes than the shape": ([4], 4, 4),
    "bytes that are not there": ([4], 16, 12),
    "negative": ([-1], -4, 4),
    "negative twice": ([-1, -1], 4, 4),
    "giant": ([2**62], 2**64, 4),
    "overflowing to fit": ([2**32, 2**32], 0, 0),
    "wrapping": ([2**62 + 1], 4, 4),
    "263 dimensions": ([1] * 263, 4, 4),
    "33 dimensions": ([1] * 33, 4, 4),
    "bool as a length": ([True], 4, 4),
    "text as a length": (["1"], 4, 4),
    "null as a length": ([None], 4, 4),
    "list as a length": ([[1]], 4, 4),
    "zero with bytes": ([0], 4, 4),
    "just over a length's limit": ([0, wire.MAX_BYTES + 1], 0, 0),
}


@pytest.mark.parametrize("make", [array, tensor])
@pytest.mark.parametrize("name", G19)
def test_shapes_that_lie(make, name):
    """A shape that is impossible or does not fit its bytes raises Malformed (attack G19)."""
    shape, count, there = G19[name]
    with pytest.raises(Malformed):
        decode(body(make("float32", shape, count), b"\0" * there))


@pytest.mark.parametrize("make", [array, tensor])
@pytest.mark.parametrize("shape", [[0] + [wire.MAX_BYTES] * 3, [wire.MAX_BYTES] * 31 + [0]], ids=["4", "32"])
def test_empty_shapes_with_giant_lengths(make, shape):
    """An empty array with giant lengths, which can't be built, raises Malformed (attack G19)."""
    with pytest.raises(Malformed):
        decode(body(make("float64", shape, 0)))


@pytest.mark.parametrize(
    "header",
    [
        tensor("int32", requires_grad=True),
        tensor(gradient=["int", 1]),
        tensor(gradient=["list", []]),
        tensor(gradient=tensor("float32", (2,), 8)),
        tensor(gradient=tensor("int32")),
        tensor(gradient=tensor("float32", ())),
        tensor(gradient=array()),
    ],
    ids=json.dumps,
)
def test_gradients_that_do_not_fit(header):
    """A gradient that is not a tensor, or not of its tensor's shape and type, raises Malformed."""
    with pytest.raises(Malformed):
        decode(body(header, b"\0" * (header[3] + (header[5][3] if len(header[5]) > 3 else 0))))


def test_gradients_within_gradients_end():
    """A chain of gradients of gradients counts as nesting, and is limited as such."""
    header, count = tensor(requires_grad=True), 4
    for _ in range(wire.MAX_DEPTH + 10):
        header, count = tensor(gradient=header, requires_grad=True), count + 4
    with pytest.raises(Malformed):
        decode(body(header, b"\0" * count))


def test_float_of_endless_digits():
    """A float whose text is longer than any float's raises Malformed instead of passing for NaN."""
    with pytest.raises(Malformed):
        decode(body(["float", "0x1." + "0" * 100 + "p0"]))


@pytest.mark.parametrize(
    "make",
    [
        lambda n: ["set", [["int", i * (2**61 - 1)] for i in range(n)]],
        lambda n: ["dict", [[["int", i * (2**61 - 1)], ["none"]] for i in range(n)]],
        lambda n: ["list", [["set", [["int", i * (2**61 - 1)] for i in range(n // 4)]]] * 4],
    ],
    ids=["set", "dict", "several"],
)
def test_keys_of_one_hash(make):
    """Keys chosen to share one hash can't hold the reader up: thousands of keys raise Malformed."""
    frame = body(make(12_000))
    with pytest.raises(Malformed):
        decode(frame)


def test_more_than_one_blob_of_lies():
    """A tensor that claims to be another's bytes is read by its own type's size, never beyond its blob."""
    with pytest.raises(Malformed):
        decode(body(["list", [["tensor", "float32", [1], 4, False, ["none"]], ["bytes", 4]]], b"\0" * 7))


def equal(one, other) -> bool:
    """Whether two decoded values are the same, NaN included."""
    return encode(one, lambda value: value) == encode(other, lambda value: value)


VALUES = [
    {
        "w": torch.tensor([1.5, 2.5]),
        "b": numpy.float64(0.8),
        "names": ["a", "b"],
        "n": 12,
        "t": (1, None, True),
    },
    [torch.ones(2, 2, requires_grad=True), numpy.arange(6).reshape(2, 3), {1, 2}, b"bytes", 3 + 4j, ...],
    Handle(3, "function"),
    [torch.zeros(3, dtype=torch.bfloat16), [[[{"deep": [0.1]}]]], "\ud800", frozenset({(1, 2)})],
]
BODIES = [encode(value)[8:] for value in VALUES]


@FUZZ
@given(
    some.sampled_from(BODIES),
    some.lists(
        some.tuples(
            some.integers(0, 10_000),
            some.sampled_from(["set", "flip", "cut", "insert", "drop"]),
            some.binary(min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_mutated_frames(frame, changes):
    """A valid frame with bytes changed, added or removed gives a value or raises Malformed, nothing else."""
    data = bytearray(frame)
    for place, how, new in changes:
        at = place % (len(data) + 1)
        if how == "set":
            data[at : at + len(new)] = new
        elif how == "flip":
            data[at : at + 1] = bytes(byte ^ new[0] for byte in data[at : at + 1])
        elif how == "cut":
            del data[at:]
        elif how == "insert":
            data[at:at] = new
        else:
            del data[at : at + len(new)]
    try:
        value = decode(data)
    except Malformed:
        return
    assert equal(value, value)


JSON = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-10, 2**70)
    | some.text(max_size=5)
    | some.sampled_from(sorted(wire_format.NODE_PARTS)),
    lambda inner: some.lists(inner, max_size=5) | some.dictionaries(some.text(max_size=3), inner, max_size=2),
    max_leaves=20,
)
NODES = some.deferred(
    lambda: some.one_of(
        some.just(["none"]),
        some.tuples(some.just("int"), some.integers() | JSON),
        some.tuples(some.just("float"), some.text(max_size=6)),
        some.tuples(some.sampled_from(["list", "tuple", "set", "frozenset"]), some.lists(NODES, max_size=3)),
        some.tuples(
            some.just("dict"), some.lists(some.lists(NODES, min_size=2, max_size=2) | JSON, max_size=3)
        ),
        some.tuples(some.just("bytes"), some.integers(-1, 9)),
        some.tuples(some.just("ref"), some.integers(-1, 2**54), some.text(max_size=3)),
        some.tuples(
            some.just("array"),
            some.sampled_from([*wire.TORCH_TYPES, "object"]),
            SHAPES,
            COUNTS,
            some.booleans(),
        ),
        some.tuples(
            some.just("tensor"),
            some.sampled_from([*wire.NUMPY_TYPES, "bfloat16", "x"]),
            SHAPES,
            COUNTS,
            some.booleans(),
            NODES,
        ),
    )
)
SHAPES = some.lists(some.integers(-1, 4) | some.integers(2**20, 2**27), max_size=4)
COUNTS = some.sampled_from([-1, 0, 1, 2, 4, 8, 16, 24, 32])


@FUZZ
@given(JSON | NODES, some.binary(max_size=40))
@example(["tensor", "float32", [0, 2**26, 2**26, 2**26], 0, False, ["none"]], b"")
def test_random_headers(header, blobs):
    """Any JSON for a header and any bytes after it give a value or raise Malformed, nothing else."""
    try:
        decode(body(header, blobs))
    except Malformed:
        pass


@FUZZ
@given(some.binary(max_size=60))
def test_random_bytes(data):
    """Any bytes at all give a value or raise Malformed, nothing else."""
    try:
        decode(data)
    except Malformed:
        pass
