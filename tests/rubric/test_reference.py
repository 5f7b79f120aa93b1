"""What stayed in a session is used as if it were here."""

from __future__ import annotations

import contextlib

import pytest
import torch

from grader.course.marks import STUB_MESSAGE
from grader.inside import wire
from grader.rubric.errors import InvalidValue, NotAttempted, StudentError
from grader.rubric.reference import MAX_ITEMS, Reference, fetch
from probes import Model, encoded, failing


def test_calls(session):
    """A reference is called in its session: data goes and comes by value, references by reference."""
    student = session(
        model=Model(),
        Model=Model,
        is_model=lambda thing, again=None: isinstance(thing, Model) and again is thing,
    ).student
    assert student.model(2) == 4.0
    assert student.model(torch.ones(2), bias=1.0).tolist() == [3.0, 3.0]
    own = student.Model(weight=10)
    assert isinstance(own, Reference)
    assert own(2) == 20
    assert student.is_model(own, again=own) is True
    assert student.is_model([own]) is False


def test_references_within_arguments_and_answers(session):
    """A reference within a list or dict is the very object there, and one within an answer can be used."""
    student = session(
        model=Model(3.0),
        weigh=lambda group: group["models"][0].weight,
        both=lambda: {"m": [Model(4.0)], "n": 5},
    ).student
    assert student.weigh({"models": [student.model]}) == 3.0
    answer = student.both()
    assert (answer["n"], answer["m"][0].weight) == (5, 4.0)


def test_attributes_items_and_length(session):
    """A reference is asked for attributes, items and its length."""
    model = session(model=Model()).student.model
    assert (model.size, model.weight, model["a"], len(model)) == (3, 2.0, 1, 4)
    assert model[0].weight == 2.0


def test_iteration(session):
    """A reference is iterated; items are data or references."""
    first, second, third = session(model=Model()).student.model
    assert (first, second.weight, third.item()) == (1, 2.0, 1.0)


@pytest.mark.parametrize(("count", "complete"), [(0, True), (MAX_ITEMS, True), (MAX_ITEMS + 1, False)])
def test_iteration_is_bounded(session, count, complete):
    """MAX_ITEMS come, and one more raises InvalidValue after them."""
    items = []
    with contextlib.nullcontext() if complete else pytest.raises(InvalidValue, match="10,000"):
        for item in session(x=iter(range(count))).student.x:
            items.append(item)
    assert items == list(range(min(count, MAX_ITEMS)))


def test_endless_iteration(session):
    """An iteration without an end raises InvalidValue instead of going on."""

    def naturals():
        n = 0
        while True:
            yield n
            n += 1

    there = session(naturals=naturals)
    with pytest.raises(InvalidValue, match="more than"):
        for _ in there.student.naturals():
            pass
    assert there.student.naturals()  # and the session answers on


@pytest.mark.parametrize(
    "gather", [list, tuple, sorted, lambda reference: [*reference]], ids=["list", "tuple", "sorted", "star"]
)
def test_gathering_what_has_no_length(session, gather):
    """list(), tuple() and `*` take an iterator such as `model.parameters()`, although it has no length."""
    assert list(gather(session(f=lambda: iter([1, 2, 3])).student.f())) == [1, 2, 3]


def test_fetching_what_is_no_data(session):
    """fetch() of a function is a reference again."""
    assert isinstance(fetch(session(f=len).student.f), Reference)


@pytest.mark.parametrize(
    "ask",
    [
        lambda student: student.f.nothing,
        lambda student: student.f[0],
        lambda student: len(student.f),
        lambda student: list(student.f),
        lambda student: student.f(1, 2),
    ],
    ids=["attribute", "item", "length", "iteration", "call"],
)
def test_what_a_reference_can_not_do(session, ask):
    """What the object in the session can't do is the student's error, with Python's own type."""
    with pytest.raises((StudentError, TypeError)) as caught:
        ask(session(f=len).student)
    assert getattr(caught.value, "kind", "TypeError") in ("AttributeError", "TypeError")


@pytest.mark.parametrize(
    "namespace",
    [
        {"f": failing(NotImplementedError(STUB_MESSAGE))},
        {"f": failing(NotImplementedError())},
        {"f": lambda: ...},
    ],
    ids=["placeholder", "bare", "ellipsis"],
)
def test_not_attempted_when_called(session, namespace):
    """The stub's placeholder, a bare NotImplementedError and a result of `...` are not attempted."""
    with pytest.raises(NotAttempted):
        session(**namespace).student.f()


def test_references_of_another_session(session):
    """A reference means nothing in another session: it is a TypeError there, not whatever has its number."""
    one, other = session(f=len), session(f=abs, g=lambda f: f(-3))
    other.student.f, other.student.g  # numbers that one's reference could be taken for  # noqa: B018
    with pytest.raises(TypeError, match="session"):
        other.student.g(one.student.f)


def test_a_number_that_nothing_has(session):
    """A reference that the session does not hold is an error in words; the probe answers on."""
    there = session(x=1)
    nobody = Reference(there.client, wire.Handle(10**6, "ghost"))
    with pytest.raises(StudentError):
        nobody.size  # noqa: B018
    assert there.student.x == 1


def each(reference):
    return [item for item in reference]  # `list` would ask for a length first


@pytest.mark.parametrize(
    ("ask", "value"),
    [
        *[(len, value) for value in (-1, True, "3", 2.0, None)],
        *[
            (each, value)
            for value in (None, 3, [], [[1]], [1, True], [(1,), True], [[1], True, 2], {"items": []})
        ],
        *[(each, [[1], value]) for value in (False, 1, None, "yes")],
    ],
    ids=lambda value: getattr(value, "__name__", repr(value)),
)
def test_lengths_and_items_of_another_form(answering, ask, value):
    """A length or an iteration that is none raises InvalidValue."""
    _, client = answering(encoded({"ok": value}))
    with pytest.raises(InvalidValue):
        ask(Reference(client, wire.Handle(1, "list")))
