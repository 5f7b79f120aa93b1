"""What crosses the border of a session arrives exactly as it was."""

from __future__ import annotations

import math
from collections import OrderedDict, namedtuple

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as some

from frames import FUZZ, crossed
from grader.inside import wire
from grader.inside.wire import Handle, Refused, decode, encode


def same_bits(one: torch.Tensor, other: torch.Tensor) -> bool:
    return (
        one.dtype == other.dtype
        and one.shape == other.shape
        and (
            one.detach().contiguous().reshape(-1).view(torch.uint8).tolist()
            == other.detach().contiguous().reshape(-1).view(torch.uint8).tolist()
        )
    )


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
    """The reader accepts what the writer lets through at its limit of depth."""
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
    """An element of an array of names crosses as ordinary text; the array itself is refused."""
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
    """A right answer may be of any float type. The longest, which differs by machine, arrives as float64."""
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
    """Views and transposed, strided, expanded, conjugated, 0-d and empty tensors keep their values (G14)."""
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
    """requires_grad crosses for leaves, results and parameters. Each arrives as a leaf without a gradient."""
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
    frame = encode([Handle(7, "ConvNet")])
    (result,) = decode(frame[8:])
    assert (result.number, result.kind) == (7, "ConvNet")
    assert decode(frame[8:], lambda reference: reference.number * 2) == [14]


def test_what_can_not_cross_is_kept():
    """A value without a form of its own goes to `keep`, also in containers. Without `keep` it is refused."""
    held = []

    def keep(value):
        held.append(value)
        return Handle(len(held), "thing")

    result = decode(encode({"f": len, "r": [range(3)]}, keep)[8:])
    assert held == [len, range(3)]
    assert (result["f"].number, result["r"][0].number) == (1, 2)
    with pytest.raises(Refused, match="builtin_function_or_method"):
        encode({"f": len})


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
    """Any plain data crosses exactly."""
    assert repr(crossed(value)) == repr(value)


def test_a_named_tuple_is_a_tuple():
    """A named tuple crosses as a plain tuple of its real items, whatever its class claims."""

    class Lying(namedtuple("Line", "w b")):
        def __iter__(self):
            return iter((0, 0))

    assert decode(encode(Lying(2.0, 1))[8:]) == (2.0, 1)
