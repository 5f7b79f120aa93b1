"""A notebook's cells run in order, and a cell that ends its session costs only itself."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from typing import Any

import pytest

from fakes import DIED, FakeProcess
from grader.inside import wire
from grader.language.catalogue import Text
from grader.model.file import File
from grader.model.limits import Limits
from grader.model.report import CellRun, Execution
from grader.model.status import Status
from grader.worker import silent_kernel
from grader.worker.clock import Clock
from grader.worker.notebook_run import MAX_ATTEMPTS, run_notebook, summary
from grader.worker.process import EndReason, SessionOver, Usage, no_memory
from grader.worker.silent_kernel import SilentKernel
from support import QUICK, notebook_of

RAN, RAISED = wire.RAN, wire.RAISED
WHOLE = EndReason(Status.TIMED_OUT, Text("the notebook took longer than 40 s", "…"), whole_notebook=True)


class AnsweringProcess(FakeProcess):
    """Answers each cell with the next of `answers`. An EndReason among them ends the process instead."""

    def __init__(self, answers: list[bytes | EndReason]) -> None:
        super().__init__([Usage(cpu_s=1.5)], stays=True)
        self.answers = list(answers)
        self.loop = asyncio.get_running_loop()
        self.loop.add_reader(self.inside, self.answer)

    def answer(self) -> None:
        self.inside.recv(1 << 16)
        answer = self.answers.pop(0)
        if isinstance(answer, EndReason):
            self.end(answer)
        else:
            self.inside.sendall(answer)
            if answer not in (RAN, RAISED):
                self.loop.remove_reader(self.inside)
                self.inside.close()

    def close(self) -> None:
        if self.inside.fileno() >= 0:
            self.loop.remove_reader(self.inside)
        super().close()


@dataclass
class FakeOpening:
    """Opens sessions whose kernels answer as given: one list for each session, the last for all others."""

    sessions: list[list[bytes | EndReason]]
    limits: Limits = QUICK
    handed_out: tuple[File, ...] = ()
    beside: tuple[File, ...] = ()
    processes: list[AnsweringProcess] = field(default_factory=list)

    def process(self) -> AnsweringProcess:
        made = AnsweringProcess(self.sessions[min(len(self.processes), len(self.sessions) - 1)])
        self.processes.append(made)
        return made

    def run(self, *cells: str, **options: Any) -> Execution:
        """Run the cells as in a rerun. How that went, after closing what is left."""

        async def whole() -> Execution:
            run = await run_notebook(notebook_of(*cells), self, **options)  # type: ignore[arg-type]
            if run.session is not None:
                assert run.session.process is self.processes[-1] and not self.processes[-1].is_closed
                await run.session.close()
            return run.execution

        execution = asyncio.run(asyncio.wait_for(whole(), 20))
        assert all(process.is_closed for process in self.processes)
        return execution


@pytest.fixture(autouse=True)
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silent_kernel, "GRACE_S", 0.01)


def statuses(execution: Execution) -> list[str]:
    return [cell.status for cell in execution.cells]


def test_cells_run_in_order() -> None:
    """After a cell that raises, the next one runs; an empty cell is not sent at all."""
    opening = FakeOpening([[RAN, RAISED, RAN]])
    execution = opening.run("x = 1", " \n", "1 / 0", "y = 2")
    assert statuses(execution) == ["ok", "ok", "cell_error", "ok"]
    assert (execution.status, execution.cell, execution.sessions, execution.cpu_s) == (
        "cell_error",
        3,
        1,
        1.5,
    )
    assert [cell.number for cell in execution.cells] == [1, 2, 3, 4]


def test_a_cell_that_ends_its_session_is_left_out_of_the_next() -> None:
    """The other cells run in another session, and the cell is recorded with what it did."""
    opening = FakeOpening([[RAN, DIED], [RAN, RAN]])
    execution = opening.run("x = 1", "exit", "y = 2")
    assert statuses(execution) == ["ok", "died", "ok"]
    assert (execution.status, execution.cell, execution.message) == ("died", 2, DIED.message)
    assert (execution.sessions, execution.cpu_s) == (2, 3.0)


def test_a_session_that_hangs_up() -> None:
    """A cell whose session makes no sense costs that cell alone."""
    assert statuses(FakeOpening([[RAN, b"hi"], [RAN, RAN]]).run("1", "2", "3")) == ["ok", "protocol", "ok"]


def test_a_limit_of_the_whole_notebook_ends_the_rest() -> None:
    """After the notebook as a whole took too long, later cells are not run either."""
    execution = FakeOpening([[RAN, WHOLE], [RAN]]).run("1", "2", "3", "4")
    assert statuses(execution) == ["ok", "timed_out", "not_run", "not_run"]
    assert (execution.status, execution.cell, execution.sessions) == ("timed_out", 2, 2)


def test_sessions_are_limited() -> None:
    """After MAX_ATTEMPTS sessions no other is opened, and what is left is not run."""
    opening = FakeOpening([[no_memory(512)]])
    execution = opening.run(*map(str, range(MAX_ATTEMPTS + 2)))
    assert len(opening.processes) == execution.sessions == MAX_ATTEMPTS
    assert statuses(execution) == ["out_of_memory"] * MAX_ATTEMPTS + ["not_run"] * 2


def test_a_submission_that_is_over_opens_no_session() -> None:
    """Once all sessions together took too long, a rerun is not even begun."""
    clock = Clock(QUICK)
    clock.begun = -math.inf
    opening = FakeOpening([[RAN]])
    execution = opening.run("1", "2", clock=clock)
    assert (opening.processes, statuses(execution)) == ([], ["not_run", "not_run"])
    assert (execution.status, execution.cell) == ("timed_out", None)


def test_cells_that_are_known_to_end_a_session() -> None:
    """They are left out from the start, and recorded as they ran before."""
    known = CellRun(2, "exit", Status.DIED, error=DIED.message)
    opening = FakeOpening([[RAN, RAN]])
    execution = opening.run("1", "exit", "3", leave_out={2: known})
    assert execution.cells[1] is known and execution.sessions == 1
    assert statuses(execution) == ["ok", "died", "ok"]


def test_parameters_replace_the_values_of_cells() -> None:
    """A rerun runs the cells with other values, and records them as they ran."""
    execution = FakeOpening([[RAN, RAN]]).run("n = 5", "y = n", parameters={"n": 7})
    assert "7" in execution.cells[0].source and execution.cells[1].source == "y = n"


def test_a_parameter_that_no_cell_assigns() -> None:
    """Nothing is run, and the parameter is named. A cell that is left out may assign it."""
    opening = FakeOpening([[RAN, RAN]])
    run = asyncio.run(run_notebook(notebook_of("n = 5"), opening, {"n": 7, "m": 7}))  # type: ignore[arg-type]
    assert (run.session, run.unassigned, run.execution.sessions, opening.processes) == (None, ("m",), 0, [])
    known = CellRun(2, "m = 5; exit()", Status.DIED, error=DIED.message)
    execution = opening.run("n = 5", "m = 5; exit()", parameters={"n": 7, "m": 7}, leave_out={2: known})
    assert statuses(execution) == ["ok", "died"]


def test_a_session_that_ends_before_its_first_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """No student caused that: it is an OSError."""

    async def ends(self: SilentKernel) -> None:
        raise SessionOver(DIED)

    monkeypatch.setattr(SilentKernel, "connect", ends)
    with pytest.raises(OSError, match="before its first cell"):
        FakeOpening([[RAN]]).run("1")


OK, ERROR, NOT_RUN = (CellRun(1, "", status) for status in (Status.OK, Status.CELL_ERROR, Status.NOT_RUN))
HANGS = CellRun(2, "", Status.TIMED_OUT, error=WHOLE.message)


@pytest.mark.parametrize(
    ("runs", "last", "status", "cell", "message"),
    [
        ([], None, "ok", None, None),
        ([OK, NOT_RUN], None, "ok", None, None),
        ([OK, ERROR], None, "cell_error", 1, None),
        ([ERROR, HANGS, NOT_RUN], None, "timed_out", 2, WHOLE.message),
        ([ERROR, NOT_RUN], WHOLE, "timed_out", None, WHOLE.message),
        ([HANGS], DIED, "died", None, DIED.message),
    ],
)
def test_the_worst_that_happened(
    runs: list[CellRun], last: EndReason | None, status: str, cell: int | None, message: Text | None
) -> None:
    """A notebook's status is its worst cell's, or what ended its last session, if that is worse."""
    execution = summary(runs, last, 1.23456, 0.98765, 2)
    assert (execution.status, execution.cell, execution.message) == (status, cell, message)
    assert (execution.wall_s, execution.cpu_s, execution.sessions) == (1.235, 0.988, 2)
