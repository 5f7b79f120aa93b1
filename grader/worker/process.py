"""A kernel's process as the host sees it: start it, ask what it used, learn how it ended, kill it.

`Sealed` is a fork from the sandbox's warm process. `Plain` is an ordinary, unprotected child, for
`--sandbox none` and for platforms without namespaces. Both offer the same few things.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from grader.language.catalogue import Text
from grader.language.catalogue import say as _

T = TypeVar("T")

CHANNELS = {
    "shell": 1,
    "iopub": 2,
}  # of a kernel, all that is needed of them, and their numbers in socket names
NO_SESSION = "no session could be opened"
START_S = 60  # a fork takes 0.06 s and a plain kernel 4 s; a machine that swaps may need this long
LATER_SHARE = (
    1 / 4
)  # as much as others; what a main thread computes stays within every limit on the clock, at up to two jobs a processor
LAST_SHARE = 8  # at its end: all that is left to do is to take down its processes, and others wait for that
GRACE_S = 0.3  # how long a closed channel waits for word of how the kernel ended
GONE_S = 5  # how long at most killed processes are waited for: most take 0.01 s, the largest tables 2 s
GLANCE_S = 0.004  # between two looks whether they are gone


@dataclass(frozen=True)
class Fate:
    """What ended a session before its work was done. `status` is one of score.STATUSES."""

    status: str
    message: Text
    whole: bool = False  # the notebook's doing as a whole, not one cell's


def no_memory(limit_mb: int) -> Fate:
    return Fate("out_of_memory", _("more than {most} MB of memory", most=limit_mb))


CLOSED = Fate("ok", Text("closed", "closed"))  # by ourselves: nobody is told


class Ended(Exception):
    """The session is over; carries its Fate."""

    def __init__(self, fate: Fate) -> None:
        super().__init__(fate.message.en)
        self.fate = fate


@dataclass(frozen=True)
class Usage:
    """What a session's processes have used so far, all together."""

    cpu_s: float = 0.0
    waited_s: float = 0.0  # ready to run while others had the processors: no fault of the student's
    memory: bool = False  # more than their limit
    descriptors: bool = False  # more than others can spare


class Process(Protocol):
    """What a session needs of its kernel's process."""

    connection: (
        dict | None
    )  # as in a Jupyter connection file; None where nobody is to hear what cells put out
    probe: socket.socket
    ended: asyncio.Future[Fate]  # when it has ended, and why

    def usage(self) -> Usage: ...

    def give_way(self) -> None: ...  # to others that want the same processor, from now on

    def hurry(self) -> None: ...  # it is about to be over: others wait for its end

    def ran_out(self) -> bool: ...  # the system has ended one of its processes for want of memory

    def kill(self, fate: Fate) -> None: ...

    async def gone(self) -> None: ...  # once it was killed: none of its processes is left

    def close(self) -> None: ...


async def while_alive(process: Process, work: Coroutine[Any, Any, T]) -> T:
    """Do `work`, but not longer than the process lives. Raises Ended where it did not live long enough."""
    task = asyncio.ensure_future(work)
    either: set[asyncio.Future[Any]] = {task, process.ended}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        return task.result()
    task.cancel()
    with contextlib.suppress(Exception, asyncio.CancelledError):
        await task
    raise Ended(process.ended.result())


def _connection(transport: str, ip: str, key: str, ports: Mapping[str, int]) -> dict:
    return {
        "transport": transport,
        "ip": ip,
        "key": key,
        "signature_scheme": "hmac-sha256",
        **{f"{name}_port": port for name, port in ports.items()},
    }


def _how(word: dict) -> Text:
    """In words: how a kernel ended."""
    number = word.get("signal")
    if number:
        try:
            return _("the kernel was ended by {name}", name=signal.Signals(number).name)
        except ValueError:
            return _("the kernel was ended by signal {number}", number=number)
    if "exit" in word:
        return _("the kernel exited with code {code}", code=word["exit"])
    return _("the sandbox has ended")
