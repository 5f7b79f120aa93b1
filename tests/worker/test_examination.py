"""An examination serves one rubric, whatever that rubric says, and leaves no session open."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from fakes import DIED, FakeProcess, ScriptedRubric
from grader.language.catalogue import Text
from grader.model.limits import Limits
from grader.model.report import Execution
from grader.model.status import Status
from grader.protocol import examination as protocol
from grader.worker import examination as examination_module
from grader.worker.clock import Clock
from grader.worker.examination import MAX_SESSIONS, Examination, Findings
from grader.worker.notebook_run import NotebookRun
from grader.worker.process import EndReason, Usage
from grader.worker.session import Session
from support import QUICK, quick

SUBJECT = protocol.Subject(["x = 1", "y = x"], ["y"])


@dataclass
class Scene:
    """An examination with fakes: what its sessions are made of, and what came of it."""

    first: list[Usage | Exception] = field(default_factory=lambda: [Usage()])
    reruns: list[Usage | Exception] = field(default_factory=lambda: [Usage()])
    first_fails: Execution | None = None
    reruns_fail: Execution | None = None
    unassigned: tuple[str, ...] = ()
    no_session: OSError | None = None
    limits: Limits = QUICK
    before: Callable[[FakeProcess], None] = lambda process: None
    processes: list[FakeProcess] = field(
        default_factory=list
    )  # of all sessions, in the order of their making
    asked_for: list[Mapping[str, Any] | None] = field(default_factory=list)  # parameters of reruns
    findings: Findings = field(default_factory=Findings)

    def play(self, script: Callable[[ScriptedRubric], None]) -> Findings:
        """Serve a rubric that does what `script` does in a thread."""
        return asyncio.run(self._play(script))

    async def _play(self, script: Callable[[ScriptedRubric], None]) -> Findings:
        ours, theirs = socket.socketpair()
        run = NotebookRun(None, self.first_fails) if self.first_fails else self._run(self.first)
        examination = Examination(ours, self.limits, self._open, run)
        self.findings = examination.findings

        def speak() -> None:
            with theirs:
                script(ScriptedRubric(theirs))

        with ours:
            served = asyncio.ensure_future(asyncio.wait_for(examination.serve(SUBJECT), 20))
            spoken = asyncio.ensure_future(asyncio.to_thread(speak))
            await asyncio.wait([served])
        await spoken
        return served.result()

    def _run(self, usages: list[Usage | Exception]) -> NotebookRun:
        process = FakeProcess(usages, stays=True)
        self.before(process)
        self.processes.append(process)
        return NotebookRun(
            Session(process, self.limits, Clock(self.limits)), Execution(sessions=1, cpu_s=0.5)
        )

    async def _open(self, parameters: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> NotebookRun:
        self.asked_for.append(parameters)
        if self.no_session:
            raise self.no_session
        if self.unassigned:
            return NotebookRun(None, Execution(sessions=0), self.unassigned)
        return NotebookRun(None, self.reruns_fail) if self.reruns_fail else self._run(self.reruns)


@pytest.fixture(autouse=True)
def all_sessions_are_closed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """However an examination goes, no session is open afterwards."""
    made: list[FakeProcess] = []
    init = FakeProcess.__init__

    def remember(self: FakeProcess, *arguments: Any, **options: Any) -> None:
        init(self, *arguments, **options)
        made.append(self)

    monkeypatch.setattr(FakeProcess, "__init__", remember)
    yield
    assert all(process.is_closed for process in made)


# ---- verdicts


def test_verdicts_and_faults_are_found() -> None:
    """The rubric hears its subject first, and its last message is the result."""

    def script(rubric: ScriptedRubric) -> None:
        assert rubric.subject() == SUBJECT
        rubric.finish(["test_b was skipped"], test_a="passed")

    findings = Scene().play(script)
    assert findings.verdicts == {"test_a": protocol.CheckVerdict("passed")}
    assert (findings.faults, findings.rubric_lost, findings.sessions) == (["test_b was skipped"], False, 0)


def test_a_rubric_that_has_finished_before_it_heard_its_subject() -> None:
    """A rubric that could not be imported says so and ends, and the fault is the one that it named."""
    ours, theirs = socket.socketpair()
    ScriptedRubric(theirs).finish(["no module named numpie"])
    theirs.close()

    async def whole() -> Findings:
        with ours:
            nothing = NotebookRun(None, Execution(Status.DIED))
            return await Examination(ours, QUICK, Scene()._open, nothing).serve(SUBJECT)

    findings = asyncio.run(whole())
    assert (findings.faults, findings.rubric_lost) == (["no module named numpie"], False)


# ---- sessions


def test_the_first_session_is_not_run_again() -> None:
    """The notebook as it stands has been run already; asked for again, it is run again."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        assert rubric.open()[0] == protocol.SessionOpened(0, "ok", "")
        assert rubric.open()[0] == protocol.SessionOpened(1, "ok", "")
        rubric.finish()

    scene = Scene()
    findings = scene.play(script)
    assert (findings.sessions, findings.cpu_s, scene.asked_for) == (1, 0.5, [None])


def test_a_rerun_has_the_rubrics_parameters() -> None:
    """A rerun is given the parameters, and leaves the first session for another request."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        assert rubric.open(n=50, name="x")[0].session == 0
        assert rubric.open()[0].session == 1
        rubric.finish()

    scene = Scene()
    assert scene.play(script).sessions == 1
    assert scene.asked_for == [{"n": 50, "name": "x"}]


def test_a_parameter_that_no_cell_assigns() -> None:
    """The rubric is told which one it is. No session is counted."""
    said: list[protocol.SessionOpened] = []

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        said.append(rubric.open(n=50, m=1)[0])
        rubric.finish()

    assert Scene(unassigned=("m",)).play(script).sessions == 0
    assert said == [protocol.SessionOpened(None, "ok", "", unassigned="m")]


def test_the_probe_socket_comes_with_the_answer() -> None:
    """Over the descriptor that comes with the answer, the rubric talks to the session itself."""
    heard = []

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        _, (handle,) = rubric.open()
        with socket.socket(fileno=handle) as probe:
            probe.sendall(b"a question")
        heard.append(scene.processes[0].inside.recv(100))
        rubric.finish()

    scene = Scene()
    scene.play(script)
    assert heard == [b"a question"]


def test_a_notebook_that_could_not_be_run() -> None:
    """Each request for it is refused with the reason, and it is not tried again. Reruns are still tried."""
    said: list[protocol.SessionOpened] = []

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        said.extend(rubric.open(**parameters)[0] for parameters in ({}, {}, {"n": 1}))
        rubric.finish()

    execution = Execution(Status.TIMED_OUT, 1, Text("the notebook took longer than 40 s", "…"))
    scene = Scene(first_fails=execution, reruns_fail=Execution(Status.DIED, sessions=3))
    findings = scene.play(script)
    assert said[:2] == [protocol.SessionOpened(None, "timed_out", "the notebook took longer than 40 s")] * 2
    assert said[2] == protocol.SessionOpened(None, "died", "the notebook could not be run")
    assert (scene.asked_for, findings.sessions) == ([{"n": 1}], 3)


def test_sessions_are_limited() -> None:
    """A rubric gets MAX_SESSIONS reruns. After that it is refused in words and can still finish."""
    said: list[protocol.SessionOpened] = []

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        for _ in range(MAX_SESSIONS + 2):
            opened, handles = rubric.open(n=1)
            said.append(opened)
            for handle in handles:
                os.close(handle)
        rubric.finish(test_a="failed")

    scene = Scene()
    findings = scene.play(script)
    assert [opened.session for opened in said] == [*range(MAX_SESSIONS), None, None]
    assert said[-1].message == f"{MAX_SESSIONS} sessions have been opened already"
    assert findings.sessions == MAX_SESSIONS and findings.verdicts["test_a"].verdict == "failed"


def test_attempts_of_a_rerun_count_as_sessions() -> None:
    """A rerun that took several sessions uses up as many."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        messages = [rubric.open(n=1)[0].message for _ in range(3)]
        assert messages[-1] == f"{MAX_SESSIONS} sessions have been opened already" not in messages[:-1]
        rubric.finish()

    assert Scene(reruns_fail=Execution(Status.DIED, sessions=8)).play(script).sessions == 16


def test_where_no_session_can_be_opened() -> None:
    """That is no student's fault and no verdict: the error goes to the caller."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.send(protocol.OpenSession({"n": 1}))

    with pytest.raises(OSError, match="no room"):
        Scene(no_session=OSError("no room")).play(script)


def test_what_calls_compute_is_counted() -> None:
    """CPU time of calls counts from the session's opening; a session that can't say adds nothing."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.open()
        rubric.open()
        rubric.finish()

    scene = Scene(first=[Usage(cpu_s=2.0), Usage(cpu_s=3.5)], reruns=[OSError("gone")])
    assert scene.play(script).cpu_s == 0.5 + 1.5


# ---- the state of sessions


def test_a_session_that_lives() -> None:
    """A rubric that waits for an answer is told that the session lives."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.open()
        assert [rubric.query(0, call) for call in (1, 1, 2)] == [protocol.SessionState(False)] * 3
        rubric.finish()

    assert Scene().play(script).faults == []


def test_a_session_that_has_ended() -> None:
    """The rubric is told how a session ended, with the reason that the process gives."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.open()
        state = protocol.SessionState(True, "died", DIED.message.en)
        assert rubric.query(0) == rubric.query(0, gone=True) == state
        rubric.finish()

    Scene(before=lambda process: process.end(DIED)).play(script)


def test_a_call_over_its_computing_time() -> None:
    """Each call may compute for call_s seconds from the first query about it. Then its session ends."""
    states: list[protocol.SessionState] = []

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.open()
        for call, cpu_s in ((1, 4.0), (1, 6.9), (2, 8.0), (2, 10.9), (2, 11.1)):
            scene.processes[0].usages = [Usage(cpu_s=cpu_s)]
            states.append(rubric.query(0, call))
        rubric.finish()

    scene = Scene(limits=quick(cpu_s=1000, cell_s=1000))
    scene.play(script)
    assert [state.ended for state in states] == [False, False, False, False, True]
    assert (states[-1].status, states[-1].message) == (
        "timed_out", "a call used more than 3 s of computing time"
    )  # fmt: skip


@pytest.mark.parametrize(("waited_for_a_processor_s", "ended"), [(0.0, True), (5.0, False)])
def test_a_call_over_the_clock(waited_for_a_processor_s: float, ended: bool) -> None:
    """A call may take call_wall_s seconds, without those in which its session waited for a processor."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.open()
        scene.processes[0].usages = [Usage(), Usage(waited_s=waited_for_a_processor_s)]
        state = rubric.query(0, waited_s=8.0)
        assert state.ended is ended
        assert not ended or (state.status, state.message) == ("timed_out", "a call took longer than 6 s")
        rubric.finish()

    scene = Scene(limits=quick(wall_s=10_000))
    scene.play(script)


def test_a_session_that_hung_up_and_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given a moment to end by itself, with the full CPU weight, and is then killed."""
    monkeypatch.setattr(examination_module, "GRACE_S", 0.01)

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.open()
        state = rubric.query(0, gone=True)
        assert state == protocol.SessionState(True, "protocol", "the session hung up on the rubric")
        rubric.finish()

    scene = Scene()
    scene.play(script)
    (process,) = scene.processes
    assert process.weights == ["raise"] and process.killed_for[0].status is Status.PROTOCOL


def test_a_session_that_hung_up_because_it_ended() -> None:
    """Where the end is known only a moment after the hang-up, it is what the rubric is told."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.open()
        process = scene.processes[0]
        process.ended.get_loop().call_soon_threadsafe(process.ended.get_loop().call_later, 0.05, process.end)
        assert rubric.query(0, gone=True).status == "died"
        rubric.finish()

    scene = Scene()
    scene.play(script)


# ---- rubrics that break


def test_a_rubric_that_dies() -> None:
    """Its verdicts are unknown, and the report may be tried again."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.open()

    findings = Scene().play(script)
    assert (findings.verdicts, findings.rubric_lost) == ({}, True)
    assert findings.faults == ["the rubric's process ended before it was done"]


def test_a_rubric_that_dies_while_its_session_is_opened() -> None:
    """So it is where nobody takes the answer any more."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        for _ in range(3):
            rubric.send(protocol.OpenSession(None))
        rubric.connection.close()

    findings = Scene().play(script)
    assert findings.rubric_lost and len(findings.faults) == 1


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"[]",
        b"null",
        b'"open"',
        b"{}",
        b'{"op": "close"}',
        b'{"op": ["open"]}',
        b'{"op": "open"}',
        b'{"op": "look", "session": 7, "call": 1, "waited_s": 1, "gone": false}',
        b'{"op": "done", "verdicts": {"test_a": {}}, "faults": []}',
        b'{"op": "done", "verdicts": {"test_a": null}, "faults": []}',
        b'{"op": "done", "verdicts": [], "faults": []}',
        b"\xff\xfe",
    ],
)
def test_a_rubric_that_makes_no_sense(line: bytes) -> None:
    """What is no request is a fault of ours: no verdict is read from it, and no retry would help."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.send(line + b"\n")

    findings = Scene().play(script)
    assert (findings.verdicts, findings.rubric_lost, len(findings.faults)) == ({}, False, 1)


def test_a_rubric_that_says_nothing() -> None:
    """A rubric that is idle for rubric_s seconds ends the examination, with a fault that says so."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        assert rubric.connection.recv(1) == b""

    limits = replace(QUICK, rubric_s=0.05)
    findings = Scene(limits=limits).play(script)
    assert findings.faults == [
        "the rubric said and computed nothing for 0.05 s: it waits for something that does not come"
    ]
    assert not findings.rubric_lost


def test_a_rubric_that_computes_or_waits_for_a_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is counted by how long the rubric's process is idle, not by the clock."""
    looks = iter(range(5))

    def busy_s(pid: int) -> float:
        return 0.0 if pid != 17 else float(next(looks, 4))  # a second more at each look, and at last no more

    monkeypatch.setattr(examination_module.proc, "cpu_s", busy_s)
    monkeypatch.setattr(examination_module.proc, "waited_s", lambda pid: 0.0)

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.send(protocol.Begun(17))
        assert rubric.connection.recv(1) == b""

    findings = Scene(limits=replace(QUICK, rubric_s=0.05)).play(script)
    assert "said and computed nothing" in findings.faults[0] and next(looks, None) is None


def test_a_rubric_that_never_ends_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message longer than MAX_LINE is not waited for."""
    monkeypatch.setattr(protocol, "MAX_LINE", 1 << 10)

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        with contextlib.suppress(ConnectionError):
            while True:
                rubric.send(b"x" * (1 << 10))

    assert len(Scene().play(script).faults) == 1


def test_messages_in_pieces_and_in_one() -> None:
    """A message may come in parts, and two may come together."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        lines = protocol.encode(protocol.OpenSession(None)) + protocol.encode(
            protocol.QueryState(0, 1, 1, False)
        )
        for part in (lines[:7], lines[7:]):
            rubric.send(part)
        assert rubric.read(protocol.SessionOpened)[0].session == 0
        assert rubric.read(protocol.SessionState)[0] == protocol.SessionState(False)
        rubric.finish()

    assert Scene().play(script).faults == []


def test_the_first_session_is_closed_where_nothing_asked_for_it() -> None:
    """A rubric that reads only the source leaves the first session unused, and it is closed all the same."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.subject()
        rubric.finish()

    scene = Scene()
    scene.play(script)
    (process,) = scene.processes
    assert process.is_closed and isinstance(process.killed_for[0], EndReason)
