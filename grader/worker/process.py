"""A kernel's process as the worker sees it: what it has used, how it ended, how to kill it.

`SealedProcess` is a fork of the sandbox's warm process. `PlainProcess` is an ordinary, unprotected child
process, for `--sandbox none` and for platforms without namespaces. Both follow the Protocol `Process`.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from grader.inside.warm_messages import End
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.status import Status

T = TypeVar("T")

# The kernel's channels that we use, and their numbers in the names of sockets.
CHANNELS = {"shell": 1, "iopub": 2}
NO_SESSION = "no session could be opened"
# A fork takes 0.06 s and a plain kernel 4 s. A machine that swaps may need this long.
START_S = 60
# When a channel closes, the news that the kernel has ended may take this long to arrive.
GRACE_S = 0.3


@dataclass(frozen=True)
class EndReason:
    """Why a session ended before its work was done."""

    status: Status
    message: Text
    whole_notebook: bool = False  # the notebook as a whole caused it, not one cell


def no_memory(limit_mb: int) -> EndReason:
    """The reason for a session that went over its memory limit."""
    return EndReason(Status.OUT_OF_MEMORY, _("more than {most} MB of memory", most=limit_mb))


# We closed the session ourselves. No report shows this.
CLOSED = EndReason(Status.OK, Text("closed", "closed"))


class SessionOver(Exception):
    """The session has ended. Carries the reason."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(reason.message.en)
        self.reason = reason


@dataclass(frozen=True)
class Usage:
    """What all of a session's processes together have used so far."""

    cpu_s: float = 0.0
    # Ready to run, while other processes had the processors. No limit counts this time.
    waited_s: float = 0.0
    over_memory: bool = False
    # Megabytes that it holds now; 0 where no control group counts them.
    held_mb: float = 0.0
    # Whether it holds so many open files, pipes or sockets that other sessions could run short.
    over_descriptors: bool = False


class Process(Protocol):
    """What a session needs of its kernel's process."""

    connection: dict | None  # as in a Jupyter connection file; None if no output is recorded
    probe: socket.socket
    ended: asyncio.Future[EndReason]  # done when the process has ended
    bound_in: str | None  # where the session sees large files, each under its hash; None: where they lie

    def usage(self) -> Usage:
        """What the session has used so far. Raises OSError if this can no longer be known."""

    def lower_weight(self) -> None:
        """Lower the session's CPU weight: other sessions on the same processor go first."""

    def raise_weight(self) -> None:
        """Raise a lowered CPU weight, since the session is about to end and others wait for that."""

    def ran_out(self) -> bool:
        """Whether the system has killed one of the session's processes because memory ran out."""

    def kill(self, reason: EndReason) -> None:
        """Kill the session's processes at once. The first reason counts."""

    async def gone(self) -> None:
        """After `kill`, wait until none of the session's processes is left."""

    def close(self) -> None:
        """Kill what still runs and release everything. May be called again."""


async def while_alive(process: Process, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`, which is canceled when the process ends.

    Raises SessionOver if the process ended first.
    """
    task = asyncio.ensure_future(work)
    either: set[asyncio.Future[Any]] = {task, process.ended}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.result()
    task.cancel()
    with contextlib.suppress(Exception, asyncio.CancelledError):
        await task
    raise SessionOver(process.ended.result())


def connection_info(transport: str, ip: str, key: str, ports: Mapping[str, int]) -> dict:
    """What a Jupyter connection file holds."""
    return {
        "transport": transport,
        "ip": ip,
        "key": key,
        "signature_scheme": "hmac-sha256",
        **{f"{name}_port": port for name, port in ports.items()},
    }


def death_of(end: End) -> EndReason:
    """The reason for a kernel that ended by itself."""
    if end.signal:
        try:
            message = _("the kernel was ended by {name}", name=signal.Signals(end.signal).name)
        except ValueError:
            message = _("the kernel was ended by signal {number}", number=end.signal)
    elif end.exit is not None:
        message = _("the kernel exited with code {code}", code=end.exit)
    else:
        message = _("the sandbox has ended")
    return EndReason(Status.DIED, message)
