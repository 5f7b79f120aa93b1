"""What crosses the border of a session: exactly what was there, or a refusal; never anything else."""

from __future__ import annotations

import json
import math
import struct
import time
import tracemalloc
import warnings
from collections import OrderedDict

import numpy
import pytest
import torch
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

from grader.inside import wire
from grader.inside.wire import Malformed, Reference, Refused, decode, encode

MAX_REFUSAL_BYTES = (
    32 << 20
)  # what a refusal may take beside what was within the budget: far below what it saves us from
FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


def crossed(value):
    """`value` as it comes out on the other side."""
    frame = encode(value)
    (size,) = struct.unpack(">Q", frame[:8])
    assert size == len(frame) - 8
    return decode(frame[8:])


def body(header: object, blobs: bytes = b"") -> bytes:
    """A frame's body from a header, as JSON text or as what JSON is made of."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack(">I", len(text)) + text + blobs


def kept(value):
    """What `value` is taken for when it can stay behind: "reference" or the type that crosses."""
    stayed = []

    def keep(thing):
        stayed.append(thing)
        return Reference(len(stayed), type(thing).__name__)

    result = decode(encode(value, keep)[8:])
    return "reference" if isinstance(result, Reference) and stayed == [value] else type(result)


def same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    return (
        one.dtype == other.dtype
        and one.shape == other.shape
        and (
            one.detach().contiguous().reshape(-1).view(torch.uint8).tolist()
            == other.detach().contiguous().reshape(-1).view(torch.uint8).tolist()
        )
    )


# ---- exact round trips


@pytest.mark.parametrize(
    "value",
    [
        None,
        ...,
        True,
        False,
        0,
        -1,
        2**63,
        -(2**4095),
        2**4096 - 1,
        0.0,
        0.1,
        -1.5e-320,
        1.7976931348623157e308,
        3 + 0j,
        complex(0.1, -2),
        "",
        "a",
        "\ud800",
        "\ud83d\ude00",
        "a\0b",
        "中文 ✓ 😀",
        '"\\\n',
        b"",
        b"\0\xff" * 9,
        [],
        (),
        {},
        set(),
        frozenset(),
        [1, [2, [3, (4,)]]],
        (1,),
        {1, "a", None, (1, 2)},
        frozenset({1.5, frozenset({2})}),
        {"a": 1, 2: [3], (1, 2): None, None: {"b": b"x"}, True: False},
        {"\ud800": "\udfff"},
        [b"one", [b"two"], {"k": b"three"}],
    ],
    ids=lambda value: ascii(sorted(value, key=str) if isinstance(value, set) else value),
)
def test_plain_data(value):
    """Plain data arrives equal and of the very same type, to any depth."""
    result = crossed(value)
    assert type(result) is type(value)
    assert result == value
    assert repr(result) == repr(value) or isinstance(value, (set, frozenset))


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, -0.0, complex(math.nan, -0.0), complex(-0.0, -math.inf)], ids=str
)
def test_special_floats(value):
    """NaN, infinities and the sign of zero survive (attacks G04 to G06)."""
    assert type(crossed(value)) is type(value)
    assert str(crossed(value)) == str(value)


def test_order_of_a_dict_and_ordered_dicts():
    """A dict keeps its order; an OrderedDict arrives as a dict; torch.Size as a tuple."""
    assert list(crossed({"z": 1, "a": 2})) == ["z", "a"]
    assert crossed(OrderedDict(z=1, a=2)) == {"z": 1, "a": 2}
    assert crossed(torch.zeros(2, 3).shape) == (2, 3)


def test_deepest_nesting_that_crosses():
    """What the writer lets through at its limit of depth the reader takes."""
    value: list = []
    for _ in range(wire.MAX_DEPTH):
        value = [value]
    assert crossed(value) == value


@pytest.mark.parametrize("name", wire.TORCH_TYPES)
def test_tensor_types(name):
    """Every tensor type arrives bit for bit, as an ordinary tensor with memory of its own."""
    tensor = torch.tensor([[0, 1, 2], [3, 100, 127]]).to(getattr(torch, name))
    result = crossed(tensor)
    assert type(result) is torch.Tensor
    assert same_bits(result, tensor)
    assert not result.requires_grad
    result.zero_()  # writable, and not the caller's
    assert tensor[0, 1] == 1


@pytest.mark.parametrize("name", wire.NUMPY_TYPES)
@pytest.mark.parametrize("shape", [(2, 3), (), (0, 3), (6,)], ids=str)
def test_array_types(name, shape):
    """Every array type arrives bit for bit in any shape, 0-d and empty ones too, and can be written to."""
    array = numpy.arange(math.prod(shape)).astype(name).reshape(shape)
    result = crossed(array)
    assert type(result) is numpy.ndarray
    assert (result.dtype, result.shape, result.tobytes()) == (array.dtype, array.shape, array.tobytes())
    assert result.flags.writeable


def test_numpy_text_crosses_as_text():
    """What numpy.select and arrays of names give is text like any other; an array of texts is refused by name."""
    result = crossed(numpy.str_("saddle"))
    assert type(result) is str and result == "saddle"
    with pytest.raises(Refused):
        encode(numpy.array(["a", "b"]))


@pytest.mark.parametrize(
    "value",
    [
        numpy.array([1.5, -2], dtype=numpy.longdouble),
        numpy.longdouble(1.5),
        numpy.ones((0, 3), dtype=numpy.longdouble),
    ],
)
def test_long_doubles_cross_as_float64(value):
    """Any float type is a right answer's; the longest one, which machines do not agree on, arrives as float64."""
    result = crossed(value)
    assert result.dtype == numpy.float64 and numpy.array_equal(result, value)


@pytest.mark.parametrize("name", wire.NUMPY_TYPES)
def test_array_scalars(name):
    """A NumPy scalar stays a NumPy scalar of its type."""
    scalar = numpy.dtype(name).type(1)
    result = crossed(scalar)
    assert type(result) is type(scalar)
    assert result == scalar


SPECIAL = torch.tensor([math.nan, math.inf, -math.inf, -0.0, 1e-45])


@pytest.mark.parametrize(
    "tensor",
    [
        torch.tensor(3.5),
        torch.empty(0),
        torch.empty(0, 3),
        torch.empty(2, 0, 3),
        SPECIAL,
        SPECIAL.to(torch.bfloat16),
        SPECIAL.to(torch.complex64),
        torch.arange(6.0).reshape(2, 3).t(),
        torch.arange(6.0)[::2],
        torch.arange(24).reshape(2, 3, 4).permute(2, 0, 1),
        torch.tensor([7]).expand(5),
        torch.tensor([1 + 2j, 3 - 4j]).conj(),
        torch.tensor([1 + 2j, 3 - 4j]).conj().imag,
        torch.zeros((1,) * 32),
        torch.arange(4.0).reshape(2, 2)[1],
    ],
    ids=lambda tensor: f"{tensor.dtype}{tuple(tensor.shape)}{tensor.stride()}",
)
def test_tensor_layouts(tensor):
    """Views, transposed, strided, expanded, conjugated, 0-d and empty tensors arrive with their values (attack G14)."""
    result = crossed(tensor)
    assert result.dtype == tensor.dtype and result.shape == tensor.shape
    assert same_bits(result, tensor.resolve_conj().resolve_neg().contiguous().clone())


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(10.0).reshape(1, 10)[:, 3],
        torch.arange(10.0)[3::20],
        torch.nn.Linear(2, 1).weight.detach()[:, 0],
        torch.arange(10, dtype=torch.uint8).reshape(1, 10)[:, 3],
        torch.tensor([1 + 2j]).imag,
        torch.arange(12.0).reshape(1, 3, 4)[:, :1, 2],
    ],
    ids=lambda tensor: f"{tensor.dtype}{tuple(tensor.shape)}{tensor.stride()}",
)
def test_one_element_with_a_stride(tensor):
    """A tensor of one element that is a column of something wider crosses like any other."""
    result = crossed(tensor)
    assert result.shape == tensor.shape and result.tolist() == tensor.tolist()


def test_requires_grad_and_gradient():
    """A leaf arrives as a leaf with requires_grad and its gradient; it can be trained on."""
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    (w**3).sum().backward()
    result = crossed(w)
    assert result.is_leaf and result.requires_grad
    assert result.grad.tolist() == [3.0, 12.0]
    (result * 2).sum().backward()
    assert result.grad.tolist() == [5.0, 14.0]


@pytest.mark.parametrize(
    ("tensor", "requires_grad", "grad"),
    [
        (torch.ones(2, requires_grad=True), True, None),
        (torch.ones(2, requires_grad=True) * 2, True, None),
        (torch.nn.Parameter(torch.ones(2)), True, None),
        (torch.ones(2), False, None),
        (torch.ones((), dtype=torch.complex64, requires_grad=True), True, None),
    ],
    ids=["leaf", "result", "parameter", "plain", "complex"],
)
def test_requires_grad_alone(tensor, requires_grad, grad):
    """requires_grad crosses for leaves, results and parameters, and each becomes a leaf tensor without a gradient."""
    result = crossed(tensor)
    assert type(result) is torch.Tensor
    assert (result.requires_grad, result.grad, result.is_leaf) == (requires_grad, grad, True)


def test_gradient_that_was_cleared_to_zero():
    """A gradient of zeros is not the same as no gradient."""
    w = torch.ones(3, requires_grad=True)
    w.grad = torch.zeros(3)
    assert crossed(w).grad.tolist() == [0.0, 0.0, 0.0]


def test_tensors_within_containers():
    """Several arrays and tensors in one frame don't get into each other's bytes."""
    w = torch.tensor([5.0], requires_grad=True)
    (2 * w).sum().backward()
    result = crossed(
        {
            "w": w,
            "a": [numpy.arange(3), b"xyz", (torch.tensor([True]), numpy.float32(2))],
            "b": torch.tensor([7], dtype=torch.int8),
        }
    )
    assert (result["w"].item(), result["w"].grad.item(), result["b"].item()) == (5.0, 2.0, 7)
    array, text, (flag, scalar) = result["a"]
    assert (array.tolist(), text, flag.tolist(), scalar) == ([0, 1, 2], b"xyz", [True], 2)


def test_references_cross_by_number():
    """A reference keeps its number and its type's name, and the reader's `resolve` says what it becomes."""
    frame = encode([Reference(7, "ConvNet")])
    (result,) = decode(frame[8:])
    assert (result.number, result.kind) == (7, "ConvNet")
    assert decode(frame[8:], lambda reference: reference.number * 2) == [14]


def test_what_can_not_cross_is_kept():
    """A value without a form of its own goes to `keep`, within containers too, and is refused where nothing keeps."""
    held = []

    def keep(value):
        held.append(value)
        return Reference(len(held), "thing")

    result = decode(encode({"f": len, "r": [range(3)]}, keep)[8:])
    assert held == [len, range(3)]
    assert (result["f"].number, result["r"][0].number) == (1, 2)
    with pytest.raises(Refused, match="builtin_function_or_method"):
        encode({"f": len})


# ---- refusals, before anything is copied


def quantised():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.quint8)


def sparse_row():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.eye(3).to_sparse_csr()


def nested_tensor():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.nested.nested_tensor([torch.ones(2), torch.ones(3)])


def nested(levels: int) -> list:
    value: list = []
    for _ in range(levels):
        value = [value]
    return value


def cyclic() -> list:
    value: list = []
    value.append(value)
    return value


def cyclic_dict() -> dict:
    value: dict = {}
    value["self"] = value
    return value


def sparse_gradient():
    table = torch.nn.Embedding(3, 2, sparse=True)
    table(torch.tensor([1])).sum().backward()
    return table.weight


def gradient_too_many():
    w = torch.zeros(5 << 20, dtype=torch.float64, requires_grad=True)
    w.grad = torch.zeros(1, dtype=torch.float64).expand(5 << 20)
    return w


REFUSED = {
    "expanded": (lambda: torch.zeros(1).expand(2**40), "too large"),
    "broadcast": (lambda: numpy.broadcast_to(numpy.float64(1), (2**40,)), "too large"),
    "many small": (lambda: [torch.zeros(1).expand(1 << 20)] * 17, "too large"),
    "gradient": (gradient_too_many, "too large"),
    "meta": (lambda: torch.empty(2**40, device="meta"), "ordinary tensor"),
    "sparse": (
        lambda: torch.sparse_coo_tensor([[0], [0]], [1.0], (2**20, 2**20), check_invariants=True),
        "ordinary tensor",
    ),
    "sparse rows": (sparse_row, "ordinary tensor"),
    "sparse gradient": (sparse_gradient, "ordinary tensor"),
    "quantised": (quantised, "ordinary tensor"),
    "float8": (lambda: torch.ones(2).to(torch.float8_e5m2), "ordinary tensor"),
    "tensor of 40 dimensions": (lambda: torch.zeros((1,) * 40), "40 dimensions"),
    "array of 40 dimensions": (lambda: numpy.zeros((1,) * 40), "40 dimensions"),
    "array of objects": (lambda: numpy.array([object()]), "numbers were expected"),
    "array of text": (lambda: numpy.array(["a"]), "numbers were expected"),
    "array of dates": (lambda: numpy.array(["2020-01-01"], dtype="datetime64[D]"), "numbers were expected"),
    "array of records": (lambda: numpy.zeros(2, dtype=[("a", "f4")]), "numbers were expected"),
    "giant number": (lambda: 10**10**5, "4096 bits"),
    "just too wide": (lambda: 2**4096, "4096 bits"),
    "giant number within": (lambda: {"a": [1, -(2**5000)]}, "4096 bits"),
    "deep": (lambda: nested(10_000), "levels deep"),
    "one too deep": (lambda: nested(wire.MAX_DEPTH + 1), "levels deep"),
    "cyclic": (cyclic, "containing itself"),
    "cyclic dict": (cyclic_dict, "containing itself"),
    "many values": (lambda: [[0] * 400] * 400, "100,000 values"),
    "long list": (lambda: [0] * 10**6, "1,000,000 values"),
    "long dict": (lambda: dict.fromkeys(range(10**6)), "1,000,000 entries"),
    "long set": (lambda: set(range(200_000)), "200,000 values"),
    "long text": (lambda: "x" * 10**7, "10,000,000 characters"),
    "texts": (lambda: ["x" * (1 << 20)] * 5, "too large"),
    "bytes": (lambda: bytes(wire.MAX_BYTES + 1), "too large"),
    "range": (lambda: range(3), "range"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name):
    """What is too large, too deep or not ordinary is refused, in words, quickly, and before it is copied (G07, G11 to G15)."""
    make, words = REFUSED[name]
    value = make()
    tracemalloc.start()
    begun = time.monotonic()
    try:
        with pytest.raises(Refused, match=words):
            encode(value)
        took, (_, most) = time.monotonic() - begun, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert took < 1
    assert most < MAX_REFUSAL_BYTES + (wire.MAX_BYTES if name in ("many small", "gradient") else 0)


def test_refusal_of_a_nested_tensor():
    """A tensor whose parts differ in length is refused by name."""
    with pytest.raises(Refused, match="ordinary tensor"):
        encode(nested_tensor())


def test_largest_tensor_crosses_and_one_byte_more_does_not():
    """The size limit is exact and counts all of a frame."""
    blank = torch.zeros(1, dtype=torch.uint8)
    assert crossed(torch.zeros(wire.MAX_BYTES, dtype=torch.uint8)).numel() == wire.MAX_BYTES
    with pytest.raises(Refused, match="too large"):
        encode([blank, blank.expand(wire.MAX_BYTES)])


# ---- lies


class Three(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __sub__(self, other):
        return 0.0

    def hex(self):
        return float.hex(3.0)


class Whole(int):
    def bit_length(self):
        return 1


class Words(str):
    def __len__(self):
        return 0


class Pretender:
    __class__ = property(lambda self: float)  # type: ignore[assignment]

    def hex(self):
        return "0x1.8p+1"


class PosesAsTensor:
    dtype, layout, shape, requires_grad, is_leaf, grad = torch.float32, torch.strided, (1,), False, True, None


class PosesAsArray:
    dtype, shape, ndim = "float64", (1,), 1


class OwnTensor(torch.Tensor):
    pass


class OwnArray(numpy.ndarray):
    pass


class OwnList(list):
    def __len__(self):
        return 0


class OwnDict(dict):
    pass


PosesAsArray.__module__ = "numpy"


@pytest.mark.parametrize(
    "value",
    [
        Three(9),
        Whole(2),
        Words("3.0"),
        Pretender(),
        PosesAsTensor(),
        PosesAsArray(),
        torch.ones(2).as_subclass(OwnTensor),
        numpy.ones(1).view(OwnArray),
        numpy.ma.array([1.0]),
        OwnList([1]),
        OwnDict(a=1),
        bytearray(b"1"),
        len,
        torch.nn.Linear(1, 1),
        torch.float32,
        ValueError,
        Ellipsis.__class__,
    ],
    ids=lambda value: type(value).__name__,
)
def test_lies_stay_behind(value):
    """Only exact types cross by value; whatever else, a subclass or a pretender, is a reference (attacks G01, G02)."""
    held = []

    def keep(thing):
        held.append(thing)
        return Reference(1, type(thing).__name__)

    assert isinstance(decode(encode(value, keep)[8:]), Reference)
    assert len(held) == 1 and held[0] is value


def test_lies_within_containers_stay_behind():
    """A subclass in a list is a reference there, and the list crosses."""
    result = decode(encode([1.0, Three(9)], lambda value: Reference(1, type(value).__name__))[8:])
    assert result[0] == 1.0
    assert (result[1].number, result[1].kind) == (1, "Three")


def test_more_than_one_blob_of_lies():
    """A tensor that claims to be another's bytes is read by its own type's size, never beyond its blob."""
    with pytest.raises(Malformed):
        decode(body(["list", [["tensor", "float32", [1], 4, False, ["none"]], ["bytes", 4]]], b"\0" * 7))


# ---- the reader believes nothing


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
    """Bytes that are no frame raise Malformed."""
    with pytest.raises(Malformed):
        decode(MALFORMED_BODIES[name])


@pytest.mark.parametrize("name", MALFORMED_HEADERS)
@pytest.mark.parametrize("blob", [b"", b"\0\0\0\0"], ids=["no bytes", "four bytes"])
def test_malformed_headers(name, blob):
    """A header that says something senseless raises Malformed, whatever bytes come with it."""
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
    """Nothing times giant lengths is no array that anyone could build: Malformed (attack G19)."""
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
    """A gradient that is none, or not of its tensor's shape and type, raises Malformed."""
    with pytest.raises(Malformed):
        decode(body(header, b"\0" * (header[3] + (header[5][3] if len(header[5]) > 3 else 0))))


def test_gradients_within_gradients_end():
    """A chain of gradients of gradients is as deep as nesting may be, not deeper."""
    header, count = tensor(requires_grad=True), 4
    for _ in range(wire.MAX_DEPTH + 10):
        header, count = tensor(gradient=header, requires_grad=True), count + 4
    with pytest.raises(Malformed):
        decode(body(header, b"\0" * count))


def test_float_of_endless_digits():
    """A float's text has a length that floats have: what is longer raises Malformed instead of passing for NaN."""
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
    """Keys that were chosen to share one hash can't hold the reader up: what holds thousands of keys raises Malformed."""
    frame = body(make(12_000))
    with pytest.raises(Malformed):
        decode(frame)


# ---- fuzz


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
    Reference(3, "function"),
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
    """A valid frame with bytes changed, added or taken away gives a value or raises Malformed, nothing else."""
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
    | some.sampled_from(sorted(wire._SHAPES)),
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


PLAIN = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.complex_numbers()
    | some.text()
    | some.binary()
    | some.text(some.characters(categories=["Cs"]), max_size=3),
    lambda inner: (
        some.lists(inner)
        | some.dictionaries(some.text() | some.integers() | some.floats(), inner)
        | some.lists(inner).map(tuple)
    ),
    max_leaves=20,
)


@settings(FUZZ, max_examples=100)
@given(PLAIN)
def test_any_plain_data(value):
    """Whatever plain data there may be crosses exactly."""
    assert repr(crossed(value)) == repr(value)


def test_a_named_tuple_is_a_tuple():
    """A tuple with names for its places crosses as a plain tuple, whatever its class says of itself."""
    from collections import namedtuple

    class Lying(namedtuple("Line", "w b")):
        def __iter__(self):
            return iter((0, 0))

    assert decode(encode(Lying(2.0, 1))[8:]) == (2.0, 1)
