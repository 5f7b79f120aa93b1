"""A worker grades one task after another, and says whether it may be given the next."""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from grader.model.report import INTERNAL, REJECTED, Execution, Report
from grader.model.status import Status
from grader.protocol.grading import Answer
from grader.protocol.handover import send_socket
from grader.sandbox.cgroup import Removals
from grader.worker import main, recipe
from reports import report


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Answer]]:
    """Give a worker so many tasks, graded by `grade`; its answers. The worker ends when there are no more."""
    ended = []
    monkeypatch.setattr(os, "_exit", ended.append)

    def of(grade: Callable[..., Report], tasks: int = 1) -> list[Answer]:
        async def graded(*arguments: Any) -> Report:
            return grade(*arguments)

        monkeypatch.setattr(recipe, "grade", graded)
        ours, theirs = multiprocessing.Pipe()
        thread = threading.Thread(target=main.work, args=(theirs,))
        thread.start()
        found = []
        for number in range(tasks):
            rubric, other = socket.socketpair()
            ours.send((f"task {number}", "a sandbox"))
            send_socket(ours, rubric)
            assert ours.poll(10)
            found.append(Answer.decode(ours.recv_bytes()))
            other.settimeout(10)
            assert other.recv(1) == b""  # the worker has closed its end
            other.close()
        ours.close()
        thread.join(10)
        assert ended == [0]
        return found

    return of


@pytest.mark.parametrize(
    ("found", "reusable"),
    [
        (report(), True),
        (report(execution=Execution(Status.CELL_ERROR)), True),
        (report(execution=Execution(Status.TIMED_OUT)), False),
        (report(execution=Execution(Status.PROTOCOL)), False),
        (report(outcome=REJECTED), False),
        (report(outcome=INTERNAL, score=None), False),
    ],
    ids=["ok", "a cell raised", "timed out", "protocol", "rejected", "internal"],
)
def test_a_worker_is_reusable_where_nothing_unusual_happened(
    answers: Callable[..., list[Answer]], found: Report, reusable: bool
) -> None:
    """Only a graded submission whose session lived leaves the worker good for another."""
    assert answers(lambda *_: found) == [Answer(found, reusable)]


def test_a_worker_that_has_grown(
    answers: Callable[..., list[Answer]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that needed much memory for one submission is not used for another."""
    peaks = iter([1000, 1000 + main.MAX_GROWTH_KB])
    monkeypatch.setattr(main, "_peak_kb", lambda: next(peaks))
    assert answers(lambda *_: report()) == [Answer(report(), reusable=False)]


def test_a_rubric_that_was_lost(answers: Callable[..., list[Answer]]) -> None:
    """The report is there, and the answer says that another try is worth it."""
    broken = report(outcome=INTERNAL, score=None)

    def grade(*_: Any) -> Report:
        raise recipe.RubricLost(broken)

    assert answers(grade) == [Answer(broken, rubric_lost=True)]


def test_a_fault_of_ours(answers: Callable[..., list[Answer]]) -> None:
    """An error in the worker is no report but its traceback, and the worker goes on."""

    def grade(task: str, *_: Any) -> Report:
        if task == "task 0":
            raise OSError("no session could be opened")
        return report()

    first, second = answers(grade, 2)
    assert first.report is None and "Traceback" in first.fault and "no session could be opened" in first.fault
    assert second == Answer(report(), reusable=True)


def test_groups_are_removed_across_submissions(answers: Callable[..., list[Answer]]) -> None:
    """One owner of groups that are still to be removed lives as long as the worker."""
    owners = []

    def grade(task: str, rubric: socket.socket, sandbox: str, removals: Removals) -> Report:
        owners.append(removals)
        return report(sandbox)

    assert [answer.report.student for answer in answers(grade, 3) if answer.report] == ["a sandbox"] * 3
    assert isinstance(owners[0], Removals) and owners == [owners[0]] * 3


def test_the_peak_is_known() -> None:
    """The tests' own process has used some memory."""
    assert main._peak_kb() > 1000
