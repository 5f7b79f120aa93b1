"""Why a check can't go on."""

from __future__ import annotations


class CheckStopped(Exception):
    """A check can't go on, by the student's doing. Subclasses say how."""


class NotAttempted(CheckStopped):
    """What the check asks for was not written yet: the name is missing, or its body is the stub's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"`{name}` was not written yet")
        self.name = name


class Missing(CheckStopped):
    """A name that the notebook was to define is not there, although something was written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the notebook does not define `{name}`")
        self.name = name


class StudentError(CheckStopped):
    """The student's code raised while the rubric called it."""

    def __init__(self, kind: str, message: str, trace: str = "") -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind
        self.message = message
        self.trace = trace


class InvalidValue(CheckStopped):
    """A value that can't be looked at, or is of another kind than the check needs."""


class SessionEnded(CheckStopped):
    """The session ended while the rubric used it. `status` is one of score.STATUSES."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status
