"""Many gradings at once: tasks are made when a worker is free, and a sandbox that ended is replaced."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import grader
from courses import made
from grader.course.environment import Environment
from grader.engine import local
from grader.engine.engine import environment
from grader.engine.local import RESTARTS, Grading, processors
from grader.language.catalogue import Text
from grader.model.report import INTERNAL, Report
from grader.model.status import MemoryKeeper, RubricScope, SandboxKind
from grader.notebook.notebook import Unreadable
from grader.worker.process import NO_SESSION
from reports import report


class FakeWorkers:
    """Grades by calling `outcome` with the task and the sandbox's address."""

    def __init__(self, outcome: Callable[[Any, Any], Report]) -> None:
        self.outcome = outcome
        self.running = self.most_running = 0
        self.is_stopped = False
        self.lock = threading.Lock()

    def report_on(self, task: Any, sandbox: Any) -> Report:
        with self.lock:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
        try:
            return self.outcome(task, sandbox)
        finally:
            with self.lock:
                self.running -= 1

    def stop(self) -> None:
        self.is_stopped = True

    def close(self) -> None:
        self.stop()


class FakeSandbox:
    """A sandbox that has ended, or not. `made` holds all of a test's, in the order of their making."""

    made: list[FakeSandbox]
    groups = None

    def __init__(self, preload: Sequence[str] = (), absent: Sequence[str] = (), few: bool = False) -> None:
        self.packages = preload, absent
        self.ended = self.is_closed = False
        self.asked_within_s: list[float] = []
        self.made.append(self)

    def start(self) -> FakeSandbox:
        return self

    def ready(self) -> None:
        pass

    def address(self) -> int:
        return self.made.index(self)

    def has_ended(self, within_s: float = 0) -> bool:
        self.asked_within_s.append(within_s)
        return self.ended

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def sandboxes(monkeypatch: pytest.MonkeyPatch) -> list[FakeSandbox]:
    made: list[FakeSandbox] = []
    monkeypatch.setattr(FakeSandbox, "made", made, raising=False)
    monkeypatch.setattr(local, "Sandbox", FakeSandbox)
    return made


def grading_of(outcome: Callable[[Any, Any], Report], jobs: int = 2, sandbox: str = "none") -> Any:
    made = Grading(sandbox, jobs)
    made.workers = FakeWorkers(outcome)  # type: ignore[assignment]
    return made


def students(found: Iterator[Report]) -> list[str]:
    return sorted(each.student for each in found)


def tasks(*names: str) -> list[Callable[[], str]]:
    return [lambda name=name: name for name in names]  # type: ignore[misc]


def test_every_task_has_its_report() -> None:
    """So many jobs run at once, and no more."""
    meeting = threading.Barrier(3)

    def outcome(name: str, _: Any) -> Report:
        meeting.wait(10)
        return report(name)

    made = grading_of(outcome, jobs=3)
    assert students(made.reports(tasks(*"abcdef"))) == list("abcdef")
    assert made.workers.most_running == 3


def test_tasks_are_made_when_a_worker_is_free() -> None:
    """A class need not fit in memory: a task is made only when it is about to be graded."""
    alive = []

    def making() -> Iterator[Callable[[], str]]:
        for name in "abcdefgh":
            alive.append(name)
            yield lambda name=name: name  # type: ignore[misc]

    made = grading_of(lambda name, _: report(name), jobs=2)
    for count, _ in enumerate(made.reports(making()), 1):
        assert len(alive) <= count + 2


def test_an_error_stops_the_others() -> None:
    """An error of ours ends the grading, and so does a caller that reads no further."""

    def outcome(name: str, _: Any) -> Report:
        if name == "b":
            raise RuntimeError("a bug")
        return report(name)

    made = grading_of(outcome)
    with pytest.raises(RuntimeError, match="a bug"):
        list(made.reports(tasks(*"abc")))
    assert made.workers.is_stopped
    made = grading_of(lambda name, _: report(name))
    found = made.reports(tasks(*"abc"))
    next(found)
    found.close()
    assert made.workers.is_stopped


def broken(name: str, reason: str = "the worker died") -> Report:
    return report(name, outcome=INTERNAL, checks=(), score=None, reason=Text.verbatim(reason))


def test_a_sandbox_that_ended_is_replaced(sandboxes: list[FakeSandbox]) -> None:
    """What was under way in it is graded again in the next one, which all later submissions use as well."""

    def outcome(name: str, address: int) -> Report:
        if address == 0 and name == "b":
            sandboxes[0].ended = True
            return broken(name)
        return report(f"{name}{address}")

    made = grading_of(outcome, jobs=1, sandbox="bubblewrap")
    assert students(made.reports(tasks(*"abc"))) == ["a0", "b1", "c1"]
    assert [sandbox.is_closed for sandbox in sandboxes] == [True, False]


def test_replacing_has_an_end(sandboxes: list[FakeSandbox]) -> None:
    """A submission that ends every sandbox is tried RESTARTS times, and is then internal."""

    def outcome(name: str, address: int) -> Report:
        sandboxes[address].ended = True
        return broken(name)

    (found,) = grading_of(outcome, jobs=1, sandbox="bubblewrap").reports(tasks("a"))
    assert found == broken("a") and len(sandboxes) == RESTARTS + 1


@pytest.mark.parametrize(
    ("reason", "within_s"), [("the worker died", 0), (f"OSError: {NO_SESSION}: refused", local.ENDING_S)]
)
def test_a_live_sandbox_is_kept(sandboxes: list[FakeSandbox], reason: str, within_s: float) -> None:
    """A live sandbox is not replaced. Where no session could be opened, it is given a moment to end."""
    (found,) = grading_of(lambda name, _: broken(name, reason), sandbox="bubblewrap").reports(tasks("a"))
    assert found.outcome == INTERNAL and len(sandboxes) == 1
    assert sandboxes[0].asked_within_s == [within_s]


def test_the_sandbox_is_closed_where_it_does_not_start(
    sandboxes: list[FakeSandbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left of it."""
    monkeypatch.setattr(FakeSandbox, "start", lambda self: (_ for _ in ()).throw(OSError("no namespaces")))
    with pytest.raises(OSError, match="no namespaces"), Grading():
        raise AssertionError("never entered")
    assert sandboxes[0].is_closed


def test_tasks(tmp_path: Path) -> None:
    """A task has the rubric and the limits of its assignment, and the reason where there is no content."""
    assignment = made(tmp_path).assignments["halve"]
    grading = grading_of(lambda name, _: report(name))
    task = grading.task(assignment, "amy", b"{}", 3)
    assert (task.content, task.problem, task.stop_at_first_failure) == (b"{}", None, False)
    assert (task.rubric, task.limits, task.assignment) == (assignment.rubric, assignment.limits, "halve")
    problem = Text("the file is too large", "文件太大")
    other = grading.task(assignment, "amy", Unreadable(problem), 3, stop_at_first_failure=True)
    assert (other.content, other.problem, other.stop_at_first_failure) == (b"", problem, True)
    assert other.sha256 != task.sha256


def test_what_a_report_depends_on(tmp_path: Path, sandboxes: list[FakeSandbox]) -> None:
    """Versions, rubric, seed, sandbox, what keeps the memory limit, and whether hidden checks were there."""
    assignment = made(tmp_path).assignments["halve"]
    found = grading_of(lambda *_: report()).provenance(assignment, 3)
    assert (found.grader, found.rubric_sha256, found.seed) == (
        grader.__version__,
        assignment.rubric_sha256,
        3,
    )
    assert (found.sandbox, found.memory, found.rubric) == (
        SandboxKind.NONE, MemoryKeeper.WATCHDOG, RubricScope.FULL
    )  # fmt: skip
    sealed = grading_of(lambda *_: report(), sandbox="bubblewrap")
    assert sealed.provenance(assignment, 3).memory is MemoryKeeper.WATCHDOG
    sandboxes[0].groups = "some"  # type: ignore[assignment]
    assert sealed.provenance(assignment, 3).memory is MemoryKeeper.CONTROL_GROUP
    public = replace(assignment, staff=None)
    assert sealed.provenance(public, 3).rubric is RubricScope.PUBLIC


def test_a_courses_packages(sandboxes: list[FakeSandbox]) -> None:
    """Every sandbox of a course, a replaced one too, has its packages. Reports name what they depend on."""
    grading = Grading(packages=Environment(("pytest",), ("json",), ("google.colab",)))
    grading._replace(grading.sandbox)  # type: ignore[arg-type]
    assert [each.packages for each in sandboxes] == [(("json",), ("google.colab",))] * 2
    own = {name: version for name, version in grading.environment.items() if name not in environment()}
    assert own == {"pytest": pytest.__version__, "google.colab": "absent"}


def test_a_job_for_each_processor() -> None:
    """As many notebooks run at once as this process may use processors."""
    with contextlib.suppress(AttributeError):
        assert processors() == len(os.sched_getaffinity(0))
