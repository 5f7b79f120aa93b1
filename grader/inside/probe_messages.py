"""What the rubric and the probe in a session say to each other.

Each message is a value in the format of `wire`. The rubric asks, one request at a time: a dict with the
operation under `op` and that operation's arguments next to it. The probe answers each request once, with
`Value`, `Refusal` or `Failure`.

The worker speaks first on the same socket: it sends the files of the working folder, in parts, as `WRITE`,
and where it finds others as `LINK`. The session answers each with the frame `wire.DONE`. If nothing reads the
kernel's channels, it also sends each cell as `RUN`, and the session answers with `wire.RAN` or `wire.RAISED`.
The rubric gets the socket after the last cell.

The session is not to be believed: student code can replace the probe, answer ahead of time, in any form or
not at all. An answer is checked for its form where it is read, and counts only if the student had to
compute it. The probe in turn obeys whoever asks: it has nothing that the student's own code could not reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Operations, and their arguments in addition to `op`. `target` is a reference.
# With `held` the result is a reference, even if it could cross.
GET = "get"  # name, held → {"defined": bool, "value": the value or None}
ATTRIBUTE = "attribute"  # target, name
CALL = "call"  # target, arguments (a list), keywords (a dict), held, factor (of autograd's derivatives)
ITEM = "item"  # target, key
LENGTH = "length"  # target
TAKE = "take"  # target, limit → [up to `limit` items, whether these are all]
PLACE = "place"  # value → a reference to it
FETCH = "fetch"  # target → what it stands for, as data
FORGET = "forget"  # numbers of references that the rubric no longer has
RUN = "run"  # source (bytes): one cell
WRITE = "write"  # files: lists of a name (with "/" between folders) and content (bytes), new or its next part
LINK = "link"  # links: lists of a name and where it leads; copies: of a name and of what

# How much of an error crosses, in characters.
MAX_KIND, MAX_MESSAGE, MAX_TRACE = 100, 2000, 4000


def request(operation: str, **arguments: Any) -> dict[str, Any]:
    """A request: an operation with its arguments."""
    return {"op": operation, **arguments}


@dataclass(frozen=True, slots=True)
class Value:
    """The operation's result."""

    value: Any

    def to_wire(self) -> dict[str, Any]:
        """The answer as it crosses."""
        return {"ok": self.value}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A result that does not cross. `reason` is in words for the student."""

    reason: str

    def to_wire(self) -> dict[str, Any]:
        """The answer as it crosses."""
        return {"refused": self.reason}


@dataclass(frozen=True, slots=True)
class Failure:
    """An error that the operation raised: the name of its type, its message and its traceback."""

    kind: str
    message: str
    # The student's own frames, for staff.
    trace: str

    def to_wire(self) -> dict[str, Any]:
        """The answer as it crosses."""
        return {"raised": self.kind, "message": self.message, "trace": self.trace}


def answer_of(message: Any) -> Value | Refusal | Failure | None:
    """The answer in a decoded message, cut to the lengths above. None if it doesn't have this form."""
    if type(message) is not dict:
        return None
    if len(message) == 1 and "ok" in message:
        return Value(message["ok"])
    if type(message.get("refused")) is str:
        return Refusal(message["refused"])
    if type(message.get("raised")) is str:
        text, trace = str(message.get("message", "")), str(message.get("trace", ""))
        return Failure(message["raised"][:MAX_KIND], text[:MAX_MESSAGE], trace[:MAX_TRACE])
    return None
