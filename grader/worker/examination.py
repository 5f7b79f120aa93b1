"""An examination: one rubric asks, the sessions of one submission answer, and the worker enforces the limits.

The worker opens sessions when the rubric asks for them, tells it which have ended, and ends calls that take
too long. It never looks at a student's value.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from grader.language.catalogue import say as _
from grader.model.limits import Limits
from grader.model.status import Status
from grader.protocol import examination as protocol
from grader.protocol.examination import (
    Begun,
    CheckVerdict,
    OpenSession,
    QueryState,
    SessionOpened,
    SessionState,
)
from grader.sandbox import proc
from grader.worker.notebook_run import NotebookRun
from grader.worker.process import GRACE_S, EndReason
from grader.worker.session import Session

MAX_SESSIONS = 12  # opened for reruns by one rubric, replacements of ended sessions included

OpenRun = Callable[[Mapping[str, Any] | None, Mapping[str, bytes]], Awaitable[NotebookRun]]


@dataclass
class Findings:
    """The result of an examination: verdicts by check, and faults that no student caused."""

    verdicts: Mapping[str, CheckVerdict] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    rubric_lost: bool = False  # its process ended early
    sessions: int = 0  # opened for reruns
    cpu_s: float = 0.0  # of reruns, and of the rubric's calls in all sessions


class _Call:
    """The call that a session is busy with: when it began, and what the session had used by then.

    CPU time counts from the rubric's first query about the call.
    """

    def __init__(self, session: Session, number: int, waited_s: float) -> None:
        used = session.process.usage()
        self.number = number
        self.begun = time.monotonic() - waited_s
        self.cpu_s, self.waited_s = used.cpu_s, used.waited_s

    def over_limit(self, session: Session, limits: Limits) -> EndReason | None:
        used = session.process.usage()
        if used.cpu_s - self.cpu_s > limits.call_s:
            message = _("a call used more than {most} s of computing time", most=limits.call_s)
            return EndReason(Status.TIMED_OUT, message)
        if time.monotonic() - self.begun - (used.waited_s - self.waited_s) > limits.call_wall_s:
            return EndReason(Status.TIMED_OUT, _("a call took longer than {most} s", most=limits.call_wall_s))
        return None


class Examination:
    """Serve one rubric from its first request to its last verdict."""

    def __init__(
        self, rubric: socket.socket, limits: Limits, open_session: OpenRun, first: NotebookRun
    ) -> None:
        self.rubric = rubric
        self.rubric_pid = 0  # until it has said so
        self.limits = limits
        self.open_session = open_session
        self.sessions: dict[int, Session] = {}
        self.cpu_when_opened: dict[int, float] = {}
        self.calls: dict[int, _Call] = {}
        self.findings = Findings()
        self.first = first  # the session that the notebook has already been run in
        self.first_is_taken = False  # whether the rubric has it
        self._received = bytearray()

    async def serve(self, subject: protocol.Subject) -> Findings:
        """Send the rubric its subject, and serve it until it has finished.

        What goes wrong with the rubric is a fault in the findings.
        Raises OSError if no session can be opened.
        """
        self.rubric.setblocking(False)
        try:
            # A rubric that could not be imported has said so and ended.
            with contextlib.suppress(ConnectionError):
                await self._send(protocol.encode(subject))
            while True:
                request = await self._next_request()
                if isinstance(request, protocol.Finished):
                    self.findings.verdicts, self.findings.faults = request.verdicts, request.faults
                    return self.findings
                if isinstance(request, Begun):
                    self.rubric_pid = request.pid
                elif isinstance(request, OpenSession):
                    await self._answer_open(request)
                else:
                    await self._send(protocol.encode(await self._state_of(request)))
        except TimeoutError:
            self.findings.faults.append(
                f"the rubric said and computed nothing for {self.limits.rubric_s} s: "
                "it waits for something that does not come"
            )
        except ConnectionError as error:
            self.findings.rubric_lost = True
            self.findings.faults.append(str(error) or type(error).__name__)
        except (ValueError, KeyError, TypeError) as error:
            self.findings.faults.append(str(error) or type(error).__name__)
        finally:
            await self._close()
        return self.findings

    async def _next_request(self) -> protocol.Request:
        while b"\n" not in self._received:
            part = await self._receive()
            if not part or len(self._received) > protocol.MAX_LINE:
                raise ConnectionError("the rubric's process ended before it was done")
            self._received += part
        line, _, self._received = self._received.partition(b"\n")
        return protocol.decode_request(bytes(line))

    async def _receive(self) -> bytes:
        """The next bytes from the rubric.

        Raises TimeoutError if it has been idle for `rubric_s`: neither computing nor waiting for a processor.
        So a busy machine changes no grade.
        """
        idle_since = time.monotonic() - self._busy_s()
        loop = asyncio.get_running_loop()
        receiving = asyncio.ensure_future(loop.sock_recv(self.rubric, 1 << 16))
        try:
            left_s = float(self.limits.rubric_s)
            while not (await asyncio.wait({receiving}, timeout=left_s))[0]:
                left_s = self.limits.rubric_s - (time.monotonic() - self._busy_s() - idle_since)
                if left_s <= 0:
                    raise TimeoutError
            return receiving.result()
        finally:
            receiving.cancel()

    def _busy_s(self) -> float:
        """Seconds that the rubric's process has computed or waited for a processor; 0 if unknown."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            return proc.cpu_s(self.rubric_pid) + proc.waited_s(self.rubric_pid)
        return 0.0

    async def _send(self, line: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.rubric, line)

    async def _answer_open(self, request: OpenSession) -> None:
        """Open a session. Send the answer and, with it, the session's probe socket."""
        answer, session = await self._open(request)
        if session is None:
            await self._send(protocol.encode(answer))
        elif os.name == "nt":
            share = session.process.probe.share(self.rubric_pid).hex()  # type: ignore[attr-defined]
            await self._send(protocol.encode(replace(answer, share=share)))
        else:
            socket.send_fds(self.rubric, [protocol.encode(answer)], [session.process.probe.fileno()])

    async def _open(self, request: OpenSession) -> tuple[SessionOpened, Session | None]:
        parameters = request.parameters
        if parameters is None and self.first.session is None:
            run = self.first  # it could not be run, and is not tried again for each check
        elif parameters is None and not self.first_is_taken:
            run, self.first_is_taken = self.first, True
        elif self.findings.sessions >= MAX_SESSIONS:
            return SessionOpened(None, Status.DIED, f"{MAX_SESSIONS} sessions have been opened already"), None
        else:
            run = await self.open_session(parameters, request.contents())
            self.findings.sessions += run.execution.sessions
            self.findings.cpu_s += run.execution.cpu_s
        execution = run.execution
        message = execution.message.en if execution.message else ""
        if run.unassigned:
            return SessionOpened(None, execution.status, "", unassigned=run.unassigned[0]), None
        if run.session is None:
            return SessionOpened(None, execution.status, message or "the notebook could not be run"), None
        number = len(self.sessions)
        self.sessions[number] = run.session
        with contextlib.suppress(OSError):
            self.cpu_when_opened[number] = run.session.process.usage().cpu_s
        return SessionOpened(number, execution.status, message), run.session

    async def _state_of(self, request: QueryState) -> SessionState:
        """Whether the session has ended. Ends it if it hung up, or if the call is over a limit."""
        session = self.sessions[request.session]
        if request.gone:
            session.process.raise_weight()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(session.process.ended), GRACE_S)
            if session.ended is None:
                session.process.kill(EndReason(Status.PROTOCOL, _("the session hung up on the rubric")))
        else:
            call = self.calls.get(request.session)
            if call is None or call.number != request.call:
                call = self.calls[request.session] = _Call(session, request.call, float(request.waited_s))
            if session.ended is None and (reason := call.over_limit(session, self.limits)):
                session.process.kill(reason)
        if session.ended is None:
            return SessionState(False)
        return SessionState(True, session.ended.status, session.ended.message.en)

    async def _close(self) -> None:
        """Close every session, also one that the rubric never asked for."""
        for number, session in self.sessions.items():
            with contextlib.suppress(OSError, KeyError):
                self.findings.cpu_s += session.process.usage().cpu_s - self.cpu_when_opened[number]
        unasked = [self.first.session] if self.first.session is not None and not self.first_is_taken else []
        await asyncio.gather(*(session.close() for session in (*self.sessions.values(), *unasked)))
