"""What a worker and the warm process say to each other on a session's connection.

The worker speaks first: one `ForkRequest` as JSON, in a single message that carries the session's sockets as
descriptors (see `MAX_SOCKETS`). The warm process answers in lines, each a JSON object: `FORKED` once the
kernel's process exists, with a handle to it (a pidfd) as a descriptor; then one `Start`, when the kernel is
ready for its first cell or has failed to get there; then one `End`, when the kernel has ended. If no
kernel can be forked, the only line is the error as plain text. The worker never speaks again: when it closes
the connection, the kernel is killed.

The warm process runs no student code, so the worker believes its answers. It does not believe what comes from
inside a session: the text of a `Start` was written by the session's own process, and serves only as text for
a report. What a session may use is measured and limited from outside, never by the figures of an `End`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

# Bytes of a request.
MAX_REQUEST = 1 << 16
# Descriptors of a request: the probe socket and, if a cell's output is kept, the listening sockets of the
# kernel's shell and iopub channels.
MAX_SOCKETS = 3

# How the warm process says on its own pipe to the command that sessions can be forked.
WARM = b"ready\n"

FORKED = b'{"forked": true}\n'


@dataclass(frozen=True)
class Packages:
    """What a course's notebooks find beside what is always there."""

    # Modules that are imported once, before the first fork.
    preload: tuple[str, ...] = ()
    # Modules that can be imported in vain.
    absent: tuple[str, ...] = ()
    # Whether few sessions will be forked: then the first one starts sooner, and others take longer.
    few_sessions: bool = False

    def to_json(self) -> str:
        """The packages as an argument of the warm process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, data: str) -> Packages:
        """The packages in an argument. Raises ValueError, KeyError or TypeError if there are none."""
        fields = json.loads(data)
        return cls(tuple(fields["preload"]), tuple(fields["absent"]), fields["few_sessions"])


@dataclass(frozen=True)
class Imported:
    """One of a course's modules, about to be imported or `done`: what the warm process says before `WARM`.

    With a `fault`, no session is forked, and the warm process ends.
    """

    name: str
    done: bool = False
    fault: str = ""
    seconds: float = 0.0
    # By how much the warm process has grown.
    mb: int = 0
    # What is harmless.
    notes: tuple[str, ...] = ()

    def to_line(self) -> bytes:
        """The message as it is sent."""
        return _line(asdict(self))

    @classmethod
    def from_line(cls, line: bytes) -> Imported:
        """The message that was received. Raises ValueError, KeyError or TypeError if it isn't one."""
        fields = _answer(line)
        return cls(**{**fields, "notes": tuple(fields["notes"])})


@dataclass(frozen=True)
class InnerLimits:
    """What one session may use, as far as its own process sets the limits. `seal` says how each is kept."""

    processes: int
    disk_mb: int
    # Files and folders on its disk.
    files: int
    cpu_s: int
    memory_mb: int


@dataclass(frozen=True)
class ForkRequest:
    """The worker's only message. An empty `key` asks for a kernel without channels."""

    # Signs messages on the kernel's channels.
    key: str
    seed: int
    limits: InnerLimits

    def to_json(self) -> bytes:
        """The request as it is sent."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_json(cls, data: bytes) -> ForkRequest:
        """The request that was received. Raises ValueError, KeyError or TypeError if it isn't one."""
        fields = json.loads(data)
        return cls(fields["key"], fields["seed"], InnerLimits(**fields["limits"]))


@dataclass(frozen=True)
class Start:
    """Whether the kernel is ready for its first cell: it is, unless there is a `fault`."""

    fault: str = ""

    def to_line(self) -> bytes:
        """The answer as it is sent."""
        return _line({"fault": self.fault} if self.fault else {"ready": True})

    @classmethod
    def from_line(cls, line: bytes) -> Start:
        """The answer that was received. Raises ValueError if it isn't a JSON object."""
        answer = _answer(line)
        return cls() if answer.get("ready") else cls(str(answer.get("fault") or answer))


@dataclass(frozen=True)
class End:
    """How the kernel ended and what its first process and its waited-for children used.

    `exit` is the exit code, or the negative number of the `signal` that ended it. Both are None if the
    sandbox itself has ended and nothing is known.
    """

    exit: int | None = None
    signal: int | None = None
    cpu_s: float = 0.0
    peak_kb: int = 0

    def to_line(self) -> bytes:
        """The answer as it is sent."""
        return _line(asdict(self))

    @classmethod
    def from_line(cls, line: bytes) -> End:
        """The answer that was received. Raises ValueError if it isn't a JSON object."""
        answer = _answer(line)
        return cls(
            answer.get("exit"), answer.get("signal"), answer.get("cpu_s", 0.0), answer.get("peak_kb", 0)
        )


def _line(answer: dict) -> bytes:
    return json.dumps(answer).encode() + b"\n"


def _answer(line: bytes) -> dict:
    answer = json.loads(line)
    if type(answer) is not dict:
        raise ValueError("not an answer of the warm process")
    return answer
