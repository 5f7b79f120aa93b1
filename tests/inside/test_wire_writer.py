"""What the writer refuses, and what it never writes by value."""

from __future__ import annotations

import tracemalloc
import warnings
from collections import Counter, OrderedDict, defaultdict
from enum import IntEnum, StrEnum

import numpy
import pytest
import torch

from frames import crossed
from grader.inside import wire
from grader.inside.wire import Handle, Refused, decode, encode

# What a refusal may take beside what was within the budget: far less than what it saves.
MAX_REFUSAL_BYTES = 32 << 20


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
    """What is too large, too deep or unusual is refused before any copy (G07, G11 to G15)."""
    make, words = REFUSED[name]
    value = make()
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match=words):
            encode(value)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
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
    __torch_function__ = classmethod(lambda *_: True)  # type: ignore[assignment]

    def detach(self):
        return torch.zeros(3)


class OwnArray(numpy.ndarray):
    def tobytes(self, *_):
        return b"\0" * 8


class OwnList(list):
    def __len__(self):
        return 0


class OwnDict(dict):
    def items(self):
        return {}.items()


class Called(list):
    def __call__(self):
        return self


class Colour(IntEnum):
    RED = 3


class Kind(StrEnum):
    SADDLE = "saddle"


PosesAsArray.__module__ = "numpy"


@pytest.mark.parametrize(
    "value",
    [
        Pretender(),
        PosesAsTensor(),
        PosesAsArray(),
        torch.nn.parameter.UninitializedParameter(),
        numpy.ma.array([1.0, 2.0], mask=[False, True]),
        Called([1]),
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
    """What only pretends to be data, or is more than data, becomes a reference (attack G02)."""
    held = []

    def keep(thing):
        held.append(thing)
        return Handle(1, type(thing).__name__)

    assert isinstance(decode(encode(value, keep)[8:]), Handle)
    assert len(held) == 1 and held[0] is value


def test_lies_within_containers_stay_behind():
    """A pretender in a list is a reference there, and the list crosses."""
    result = decode(encode([1.0, Pretender()], lambda value: Handle(1, type(value).__name__))[8:])
    assert result[0] == 1.0
    assert (result[1].number, result[1].kind) == (1, "Pretender")


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Three(9), 9.0),
        (Whole(2), 2),
        (Words("3.0"), "3.0"),
        (Colour.RED, 3),
        (Kind.SADDLE, "saddle"),
        (OwnList([1, Three(9)]), [1, 9.0]),
        (OwnDict(a=1), {"a": 1}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (numpy.ones(1).view(OwnArray), numpy.ones(1)),
        (numpy.ma.array([1.0, 2.0]), numpy.array([1.0, 2.0])),
        (torch.ones(2).as_subclass(OwnTensor), torch.ones(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_subclasses_of_plain_data(value, plain):
    """Of a subclass crosses what its base class keeps, whatever the subclass says of it (attack G01)."""
    result = crossed(value)
    assert type(result) is type(plain)
    assert repr(result) == repr(plain)


def test_a_tensor_of_a_students_own_kind_keeps_its_gradient():
    """requires_grad and grad cross with a subclass of Parameter."""

    class Own(torch.nn.Parameter):
        pass

    weight = Own(torch.ones(2))
    (weight * 3).sum().backward()
    result = crossed(weight)
    assert type(result) is torch.Tensor
    assert result.requires_grad and result.grad.tolist() == [3, 3]


def test_the_order_of_an_ordered_dict():
    """An OrderedDict, and a subclass of it, arrives in its own order."""

    class Own(OrderedDict):
        pass

    value = Own(a=1, b=2)
    value.move_to_end("a")
    assert list(crossed(value)) == ["b", "a"]
