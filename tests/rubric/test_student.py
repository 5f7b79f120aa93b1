"""The notebook's namespace as a rubric sees it."""

from __future__ import annotations

import math

import numpy
import pytest
import torch

import grader
from grader.inside import wire
from grader.rubric.errors import InvalidValue, Missing, NotAttempted, StudentError
from grader.rubric.number import number
from grader.rubric.reference import Reference, fetch
from grader.rubric.student import held, place, scale_gradients
from probes import Model, encoded


@pytest.mark.parametrize(
    "value",
    [3, 2.5, "text", None, True, [1, (2, {"a": 3})], {"k": b"v"}, -0.0, numpy.float32(3), 10**300],
    ids=repr,
)
def test_plain_data_by_value(session, value):
    """student.NAME gives plain data as it is."""
    result = session(x=value).student.x
    assert type(result) is type(value) and repr(result) == repr(value)


def test_tensors_and_arrays_by_value(session):
    """student.NAME gives real arrays and tensors, with requires_grad and gradient, and copies of them."""
    w = torch.tensor([1.0], requires_grad=True)
    (w * 5).sum().backward()
    there = session(w=w, a=numpy.arange(3))
    result = there.student.w
    assert (result.item(), result.requires_grad, result.grad.item()) == (1.0, True, 5.0)
    result.data.zero_()
    there.student.a[0] = 100
    assert (w.item(), there.student.a.tolist()) == (1.0, [0, 1, 2])


@pytest.mark.parametrize(
    "value",
    [Model(), Model, len, math, torch.nn.Linear(1, 1), range(3), iter([]), object()],
    ids=lambda value: type(value).__name__,
)
def test_everything_else_by_reference(session, value):
    """student.NAME gives a Reference to what is no data; it is true, and says its type."""
    reference = session(x=value).student.x
    assert isinstance(reference, Reference)
    assert bool(reference) is True
    assert repr(reference) == f"<{type(value).__name__} in the session>"


def test_the_namespace_as_it_is_now(session):
    """student.NAME is asked for each time: what the notebook's code changed is seen."""
    namespace = {"n": 1}
    there = session(**namespace)
    there.probe.namespace = lambda: namespace
    assert there.student.n == 1
    namespace["n"] = 2
    assert there.student.n == 2


def test_names_of_pythons_own_are_not_asked_for(session):
    """What Python asks of any object, such as __deepcopy__, never reaches the session."""
    there = session(f=len)
    reference = there.student.f
    there.close()
    for thing in (there.student, reference):
        assert not hasattr(thing, "__deepcopy__")
    assert "namespace" in repr(there.student)


def test_a_name_that_holds_none_is_there(session):
    """None is a value, not a missing name."""
    assert session(w=None).student.w is None


def test_not_attempted_as_a_value(session):
    """A name that still holds the stub's `...` was not attempted."""
    with pytest.raises(NotAttempted) as caught:
        session(w=...).student.w  # noqa: B018
    assert caught.value.name == "w"


@pytest.mark.parametrize(("attempted", "expected"), [(True, Missing), (False, NotAttempted)])
def test_names_that_are_not_there(session, attempted, expected):
    """A missing name raises NotAttempted where its cell is the stub's, Missing where code was written."""
    with pytest.raises(expected) as caught:
        session(lambda name: attempted).student.fit  # noqa: B018
    assert caught.value.name == "fit"
    assert "fit" in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [torch.zeros(1).expand(2**40), 10**10**5, "x" * 10**7, [[0] * 400] * 400],
    ids=["tensor", "int", "text", "list"],
)
def test_values_that_are_refused(session, value):
    """A value that is too large raises InvalidValue, as a name and as a result. The session answers on."""
    there = session(x=value, f=lambda: value, ok=1)
    for ask in (lambda: there.student.x, lambda: there.student.f()):
        with pytest.raises(InvalidValue, match=r"too large|bits|characters|values"):
            ask()
    assert there.student.ok == 1


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        {},
        {"defined": True},
        {"value": 3},
        {"defined": 1, "value": 3},
        {"defined": "yes", "value": 3},
        [True, 3],
    ],
    ids=repr,
)
def test_an_answer_about_a_name_of_another_form(answering, value):
    """Whether a name is there must be said by true or false, with a value."""
    student, _ = answering(encoded({"ok": value}))
    with pytest.raises(InvalidValue, match="makes no sense"):
        student.x  # noqa: B018


def test_an_update_in_place_is_seen(session):
    """place() puts a value into the session, where it is changed. fetch() shows it; one's own stays."""

    def step(w, rate):
        with torch.no_grad():
            w -= rate * w.grad

    def fill(w):
        (w**2).sum().backward()

    there = session(step=step, fill=fill)
    own = torch.tensor([3.0], requires_grad=True)
    w = place(there.student, own)
    assert isinstance(w, Reference) and "Tensor" in repr(w)
    assert fetch(w).grad is None
    there.student.fill(w)
    assert fetch(w).grad.item() == 6.0
    there.student.step(w, 0.5)
    assert (fetch(w).item(), fetch(w).requires_grad) == (0.0, True)
    assert (own.item(), own.grad) == (3.0, None)


def test_a_placed_list_is_appended_to(session):
    """Plain data that was placed is one object there, too."""
    there = session(grow=lambda items: items.append(len(items)))
    items = place(there.student, [7])
    there.student.grow(items)
    assert fetch(items) == [7, 1]


@pytest.mark.parametrize("value", [None, 3, [wire.Handle(1, "x")]], ids=["None", "3", "list"])
def test_placing_that_gives_no_reference(answering, value):
    """place() gives a reference or raises InvalidValue, whatever the session says."""
    student, _ = answering(encoded({"ok": value}))
    with pytest.raises(InvalidValue, match="makes no sense"):
        place(student, 1)


def test_what_the_package_gives_rubrics():
    """A rubric finds the verbs and errors it needs in the package itself."""
    assert (grader.number, grader.place, grader.fetch) == (number, place, fetch)
    assert (grader.held, grader.scale_gradients) == (held, scale_gradients)
    assert (grader.InvalidValue, grader.NotAttempted, grader.StudentError) == (
        InvalidValue,
        NotAttempted,
        StudentError,
    )
    with pytest.raises(AttributeError, match="nothing"):
        grader.nothing  # noqa: B018


def test_held_values_stay_in_the_session(session):
    """held() gives references to names and to results, data too, so that a tensor keeps its graph."""
    x = torch.tensor([3.0], requires_grad=True)
    there = session(x=x, out=(x**2).sum(), f=lambda x: (x**3).sum(), todo=...)
    out = held(there.student).out
    assert isinstance(out, Reference) and fetch(out).item() == 9
    out.backward()
    assert there.student.x.grad.item() == 6
    own = place(there.student, torch.tensor([2.0], requires_grad=True))
    held(there.student.f)(own).backward()
    assert fetch(own).grad.item() == 12
    with pytest.raises(NotAttempted):
        held(there.student).todo  # noqa: B018


def test_gradients_that_are_scaled(session):
    """scale_gradients() changes an answer of autograd, and no other."""

    def slope(x):
        x = x.clone().requires_grad_()
        (x**2).sum().backward()
        return x.grad

    there = session(slope=slope, formula=lambda x: 2 * x)
    assert scale_gradients(there.student.slope, 3)(torch.ones(1)).item() == 6
    assert scale_gradients(there.student.formula, 3)(torch.ones(1)).item() == 2
    assert there.student.slope(torch.ones(1)).item() == 2


@pytest.mark.parametrize("ask", [held, lambda value: scale_gradients(value, 3)])
def test_what_is_no_function(ask):
    """Neither has anything to call in a value that is data."""
    with pytest.raises(InvalidValue, match="a function was expected, not 3"):
        ask(3)
