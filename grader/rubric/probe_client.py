"""The rubric's end of one session's probe socket, and what stayed in the session."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from grader.course.marks import STUB_MESSAGE
from grader.inside import wire
from grader.rubric.errors import InvalidValue, NotAttempted, SessionEnded, StudentError

MAX_ITEMS = 10_000  # of one iteration
MAX_HEARD = 512 << 20  # bytes of all answers of one session; an honest one needs a hundredth
MAX_DECODING_S = 10.0  # of computing, for all answers of one submission; a 64 MB tensor takes 0.05 s
TICK_S = 1.0  # how often a call that takes long is looked after


class Decoding:
    """What it has cost so far to decode answers: one for all sessions of a submission."""

    seconds = 0.0


class Line:
    """The rubric's end of one session's probe socket.

    `looked_after` is called every TICK_S seconds while answers are waited for, and when the session has gone; it raises SessionEnded
    where the wait is to end.
    """

    def __init__(
        self,
        connection: socket.socket,
        looked_after: Callable[[float, bool], None],
        decoding: Decoding | None = None,
    ) -> None:
        connection.settimeout(TICK_S)
        self.connection = connection
        self.looked_after = looked_after
        self.dropped: list[int] = []
        self.decoding = decoding or Decoding()
        self.looked = time.monotonic()
        self.asked = 0  # how many requests, by which the supervisor tells one call from the next
        self.heard = 0
        self.listener: Callable[[Any], None] = lambda answer: None  # is told every answer, and every error
        self.gone = False  # set when the session has ended: no line to it any more

    def ask(self, **request: Any) -> Any:
        """Send a request and wait for its answer. Raises a CheckStopped where there is none to be used."""
        if len(self.dropped) >= 1000:
            numbers, self.dropped = self.dropped, []
            self._exchange(wire.encode({"op": "forget", "numbers": numbers}))
        try:
            frame = wire.encode(request, self._number)
        except wire.Refused as error:
            raise TypeError(f"this can't be sent to the session: {error}") from None
        answer = self._exchange(frame)
        if type(answer) is dict and len(answer) == 1 and "ok" in answer:
            self.listener(answer["ok"])
            return answer["ok"]
        if type(answer) is dict and type(answer.get("refused")) is str:
            raise InvalidValue(answer["refused"][:500])
        if type(answer) is dict and type(answer.get("raised")) is str:
            kind, message = answer["raised"][:100], str(answer.get("message", ""))[:2000]
            if kind == "NotImplementedError" and message in ("", STUB_MESSAGE):
                raise NotAttempted("this part")
            self.listener(f"{kind}: {message}")
            raise StudentError(kind, message, str(answer.get("trace", ""))[:4000])
        raise InvalidValue("the answer makes no sense")

    def _number(self, value: Any) -> wire.Reference:
        """What stands for a value that is no data: the number that it has in this session."""
        if not isinstance(value, Reference):
            raise wire.Refused(f"a value of type {type(value).__name__}")
        if object.__getattribute__(value, "_line") is not self:
            raise wire.Refused("it is in another session; fetch() it, or get it from this one")
        return object.__getattribute__(value, "_there")

    def _exchange(self, frame: bytes) -> Any:
        begun = time.monotonic()
        self.asked += 1
        try:
            self._send(frame, begun)
            (size,) = struct.unpack(">Q", self._read(8, begun))
            if size > wire.MAX_BYTES + wire.MAX_HEADER + 4:
                self.gone = True
                raise InvalidValue("the answer is too large to look at")
            self.heard += size
            if self.heard > MAX_HEARD:
                self.gone = True
                raise InvalidValue("the answers are too large to look at, all together")
            return self._decode(self._read(size, begun))
        except wire.Malformed as error:
            self.gone = True  # what follows on this line can't be told apart any more
            raise InvalidValue(f"the answer makes no sense: {error}") from None

    def _decode(self, body: bytearray) -> Any:
        """The value of an answer. What takes too long to decode, all answers together, is the student's doing and ends the session."""
        before = time.process_time()
        try:
            return wire.decode(body, lambda reference: Reference(self, reference))
        finally:
            self.decoding.seconds += time.process_time() - before
            if self.decoding.seconds > MAX_DECODING_S:
                self.gone = True
                raise InvalidValue("the answers take too long to read")

    def _send(self, frame: bytes, begun: float) -> None:
        left = memoryview(frame)
        while left:
            self._look(begun)
            try:
                left = left[self.connection.send(left) :]
            except TimeoutError:
                continue
            except OSError:
                self._is_gone()

    def _read(self, count: int, begun: float) -> bytearray:
        data = bytearray()
        while len(data) < count:
            self._look(begun)
            try:
                part = self.connection.recv(min(count - len(data), 1 << 20))
            except TimeoutError:
                continue
            except OSError:
                part = b""
            if not part:
                self._is_gone()
            data += part
        return data

    def _look(self, begun: float) -> None:
        """Every TICK_S seconds, whether nothing comes or a little, and be it many short calls: who waits elsewhere for a word is told that there is one."""
        now = time.monotonic()
        if now - self.looked >= TICK_S:
            self.looked = now
            self.looked_after(now - begun, False)

    def _is_gone(self) -> NoReturn:
        self.gone = True
        self.looked_after(0, True)
        raise SessionEnded("died", "the session ended")


class Reference:
    """Something that stayed in the session: a function, a class, a model. Use it as if it were here.

    It can be called, indexed, iterated (MAX_ITEMS at the most) and asked for attributes and length; each
    happens in the session, and the result comes back as data or as another reference.
    """

    __slots__ = ("_line", "_there")

    def __init__(self, line: Line, there: wire.Reference) -> None:
        object.__setattr__(self, "_line", line)
        object.__setattr__(self, "_there", there)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return _ask(self, op="call", arguments=list(arguments), keywords=keywords)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)  # Python itself asks for those, as copy and pytest do
        return _ask(self, op="attribute", name=name)

    def __getitem__(self, key: Any) -> Any:
        return _ask(self, op="item", key=key)

    def __len__(self) -> int:
        try:
            length = _ask(self, op="length")
        except StudentError as error:
            if (
                error.kind == "TypeError"
            ):  # list() and tuple() ask for a length first and, at a TypeError, do without
                raise TypeError(error.message) from None
            raise
        if type(length) is not int or length < 0:
            raise InvalidValue("a length that is none")
        return length

    def __iter__(self) -> Iterator[Any]:
        answer = _ask(self, op="take", limit=MAX_ITEMS)
        if type(answer) is not list or len(answer) != 2 or type(answer[0]) is not list:
            raise InvalidValue("the answer makes no sense")
        items, complete = answer
        yield from items
        if complete is not True:
            raise InvalidValue(f"more than {MAX_ITEMS:,} items")

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"<{object.__getattribute__(self, '_there').kind} in the session>"

    def __del__(self) -> None:
        try:
            object.__getattribute__(self, "_line").dropped.append(
                object.__getattribute__(self, "_there").number
            )
        except AttributeError:
            pass


def _ask(reference: Reference, **request: Any) -> Any:
    line = object.__getattribute__(reference, "_line")
    return _written(line.ask(target=reference, **request), "the answer")


def _written(value: Any, name: str) -> Any:
    if value is Ellipsis:
        raise NotAttempted(name)
    return value
