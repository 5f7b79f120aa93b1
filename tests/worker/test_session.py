"""A session is watched until it is closed, and what ends it is said with the first reason."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from fakes import DIED, FakeProcess
from grader.model.limits import Limits
from grader.model.status import Status
from grader.sandbox import proc
from grader.worker import session as session_module
from grader.worker.clock import Clock
from grader.worker.process import CLOSED, EndReason, SessionOver, Usage
from grader.worker.session import Session
from support import QUICK, quick


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "WATCH_S", 0.002)


def watched(
    usages: list[Usage | Exception],
    before: Callable[[Session], None] = lambda session: None,
    limits: Limits = QUICK,
) -> tuple[EndReason, FakeProcess]:
    """Have a session watched until it ends. `before` runs between its making and the first look."""

    async def whole() -> tuple[EndReason, FakeProcess]:
        process = FakeProcess(usages)
        session = Session(process, limits, Clock(limits))
        before(session)
        try:
            return await asyncio.wait_for(asyncio.shield(process.ended), 10), process
        finally:
            await session.close()

    return asyncio.run(whole())


def begun_long_ago(session: Session) -> None:
    session.limits.begun -= 10_000


def submission_begun_long_ago(session: Session) -> None:
    session.clock.begun -= 10_000


def in_a_cell(session: Session) -> None:
    session.limits.begin_cell()


@pytest.mark.parametrize(
    ("usages", "before", "status", "words", "whole_notebook"),
    [
        ([Usage(over_memory=True)], None, Status.OUT_OF_MEMORY, "more than 512 MB of memory", False),
        ([Usage(held_mb=1537)], None, Status.OUT_OF_MEMORY, "together", True),
        ([Usage(over_descriptors=True)], None, Status.OUT_OF_MEMORY, "more files, pipes or sockets", False),
        ([Usage(cpu_s=20), Usage(cpu_s=20.1)], None, Status.TIMED_OUT, "notebook used more than 20 s", True),
        ([Usage()], begun_long_ago, Status.TIMED_OUT, "the notebook took longer than 40 s", True),
        ([Usage()], submission_begun_long_ago, Status.TIMED_OUT, "the notebook and its reruns", True),
        ([Usage(cpu_s=1), Usage(cpu_s=4.1)], in_a_cell, Status.TIMED_OUT, "cell used more than 3 s", False),
    ],
)  # fmt: skip
def test_each_limit_ends_the_session(
    usages: list[Usage | Exception],
    before: Callable[[Session], None] | None,
    status: Status,
    words: str,
    whole_notebook: bool,
) -> None:
    """A session over a limit is killed. The reason names the limit, and what it costs: a cell or the rest."""
    reason, process = watched(usages, before or (lambda session: None))
    assert (reason.status, reason.whole_notebook) == (status, whole_notebook) and words in reason.message.en
    assert process.killed_for[0] == reason and process.is_closed


def test_usage_that_is_not_known_ends_nothing() -> None:
    """Where usage can't be read for a moment, the watch goes on, and keeps the limits afterwards."""
    reason, _ = watched([OSError("gone"), OSError("gone"), Usage(), Usage(over_memory=True)])
    assert reason.status is Status.OUT_OF_MEMORY


@pytest.mark.parametrize("is_listening", [True, False])
def test_growth_of_this_process_counts_while_messages_are_read(
    is_listening: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel whose messages make the worker grow too much is stopped. Other growth is not its doing."""
    sizes = iter([100.0])
    monkeypatch.setattr(proc, "own_resident_mb", lambda: next(sizes, 10_000.0))

    def before(session: Session) -> None:
        session.is_listening = is_listening
        assert session.most_mb == 100 + session_module.MAX_GROWTH_MB + 4 * QUICK.output_kb / 1024

    reason, _ = watched([*[Usage()] * 8, Usage(cpu_s=99)], before)
    assert reason.status is (Status.TOO_MUCH_OUTPUT if is_listening else Status.TIMED_OUT)


def test_what_causes_the_growth_is_named_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """A session over its memory limit is out of memory, even if this process grew as well."""
    sizes = iter([100.0])
    monkeypatch.setattr(proc, "own_resident_mb", lambda: next(sizes, 10_000.0))
    reason, _ = watched([Usage(over_memory=True)], lambda session: setattr(session, "is_listening", True))
    assert reason.status is Status.OUT_OF_MEMORY


def test_the_weight_is_lowered_once() -> None:
    """After a second of computing the session gives way to others. It is told so once."""
    usages: list[Usage | Exception] = [Usage(cpu_s=cpu_s) for cpu_s in (0.5, 1.0, 1.1, 1.2, 1.3, 99)]
    _, process = watched(usages)
    assert process.weights == ["lower"]
    _, process = watched([Usage(cpu_s=1.0), Usage(over_memory=True)])
    assert process.weights == []


def with_session(work: Callable[[Session, FakeProcess], Awaitable[None]]) -> FakeProcess:
    async def whole() -> FakeProcess:
        process = FakeProcess()
        session = Session(process, QUICK, Clock(QUICK))
        await work(session, process)
        await session.close()
        return process

    return asyncio.run(whole())


def test_a_cell_that_ends_well() -> None:
    """After an ordinary cell the session lives, and is in no cell."""

    async def work(session: Session, process: FakeProcess) -> None:
        session.limits.begin_cell()
        session.end_cell()
        assert session.ended is None and not session.limits.in_cell

    with_session(work)


def test_a_cell_that_cost_the_session_a_process() -> None:
    """Where the system killed a process as memory ran out, the cell is at fault, though the kernel lives."""

    async def work(session: Session, process: FakeProcess) -> None:
        process.lost_a_process = True
        with pytest.raises(SessionOver, match="more than 512 MB") as caught:
            session.end_cell()
        assert caught.value.reason.status is Status.OUT_OF_MEMORY and session.ended == caught.value.reason

    with_session(work)


def test_a_cell_in_which_the_kernel_died() -> None:
    """A kernel that has ended is not said to be out of memory afterwards: the first reason counts."""

    async def work(session: Session, process: FakeProcess) -> None:
        process.end(DIED)
        process.lost_a_process = True
        with pytest.raises(SessionOver, match="code 3"):
            session.end_cell()

    process = with_session(work)
    assert process.killed_for == [CLOSED] and process.ended.result() == DIED


def test_closing() -> None:
    """Closing kills the processes, waits until they are gone, releases everything and ends the watch."""

    async def work(session: Session, process: FakeProcess) -> None:
        await session.close()
        assert (session.ended, process.waited_for_its_end, process.is_closed) == (CLOSED, True, True)
        await asyncio.sleep(0)
        assert session._watch.done()

    assert with_session(work).killed_for == [CLOSED, CLOSED]


def test_closing_where_waiting_fails() -> None:
    """Everything is released even if waiting for the end fails."""

    async def work(session: Session, process: FakeProcess) -> None:
        async def fails() -> None:
            raise OSError("no watch is left")

        process.gone = fails  # type: ignore[method-assign]
        with pytest.raises(OSError, match="no watch"):
            await session.close()
        assert process.is_closed
        del process.gone  # type: ignore[attr-defined]

    with_session(work)


def test_waiting_for_a_processor_stops_the_clock() -> None:
    """A session that waited for a processor is not over its wall-clock limit, up to a multiple of it."""

    async def whole() -> tuple[EndReason | None, ...]:
        session = Session(FakeProcess([Usage(waited_s=35)]), limits := quick(wall_s=40), Clock(limits))
        now = session.limits.begun
        found = tuple(session.limits.exceeded(Usage(waited_s=waited_s), now + taken_s)
                      for taken_s, waited_s in ((41, 0), (74, 35), (76, 35), (121, 119)))  # fmt: skip
        await session.close()
        return found

    assert [reason is None for reason in asyncio.run(whole())] == [False, True, False, False]
