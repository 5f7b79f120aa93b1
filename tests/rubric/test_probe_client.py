"""The two ends of a session's probe socket together: what a rubric asks, and what it makes of the answers."""

from __future__ import annotations

import contextlib
import decimal
import math
import socket
import struct
import threading
from pathlib import Path

import numpy
import pytest
import torch

import grader
from grader.course.marks import STUB_MESSAGE
from grader.inside import wire
from grader.inside.probe import Probe
from grader.rubric import probe_client
from grader.rubric.errors import InvalidValue, Missing, NotAttempted, SessionEnded, StudentError
from grader.rubric.number import number
from grader.rubric.probe_client import MAX_ITEMS, Line, Reference
from grader.rubric.student import Student, fetch, place

GIANT = wire.MAX_BYTES + wire.MAX_HEADER + 5


class Session:
    """A probe that answers in a thread, with the student's end of the line."""

    def __init__(self, namespace: dict, attempted=lambda name: True) -> None:
        ours, theirs = socket.socketpair()
        self.sockets = (ours, theirs)
        self.probe = Probe(theirs, lambda: namespace, refuse)
        self.serving = True
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        self.line = Line(ours, looked_after)
        self.student = Student(lambda: self.line, attempted)

    def serve(self) -> None:
        with contextlib.suppress(OSError):
            while self.serving:
                self.probe.answer(self)

    def remove_reader(self, handle: int) -> None:
        self.serving = False

    def close(self) -> None:
        self.sockets[0].close()
        self.thread.join(5)
        self.sockets[1].close()


async def refuse(source: str) -> bool:
    raise AssertionError("no cell comes by this line")


def looked_after(waited_s: float, gone: bool) -> None:
    """Nobody ends a session here, but no test waits for ever."""
    if waited_s > 3:
        raise SessionEnded("timed_out", "no answer")


@pytest.fixture
def session():
    """Makes sessions with the namespaces given, and closes them."""
    with contextlib.ExitStack() as opened:

        def make(*arguments, **namespace):
            made = Session(namespace, *arguments)
            opened.callback(made.close)
            return made

        yield make


@pytest.fixture
def answering():
    """Gives a Student whose session says the given bytes to whatever it is asked, then hangs up or is silent."""
    with contextlib.ExitStack() as opened:

        def make(*answers: bytes, supervisor=looked_after, hang_up=True):
            ours, theirs = socket.socketpair()
            line = Line(ours, supervisor)

            def say():
                with contextlib.suppress(OSError):
                    for answer in answers:
                        theirs.recv(1 << 20)
                        theirs.sendall(answer)
                    if hang_up:
                        theirs.recv(1 << 20)
                        theirs.close()

            thread = threading.Thread(target=say, daemon=True)
            thread.start()
            opened.callback(theirs.close)
            opened.callback(thread.join, 5)
            opened.callback(ours.close)
            return Student(lambda: line, lambda name: True), line

        yield make


def said(value) -> bytes:
    return wire.encode(value)


class Model:
    """Something that stays in its session."""

    size = 3

    def __init__(self, weight=2.0):
        self.weight = weight

    def __call__(self, x, bias=0.0):
        return x * self.weight + bias

    def __getitem__(self, key):
        return {"a": 1, 0: self}[key]

    def __len__(self):
        return 4

    def __iter__(self):
        return iter([1, self, torch.ones(1)])


# ---- the namespace


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


# ---- references


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


# ---- in place


def test_an_update_in_place_is_seen(session):
    """place() puts a value into the session, where it is changed; fetch() gives it as it is then, and one's own stays."""

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


def test_fetching_what_is_no_data(session):
    """fetch() of a function is a reference again."""
    assert isinstance(fetch(session(f=len).student.f), Reference)


# ---- what goes wrong


def failing(error):
    def fail(*_, **__):
        raise error

    return fail


class Odd(Exception):
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (ValueError("bad shape"), "ValueError", "bad shape"),
        (KeyError("a"), "KeyError", "'a'"),
        (SystemExit(3), "SystemExit", "3"),
        (Odd(), "Odd", ""),
        (NotImplementedError("conv only"), "NotImplementedError", "conv only"),
        (RecursionError(), "RecursionError", ""),
        (type("E" * 500, (Exception,), {})("x" * 10**6), "E" * 100, "x" * 2000),
        (ValueError("\ud800"), "ValueError", "\ud800"),
    ],
    ids=lambda value: type(value).__name__[:20] if isinstance(value, BaseException) else "",
)
def test_errors_of_student_code(session, error, kind, message):
    """What student code raises becomes a StudentError with its type's name and its message, cut to a bounded length."""
    there = session(f=failing(error), x=1)
    with pytest.raises(StudentError) as caught:
        there.student.f(1)
    assert (caught.value.kind, caught.value.message) == (kind, message)
    assert there.student.x == 1


def test_trace_of_student_code(session):
    """A StudentError carries the student's own frames, not those of the probe."""
    with pytest.raises(StudentError) as caught:
        session(f=failing(ValueError("x"))).student.f()
    assert "in fail" in caught.value.trace
    assert str(Path("grader", "inside")) not in caught.value.trace


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
    """The stub's placeholder, a bare NotImplementedError and a result of `...` are not attempted, rather than wrong."""
    with pytest.raises(NotAttempted):
        session(**namespace).student.f()


def test_not_attempted_as_a_value(session):
    """A name that still holds the stub's `...` was not attempted."""
    with pytest.raises(NotAttempted) as caught:
        session(w=...).student.w  # noqa: B018
    assert caught.value.name == "w"


@pytest.mark.parametrize(("attempted", "expected"), [(True, Missing), (False, NotAttempted)])
def test_names_that_are_not_there(session, attempted, expected):
    """A name that is missing raises NotAttempted where its cell is still the stub's, Missing where something was written."""
    with pytest.raises(expected) as caught:
        session(lambda name: attempted).student.fit  # noqa: B018
    assert caught.value.name == "fit"
    assert "fit" in str(caught.value)


def test_a_name_that_holds_none_is_there(session):
    """None is a value, not a missing name."""
    assert session(w=None).student.w is None


@pytest.mark.parametrize(
    "value",
    [torch.zeros(1).expand(2**40), 10**10**5, "x" * 10**7, [[0] * 400] * 400],
    ids=["tensor", "int", "text", "list"],
)
def test_values_that_are_refused(session, value):
    """A value that is too large raises InvalidValue with words for a person, as a name and as a result, and the session answers on."""
    there = session(x=value, f=lambda: value, ok=1)
    for ask in (lambda: there.student.x, lambda: there.student.f()):
        with pytest.raises(InvalidValue, match=r"too large|bits|characters|values"):
            ask()
    assert there.student.ok == 1


@pytest.mark.parametrize(
    "value",
    [len, object(), torch.empty(3, device="meta"), 10**10**4],
    ids=["function", "object", "meta", "int"],
)
def test_what_a_rubric_can_not_send(session, value):
    """An argument that can't cross is the rubric's TypeError, before anything was sent."""
    there = session(f=lambda x: x)
    with pytest.raises(TypeError, match="can't be sent"):
        there.student.f(value)
    assert there.student.f(2) == 2


def test_references_of_another_session(session):
    """A reference means nothing in another session: it is a TypeError there, not whatever has its number."""
    one, other = session(f=len), session(f=abs, g=lambda f: f(-3))
    other.student.f, other.student.g  # numbers that one's reference could be taken for  # noqa: B018
    with pytest.raises(TypeError, match="session"):
        other.student.g(one.student.f)


def test_a_number_that_nothing_has(session):
    """A reference that the session does not hold is an error in words; the probe answers on."""
    there = session(x=1)
    nobody = Reference(there.line, wire.Reference(10**6, "ghost"))
    with pytest.raises(StudentError):
        nobody.size  # noqa: B018
    assert there.student.x == 1


def test_a_request_that_makes_no_sense(session):
    """An unknown operation is answered as an error."""
    with pytest.raises(StudentError):
        session().line.ask(op="import", name="os")


def test_forgotten_references(session):
    """Objects whose references the rubric dropped are let go in the session, by the thousand; those in use are kept."""
    there = session(model=Model(), make=lambda: [Model() for _ in range(200)])
    model = there.student.model
    for _ in range(12):
        there.student.make()
    assert len(there.probe.kept) <= 1000 + 200 + 20
    assert model(1) == 2.0


def test_too_many_references(session, monkeypatch):
    """A session that holds too much refuses more, by words."""
    monkeypatch.setattr("grader.inside.probe.MAX_REFERENCES", 5)
    with pytest.raises(InvalidValue, match="too many objects"):
        session(many=lambda: [Model() for _ in range(6)]).student.many()


# ---- a session that ends, or lies


def test_a_session_that_has_gone(session):
    """Once the session has gone, everything asked of it raises SessionEnded."""
    there = session(f=len, x=1)
    reference = there.student.f
    there.sockets[1].shutdown(socket.SHUT_RDWR)
    for ask in (lambda: there.student.x, lambda: reference([1]), lambda: fetch(reference)):
        with pytest.raises(SessionEnded) as caught:
            ask()
        assert caught.value.status == "died"
    assert there.line.gone


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0\0\0", said({"ok": 1})[:8], said({"ok": 1})[:-1]],
    ids=["nothing", "half a length", "length alone", "cut"],
)
def test_a_session_that_hangs_up(answering, answer):
    """A session that hangs up within its answer has ended; the supervisor, who knows how, is asked first."""
    asked = []

    def supervisor(waited_s, gone):
        asked.append(gone)
        raise SessionEnded("out_of_memory", "more than 1024 MB")

    ours, theirs = socket.socketpair()
    theirs.sendall(answer)
    theirs.shutdown(socket.SHUT_WR)
    line = Line(ours, supervisor)
    with pytest.raises(SessionEnded) as caught:
        Student(lambda: line, lambda name: True).x  # noqa: B018
    assert (caught.value.status, asked, line.gone) == ("out_of_memory", [True], True)
    ours.close()
    theirs.close()


def test_a_session_that_is_silent(answering, monkeypatch):
    """While an answer is awaited, the supervisor is told how long again and again, and can end the wait."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.05)
    waits = []

    def supervisor(waited_s, gone):
        waits.append(waited_s)
        assert not gone
        if len(waits) == 3:
            raise SessionEnded("timed_out", "a call took too long")

    student, _ = answering(b"", supervisor=supervisor, hang_up=False)
    with pytest.raises(SessionEnded, match="too long"):
        student.x  # noqa: B018
    assert waits == sorted(waits) and 0.1 < waits[-1] < 5


def test_a_session_that_does_not_listen(monkeypatch):
    """A request that the session does not take is looked after like an answer that does not come."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.05)

    def supervisor(waited_s, gone):
        raise SessionEnded("timed_out", "a call took too long")

    ours, theirs = socket.socketpair()
    line = Line(ours, supervisor)
    with pytest.raises(SessionEnded):
        place(Student(lambda: line, lambda name: True), torch.zeros(1 << 22))
    ours.close()
    theirs.close()


def test_an_answer_in_pieces(monkeypatch):
    """An answer that comes slowly, byte by byte, is put together."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.02)
    ours, theirs = socket.socketpair()
    line = Line(ours, looked_after)

    def say():
        for byte in said({"ok": {"defined": True, "value": [1, 2]}}):
            threading.Event().wait(0.001)
            theirs.sendall(bytes([byte]))

    thread = threading.Thread(target=say)
    thread.start()
    assert Student(lambda: line, lambda name: True).x == [1, 2]
    thread.join()
    ours.close()
    theirs.close()


def test_many_short_calls_are_looked_after(session, monkeypatch):
    """Whoever waits for a word from the rubric gets one, also where each answer comes a little sooner than somebody would look."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.1)
    made = session(nap=lambda: threading.Event().wait(0.04))
    looks = []
    made.line.looked_after = lambda waited_s, gone: looks.append((made.line.asked, waited_s))
    for _ in range(20):
        made.student.nap()
    assert len(looks) >= 5 and all(waited_s < 0.1 for _, waited_s in looks)
    assert len({asked for asked, _ in looks}) == len(
        looks
    )  # each of another call: none is taken for a long one


def test_an_answer_that_drips(monkeypatch):
    """An answer that comes byte by byte, so that there is never a pause, is looked after all the same, and can be ended."""
    monkeypatch.setattr(probe_client, "TICK_S", 0.05)
    looks = []

    def supervisor(waited_s, gone):
        looks.append(waited_s)
        if waited_s > 0.3:
            raise SessionEnded("timed_out", "too long")

    ours, theirs = socket.socketpair()
    ended = threading.Event()

    def drip():
        with contextlib.suppress(OSError):
            theirs.sendall(struct.pack(">Q", 1 << 20))
            while not ended.wait(0.005):
                theirs.sendall(b"x")

    thread = threading.Thread(target=drip)
    thread.start()
    line = Line(ours, supervisor)
    with pytest.raises(SessionEnded, match="too long"):
        Student(lambda: line, lambda name: True).x  # noqa: B018
    assert len(looks) >= 4 and looks == sorted(looks)
    ended.set()
    thread.join()
    ours.close()
    theirs.close()


GARBAGE = {
    "text": struct.pack(">Q", 20) + b"HTTP/1.1 200 OK\r\n\r\nx",
    "an empty frame": struct.pack(">Q", 0),
    "zeros": struct.pack(">Q", 9) + bytes(9),
    "pickle": struct.pack(">Q", 12) + b"\0\0\0\x08\x80\x04K\x01\x940000"[:12],
    "unknown tag": struct.pack(">Q", 12) + struct.pack(">I", 8) + b'["evil"]',
    "giant length": struct.pack(">Q", GIANT),
    "endless length": b"\xff" * 8,
}


@pytest.mark.parametrize("name", [*GARBAGE])
def test_an_answer_that_is_garbage(answering, name):
    """Bytes that are no frame, or claim to be a giant one, raise InvalidValue at once; the line is not used again."""
    student, line = answering(GARBAGE[name])
    with pytest.raises(InvalidValue, match=r"makes no sense|too large"):
        student.x  # noqa: B018
    assert line.gone


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "ok",
        [],
        {},
        {"ok": 1, "more": 2},
        {"raised": 5},
        {"refused": None},
        {"OK": 1},
        {"raised": ["ValueError"]},
        {1: 2},
    ],
    ids=repr,
)
def test_an_answer_of_another_form(answering, value):
    """A frame that is none of the three answers raises InvalidValue."""
    student, _ = answering(said(value))
    with pytest.raises(InvalidValue, match="makes no sense"):
        student.x  # noqa: B018


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
    student, _ = answering(said({"ok": value}))
    with pytest.raises(InvalidValue, match="makes no sense"):
        student.x  # noqa: B018


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
    _, line = answering(said({"ok": value}))
    with pytest.raises(InvalidValue):
        ask(Reference(line, wire.Reference(1, "list")))


@pytest.mark.parametrize("value", [None, 3, [wire.Reference(1, "x")]], ids=["None", "3", "list"])
def test_placing_that_gives_no_reference(answering, value):
    """place() gives a reference or raises InvalidValue, whatever the session says."""
    student, _ = answering(said({"ok": value}))
    with pytest.raises(InvalidValue, match="makes no sense"):
        place(student, 1)


def test_errors_that_are_told_at_length(answering):
    """What a session says of an error is cut, and taken for text, whatever it is."""
    student, _ = answering(
        said({"raised": "V" * 10**5, "message": ["x" * 10**5], "trace": {"t": "x" * 10**5}})
    )
    with pytest.raises(StudentError) as caught:
        student.x  # noqa: B018
    error = caught.value
    assert (len(error.kind), len(error.message), len(error.trace)) == (100, 2000, 4000)


# ---- numbers


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3.0),
        (-2.5, -2.5),
        (0, 0.0),
        (math.inf, math.inf),
        (numpy.float32(1.5), 1.5),
        (numpy.int64(7), 7.0),
        (numpy.float16(0.5), 0.5),
        (numpy.uint8(2), 2.0),
        (numpy.array(4.0), 4.0),
        (numpy.array([[5]]), 5.0),
        (torch.tensor(6.0), 6.0),
        (torch.tensor([[[7]]]), 7.0),
        (torch.tensor([8.0], requires_grad=True), 8.0),
        (torch.tensor(0.5, dtype=torch.bfloat16), 0.5),
        (2**1000, float(2**1000)),
    ],
    ids=repr,
)
def test_numbers(value, expected):
    """number() takes Python's and NumPy's numbers, and arrays and tensors of one element; the result is a float."""
    result = number(value)
    assert type(result) is float and result == expected


def test_negative_zero_is_a_number():
    """number() keeps the sign of zero (attack G06)."""
    assert math.copysign(1, number(-0.0)) == -1


class Half(float):
    pass


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        "3.0",
        b"3",
        None,
        ...,
        3 + 0j,
        [3.0],
        (3.0,),
        {"w": 3.0},
        decimal.Decimal(3),
        Half(3),
        math.nan,
        numpy.float64("nan"),
        torch.tensor(math.nan),
        numpy.array([math.nan]),
        torch.tensor([1.0, 2.0]),
        torch.empty(0),
        numpy.arange(3),
        numpy.empty(0),
        torch.tensor(True),
        numpy.bool_(True),
        numpy.array([False]),
        torch.tensor(1 + 0j),
        numpy.complex64(1),
        numpy.array("3"),
        numpy.str_("3"),
        numpy.array([None]),
        10**400,
        -(10**400),
        10**5000,
        Reference(None, wire.Reference(1, "float")),
        torch.float32,
        len,
    ],
    ids=lambda value: f"{type(value).__module__}.{type(value).__name__}",
)
def test_what_is_no_number(value):
    """number() raises InvalidValue for everything else, NaN and bool included (attacks G04, G08)."""
    with pytest.raises(InvalidValue):
        number(value)


def test_what_the_package_gives_rubrics():
    """A rubric finds the verbs and errors it needs in the package itself."""
    assert (grader.number, grader.place, grader.fetch) == (number, place, fetch)
    assert (grader.InvalidValue, grader.NotAttempted, grader.StudentError) == (
        InvalidValue,
        NotAttempted,
        StudentError,
    )
    with pytest.raises(AttributeError, match="nothing"):
        grader.nothing  # noqa: B018
