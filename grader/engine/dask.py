"""Many machines that grade one class: the command's side, over a Dask scheduler.

Dask carries orders and answers, and knows which machines are there. Which machine grades what is decided by
`dispatch`: an order goes to one machine by name, so that a machine which can't seal sessions gets none.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import grader
from grader.course.environment import Environment
from grader.engine import machine as remote
from grader.engine.dispatch import MOST_LOST, Dispatch, Job
from grader.engine.engine import Engine
from grader.engine.machine import Conditions, Reply
from grader.engine.parcels import order
from grader.errors import MachineError, UsageError
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import INTERNAL, Report
from grader.model.status import MemoryKeeper
from grader.model.task import Task, report

CONNECT_S = 15
REFRESH_S = 1.0  # between two looks at which machines there are
SETTLE_S = 10.0  # for more machines, once one is ready
MOST_FAILURES = 4  # of one machine
WAIT_S = 300.0  # for the first machine, and for another one when all are gone
AGAIN = "Run the same command again: it goes on where it was."


@dataclass
class _Member:
    """A machine by what is known of it. `capacity` is how many submissions it grades at once."""

    capacity: int
    reply: Reply | None = None  # to the examination; None while it gets ready
    failures: int = 0  # orders that it could not carry out

    @property
    def is_ready(self) -> bool:
        return self.reply is not None and not self.reply.refusal


class Cluster:
    """The machines of a Dask scheduler. A context manager.

    Raises UsageError if `address` can't be one, and MachineError, when entered, if no scheduler answers there
    or Dask is not installed.
    """

    def __init__(self, address: str) -> None:
        if not re.fullmatch(r"(\w+://)?[^/]+:\d+/?", address):
            raise UsageError(f"{address} is no address of a Dask scheduler, such as tcp://192.168.0.7:8786")
        self.address = address
        self._client: Any = None

    def __enter__(self) -> Cluster:
        try:
            from distributed import Client
        except ImportError:
            raise MachineError(
                '--scheduler needs Dask, which is not installed: pip install "grader[dask]"'
            ) from None
        # What Dask logs when a machine goes away is told by this command in its own words.
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        warnings.filterwarnings("ignore", module="distributed")  # that a submission is large, for one
        try:
            self._client = Client(self.address, timeout=CONNECT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise MachineError(
                f"no Dask scheduler answers at {self.address} ({str(error).splitlines()[0]}). "
                "Start one with `dask scheduler`, and give the address that it prints."
            ) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            with contextlib.suppress(Exception):
                self._client.close(timeout=2)

    def machines(self) -> dict[str, int]:
        """The machines that are there, and how many submissions each grades at once.

        Raises MachineError if the scheduler is gone.
        """
        try:
            return dict(self._client.nthreads())
        except Exception as error:  # of many kinds, by how the connection ended
            raise MachineError(
                f"the connection to the scheduler at {self.address} was lost ({error}). {AGAIN}"
            ) from None

    def call(self, name: str, function: Callable[..., object], *arguments: object) -> Any:
        """Call a function on one machine; a future of its result."""
        return self._client.submit(
            function, *arguments, workers=[name], allow_other_workers=False, pure=False, retries=0
        )


class Machines(Engine):
    """Grades on the machines of a scheduler. Entering it waits until those that are there are ready.

    `on_note` is called with what a person should know: a machine that is not used and why, none to wait for.
    """

    def __init__(
        self,
        scheduler: str,
        sandbox: str,
        packages: Environment | None = None,
        on_note: Callable[[Text], None] = lambda text: None,
    ) -> None:
        super().__init__(sandbox, packages)
        self.note = on_note
        self.cluster = Cluster(scheduler)
        self.conditions = Conditions(grader.__version__, self.kind, self.environment, self.packages)
        self._members: dict[str, _Member] = {}
        self._keeper: MemoryKeeper | None = None  # decided when the first machines are ready
        self._events: queue.SimpleQueue[tuple[str, Job | None, Any]] = queue.SimpleQueue()
        self._sent: set[tuple[str, str]] = set()  # which machine has which rubric
        self._futures: dict[tuple[Job, str], Any] = {}
        self._looked = 0.0

    def __enter__(self) -> Machines:
        self.cluster.__enter__()
        try:
            self._await_first()
        except BaseException:
            self.cluster.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.cluster.__exit__()

    @property
    def keeper(self) -> MemoryKeeper:
        """The system if it can on every machine, else the watchdog on all of them."""
        return self._keeper or MemoryKeeper.WATCHDOG

    def reports(self, tasks: Iterable[Callable[[], Task]]) -> Iterator[Report]:
        """Reports in the order in which they are finished.

        A submission whose machine dies is graded on another one. Raises MachineError if the scheduler is
        gone, or if there is no machine any more.
        """
        dispatch = Dispatch(tasks)
        for name, member in self._members.items():
            if member.is_ready:
                dispatch.join(name, member.capacity)
        alone_since = time.monotonic()
        try:
            while True:
                for job, name in dispatch.orders():
                    self._send(job, name)
                if dispatch.is_finished:
                    return
                yield from self._next(dispatch)
                if dispatch.has_machines:
                    alone_since = time.monotonic()
                elif time.monotonic() - alone_since > WAIT_S:
                    raise MachineError(f"no machine has been left for {WAIT_S:.0f} s. {AGAIN}")
        finally:
            for future in self._futures.values():
                with contextlib.suppress(Exception):
                    future.cancel()
            self._futures.clear()

    def _await_first(self) -> None:
        """Wait until a machine is ready, and for a while for others that are there."""
        deadline, told = time.monotonic() + WAIT_S, False
        while time.monotonic() < deadline:
            self._look(None)
            members = self._members.values()
            if members and all(member.reply is not None for member in members):
                break
            if not members and not told:
                self.note(_("no machine has joined the scheduler yet: waiting for one"))
                told = True
            self._handle_examined(None)
            if any(member.is_ready for member in members):
                deadline = min(deadline, time.monotonic() + SETTLE_S)
        replies = [member.reply for member in self._members.values() if member.is_ready]
        if not replies:
            refusals = "\n".join(
                f"  {name}: {member.reply.refusal if member.reply else 'it does not answer'}"
                for name, member in self._members.items()
            )
            raise MachineError(
                f"no machine of the scheduler can grade:\n{refusals}"
                if refusals
                else f"no machine has joined the scheduler for {WAIT_S:.0f} s: start some with `dask worker`."
            )
        keepers = {MemoryKeeper(reply.keeper) for reply in replies if reply}
        self._keeper = MemoryKeeper.WATCHDOG if len(keepers) > 1 else keepers.pop()

    # ---- which machines there are

    def _look(self, dispatch: Dispatch | None) -> list[Job]:
        """See which machines have come and gone; the jobs that too many have died over."""
        if time.monotonic() - self._looked < REFRESH_S:
            return []
        self._looked = time.monotonic()
        there = self.cluster.machines()
        for name in there.keys() - self._members.keys():
            self._members[name] = _Member(max(1, there[name]))
            self._examine(name)
        given_up: list[Job] = []
        for name in self._members.keys() - there.keys():
            given_up += self._forget(name, dispatch)
        return given_up

    def _examine(self, name: str) -> None:
        """Ask a machine to get ready."""
        self._members[name].reply = None
        self._watch(name, None, self.cluster.call(name, remote.examine, self.conditions))

    def _forget(self, name: str, dispatch: Dispatch | None) -> list[Job]:
        """A machine is gone."""
        self._members.pop(name, None)
        self._sent = {(machine, sha256) for machine, sha256 in self._sent if machine != name}
        return self._take_all_back(name, dispatch)

    def _handle_examined(self, dispatch: Dispatch | None) -> None:
        """Wait for a moment for a machine's answer to its examination, and take it."""
        with contextlib.suppress(queue.Empty):
            name, _job, future = self._events.get(timeout=REFRESH_S)
            self._examined(name, future, dispatch)

    def _examined(self, name: str, future: Any, dispatch: Dispatch | None) -> None:
        member = self._members.get(name)
        if member is None:
            return
        member.reply = reply = _reply(future)
        if not reply.refusal and self._keeper is MemoryKeeper.CONTROL_GROUP and reply.keeper != self._keeper:
            member.reply = reply = Reply(refusal=remote.NO_GROUPS)
        if reply.refusal:
            self._refused(name, reply.refusal)
        elif dispatch is not None:
            dispatch.join(name, member.capacity)

    def _refused(self, name: str, why: str) -> None:
        self.note(_("{machine} is not used: {why}", machine=name, why=why.splitlines()[0]))

    # ---- orders and answers

    def _send(self, job: Job, name: str) -> None:
        task = job.make()
        known = (name, task.rubric.sha256) in self._sent
        self._sent.add((name, task.rubric.sha256))
        future = self.cluster.call(name, remote.grade, self.conditions, order(task, known))
        self._futures[job, name] = future
        self._watch(name, job, future)

    def _watch(self, name: str, job: Job | None, future: Any) -> None:
        future.add_done_callback(lambda done: self._events.put((name, job, done)))

    def _next(self, dispatch: Dispatch) -> Iterator[Report]:
        """Wait for a moment for something to happen; the reports that come of it."""
        yield from map(_given_up, self._look(dispatch))
        with contextlib.suppress(queue.Empty):
            name, job, future = self._events.get(timeout=REFRESH_S)
            if job is None:
                self._examined(name, future, dispatch)
            elif self._futures.pop((job, name), None) is not None:
                yield from self._answered(dispatch, job, name, _reply(future))

    def _answered(self, dispatch: Dispatch, job: Job, name: str, reply: Reply) -> Iterator[Report]:
        """A machine has answered an order."""
        if reply.report is not None:
            if dispatch.answer(job, name):
                for holder in list(job.holders):
                    self._cancel(job, holder)
                    dispatch.answer(job, holder)
                yield reply.report
            return
        if reply.lacks_rubric:
            self._sent = {(machine, sha256) for machine, sha256 in self._sent if machine != name}
            self._send(job, name)
            return
        if dispatch.fail(job, name):
            yield _given_up(job)
        yield from map(_given_up, self._take_all_back(name, dispatch))
        member = self._members.get(name)
        if member is None:
            return
        member.failures += 1
        if member.failures < MOST_FAILURES:  # it may only have been restarted, or its sandbox ended
            self._examine(name)
        else:
            member.reply = reply
            self._refused(name, reply.refusal)

    def _take_all_back(self, name: str, dispatch: Dispatch | None) -> list[Job]:
        """What a machine still has goes to others; the jobs that too many have died over."""
        for job, holder in list(self._futures):
            if holder == name:
                self._cancel(job, name)
        return dispatch.leave(name) if dispatch is not None else []

    def _cancel(self, job: Job, name: str) -> None:
        """Take an order back, if it has not been begun; whatever comes of it is ignored."""
        future = self._futures.pop((job, name), None)
        with contextlib.suppress(Exception):
            future.cancel()


def _reply(future: Any) -> Reply:
    """What a machine has answered; a refusal if it could not even be asked, or answers nonsense."""
    try:
        return Reply.decode(future.result(timeout=CONNECT_S))
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        words = str(error).strip().splitlines() or [""]
        return Reply(refusal=f"{type(error).__name__}: {words[0]}")


def _given_up(job: Job) -> Report:
    reason = f"{MOST_LOST} machines died or failed while they graded it: {', '.join(job.lost_with)}"
    return report(job.make(), INTERNAL, Text.verbatim(reason))
