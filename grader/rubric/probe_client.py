"""The rubric's end of one session's probe socket (see grader.inside.probe_messages)."""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from grader.course.marks import STUB_MESSAGE
from grader.inside import wire
from grader.inside.probe_messages import FORGET, Failure, Refusal, Value, answer_of, request
from grader.rubric import alarm
from grader.rubric.errors import InvalidValue, NotAttempted, SessionEnded, StudentError
from grader.rubric.reference import Reference, client_of, handle_of

MAX_RECEIVED = 512 << 20  # bytes of all answers of one session; an honest one needs a hundredth
MAX_DECODING_S = 10.0  # CPU seconds, for all answers of one submission; a 64 MB tensor takes 0.05 s
MAX_DROPPED = 1000  # references that the session still holds although the rubric no longer has them
MAX_FORGOTTEN = 50_000  # of them in one request, which holds 100,000 values at most
MAX_REASON = 500  # characters
TICK_S = 1.0  # between two queries about a session while its answer is awaited


class DecodingCost:
    """The CPU time spent on decoding answers: one object for all sessions of a submission."""

    seconds = 0.0


class ProbeClient:
    """The rubric's end of one session's probe socket.

    `query_state(waited_s, gone)` is called every TICK_S seconds while answers are awaited, and with `gone`
    when the session has hung up. It raises SessionEnded to end the wait.
    """

    def __init__(
        self,
        connection: socket.socket,
        query_state: Callable[[float, bool], None],
        decoding: DecodingCost | None = None,
    ) -> None:
        connection.settimeout(TICK_S)
        self.connection = connection
        self.query_state = query_state
        self.dropped: list[int] = []  # numbers of references that the rubric no longer has
        self.decoding = decoding or DecodingCost()
        self.queried = time.monotonic()
        self.requests = 0  # sent so far: tells one call from the next
        self.received_bytes = 0
        # Called with every request that was answered by a value or by an error of the student's code.
        self.listener: Callable[[Mapping[str, Any], Value | Failure], None] = lambda message, answer: None
        self.gone = False  # the session has ended, or what it sends can't be read any more

    def ask(self, message: Mapping[str, Any]) -> Any:
        """Send a request and wait for its answer. Raises a CheckStopped if there is no usable one."""
        if len(self.dropped) >= MAX_DROPPED:
            numbers, self.dropped = self.dropped[:MAX_FORGOTTEN], self.dropped[MAX_FORGOTTEN:]
            self._exchange(wire.encode(request(FORGET, numbers=numbers)))
        try:
            frame = wire.encode(message, self._to_wire)
        except wire.Refused as error:
            raise TypeError(f"this can't be sent to the session: {error}") from None
        answer = answer_of(self._exchange(frame))
        if isinstance(answer, Value):
            self.listener(message, answer)
            return answer.value
        if isinstance(answer, Refusal):
            raise InvalidValue(answer.reason[:MAX_REASON])
        if isinstance(answer, Failure):
            if answer.kind == "NotImplementedError" and answer.message in ("", STUB_MESSAGE):
                raise NotAttempted("this part")
            self.listener(message, answer)
            raise StudentError(answer.kind, answer.message, answer.trace)
        raise InvalidValue("the answer makes no sense")

    def _to_wire(self, value: Any) -> wire.Handle:
        """What stands for a value that is not data.

        Raises Refused if it isn't a reference of this session.
        """
        if not isinstance(value, Reference):
            raise wire.Refused(f"a value of type {type(value).__name__}")
        if client_of(value) is not self:
            raise wire.Refused("it is in another session; fetch() it, or get it from this one")
        return handle_of(value)

    def _exchange(self, frame: bytes) -> Any:
        """Send a frame, and decode the one that answers it."""
        with alarm.held():
            return self._exchange_whole(frame)

    def _exchange_whole(self, frame: bytes) -> Any:
        begun = time.monotonic()
        self.requests += 1
        try:
            self._send(frame, begun)
            (size,) = struct.unpack(">Q", self._read(8, begun))
            if size > wire.MAX_BYTES + wire.MAX_HEADER + 4:
                self.gone = True
                raise InvalidValue("the answer is too large to look at")
            self.received_bytes += size
            if self.received_bytes > MAX_RECEIVED:
                self.gone = True
                raise InvalidValue("the answers are too large to look at, all together")
            return self._decode(self._read(size, begun))
        except wire.Malformed as error:
            self.gone = True  # where the next answer begins is not known
            raise InvalidValue(f"the answer makes no sense: {error}") from None

    def _decode(self, body: bytearray) -> Any:
        """The value in an answer.

        If all answers together take too long to decode, the session has caused it, and nothing more is read.
        """
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
            self._query_if_due(begun)
            try:
                left = left[self.connection.send(left) :]
            except TimeoutError:
                continue
            except OSError:
                self._hung_up()

    def _read(self, count: int, begun: float) -> bytearray:
        data = bytearray()
        while len(data) < count:
            self._query_if_due(begun)
            try:
                part = self.connection.recv(min(count - len(data), 1 << 20))
            except TimeoutError:
                continue
            except OSError:
                part = b""
            if not part:
                self._hung_up()
            data += part
        return data

    def _query_if_due(self, begun: float) -> None:
        """Query the session's state every TICK_S seconds, even while bytes keep coming or calls are short.

        The worker assumes that a rubric that is silent too long is stuck.
        """
        now = time.monotonic()
        if now - self.queried >= TICK_S:
            self.queried = now
            self.query_state(now - begun, False)

    def _hung_up(self) -> NoReturn:
        """End the call, with the reason that the worker knows."""
        self.gone = True
        self.query_state(0, True)
        raise SessionEnded("died", "the session ended")
