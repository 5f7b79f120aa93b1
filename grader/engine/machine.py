"""One of many machines: what runs in a Dask worker. It owns a sandbox, and warms it once for all submissions.

The functions below are called from elsewhere. They answer with a frame of JSON (`Reply`), which is read as
data, whatever has become of this machine.
"""

from __future__ import annotations

import atexit
import json
import multiprocessing
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import grader
from grader.course.environment import Environment
from grader.engine.local import Grading
from grader.engine.parcels import Order, Parcel, unpack
from grader.errors import GraderError
from grader.model.codec import from_data, to_data
from grader.model.file import Bound
from grader.model.report import Report
from grader.model.status import MemoryKeeper
from grader.model.task import Rubric, Task
from grader.sandbox import leftovers

MAX_COURSES = 4  # whose sandboxes are kept warm


@dataclass(frozen=True)
class Conditions:
    """What a machine must offer so that its reports are those of any other machine."""

    grader: str
    sandbox: str
    environment: Mapping[str, str]
    packages: Environment

    @property
    def key(self) -> tuple[str, Environment]:
        """What decides which sandbox fits."""
        return self.sandbox, self.packages


@dataclass(frozen=True)
class Reply:
    """A machine's answer: a report, or why there is none."""

    report: Report | None = None
    refusal: str = ""  # why this machine can't grade, in a sentence
    lacks_rubric: bool = False  # send the parcel
    keeper: str = ""  # of memory, from a machine that is ready

    def encode(self) -> bytes:
        """The reply as bytes."""
        return json.dumps(to_data(self)).encode()

    @classmethod
    def decode(cls, data: bytes) -> Reply:
        """The reply in `data`. Raises ValueError, KeyError or TypeError if there is none."""
        reply: Reply = from_data(cls, json.loads(data))
        return reply


class _Grading(Grading):
    """Grading on one of many machines: it limits memory as others do, which may have no control groups."""

    def _grade_one(self, make: Callable[[], Task]) -> Report:
        task, address = make(), self.address()
        if address is not None and task.provenance.memory is MemoryKeeper.WATCHDOG:
            address = replace(address, groups=None)
        return self.workers.report_on(task, address)


class Machine:
    """The warm sandbox for one course, and the rubrics that have come so far."""

    def __init__(self, conditions: Conditions) -> None:
        self.lock = threading.Lock()
        self.rubrics: dict[str, Rubric] = {}
        self.folder: Path | None = None  # of large files
        self.grading = _Grading(conditions.sandbox, packages=conditions.packages)
        self.grading.__enter__()
        try:
            self.grading.ready()
        except BaseException:
            self.close()
            raise

    def receive(self, parcel: Parcel) -> None:
        """Keep a rubric, and show its large files to sessions."""
        with self.lock:
            bound: list[Bound] = []
            rubric = parcel.rubric
            if parcel.bound:
                if self.folder is None:
                    self.folder = Path(tempfile.gettempdir(), leftovers.name())
                    self.folder.mkdir(mode=0o700)
                rubric, bound = unpack(parcel, self.folder)
            self.grading.show(bound)
            self.rubrics[rubric.sha256] = rubric

    def grade(self, order: Order) -> Reply:
        """The report on one submission."""
        if order.parcel is not None:
            self.receive(order.parcel)
        rubric = self.rubrics.get(order.rubric_sha256)
        if rubric is None:
            return Reply(lacks_rubric=True)
        task = replace(order.task, rubric=rubric)
        (report,) = self.grading.reports([lambda: task])
        return Reply(report)

    def close(self) -> None:
        """End all processes and remove all files."""
        self.grading.__exit__()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


_machines: dict[tuple[str, Environment], Machine] = {}
_starting = threading.Lock()


def examine(conditions: Conditions) -> bytes:
    """Get ready to grade, or say why that can't be."""
    try:
        return Reply(keeper=_machine(conditions).grading.keeper).encode()
    except (GraderError, OSError) as error:
        return Reply(refusal=str(error)).encode()


def grade(conditions: Conditions, order: Order) -> bytes:
    """Grade one submission."""
    try:
        machine = _machine(conditions)
        if order.task.provenance.memory is MemoryKeeper.CONTROL_GROUP is not machine.grading.keeper:
            return Reply(refusal=NO_GROUPS).encode()
        return machine.grade(order).encode()
    except (GraderError, OSError, ValueError) as error:
        _drop(conditions)
        return Reply(refusal=str(error) or type(error).__name__).encode()


NO_GROUPS = "it can't make control groups, which limit memory on the others"


def _machine(conditions: Conditions) -> Machine:
    """The machine for these conditions, warm. Raises GraderError or OSError if there can't be one."""
    with _starting:
        if machine := _machines.get(conditions.key):
            return machine
        if lacking := _differences(conditions):
            raise GraderError(lacking)
        # Dask's nanny makes its workers daemons, which multiprocessing lets have no children. They need not
        # be ended by it: they end with this process.
        multiprocessing.current_process()._config.pop("daemon", None)  # type: ignore[attr-defined]
        while len(_machines) >= MAX_COURSES:
            _machines.pop(next(iter(_machines))).close()
        machine = _machines[conditions.key] = Machine(conditions)
        return machine


def _drop(conditions: Conditions) -> None:
    """Close a machine that has failed. The next order makes another."""
    with _starting:
        if machine := _machines.pop(conditions.key, None):
            machine.close()


@atexit.register
def _close_all() -> None:
    for machine in _machines.values():
        machine.close()


def _differences(conditions: Conditions) -> str:
    """What is installed here in other versions than where the command runs; "" if all is the same."""
    from grader.engine.engine import environment

    own = {"grader": grader.__version__, **environment(), **conditions.packages.record}
    wanted = {"grader": conditions.grader, **conditions.environment}
    differing = [
        f"{name} {own.get(name, 'missing')} instead of {version}"
        for name, version in wanted.items()
        if own.get(name) != version
    ]
    return f"it has {', '.join(differing)}" if differing else ""
