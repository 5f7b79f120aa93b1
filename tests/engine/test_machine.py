"""One of many machines: it says what it lacks, warms once, and answers as data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

import grader
from grader.course.environment import Environment
from grader.engine import machine as module
from grader.engine.engine import environment
from grader.engine.machine import Conditions, Reply, examine, grade
from grader.engine.parcels import order
from grader.errors import MachineError
from grader.model.file import Bound, File
from grader.model.limits import Limits
from grader.model.report import Report
from grader.model.status import MemoryKeeper
from grader.model.task import Rubric, Task
from grader.sandbox.address import SandboxAddress
from grader.sandbox.cgroup import Groups
from reports import PROVENANCE, report

CONDITIONS = Conditions(grader.__version__, "none", environment(), Environment())
RUBRIC = Rubric((File("test_public.py", b"x = 1"),), ())
TASK = Task("amy", "line", "c0ffee", b"{}", None, RUBRIC, Limits(), PROVENANCE)


class FakeGrading:
    """Grades at once. `fault` is raised when it gets ready."""

    fault: MachineError | None = None
    made = 0
    tasks: list[Task]

    def __init__(self, sandbox: str, packages: Environment) -> None:
        FakeGrading.made += 1
        self.keeper = MemoryKeeper.WATCHDOG
        self.shown: list[Bound] = []
        self.is_closed = False

    def __enter__(self) -> FakeGrading:
        return self

    def __exit__(self, *_: object) -> None:
        self.is_closed = True

    def ready(self) -> None:
        if self.fault is not None:
            raise self.fault

    def show(self, bound: Iterable[Bound]) -> None:
        self.shown += bound

    def reports(self, tasks: Iterable[Callable[[], Task]]) -> Iterator[Report]:
        for make in tasks:
            self.tasks.append(make())
            yield report(make().student)


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "_Grading", FakeGrading)
    monkeypatch.setattr(module, "_machines", {})
    monkeypatch.setattr(FakeGrading, "fault", None)
    monkeypatch.setattr(FakeGrading, "made", 0)
    monkeypatch.setattr(FakeGrading, "tasks", [], raising=False)
    yield


def test_it_warms_once() -> None:
    """Whatever is asked of it, and from however many threads at once, there is one sandbox for a course."""
    threads = [threading.Thread(target=examine, args=(CONDITIONS,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Reply.decode(examine(CONDITIONS)) == Reply(keeper=MemoryKeeper.WATCHDOG)
    grade(CONDITIONS, order(TASK, False))
    assert FakeGrading.made == 1


def test_another_course_has_another_sandbox() -> None:
    """Packages differ from course to course. Few are kept warm, and the oldest is closed."""
    for number in range(module.MAX_COURSES + 1):
        examine(replace(CONDITIONS, packages=Environment(preload=(f"json{number}",))))
    assert FakeGrading.made == module.MAX_COURSES + 1 and len(module._machines) == module.MAX_COURSES


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        (replace(CONDITIONS, grader="9.9"), f"it has grader {grader.__version__} instead of 9.9"),
        (replace(CONDITIONS, environment={**environment(), "torch": "1.0"}), "instead of 1.0"),
        (
            replace(CONDITIONS, environment={**environment(), "pandas": "3.1"}),
            "pandas missing instead of 3.1",
        ),
    ],
)
def test_other_versions_are_refused(conditions: Conditions, told: str) -> None:
    """A machine whose reports could differ says in what, and warms nothing."""
    assert told in Reply.decode(examine(conditions)).refusal and FakeGrading.made == 0


def test_a_machine_that_cannot_seal_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """It closes what it has begun, and tries afresh when asked again."""
    monkeypatch.setattr(FakeGrading, "fault", MachineError("no namespaces"))
    assert Reply.decode(examine(CONDITIONS)).refusal == "no namespaces"
    assert Reply.decode(grade(CONDITIONS, order(TASK, False))).refusal == "no namespaces"
    monkeypatch.setattr(FakeGrading, "fault", None)
    assert Reply.decode(grade(CONDITIONS, order(TASK, False))).report == report("amy")


def test_a_rubric_is_asked_for_where_it_is_not_known() -> None:
    """A machine that was started again in between knows no rubric. Once sent, its hash is enough."""
    assert Reply.decode(grade(CONDITIONS, order(TASK, True))) == Reply(lacks_rubric=True)
    for known in (False, True):
        assert Reply.decode(grade(CONDITIONS, order(TASK, known))).report == report("amy")
    assert FakeGrading.tasks == [TASK, TASK]


def test_a_machine_without_control_groups_beside_others_with_them() -> None:
    """What a report's provenance says of the memory limit is so, or the machine refuses."""
    task = replace(TASK, provenance=replace(PROVENANCE, memory=MemoryKeeper.CONTROL_GROUP))
    assert Reply.decode(grade(CONDITIONS, order(task, False))).refusal == module.NO_GROUPS


@dataclass
class FakeWorkers:
    addresses: list[Any]

    def report_on(self, task: Task, address: SandboxAddress) -> Report:
        self.addresses.append(address)
        return report(task.student)


@pytest.mark.parametrize("keeper", MemoryKeeper)
def test_control_groups_stay_unused_where_others_have_none(
    keeper: MemoryKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a class that watchdogs watch on some machines, they do on all of them."""
    monkeypatch.undo()
    grading = module._Grading("none")
    workers = grading.workers = FakeWorkers([])  # type: ignore[assignment]
    groups = Groups(2, {})
    monkeypatch.setattr(grading, "address", lambda: SandboxAddress("warm", "s", groups))
    task = replace(TASK, provenance=replace(PROVENANCE, memory=keeper))
    assert list(grading.reports([lambda: task])) == [report("amy")]
    expected = groups if keeper is MemoryKeeper.CONTROL_GROUP else None
    assert [address.groups for address in workers.addresses] == [expected]
