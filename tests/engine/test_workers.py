"""Reports travel between processes as JSON and arrive as they were; workers and rubrics are used again while they are good."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace

import psutil
import pytest
from courses import FILES, SOLUTION, made
from reports import FULL, report, results
from support import notebook_of, quick

from grader.engine import workers as workers_module
from grader.engine.local import Grading
from grader.engine.workers import Stopped, Workers
from grader.model.codec import from_data, to_data
from grader.model.report import (
    FAILED,
    GRADED,
    INTERNAL,
    NOT_RUN,
    PASSED,
    REJECTED,
    CellRun,
    CheckResult,
    Execution,
    Output,
    Reason,
    Report,
)
from grader.model.task import Task
from grader.notebook.writing import dump

HIDDEN_FILE = "solutions/halve/test_hidden.py"

# ---- reports travel


def returned(value: Report) -> Report:
    return from_data(Report, json.loads(json.dumps(to_data(value))))


def same_types(one: object, other: object) -> bool:
    """Whether two values are alike down to the types of what is in them."""
    if is_dataclass(one):
        return type(one) is type(other) and all(
            same_types(getattr(one, field.name), getattr(other, field.name)) for field in fields(one)
        )
    if isinstance(one, tuple):
        return type(other) is tuple and len(one) == len(other) and all(map(same_types, one, other))
    return type(one) is type(other)


@pytest.mark.parametrize(
    "value",
    [
        FULL,
        report(),
        report(checks=results(test_other="failed")),
        report(outcome=INTERNAL, checks=(), score=None, reason="no\ndisk"),
        report("\ud800 张伟", "a/b"),
    ],
    ids=["full", "passed", "failed", "internal", "odd names"],
)
def test_a_report_travels(value):
    """A full report arrives equal and of the same types: tuples stay tuples, whole points whole, None None."""
    assert returned(value) == value
    assert same_types(returned(value), value)


def test_a_full_report_is_full():
    """The report that travels in these tests has something in every field, so that none can be lost unseen."""
    execution, check = FULL.execution, FULL.checks[1]
    for value in (
        execution.cells[1],
        execution.cells[0].outputs[1],
        execution,
        check,
        check.reason,
        FULL.provenance,
    ):
        assert all(getattr(value, field.name) not in (None, (), "") for field in fields(value)), value
    assert {
        type(value)
        for value in (execution.cells[0], execution.cells[0].outputs[0], execution, check, check.reason)
    } == {CellRun, Output, Execution, CheckResult, Reason}


def test_arrived_values_can_be_compared_and_hashed():
    """Reasons and checks of an arrived report are values like those that were sent."""
    assert {each.check for each in returned(FULL).checks} == {each.check for each in FULL.checks}
    assert returned(FULL).checks[1].reason.words == (("kind", "ValueError"), ("name", "fit"))


@pytest.mark.parametrize("data", [{}, {"student": "amy"}, {**to_data(FULL), "more": 1}])
def test_data_that_is_no_report(data):
    """Data with fields missing, or with others, is not taken for a report."""
    with pytest.raises((TypeError, KeyError)):
        from_data(Report, data)


# ---- workers


RIGHT = dump(SOLUTION).encode()
WRONG = dump(notebook_of("n = 8", "def halve(x):\n    return x * 2", "result = 4")).encode()
CRASHES = dump(notebook_of("n = 8", "def halve(x):\n    return x / 2", "result = halve(n)", "1 / 0")).encode()
ENDLESS = dump(
    notebook_of("n = 8", "def halve(x):\n    return x / 2", "result = halve(n)", "while True: pass")
).encode()
LIMITS = quick(cell_s=1, cell_wall_s=3, rubric_s=10)
CHECK = "from grader import check\n@check(points=7, title='x')\ndef test_hidden(student):\n    {}\n"


@pytest.fixture
def workers(grading: Grading) -> Iterator[Workers]:
    """Workers of a test's own; the sandbox is the one that all tests share."""
    made = Workers()
    yield made
    made.close()


@pytest.fixture
def task(grading: Grading, tmp_path) -> Callable[..., Task]:
    """A task of the course of these tests, whose hidden checks may be other ones."""

    def of(
        content: bytes = RIGHT, hidden: str = FILES[HIDDEN_FILE], brief: bool = False, student: str = "amy"
    ) -> Task:
        assignment = made(
            tmp_path, {HIDDEN_FILE: hidden, "solutions/halve/mistakes/doubles.toml": None}
        ).assignments["halve"]
        return grading.task(replace(assignment, limits=LIMITS), student, content, 0, brief)

    return of


def pids(workers: Workers) -> list[int]:
    return [each.process.pid for each in workers.idle]


def rubric_of(workers: Workers):
    [rubric] = workers.rubrics.values()
    return rubric


def verdicts(found: Report) -> list[str]:
    return [each.verdict for each in found.checks]


def test_a_worker_is_used_again(workers, task):
    """After right, wrong, crashing and unreadable submissions alike the same worker and the same rubric take the next one."""
    assert pids(workers) == []
    first = workers.grade(task(RIGHT))
    known, rubric = pids(workers), rubric_of(workers)
    assert (first.outcome, first.score, first.student, len(known)) == (GRADED, 10, "amy", 1)
    for count, content in enumerate((WRONG, CRASHES, RIGHT), 2):
        found = workers.grade(task(content, student="ben"))
        assert (found.outcome, found.student) == (GRADED, "ben")
        assert pids(workers) == known and workers.idle[0].uses == count
        assert rubric_of(workers) is rubric and rubric.process.is_alive()
    assert (found.score, found.checks) == (first.score, first.checks)


def test_unreadable_submissions(workers, task):
    """A file that is no notebook is rejected, and the next one graded."""
    assert workers.grade(task(b"%PDF-1.7")).outcome == REJECTED
    assert workers.grade(task(RIGHT)).score == 10


def test_a_worker_grades_so_many_at_the_most(workers, task, monkeypatch):
    """A worker has an end, also where all goes well."""
    monkeypatch.setattr(workers_module, "USES", 2)
    workers.grade(task())
    [one] = workers.idle
    assert workers.grade(task()).score == 10
    assert workers.idle == [] and not one.process.is_alive()


def test_a_worker_is_not_used_after_a_time_out(workers, task):
    """What had to be stopped by force takes its worker with it; the rubric is good, and the next submission is graded."""
    workers.grade(task())
    [one], rubric = workers.idle, rubric_of(workers)
    found = workers.grade(task(ENDLESS))
    assert (found.outcome, found.execution.status, found.score) == (GRADED, "timed_out", 10)
    assert workers.idle == [] and not one.process.is_alive() and rubric_of(workers) is rubric
    assert workers.grade(task()).score == 10
    assert len(workers.idle) == 1 and pids(workers) != [one.process.pid]


def test_neither_is_used_after_a_fault_of_ours(workers, task):
    """A rubric that ends without a word costs nobody points, and neither it nor the worker is used again."""
    hidden = CHECK.format("import os; os._exit(0)")
    found = workers.grade(task(hidden=hidden))
    assert (found.outcome, found.score) == (INTERNAL, None)
    assert (
        found.reason
        == "the rubric's process ended before it was done\ntest_half gave no verdict\ntest_hidden gave no verdict"
    )
    assert workers.idle == [] and workers.rubrics == {}
    assert workers.grade(task(hidden=CHECK.format("pass"))).score == 10


def test_a_worker_that_dies_is_replaced(workers, task):
    """A worker that was killed while it was idle is replaced without a trace in the report."""
    workers.grade(task())
    [one] = workers.idle
    one.process.kill()
    one.process.join()
    assert workers.grade(task()).score == 10
    assert len(workers.idle) == 1 and workers.idle[0] is not one


def test_workers_that_always_die(workers, task, monkeypatch):
    """Where every worker dies, it is no fault of the student's, and there is an end to it."""
    dead = []
    monkeypatch.setattr(
        workers, "_worker", lambda: dead.append(workers_module._Apart(workers.context, type)) or dead[-1]
    )
    found = workers.grade(task())
    assert (found.outcome, found.score, found.reason) == (INTERNAL, None, "the worker died")
    assert len(dead) == workers_module.ATTEMPTS and workers.idle == []


def test_stopped(workers, task):
    """What was stopped grades nothing more."""
    workers.stop()
    with pytest.raises(Stopped):
        workers.grade(task())
    assert workers.idle == []


# ---- rubrics


def test_a_rubric_is_collected_once(workers, task, tmp_path):
    """A rubric's file is run once for all submissions, and what its checks leave behind in one is not there for the next."""
    log = tmp_path / "log"
    hidden = f"SEEN = []\nopen({str(log)!r}, 'a').write('x')\n" + CHECK.format(
        "SEEN.append(1); assert len(SEEN) == 1"
    )
    assert [workers.grade(task(hidden=hidden)).score for _ in range(3)] == [10, 10, 10]
    assert log.read_text() == "x"


def test_each_rubric_has_a_process(workers, task, tmp_path):
    """Two assignments have a rubric each, and taking turns ends neither."""
    one, files = task(), made(tmp_path / "other").assignments["halve"].files
    other = replace(one, files=tuple(map(str, files)))
    found = [workers.grade(each).score for each in (one, other, one)]
    assert found == [10, 10, 10] and len(workers.rubrics) == 2
    assert len({rubric.process.pid for rubric in workers.rubrics.values()}) == 2


def test_a_rubric_that_was_killed_is_replaced(workers, task):
    """A rubric's process that was killed between two submissions is replaced, and the next one is graded by the same worker."""
    workers.grade(task())
    known, rubric = pids(workers), rubric_of(workers)
    rubric.process.kill()
    rubric.process.join()
    found = workers.grade(task(WRONG))
    assert (found.outcome, verdicts(found)) == (GRADED, [PASSED, FAILED, NOT_RUN])
    assert rubric_of(workers) is not rubric and pids(workers) == known


def test_a_rubric_that_was_killed_at_work_is_tried_again(workers, task, tmp_path):
    """Where the system kills a rubric while it judges, the submission is judged once more; where it always dies, there is an end."""
    log = tmp_path / "log"
    hidden = "import os, signal\n" + CHECK.format(
        f"open({str(log)!r}, 'a').write('x'); os.path.getsize({str(log)!r}) > {{}} or os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert workers.grade(task(hidden=hidden.format(1))).score == 10 and log.read_text() == "xx"
    log.write_text("")
    found = workers.grade(task(hidden=hidden.format(99)))
    assert (found.outcome, found.score) == (
        INTERNAL,
        None,
    ) and log.read_text() == "x" * workers_module.ATTEMPTS
    assert workers.idle == []


def test_a_rubric_has_little_memory(workers, task, tmp_path):
    """A check that is led to ask for a table of gigabytes fails, by the student's doing, and the next check is run."""
    notebook = dump(
        notebook_of(
            "n = 8",
            "def halve(x):\n    return x / 2",
            "result = halve(n)",
            "import torch\ncolumn = torch.zeros(60_000, 1)",
        )
    ).encode()
    hidden = "import torch\n" + CHECK.format(
        "assert (student.column - torch.zeros(60_000)).abs().max() == 0"
    ).replace("test_hidden", "test_table").replace("7", "2")
    hidden += (
        CHECK.format("assert student.n == 8").replace("from grader import check\n", "").replace("7", "5")
    )
    found = workers.grade(task(notebook, hidden=hidden))
    assert found.outcome == GRADED and verdicts(found) == [PASSED, FAILED, PASSED]


def test_a_rubric_that_can_not_be_imported(workers, task, monkeypatch):
    """A rubric that fails to import is a fault of ours for each submission, told each time, and no process outlives the workers."""
    started = []
    start = workers._start_rubric
    monkeypatch.setattr(workers, "_start_rubric", lambda task: started.append(start(task)) or started[-1])
    hidden = "import there_is_no_such_module\n" + CHECK.format("pass")
    for count in (1, 2):
        found = workers.grade(task(hidden=hidden))
        assert (found.outcome, found.score, found.checks) == (
            INTERNAL,
            None,
            (),
        ) and "there_is_no_such_module" in found.reason
        assert (
            len(started) == count
            and workers.rubrics == {}
            and workers.idle == []
            and workers.retired == started
        )
    processes = [rubric.process for rubric in started]
    workers.close()
    assert not any(process.is_alive() for process in processes)


def test_what_was_answered_is_written_down(workers, task):
    """With each check comes what the student's code answered to it, and to no other."""
    half, others, rerun = workers.grade(task()).checks
    attribute = ("2 keys", "True", "Reference")
    assert half.trace == ("2 keys", "True", "4")
    assert others.trace == (*attribute, "5", *attribute, "3.75", *attribute, "-1.5")
    assert rerun.trace == ("2 keys", "True", "10")


def test_brief_gradings(workers, task):
    """A brief grading stops at the first check that does not pass, and one that passes them all is like any other."""
    hidden = FILES[HIDDEN_FILE].replace(', depends=("test_half", "test_others")', "")
    assert verdicts(workers.grade(task(WRONG, hidden))) == [PASSED, FAILED, FAILED]
    found = workers.grade(task(WRONG, hidden, brief=True))
    assert (
        verdicts(found) == [PASSED, FAILED, NOT_RUN]
        and found.checks[2].message == "another check did not pass"
    )
    assert workers.grade(task(RIGHT, hidden, brief=True)).checks == workers.grade(task(RIGHT, hidden)).checks


# ---- their end


def alive(forker: psutil.Process) -> list[int]:
    """The processes that a process has forked, and those that they have, without those that only wait to be buried."""
    found = []
    for each in forker.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.status() != psutil.STATUS_ZOMBIE:
                found.append(each.pid)
    return found


def test_no_process_is_left(task):
    """`close` stops what is being graded, and then no worker, no rubric and no fork of one is alive."""
    workers = Workers()
    assert workers.grade(task(RIGHT)).score == 10
    pid, rubric = workers.idle[0].process.pid, rubric_of(workers).process.pid
    forker = psutil.Process(pid).parent()  # what all of them were forked from; it stays
    assert forker is not None and {pid, rubric} <= {each.pid for each in forker.children()}
    others = set(alive(forker)) - {pid, rubric}  # which all tests share
    with ThreadPoolExecutor(1) as thread:
        grading = thread.submit(workers.grade, task(ENDLESS))
        while workers.idle and not grading.done():
            time.sleep(0.01)
        time.sleep(0.2)
        assert not grading.done()
        workers.close()
        with pytest.raises(Stopped):
            grading.result(5)
    deadline = time.monotonic() + 5
    while (left := set(alive(forker)) - others) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not left and workers.idle == [] and workers.rubrics == {}
    assert not psutil.pid_exists(pid) and not psutil.pid_exists(rubric)
