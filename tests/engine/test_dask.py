"""The command's side of many machines, with machines that answer as a test says. No network is used."""

from __future__ import annotations

import sys
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from grader.engine import dask as module
from grader.engine import machine as remote
from grader.engine.dask import Cluster, Machines
from grader.engine.dispatch import MOST_LOST
from grader.engine.machine import Reply
from grader.errors import MachineError, UsageError
from grader.language.catalogue import Text
from grader.model.file import File
from grader.model.limits import Limits
from grader.model.report import INTERNAL, Report
from grader.model.status import MemoryKeeper
from grader.model.task import Rubric, Task
from reports import PROVENANCE, report

RUBRIC = Rubric((File("test_public.py", b"x = 1"),), ())
READY = Reply(keeper=MemoryKeeper.CONTROL_GROUP)
Answer = Callable[["FakeCluster", Any], Any]


class FakeFuture:
    """Done at once with a value or an error; never, if the value is None."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.callback: Callable[[FakeFuture], None] = print

    def add_done_callback(self, callback: Callable[[FakeFuture], None]) -> None:
        self.callback = callback
        if self.value is not None:
            callback(self)

    def result(self, timeout: float) -> Any:
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value

    def cancel(self) -> None:
        if self.value is None:
            self.value = CancelledError()
            self.callback(self)


class FakeCluster:
    """Machines by name, each with what it answers to orders. One that dies leaves the cluster."""

    def __init__(self, **machines: Answer) -> None:
        self.there = dict.fromkeys(machines, 1)
        self.answers = machines
        self.replies: dict[str, Reply] = {}
        self.orders: list[tuple[str, Any]] = []
        self.examined: list[str] = []
        self.left = False

    def __enter__(self) -> FakeCluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.left = True

    def machines(self) -> dict[str, int]:
        return dict(self.there)

    def call(self, name: str, function: Callable[..., object], *arguments: Any) -> FakeFuture:
        if function is remote.examine:
            self.examined.append(name)
            return FakeFuture(self.replies.get(name, READY).encode())
        order = arguments[1]
        self.orders.append((name, order))
        value = self.answers[name](self, order)
        return FakeFuture(value.encode() if isinstance(value, Reply) else value)


def right(_: FakeCluster, order: Any) -> Reply:
    """Grades what it gets."""
    return Reply(report(order.task.student))


def dies(name: str) -> Answer:
    """Takes an order and is gone."""

    def answer(cluster: FakeCluster, _: Any) -> None:
        cluster.there.pop(name, None)

    return answer


def task(student: str) -> Task:
    return Task(student, "line", "c0ffee", b"{}", None, RUBRIC, Limits(), PROVENANCE)


def graded(cluster: FakeCluster, *students: str) -> tuple[list[Report], list[Text]]:
    """The reports on these students' submissions, and the notes."""
    notes: list[Text] = []
    machines = Machines("tcp://nowhere:8786", "none", on_note=notes.append)
    machines.cluster = cluster  # type: ignore[assignment]
    with machines:
        found = list(machines.reports([lambda name=name: task(name) for name in students]))  # type: ignore[misc]
    assert cluster.left
    return sorted(found, key=lambda each: each.student), notes


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "REFRESH_S", 0.001)
    yield


def test_every_submission_has_one_report() -> None:
    """Machines share the work. The rubric goes to each of them once."""
    cluster = FakeCluster(a=right, b=right)
    found, notes = graded(cluster, *"abcdefgh")
    assert [each.student for each in found] == list("abcdefgh") and notes == []
    for name in "ab":
        assert [bool(order.parcel) for other, order in cluster.orders if other == name][:2] == [True, False]


def test_a_machine_that_dies_costs_a_retry() -> None:
    """Its submissions are graded by another machine, and each has one report."""
    cluster = FakeCluster(a=dies("a"), b=right)
    found, _ = graded(cluster, *"abcdef")
    assert found == [report(student) for student in "abcdef"]


def test_a_submission_that_kills_every_machine_is_given_up() -> None:
    """It has no score, and says why. The others are graded."""

    def answer(name: str) -> Answer:
        return lambda cluster, order: (
            dies(name)(cluster, order) if order.task.student == "b" else right(cluster, order)
        )

    cluster = FakeCluster(**{f"m{number}": answer(f"m{number}") for number in range(MOST_LOST + 2)})
    found, _ = graded(cluster, *"abc")
    assert [each.outcome == INTERNAL for each in found] == [False, True, False]
    assert "machines died" in str(found[1].reason.en if found[1].reason else "")


def test_a_machine_that_cannot_seal_is_not_used_and_named() -> None:
    """The batch goes on elsewhere; what it says is passed on, in both languages."""
    cluster = FakeCluster(a=right, b=right)
    cluster.replies["a"] = Reply(refusal="the sandbox did not start: no namespaces\nand more")
    found, (note,) = graded(cluster, *"abc")
    assert [each.student for each in found] == list("abc") and {name for name, _ in cluster.orders} == {"b"}
    assert note.en == "a is not used: the sandbox did not start: no namespaces"
    assert note.zh == "不使用 a：the sandbox did not start: no namespaces"


def test_a_machine_that_stops_sealing_is_left_out_after_a_few_tries() -> None:
    """It is examined again each time, since its sandbox may only have ended."""
    cluster = FakeCluster(a=lambda *_: Reply(refusal="no namespaces"), b=right)
    found, notes = graded(cluster, *(f"{number:02}" for number in range(40)))
    assert len(found) == 40 and len({each.student for each in found}) == 40
    assert sum(name == "a" for name, _ in cluster.orders) <= 2 * module.MOST_FAILURES and len(notes) <= 1


def test_a_machine_that_was_started_again_gets_the_rubric_again() -> None:
    """It says that it lacks it."""

    def answer(cluster: FakeCluster, order: Any) -> Reply:
        return Reply(lacks_rubric=True) if order.parcel is None else right(cluster, order)

    found, _ = graded(FakeCluster(a=answer), *"abc")
    assert [each.student for each in found] == list("abc")


def test_nonsense_and_errors_are_no_grades() -> None:
    """A machine that answers with something else, or with an error, is used no more, and no grade is lost."""
    cluster = FakeCluster(a=lambda *_: b"{", b=lambda *_: KeyError("odd"), c=right)
    found, _ = graded(cluster, *"abcdef")
    assert found == [report(student) for student in "abcdef"]


def test_a_slow_machine_is_not_waited_for() -> None:
    """The others grade what it has as well. That its copies are taken back is no failure of its."""
    cluster = FakeCluster(slow=lambda *_: None, quick=right)
    found, notes = graded(cluster, *"abcdef")
    assert found == [report(student) for student in "abcdef"]
    assert notes == [] and sorted(cluster.examined) == ["quick", "slow"]


def test_no_machine_can_grade() -> None:
    """Where every machine refuses, the command ends with what each of them says."""
    cluster = FakeCluster(a=right)
    cluster.replies["a"] = Reply(refusal="it has torch 2.1 instead of 2.2")
    with pytest.raises(MachineError, match=r"no machine of the scheduler can grade:\n  a: it has torch 2.1"):
        graded(cluster, "amy")
    assert cluster.left


def test_no_machine_joins(monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for one, says so, and gives up in the end."""
    monkeypatch.setattr(module, "WAIT_S", 0.01)
    with pytest.raises(MachineError, match="start some with `dask worker`"):
        graded(FakeCluster(), "amy")


def test_all_machines_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no machine is left, and none joins, what is graded is kept and the rest is told how to go on."""
    monkeypatch.setattr(module, "WAIT_S", 0.01)
    with pytest.raises(MachineError, match="Run the same command again"):
        graded(FakeCluster(a=dies("a")), "amy")


@pytest.mark.parametrize(
    ("keepers", "expected"),
    [("cc", MemoryKeeper.CONTROL_GROUP), ("cw", MemoryKeeper.WATCHDOG), ("ww", MemoryKeeper.WATCHDOG)],
)
def test_memory_is_limited_in_one_way(keepers: str, expected: MemoryKeeper) -> None:
    """By control groups if every machine can, else by watchdogs on all of them."""
    cluster = FakeCluster(a=right, b=right)
    kinds = {"c": MemoryKeeper.CONTROL_GROUP, "w": MemoryKeeper.WATCHDOG}
    for name, kind in zip("ab", keepers):
        cluster.replies[name] = Reply(keeper=kinds[kind])
    machines = Machines("tcp://nowhere:8786", "none")
    machines.cluster = cluster  # type: ignore[assignment]
    with machines:
        assert machines.keeper is expected


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask is an extra: where it is missing, the message says how to install it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MachineError, match=r'pip install "grader\[dask\]"'):
        Cluster("tcp://nowhere:8786").__enter__()


@pytest.mark.parametrize("address", ["", "nonsense", "tcp://there", "there/8786"])
def test_what_is_no_address(address: str) -> None:
    """It is told at once, with an example."""
    with pytest.raises(UsageError, match=r"such as tcp://192\.168\.0\.7:8786"):
        Cluster(address)
