"""What must hold for any bytes, for the reader of notebooks and for the reader of values."""

from __future__ import annotations

import functools
import json
import re
import signal
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.inside import wire
from grader.notebook.cells import KINDS
from grader.notebook.limits import FILE_LIMITS
from grader.notebook.notebook import Notebook, Unreadable
from grader.notebook.reading import parse

INPUTS = Path(__file__).parent / "inputs"  # inputs that once failed: a folder per target, a file per input
MOST_SECONDS = 2.0  # of CPU time, for one input

ACCEPTED, REFUSED = "accepted", "refused"


class Slow(BaseException):
    """One input took too long. A BaseException, so that no reader catches it."""


class Broken(AssertionError):
    """The reader accepted or refused an input, but not as it promises."""


@dataclass(frozen=True)
class Target:
    name: str  # also the folder of its inputs
    check: Callable[[bytes], str]  # returns ACCEPTED or REFUSED; anything it raises is a failure
    suffix: str

    @property
    def kept(self) -> list[Path]:
        return sorted((INPUTS / self.name).glob("*" + self.suffix))


@functools.cache
def arm() -> None:
    def ring(*_: object) -> None:
        raise Slow(f"more than {MOST_SECONDS:g} s")

    signal.signal(signal.SIGVTALRM, ring)


@contextmanager
def in_time() -> Iterator[None]:
    """Raise Slow if the body takes more than MOST_SECONDS of CPU time."""
    arm()
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def demand(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


UNKEPT = re.compile("[\0\r\ud800-\udfff]")
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_notebook(data: bytes) -> str:
    """Demand a notebook that can be written to any file, or a refusal that a student can read."""
    try:
        with in_time():
            read = parse(data)
    except Unreadable as error:
        for sentence, full_stop in ((error.text.en, "."), (error.text.zh, "。")):
            demand(
                sentence.isprintable() and sentence.endswith(full_stop) and len(sentence) < 400,
                f"refused with {sentence[:400]!r}",
            )
        return REFUSED
    demand(type(read) is Notebook and len(read.cells) <= FILE_LIMITS.cells, "not a notebook")
    for cell in read.cells:
        demand(cell.kind in KINDS, f"a cell of type {cell.kind!r}")
        demand(len(cell.source) <= FILE_LIMITS.cell_characters, "a cell that is too long")
        demand(not any(map(UNKEPT.search, (cell.source, *cell.tags))), "a character that can't be written")
        demand(ID.fullmatch(cell.id) is not None, f"the id {cell.id!r}")
    demand(len({cell.id for cell in read.cells}) == len(read.cells), "an id that occurs twice")
    return ACCEPTED


def check_frame(data: bytes) -> str:
    """Demand a value that can be sent on, or Malformed."""
    try:
        with in_time():
            value = wire.decode(data)
    except wire.Malformed:
        return REFUSED
    try:
        wire.encode(value, lambda thing: wire.Handle(0, type(thing).__name__))
    except wire.Refused:
        pass  # the reader's limits are a little wider than the writer's
    return ACCEPTED


NOTEBOOKS = Target("notebooks", check_notebook, ".ipynb")
FRAMES = Target("frames", check_frame, ".bin")


def parts(body: bytes) -> tuple[Any, bytes] | None:
    """A frame's header and the raw contents after it, or None if there is no header."""
    if len(body) < 4:
        return None
    (length,) = struct.unpack_from(">I", body)
    try:
        return json.loads(body[4 : 4 + length]), body[4 + length :]
    except (ValueError, RecursionError):
        return None


def frame(header: bytes, blobs: bytes) -> bytes:
    return struct.pack(">I", len(header)) + header + blobs
