"""The notebook's namespace as a rubric sees it: data by value, everything else as references.

This runs in the rubric's process. The session sends bytes, which are decoded into our own objects. No
attribute, operator or method of a student's object ever runs here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.inside.probe_messages import GET, PLACE, request
from grader.rubric.errors import InvalidValue, Missing, NotAttempted
from grader.rubric.probe_client import ProbeClient
from grader.rubric.reference import Reference, call, fetch, filled_in

__all__ = ["Student", "fetch", "held", "place", "scale_gradients"]


class Student:
    """The notebook's namespace after its run: `student.w`, `student.fit(x, y, 0.1, 100)`.

    Plain data, arrays and tensors are copies (a tensor with its requires_grad and grad). Everything else is a
    Reference. A name that the notebook does not define raises NotAttempted if its code was not written,
    and Missing if something was.
    """

    def __init__(
        self, client: Callable[[], ProbeClient], attempted: Callable[[str], bool], held: bool = False
    ) -> None:
        # A function, since a session that has ended is replaced when it is next needed.
        object.__setattr__(self, "_client", client)
        object.__setattr__(self, "_attempted", attempted)
        object.__setattr__(self, "_options", {"held": True} if held else {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        message = request(GET, name=name, **object.__getattribute__(self, "_options"))
        answer = object.__getattribute__(self, "_client")().ask(message)
        if type(answer) is not dict or type(answer.get("defined")) is not bool or "value" not in answer:
            raise InvalidValue("the answer makes no sense")
        if not answer["defined"]:
            raise (Missing if object.__getattribute__(self, "_attempted")(name) else NotAttempted)(name)
        return filled_in(answer["value"], name)

    def __repr__(self) -> str:
        return "<the notebook's namespace>"


def place(student: Student, value: Any) -> Reference:
    """A reference to a copy of `value` in the session. It shows what the student's code changes in place."""
    client = object.__getattribute__(student, "_client")()
    reference = client.ask(request(PLACE, value=value))
    if not isinstance(reference, Reference):
        raise InvalidValue("the answer makes no sense")
    return reference


def held(whose: Student | Reference) -> Any:
    """The same namespace or function, whose values or results stay in the session, as references.

    So a tensor keeps its graph: `held(student).out.backward()`, `held(student.forward)(x).backward()`.
    """
    if isinstance(whose, Student):
        client, attempted = (object.__getattribute__(whose, name) for name in ("_client", "_attempted"))
        return Student(client, attempted, held=True)
    function = _function(whose)
    return lambda *arguments, **keywords: call(function, arguments, keywords, held=True)


def scale_gradients(function: Reference, factor: float) -> Callable[..., Any]:
    """The student's function, called where every derivative that autograd finds is `factor` times as large.

    If the answer is the same as without, it was not found by autograd.
    """
    function = _function(function)
    return lambda *arguments, **keywords: call(function, arguments, keywords, factor=float(factor))


def _function(value: Any) -> Reference:
    if not isinstance(value, Reference):
        raise InvalidValue(f"a function was expected, not {value!r:.60}")
    return value
