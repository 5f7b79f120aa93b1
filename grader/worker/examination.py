"""An examination: one rubric asks, the sessions of one submission answer, and somebody watches the clock.

Runs in the worker. It opens sessions when the rubric wants them, says what became of those that
ended, and ends calls that take too long. It never looks at a value.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.language.catalogue import say as _
from grader.model.limits import Limits
from grader.worker.process import GRACE_S, Fate
from grader.worker.session import Run, Session

MAX_SESSIONS = 12  # that one rubric may open, those that replace an ended one included
MAX_LINE = 4 << 20

Opener = Callable[[Mapping[str, Any] | None], Awaitable[Run]]


@dataclass
class Findings:
    """What the rubric said, as it said it: verdicts by check, and faults that are not the student's."""

    verdicts: dict[str, dict] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lost: bool = (
        False  # the rubric's process ended before it was done, be it by its own doing or by the system's
    )
    sessions: int = 0
    cpu_s: float = 0.0


class _Call:
    """How long the call that a session is in has taken, as of the first time the rubric wondered."""

    def __init__(self, session: Session, number: int, waited_s: float) -> None:
        used = session.process.usage()
        self.number = number
        self.begun = time.monotonic() - waited_s
        self.cpu_s, self.waited_s = used.cpu_s, used.waited_s

    def over(self, session: Session, limits: Limits) -> Fate | None:
        used = session.process.usage()
        if used.cpu_s - self.cpu_s > limits.call_s:
            return Fate(
                "timed_out", _("a call used more than {most} s of computing time", most=limits.call_s)
            )
        if time.monotonic() - self.begun - (used.waited_s - self.waited_s) > limits.call_wall_s:
            return Fate("timed_out", _("a call took longer than {most} s", most=limits.call_wall_s))
        return None


class Examination:
    """Hold one rubric's hand from its order to its last verdict."""

    def __init__(self, rubric: socket.socket, limits: Limits, open_session: Opener, first: Run) -> None:
        self.rubric = rubric
        self.limits = limits
        self.open_session = open_session
        self.sessions: dict[int, Session] = {}
        self.calls: dict[int, _Call] = {}
        self.findings = Findings()
        self.first = first  # the session that the notebook has already been run in
        self.asked = False  # whether the rubric has it

    async def conduct(self, subject: dict) -> Findings:
        """Tell the rubric what it is about and serve it until it is done. What it leaves unsaid is a fault of ours."""
        loop = asyncio.get_running_loop()
        self.rubric.setblocking(False)
        words = b""
        try:
            with contextlib.suppress(ConnectionError):  # one that could not be imported has told so and gone
                await loop.sock_sendall(self.rubric, json.dumps(subject).encode() + b"\n")
            while True:
                while b"\n" not in words:
                    part = await asyncio.wait_for(loop.sock_recv(self.rubric, 1 << 16), self.limits.rubric_s)
                    if not part or len(words) > MAX_LINE:
                        raise ConnectionError("the rubric's process ended before it was done")
                    words += part
                line, _, words = words.partition(b"\n")
                message = json.loads(line)
                if message["op"] == "done":
                    self.findings.verdicts, self.findings.faults = message["verdicts"], message["faults"]
                    return self.findings
                answer, session = await (
                    self._open(message) if message["op"] == "open" else self._look(message)
                )
                await self._answer(answer, session)
        except TimeoutError:
            self.findings.faults.append(
                f"the rubric said nothing for {self.limits.rubric_s} s: an endless loop, or rubric_s is too low"
            )
        except ConnectionError as error:
            self.findings.lost = True
            self.findings.faults.append(str(error) or type(error).__name__)
        except (ValueError, KeyError) as error:
            self.findings.faults.append(str(error) or type(error).__name__)
        finally:
            for session in self.sessions.values():
                with contextlib.suppress(OSError):
                    self.findings.cpu_s += session.process.usage().cpu_s
            unasked = [self.first.session] if self.first.session is not None and not self.asked else []
            await asyncio.gather(*(session.close() for session in (*self.sessions.values(), *unasked)))
        return self.findings

    async def _open(self, message: dict) -> tuple[dict, Session | None]:
        parameters = message["parameters"]
        if parameters is None and self.first.session is None:
            run = self.first  # it could not be run, and is not tried again for every check
        elif parameters is None and not self.asked:
            run, self.asked = self.first, True
        elif self.findings.sessions >= MAX_SESSIONS:
            return {
                "open": False,
                "status": "died",
                "message": f"{MAX_SESSIONS} sessions have been opened already",
            }, None
        else:
            run = await self.open_session(parameters)
            self.findings.sessions += run.execution.sessions
        execution = run.execution
        if run.session is None:
            return {
                "open": False,
                "status": execution.status,
                "message": execution.message or "the notebook could not be run",
            }, None
        number = len(self.sessions)
        self.sessions[number] = run.session
        return {
            "open": True,
            "session": number,
            "status": execution.status,
            "cell": execution.cell,
            "message": execution.message,
        }, run.session

    async def _look(self, message: dict) -> tuple[dict, None]:
        """The rubric has waited for an answer, or has lost its line: what of the session?"""
        number = message["session"]
        session, waited_s = self.sessions[number], float(message["waited_s"])
        if message["gone"]:
            session.process.hurry()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(session.process.ended), GRACE_S)
            if session.ended is None:
                session.process.kill(Fate("protocol", _("the session hung up on the rubric")))
        else:
            call = self.calls.get(number)
            if call is None or call.number != message["call"]:
                call = self.calls[number] = _Call(session, message["call"], waited_s)
            if session.ended is None and (fate := call.over(session, self.limits)):
                session.process.kill(fate)
        fate = session.ended
        return {
            "ended": fate is not None,
            "status": fate.status if fate else "",
            "message": fate.message.en if fate else "",
        }, None

    async def _answer(self, answer: dict, session: Session | None) -> None:
        """Send an answer, with the session's probe socket where there is one."""
        loop = asyncio.get_running_loop()
        if session is None:
            await loop.sock_sendall(self.rubric, json.dumps(answer).encode() + b"\n")
            return
        probe = session.process.probe
        if os.name == "nt":
            answer["share"] = probe.share(self.rubric_pid).hex()  # type: ignore[attr-defined]
            await loop.sock_sendall(self.rubric, json.dumps(answer).encode() + b"\n")
        else:
            socket.send_fds(self.rubric, [json.dumps(answer).encode() + b"\n"], [probe.fileno()])

    rubric_pid = 0  # Windows hands sockets to a process by its number
