"""The notebook's namespace as a rubric sees it: data by value, all else as references.

Runs in the rubric's process. What comes back from the session is bytes, decoded into our own
objects; no attribute, operator or method of a student's object is ever run here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.rubric.errors import InvalidValue, Missing, NotAttempted
from grader.rubric.probe_client import Line, Reference, _ask, _written


class Student:
    """The notebook's namespace after its run: `student.w`, `student.fit(x, y, 0.1, 100)`.

    Plain data, arrays and tensors are copies (a tensor with its requires_grad and grad); all else is a Reference. A name
    that the notebook does not define raises NotAttempted or Missing, whichever is true.
    """

    def __init__(self, line: Callable[[], Line], attempted: Callable[[str], bool]) -> None:
        object.__setattr__(
            self, "_line", line
        )  # a function: a session that has gone is opened again when next needed
        object.__setattr__(self, "_attempted", attempted)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        answer = object.__getattribute__(self, "_line")().ask(op="get", name=name)
        if type(answer) is not dict or type(answer.get("defined")) is not bool or "value" not in answer:
            raise InvalidValue("the answer makes no sense")
        if not answer["defined"]:
            raise (Missing if object.__getattribute__(self, "_attempted")(name) else NotAttempted)(name)
        return _written(answer["value"], name)

    def __repr__(self) -> str:
        return "<the notebook's namespace>"


def place(student: Student, value: Any) -> Reference:
    """Put a value into the session and get a reference to it, so that what is done to it in place can be seen."""
    line = object.__getattribute__(student, "_line")()
    reference = line.ask(op="place", value=value)
    if not isinstance(reference, Reference):
        raise InvalidValue("the answer makes no sense")
    return reference


def fetch(reference: Reference) -> Any:
    """What a reference stands for now, as data."""
    return _ask(reference, op="fetch")
