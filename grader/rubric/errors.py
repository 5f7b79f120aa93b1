"""Errors that end a check: what a submission did, as exceptions in the rubric."""

from __future__ import annotations


class CheckStopped(Exception):
    """A check can't go on, because of the submission. Subclasses say why."""


class NotAttempted(CheckStopped):
    """The check needs code that is not written yet: the name is missing, or its body is the stub's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"`{name}` was not written yet")
        self.name = name


class Missing(CheckStopped):
    """The notebook does not define a name that it should, although something was written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the notebook does not define `{name}`")
        self.name = name


class StudentError(CheckStopped):
    """The student's code raised an error when the rubric called it.

    `kind` is the name of the error's type, `trace` the student's own frames as text.
    """

    def __init__(self, kind: str, message: str, trace: str = "") -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind
        self.message = message
        self.trace = trace


class InvalidValue(CheckStopped):
    """A value that can't be read, or is not of the kind that the check needs."""


class Mismatch(AssertionError):
    """A value differs from what a check wants. `same` and its siblings raise it.

    Everything is text: `what` the value is, what was `got` and `wanted`, and the `tolerance`, "" if there is
    none. `others` is how many more elements of an array differ.
    """

    def __init__(self, what: str, got: str, wanted: str, tolerance: str = "", *, others: int = 0) -> None:
        more = f", and {others} more" if others else ""
        margin = f" ± {tolerance}" if tolerance else ""
        super().__init__(f"{what} is {got}, not {wanted}{margin}{more}")
        self.what = what
        self.got = got
        self.wanted = wanted
        self.tolerance = tolerance
        self.others = others


class Unassigned(CheckStopped):
    """The notebook was to be run again with another value for a parameter that no cell assigns."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no cell assigns `{name}` at top level, so the notebook can't be run with another {name}"
        )
        self.name = name


class TooMuchWork(BaseException):
    """A check has computed for too long. No `except Exception` of a rubric catches it."""


class SessionEnded(CheckStopped):
    """The session ended while the rubric used it. `status` is a word of grader.model.status.Status."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status
