"""Runs a notebook's cells in order, and starts again without a cell that ended its session."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.model.report import CellRun, Execution
from grader.model.status import Status
from grader.notebook.notebook import Notebook
from grader.notebook.parameters import with_parameters
from grader.worker.clock import Clock
from grader.worker.kernel import Kernel
from grader.worker.limits import too_long
from grader.worker.process import EndReason, SessionOver
from grader.worker.session import Opening, Session
from grader.worker.session_files import place
from grader.worker.silent_kernel import SilentKernel

MAX_ATTEMPTS = 8  # sessions for one notebook: the first, and one more for each cell that ended one

Cells = Sequence[tuple[int, str]]  # number as a reader counts code cells, from 1, and source


@dataclass(frozen=True)
class NotebookRun:
    """The session that survived the run, if one did, and how the notebook ran.

    If there is a parameter that no cell assigns, nothing was run.
    """

    session: Session | None
    execution: Execution
    unassigned: tuple[str, ...] = ()


async def run_notebook(
    notebook: Notebook,
    opening: Opening,
    parameters: Mapping[str, object] | None = None,
    leave_out: Mapping[int, CellRun] | None = None,
    clock: Clock | None = None,
) -> NotebookRun:
    """Run a notebook's code cells in a fresh session, in order.

    After a cell that raises, the next one runs. After a cell that ends its session (it hangs, prints without
    end, exits, takes all memory), the notebook is run again in a fresh session without that cell, so that the
    student keeps what the other cells earn. If the notebook as a whole took too long, all
    later cells are left out as well. There are at most MAX_ATTEMPTS sessions, and only as long as `clock`
    allows.

    `parameters` maps parameter names to the values to use. If no cell assigns one of them, nothing is run,
    and the result names it. `leave_out` has cells by number, known from an earlier run to end their session.
    Raises OSError if no session can be opened, which is never a student's fault.
    """
    cells: Cells = [(number, cell.source) for number, cell in notebook.code]
    if parameters:
        runnable = [(number, source) for number, source in cells if number not in (leave_out or {})]
        left_out = [source for number, source in cells if number in (leave_out or {})]
        rewritten = with_parameters(runnable, parameters, left_out)
        if rewritten.unassigned:
            return NotebookRun(None, summary([], None, 0.0, 0.0, 0), rewritten.unassigned)
        cells = list((dict(cells) | dict(rewritten.cells)).items())
    begun = time.monotonic()
    clock = clock or Clock(opening.limits)
    fatal: dict[int, CellRun] = dict(leave_out or {})
    cpu_s, attempts = 0.0, 0
    session: Session | None = None
    runs: list[CellRun] = []
    last: EndReason | None = None
    while attempts < MAX_ATTEMPTS:
        if clock.over():
            last = too_long(clock)
            break
        attempts += 1
        session = Session(opening.process(), opening.limits, clock)
        runs, last, at = await _run_cells(session, cells, fatal, opening)
        with contextlib.suppress(OSError):
            cpu_s += session.process.usage().cpu_s
        if last is None:
            break
        await session.close()
        session = None
        if at is None:  # no cell had begun, so no student caused it
            raise OSError(f"a session ended before its first cell: {last.message.en}")
        fatal[at.number] = at
        if last.whole_notebook:
            fatal |= {number: _not_run(number, source) for number, source in cells if number > at.number}
    rest = cells[len(runs) :]
    runs = [*runs, *(fatal.get(number) or _not_run(number, source) for number, source in rest)]
    return NotebookRun(session, summary(runs, last, time.monotonic() - begun, cpu_s, attempts))


def _not_run(number: int, source: str) -> CellRun:
    return CellRun(number, source, Status.NOT_RUN)


async def _run_cells(
    session: Session, cells: Cells, fatal: Mapping[int, CellRun], opening: Opening
) -> tuple[list[CellRun], EndReason | None, CellRun | None]:
    """Run the cells that are not in `fatal`.

    The result is the runs so far, what ended the session, if anything, and the cell in which it ended.
    """
    process = session.process
    session.is_listening = process.connection is not None
    kernel = Kernel(process, opening.limits.output_kb) if session.is_listening else SilentKernel(process)
    runs: list[CellRun] = []
    number, source = 0, ""
    try:
        await place(process, opening.handed_out, opening.beside)
        await kernel.connect()
        for number, source in cells:
            if number in fatal:
                runs.append(fatal[number])
            elif not source.strip():
                runs.append(CellRun(number, source, Status.OK))
            else:
                session.limits.begin_cell()
                cell_run = await kernel.run(number, source)
                session.end_cell()
                runs.append(cell_run)
        return runs, None, None
    except SessionOver as end:
        reason = end.reason
        if not number:
            return runs, reason, None
        return runs, reason, CellRun(number, source, reason.status, kernel.partial, reason.message)
    finally:
        kernel.close()
        session.is_listening = False


def summary(
    runs: Sequence[CellRun], last: EndReason | None, wall_s: float, cpu_s: float, sessions: int
) -> Execution:
    """How the notebook ran as a whole: the worst status, and the first cell that had it."""
    statuses: list[Status] = [run.status for run in runs if run.status is not Status.NOT_RUN]
    if last is not None:
        statuses.append(last.status)
    worst = max(statuses, key=lambda status: status.severity, default=Status.OK)
    where = next((run for run in runs if run.status is worst), None) if worst is not Status.OK else None
    message = where.error if where else last.message if last else None
    number = where.number if where else None
    return Execution(worst, number, message, round(wall_s, 3), round(cpu_s, 3), sessions, tuple(runs))
