"""What a worker and a rubric's process say to each other about one submission.

Both are ours, and neither runs student code. Each message is a line of JSON on one socket. The worker speaks
first. It sends `Briefing` at once, so that the rubric can seed its generators while the notebook still runs,
and `Subject` when the notebook has been run. The rubric begins with `Begun`. From then on it asks and the
worker answers: `OpenSession` with `SessionOpened`, `QueryState` with `SessionState`. The rubric ends with
`Finished`. A descriptor travels with `SessionOpened`: the session's probe socket, over which the rubric talks
to the session itself (see grader.inside.probe_messages).

Texts that a student wrote occur in these messages only as JSON strings, and decide nothing.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

M = TypeVar("M")

MAX_LINE = 8 << 20  # bytes of one message. Verdicts take some kilobytes, files for a rerun up to this
MAX_FILES_BYTES = 4 << 20  # of the files that a rubric gives to one rerun


@dataclass(frozen=True)
class Briefing:
    """Worker to rubric, first: the seed of its hidden inputs, and whether to stop early."""

    secret: str  # seeds the generators; hexadecimal
    stop_at_first_failure: bool


@dataclass(frozen=True)
class Subject:
    """Worker to rubric, second: the sources of the code cells, and the names that were left unwritten."""

    cells: list[str]
    unwritten: list[str]


@dataclass(frozen=True)
class Begun:
    """Rubric to worker, first: the process that judges this submission.

    The worker looks at what it computes. Windows addresses a handed-over socket to a process.
    """

    pid: int


@dataclass(frozen=True)
class OpenSession:
    """Rubric to worker: a request for a session in which the notebook has been run.

    `parameters` None asks for the notebook as it stands. `files` are contents by name, in base64, of files
    that the session finds in its working folder.
    """

    parameters: Mapping[str, Any] | None
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def with_files(cls, parameters: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> OpenSession:
        """A request for a rerun on files of these contents."""
        return cls(parameters, {name: b64encode(content).decode() for name, content in files.items()})

    def contents(self) -> dict[str, bytes]:
        """The contents of the files by name."""
        return {name: b64decode(content) for name, content in self.files.items()}


@dataclass(frozen=True)
class SessionOpened:
    """Worker to rubric: the session's number, or None if there is none, and why."""

    session: int | None
    status: str
    message: str
    share: str = ""  # on Windows, the probe socket in hexadecimal; elsewhere it comes as a descriptor
    unassigned: str = ""  # a parameter that no cell assigns, so that nothing was run


@dataclass(frozen=True)
class QueryState:
    """Rubric to worker: is the session still alive? Sent while an answer is awaited, or after a hang-up."""

    session: int
    call: int  # the number of the awaited request, which tells one call from the next
    waited_s: float
    gone: bool  # the session hung up


@dataclass(frozen=True)
class SessionState:
    """Worker to rubric: whether the session has ended, and why."""

    ended: bool
    status: str = ""
    message: str = ""


@dataclass(frozen=True)
class CheckVerdict:
    """The rubric's verdict on one check, and what it is based on."""

    verdict: str
    code: str = ""  # names the sentence that the student reads
    message: str | None = None  # for staff
    words: Mapping[str, Any] = field(default_factory=dict)  # to put into the sentence
    trace: list[str] = field(default_factory=list)  # the session's answers, in short
    difference: Mapping[str, Any] | None = None  # the fields of a grader.model.report.Difference
    picture: Mapping[str, Any] | None = None  # those of a grader.model.picture.Picture
    undrawn: str = ""  # why there is none although one was declared
    asked: list[str] = field(default_factory=list)  # the notebook's names that the check asked for, in order


@dataclass(frozen=True)
class Finished:
    """Rubric to worker, last: the verdicts by check, and faults that no student caused."""

    verdicts: Mapping[str, CheckVerdict]
    faults: list[str]


Request = Begun | OpenSession | QueryState | Finished
_REQUESTS: dict[str, type[Begun] | type[OpenSession] | type[QueryState] | type[Finished]] = {
    "begun": Begun,
    "open": OpenSession,
    "look": QueryState,
    "done": Finished,
}
_OPS = {kind: op for op, kind in _REQUESTS.items()}


def encode(message: Any) -> bytes:
    """One of the messages above as a line of JSON."""
    data = dict(vars(message))
    if isinstance(message, Finished):
        data["verdicts"] = {check: vars(verdict) for check, verdict in message.verdicts.items()}
    if op := _OPS.get(type(message)):
        data["op"] = op
    return json.dumps(data).encode() + b"\n"


def decode(kind: type[M], line: bytes | bytearray) -> M:
    """The message of a known kind. Raises ValueError or TypeError if the line is not one."""
    return kind(**json.loads(line))


def decode_request(line: bytes | bytearray) -> Request:
    """A rubric's request. Raises ValueError, KeyError or TypeError if the line is not one."""
    data = json.loads(line)
    kind = _REQUESTS[data["op"]]
    request = kind(**{name: value for name, value in data.items() if name != "op"})
    if isinstance(request, Finished):
        verdicts: Mapping[str, Any] = {**request.verdicts}
        return Finished({check: CheckVerdict(**fields) for check, fields in verdicts.items()}, request.faults)
    return request
