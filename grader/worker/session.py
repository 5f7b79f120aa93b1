"""A session: a kernel in which a notebook has been run, watched over until it is closed."""

from __future__ import annotations

import asyncio
import contextlib
import mmap
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.language.catalogue import say as _
from grader.model.limits import Limits
from grader.model.report import STATUSES, CellRun, Execution
from grader.notebook.notebook import Notebook
from grader.notebook.parameters import with_parameters
from grader.sandbox.address import SandboxAddress
from grader.worker.clock import PATIENCE, Clock
from grader.worker.kernel import Kernel
from grader.worker.plain_process import Plain
from grader.worker.process import CLOSED, Ended, Fate, Process, no_memory
from grader.worker.sealed_process import Sealed
from grader.worker.silent_kernel import Unheard

WATCH_S = 0.05  # between two looks at what a session uses: 55 MB at the most for each core that fills memory
MAX_ATTEMPTS = 8  # sessions for one notebook: the first, and one more for each cell that ended one
MAX_GROWTH_MB = 32  # of this process, by what a kernel says, and four times as much as it may say: an honest one takes half of that
GLANCES = (
    4  # at that growth, for each look at the session: 4 GB come in a second where nothing else is in the way
)


@dataclass(frozen=True)
class Opening:
    """All that decides how a notebook's sessions are opened. `sandbox` None means no protection."""

    sandbox: SandboxAddress | None
    limits: Limits
    seed: int
    heard: bool = True  # record what the cells put out; what a rerun puts out is seen by nobody

    def process(self) -> Process:
        if self.sandbox is None:
            return Plain(self.limits, self.seed, self.heard)
        return Sealed(self.sandbox, self.limits, self.seed, self.heard)


class Session:
    """One kernel with its notebook run in it. Made by `run`."""

    def __init__(self, process: Process, limits: Limits, clock: Clock) -> None:
        self.process = process
        self.limits = limits
        self.clock = clock
        self.begun = time.monotonic()
        self.most_mb = _own_memory_mb() + MAX_GROWTH_MB + 4 * limits.output_kb / 1024
        self.heard = False  # its kernel's messages are being read
        self.gave_way = False
        self.in_cell = False
        self.cell_begun: tuple[float, float, float] | None = (
            None  # clock, CPU and waiting when the cell was first seen
        )
        self._watch = asyncio.ensure_future(self._keep_watch())

    @property
    def ended(self) -> Fate | None:
        return self.process.ended.result() if self.process.ended.done() else None

    def begin_cell(self) -> None:
        """A cell begins. What it uses counts from the watch's next look, so that a short one costs no look at all."""
        self.in_cell, self.cell_begun = True, None

    def end_cell(self) -> None:
        """A cell has ended. Raises Ended where it took its session with it, or a part of it: the system ends the largest process first."""
        self.in_cell = False
        if not self.process.ended.done() and self.process.ran_out():
            self.process.kill(no_memory(self.limits.memory_mb))
        if self.ended is not None:
            raise Ended(self.ended)

    async def _keep_watch(self) -> None:
        """End the session when it goes over a limit."""
        while True:
            glances = GLANCES if self.heard else 1
            for _glance in range(glances):
                await asyncio.sleep(WATCH_S / glances)
                if self._has_grown():
                    break
            if self.process.ended.done():
                return
            with contextlib.suppress(OSError):
                if fate := self._over():
                    self.process.kill(fate)

    def _has_grown(self) -> bool:
        """Whether this process has grown by what the kernel says."""
        return self.heard and _own_memory_mb() > self.most_mb

    def _over(self) -> Fate | None:
        used, limits, now = self.process.usage(), self.limits, time.monotonic()
        self.clock.used[self] = used
        if not self.gave_way and self.clock.had_its_turn():
            self.gave_way = True
            self.process.give_way()
        if used.memory:
            return no_memory(limits.memory_mb)
        if used.descriptors:
            return Fate(
                "out_of_memory",
                _("the notebook keeps more files, pipes or sockets open than the system has room for"),
            )
        if self._has_grown():
            return Fate("too_much_output", _("the kernel sent more than anybody can take in"))
        if used.cpu_s > limits.cpu_s:
            return Fate(
                "timed_out",
                _("the notebook used more than {most} s of computing time", most=limits.cpu_s),
                whole=True,
            )
        # A wall clock that stops while the session waits for a processor: a busy machine changes no grade.
        # But not for ever: a notebook could starve itself on purpose.
        if now - self.begun - used.waited_s > limits.wall_s or now - self.begun > PATIENCE * limits.wall_s:
            return Fate(
                "timed_out", _("the notebook took longer than {most} s", most=limits.wall_s), whole=True
            )
        if self.clock.over():
            return _too_long(self.clock)
        if self.in_cell and self.cell_begun is None:
            self.cell_begun = (now, used.cpu_s, used.waited_s)
        elif self.in_cell and self.cell_begun is not None:
            clock, cpu_s, waited_s = self.cell_begun
            if used.cpu_s - cpu_s > limits.cell_s:
                return Fate(
                    "timed_out", _("the cell used more than {most} s of computing time", most=limits.cell_s)
                )
            if (
                now - clock - (used.waited_s - waited_s) > limits.cell_wall_s
                or now - clock > PATIENCE * limits.cell_wall_s
            ):
                return Fate("timed_out", _("the cell took longer than {most} s", most=limits.cell_wall_s))
        return None

    async def close(self) -> None:
        """Kill its processes, wait until none is left, and give everything back."""
        self._watch.cancel()
        self.process.kill(CLOSED)
        try:
            await self.process.gone()
        finally:
            self.process.close()


@dataclass(frozen=True)
class Run:
    """What came of running a notebook: the surviving session, where one did, and how it went."""

    session: Session | None
    execution: Execution


async def run(
    notebook: Notebook,
    opening: Opening,
    parameters: Mapping[str, object] | None = None,
    leave_out: Mapping[int, CellRun] | None = None,
    clock: Clock | None = None,
) -> Run:
    """Run a notebook's code cells in a fresh session, in order.

    A cell that raises is recorded and the next one runs. A cell that ends its session (it hangs,
    floods, dies, takes all memory) is left out in another fresh session, so that what the other cells
    earn is kept; where the notebook as a whole took too long, all that come after are left out with it.
    At most MAX_ATTEMPTS sessions, and no longer than `clock` allows. `parameters` are names and their other
    values; the cells in `leave_out`, by number, are known from an earlier run to end a session.
    Raises OSError where no session can be had, which is never a student's fault.
    """
    cells = [(number, cell.source) for number, cell in notebook.code]
    if parameters:
        runnable = [(number, source) for number, source in cells if number not in (leave_out or {})]
        cells = list((dict(cells) | dict(with_parameters(runnable, parameters))).items())
    begun = time.monotonic()
    clock = clock or Clock(opening.limits)
    fatal: dict[int, CellRun] = dict(leave_out or {})
    cpu_s, attempts = 0.0, 0
    session: Session | None = None
    runs: list[CellRun] = []
    last: Fate | None = None
    while attempts < MAX_ATTEMPTS:
        if clock.over():
            last = _too_long(clock)
            break
        attempts += 1
        session = Session(opening.process(), opening.limits, clock)
        runs, last, at = await _run_cells(session, cells, fatal, opening.limits.output_kb)
        with contextlib.suppress(OSError):
            cpu_s += session.process.usage().cpu_s
        if last is None:
            break
        await session.close()
        session = None
        if at is None:  # no cell had begun: not the student's doing
            raise OSError(f"a session ended before its first cell: {last.message.en}")
        fatal[at.number] = at
        if last.whole:
            fatal |= {
                number: CellRun(number, source, "not_run") for number, source in cells if number > at.number
            }
    runs = [
        *runs,
        *(fatal.get(number) or CellRun(number, source, "not_run") for number, source in cells[len(runs) :]),
    ]
    return Run(session, summary(runs, last, time.monotonic() - begun, cpu_s, attempts))


def _too_long(clock: Clock) -> Fate:
    return Fate(
        "timed_out", _("the notebook and its reruns took longer than {most} s", most=clock.most), whole=True
    )


def _own_memory_mb() -> float:
    """Resident memory of this process; 0 where it can't be told at once."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * mmap.PAGESIZE / (1 << 20)
    except OSError:
        return 0.0


async def _run_cells(
    session: Session, cells: Sequence[tuple[int, str]], fatal: Mapping[int, CellRun], output_kb: int
) -> tuple[list[CellRun], Fate | None, CellRun | None]:
    """Run the cells but those in `fatal`; what ended the session, if anything did, and in which cell."""
    session.heard = session.process.connection is not None
    kernel = Kernel(session.process, output_kb) if session.heard else Unheard(session.process)
    runs: list[CellRun] = []
    number, source = 0, ""
    try:
        await kernel.connect()
        for number, source in cells:
            if number in fatal:
                runs.append(fatal[number])
            elif not source.strip():
                runs.append(CellRun(number, source, "ok"))
            else:
                session.begin_cell()
                came = await kernel.run(number, source)
                session.end_cell()
                runs.append(came)
        return runs, None, None
    except Ended as end:
        fate = end.fate
        if not number:
            return runs, fate, None
        return (
            runs,
            fate,
            CellRun(number, source, fate.status, kernel.partial, fate.message.en, error_zh=fate.message.zh),
        )
    finally:
        kernel.close()
        session.heard = False


def summary(
    runs: Sequence[CellRun], last: Fate | None, wall_s: float, cpu_s: float, sessions: int
) -> Execution:
    """How the notebook ran as a whole: the worst that happened, and where first."""
    worst = max((STATUSES.index(run.status) for run in runs if run.status in STATUSES), default=0)
    status = STATUSES[worst]
    if last is not None and STATUSES.index(last.status) > worst:
        status = last.status
    where = next((run for run in runs if run.status == status), None) if status != "ok" else None
    message, message_zh = (
        (where.error, where.error_zh) if where else (last.message.en, last.message.zh) if last else (None, "")
    )
    return Execution(
        status,
        where.number if where else None,
        message,
        round(wall_s, 3),
        round(cpu_s, 3),
        sessions,
        tuple(runs),
        message_zh,
    )
