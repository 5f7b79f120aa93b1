"""An answer is summarized in a few words, and no question is put to the student's objects."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from grader.inside import wire
from grader.inside.probe_messages import CALL, GET, LENGTH, Failure, Value, request
from grader.rubric.reference import Reference
from grader.rubric.trace import (
    MAX_ENTRIES,
    MAX_ITEMS,
    MAX_NUMBERS,
    gradients,
    in_short,
    limited,
    noted,
    spread,
    with_gradients,
    without_gradients,
)


class Shy:
    """An object that records what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> object:
        self.asked.append(name)
        return self

    def __repr__(self) -> str:
        raise AssertionError("its words were asked for")

    __str__ = __repr__

    def __len__(self) -> int:
        raise AssertionError("its length was asked for")

    def __iter__(self):
        raise AssertionError("its items were asked for")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ["None"]),
        (True, ["True"]),
        (False, ["False"]),
        (0, ["0"]),
        (-3, ["-3"]),
        (1234567, ["1.23457e+06"]),
        ((1 << 53) - 1, ["9.0072e+15"]),
        (1 << 53, ["large"]),
        (-(1 << 53), ["large"]),
        pytest.param(10**5000, ["large"], id="huge"),
        (0.5, ["0.5"]),
        (-0.0, ["-0"]),
        (1 / 3, ["0.333333"]),
        (1e300, ["1e+300"]),
        (math.nan, ["nan"]),
        (math.inf, ["inf"]),
        (-math.inf, ["-inf"]),
        ("", ["''"]),
        ("it's", ['"it\'s"']),
        ("nan", ["'nan'"]),
        ("x" * 99, [repr("x" * 40)]),
        (1j, ["complex"]),
        (b"x", ["bytes"]),
        ({1}, ["set"]),
        (..., ["ellipsis"]),
        (int, ["type"]),
        (print, ["builtin_function_or_method"]),
    ],
)
def test_plain_values(value, words):
    """A number becomes six digits, a text its beginning, and everything else its type."""
    assert in_short(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], ["0 items"]),
        ((), ["0 items"]),
        ([1, 2.5], ["2 items", "1", "2.5"]),
        ((None, ["a", True]), ["2 items", "None", "2 items", "'a'", "True"]),
        ({}, ["0 keys"]),
        ({"a": 1, 2: [3]}, ["2 keys", "1", "1 items", "3"]),
        ([[[4]]], ["1 items", "1 items", "1 items", "4"]),
        ([[[[4]]]], ["1 items", "1 items", "1 items", "list"]),
        ([{"a": ({},)}], ["1 items", "1 keys", "1 items", "dict"]),
        (list(range(100)), ["100 items", "0", "19", "39", "59", "79", "99"]),
        ({key: -key for key in range(7)}, ["7 keys", "0", "-1", "-2", "-3", "-4", "-6"]),
        (torch.Size([2, 3]), ["2 items", "2", "3"]),
    ],
)
def test_collections(value, words):
    """A list or dict becomes its size and a few items, evenly spread, three levels deep."""
    assert in_short(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (np.float32(0.5), ["0.5"]),
        (np.float64(0.5), ["0.5"]),
        (np.int64(3), ["3"]),
        (np.bool_(True), ["True"]),
        (np.array(3), ["3"]),
        (np.array([]), ["(0,)"]),
        (np.zeros((2, 0)), ["(2, 0)"]),
        (np.array([[1, 2], [3, 4]]), ["(2, 2)", "1", "2", "3", "4"]),
        (np.array([math.nan, -math.inf]), ["(2,)", "nan", "-inf"]),
        (
            np.arange(1000.0).reshape(10, 100),
            ["(10, 100)", "0", "142", "285", "428", "570", "713", "856", "999"],
        ),
        (np.arange(6).reshape(2, 3).T[::-1], ["(3, 2)", "2", "5", "1", "4", "0", "3"]),
        (np.array([1j]), ["complex"]),
        (np.dtype("float32"), ["Float32DType"]),
        (torch.tensor(0.5), ["0.5"]),
        (torch.tensor(3), ["3"]),
        (torch.tensor([]), ["(0,)"]),
        (torch.zeros(3, 0), ["(3, 0)"]),
        (torch.tensor([True, False]), ["(2,)", "True", "False"]),
        (
            torch.arange(1000).reshape(10, 100).T,
            ["(100, 10)", "0", "214", "528", "842", "57", "371", "685", "999"],
        ),
        (torch.tensor([math.nan, math.inf]), ["(2,)", "nan", "inf"]),
        (torch.tensor([[0.1]], requires_grad=True), ["0.1"]),
        (torch.nn.Parameter(torch.ones(2)) * 2, ["(2,)", "2", "2"]),
        (torch.nn.Parameter(torch.ones(2)), ["(2,)", "1", "1"]),
        (torch.tensor([1.5], dtype=torch.bfloat16), ["1.5"]),
        (torch.tensor([1 << 60]), ["large"]),
        (torch.float32, ["dtype"]),
    ],
    ids=range(26),
)
def test_arrays_and_tensors(value, words):
    """An array or tensor becomes its shape and a few numbers, whatever its type and its gradient."""
    assert in_short(value) == words


def test_arrays_within_collections():
    """Arrays are summarized in lists and dicts too, down to the last level."""
    assert in_short([np.ones(1), {"w": torch.zeros(1)}]) == ["2 items", "1", "1 keys", "0"]
    assert in_short([[[[np.ones(1)]]]]) == ["1 items", "1 items", "1 items", "list"]


@pytest.mark.parametrize("place", [lambda shy: shy, lambda shy: [shy], lambda shy: {"a": (shy,)}])
def test_nothing_is_asked_of_what_is_not_known(place):
    """A student's object becomes its type, and none of its attributes, length or items is asked for."""
    shy = Shy()
    assert in_short(place(shy))[-1] == "Shy"
    assert shy.asked == []


def test_references():
    """An object that stayed in the session becomes one word, and the session is not asked."""

    class Silent:
        def __init__(self) -> None:
            self.dropped: list[int] = []

        def ask(self, **request: object) -> None:
            raise AssertionError(f"the session was asked {request}")

    reference = Reference(Silent(), wire.Handle(1, "Model"))  # type: ignore[arg-type]
    assert in_short({"defined": True, "value": reference}) == ["2 keys", "True", "Reference"]


@pytest.mark.parametrize(
    "value", [0.5, np.float32(0.5), np.array([0.5]), torch.tensor(0.5), torch.tensor([[0.5]])]
)
def test_one_number(value):
    """A number, and an array or tensor that holds nothing but it, are the same, by itself or in a list."""
    assert in_short(value) == ["0.5"]
    assert in_short([value, value]) == ["2 items", "0.5", "0.5"]


@pytest.mark.parametrize(
    ("message", "answer", "words"),
    [
        (request(GET, name="w"), Value({"defined": True, "value": 3}), ["get w", "3"]),
        (request(GET, name="w"), Value({"defined": False, "value": None}), ["get w", "missing"]),
        (request(GET, name="w"), Value({"defined": True, "value": {"a": 1}}), ["get w", "1 keys", "1"]),
        (request(GET, name="w"), Value(["odd"]), ["get w", "1 items", "'odd'"]),
        (request(GET, name="w"), Failure("KeyError", "w", "…"), ["get w", "raised KeyError: w"]),
        (request(LENGTH), Value(3), ["length 3"]),
        (request(LENGTH), Value("3"), ["'3'"]),
        (request(CALL, arguments=[2]), Value(4), ["4"]),
        (request(CALL, arguments=[2]), Value({"defined": True, "value": 3}), ["2 keys", "True", "3"]),
        (request(CALL, arguments=[2]), Failure("KeyError", "w", "…"), ["raised KeyError: w"]),
    ],
)
def test_what_is_noted(message, answer, words):
    """A name that was asked for is noted with its value; lengths and errors are told from values."""
    assert noted(message, answer) == words


def test_a_class_that_names_another_module():
    """An object that only claims a module of torch's is summarized by its type."""

    class Module:
        pass

    Module.__module__ = "torch.nn"
    assert in_short(Module()) == ["Module"]


@pytest.mark.parametrize(
    ("length", "count", "places"),
    [
        (0, 3, []),
        (1, 3, [0]),
        (3, 3, [0, 1, 2]),
        (4, 3, [0, 1, 3]),
        (5, 3, [0, 2, 4]),
        (10**6, 2, [0, 10**6 - 1]),
    ],
)
def test_spread(length, count, places):
    """Items are picked evenly, the first and the last among them."""
    assert spread(range(length), count) == places


@pytest.mark.parametrize("length", [1, 7, 8, 9, 100, 10_007])
def test_short_is_short(length):
    """The number of words is bounded, however large a value is."""
    assert len(in_short(torch.zeros(length))) == (length > 1) + min(length, MAX_NUMBERS)
    assert len(in_short([0] * length)) == 1 + min(length, MAX_ITEMS)


def test_gradients():
    """A tensor's gradient follows it, and a trace can be read with it, without it, or alone."""
    tensor = torch.tensor([1.0, 2.0], requires_grad=True)
    assert in_short(tensor) == ["(2,)", "1", "2"]
    tensor.grad = torch.tensor([0.5, -1.0])
    words = ["(2,)", "1", "2", "grad (2,)", "grad 0.5", "grad -1"]
    assert in_short(tensor) == words
    assert without_gradients(words) == ("(2,)", "1", "2")
    assert with_gradients(words) == ("(2,)", "1", "2", "(2,)", "0.5", "-1")
    assert gradients(words) == ("(2,)", "0.5", "-1")
    assert in_short(tensor * 2) == ["(2,)", "2", "4"]


def test_limited():
    """Gradients do not count: with and without them a trace ends at the same answer."""
    trace = ["1", "grad 2"] * (MAX_ENTRIES + 3)
    assert limited(trace) == ["1", "grad 2"] * MAX_ENTRIES
    assert limited(["1"] * (MAX_ENTRIES + 3)) == ["1"] * MAX_ENTRIES
