"""Waiting for the warm process, and what it tells meanwhile of the course's packages."""

from __future__ import annotations

import os
import select
import time

from grader.errors import CourseError, Problem
from grader.inside.warm_messages import WARM, Imported

WARM_UP_S = 120  # importing torch takes 2 s here; with a cold disk on a busy machine it may take a minute
PRELOAD_S = 120  # for each of the course's packages, which are no larger
REMEDY = "take it out of `preload`, and notebooks that need it import it themselves"


class PackageFault(CourseError):
    """A package that can't be imported in advance: its module's name, and what importing it does."""

    def __init__(self, name: str, what: str) -> None:
        self.name, self.what = name, what
        message = f"importing {name} in advance {what}: {REMEDY}"
        super().__init__([Problem("course.toml", 0, message)])


def await_warmth(ready: int) -> tuple[Imported, ...]:
    """Wait until sessions can be forked, and return how the imports of the course's packages went.

    `ready` is the pipe on which the warm process says so. Raises TimeoutError if it ends or takes too long,
    and PackageFault if it does so while it imports one of the packages, or if that leaves a fault behind.
    """
    came: list[Imported] = []
    begun: Imported | None = None
    received, deadline = b"", time.monotonic() + WARM_UP_S
    while True:
        while b"\n" in received:
            line, _, received = received.partition(b"\n")
            if line + b"\n" == WARM:
                return tuple(came)
            message = Imported.from_line(line)
            if message.fault:
                raise PackageFault(message.name, message.fault)
            begun = None if message.done else message
            came += [message] if message.done else []
            deadline = time.monotonic() + (WARM_UP_S if message.done else PRELOAD_S)
        if not select.select([ready], [], [], max(deadline - time.monotonic(), 0))[0]:
            if begun:
                raise PackageFault(begun.name, f"takes more than {PRELOAD_S} s")
            raise TimeoutError
        part = os.read(ready, 4096)
        if not part:
            if begun:
                raise PackageFault(begun.name, "ends the process")
            raise TimeoutError
        received += part
