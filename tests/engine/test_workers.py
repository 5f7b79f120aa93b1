"""Workers and rubrics are used again while they are good, and replaced when they are not."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import psutil
import pytest

from courses import FILES, SOLUTION, made
from grader.engine import workers as workers_module
from grader.engine.children import Child
from grader.engine.local import Grading
from grader.engine.workers import Stopped, Workers
from grader.language.catalogue import Text
from grader.model.file import File
from grader.model.report import FAILED, GRADED, INTERNAL, NOT_RUN, PASSED, REJECTED, Report
from grader.model.task import Task
from grader.notebook.writing import dump
from support import notebook_of, quick

HIDDEN_FILE = "solutions/halve/test_hidden.py"

RIGHT = dump(SOLUTION).encode()
WRONG = dump(notebook_of("n = 8", "def halve(x):\n    return x * 2", "result = 4")).encode()
CRASHES = dump(notebook_of("n = 8", "def halve(x):\n    return x / 2", "result = halve(n)", "1 / 0")).encode()
ENDLESS = dump(
    notebook_of("n = 8", "def halve(x):\n    return x / 2", "result = halve(n)", "while True: pass")
).encode()
LIMITS = quick(cell_s=1, cell_wall_s=3, rubric_s=10)
CHECK = "from grader import check\n@check(points=7, title='x')\ndef test_hidden(student):\n    {}\n"


class SandboxedWorkers(Workers):
    """Workers of a test's own, in the sandbox that all tests share."""

    def __init__(self, grading: Grading) -> None:
        super().__init__()
        self.address = grading.address()

    def report_on(self, task: Task, sandbox: object = None) -> Report:
        return super().report_on(task, self.address)


@pytest.fixture
def workers(grading: Grading) -> Iterator[SandboxedWorkers]:
    made = SandboxedWorkers(grading)
    yield made
    made.close()


@pytest.fixture
def task(grading: Grading, tmp_path) -> Callable[..., Task]:
    """A task of the course of these tests, whose hidden checks may be other ones."""

    def of(
        content: bytes = RIGHT, hidden: str = FILES[HIDDEN_FILE], student: str = "amy", stop: bool = False
    ) -> Task:
        changes = {HIDDEN_FILE: hidden, "solutions/halve/mistakes/doubles.toml": None}
        assignment = replace(made(tmp_path, changes).assignments["halve"], limits=LIMITS)
        return grading.task(assignment, student, content, 0, stop_at_first_failure=stop)

    return of


def pids(workers: Workers) -> list[int]:
    return [each.process.pid for each in workers.idle]


def rubric_of(workers: Workers):
    [rubric] = workers.rubrics.values()
    return rubric


def verdicts(found: Report) -> list[str]:
    return [each.verdict for each in found.checks]


def test_a_worker_is_used_again(workers, task):
    """After right, wrong and crashing submissions alike, the same worker and rubric take the next one."""
    assert pids(workers) == []
    first = workers.report_on(task(RIGHT))
    known, rubric = pids(workers), rubric_of(workers)
    assert (first.outcome, first.score, first.student, len(known)) == (GRADED, 10, "amy", 1)
    for count, content in enumerate((WRONG, CRASHES, RIGHT), 2):
        found = workers.report_on(task(content, student="ben"))
        assert (found.outcome, found.student) == (GRADED, "ben")
        assert pids(workers) == known and workers.idle[0].uses == count
        assert rubric_of(workers) is rubric and rubric.process.is_alive()
    assert (found.score, found.checks) == (first.score, first.checks)


def test_unreadable_submissions(workers, task):
    """A file that is no notebook is rejected, and the next one graded."""
    assert workers.report_on(task(b"%PDF-1.7")).outcome == REJECTED
    assert workers.report_on(task(RIGHT)).score == 10


def test_a_worker_grades_so_many_at_the_most(workers, task, monkeypatch):
    """A worker has an end, also where all goes well."""
    monkeypatch.setattr(workers_module, "USES", 2)
    workers.report_on(task())
    [one] = workers.idle
    assert workers.report_on(task()).score == 10
    assert workers.idle == [] and not one.process.is_alive()


def test_a_worker_is_not_used_after_a_time_out(workers, task):
    """A session that had to be killed takes its worker with it. The rubric stays good."""
    workers.report_on(task())
    [one], rubric = workers.idle, rubric_of(workers)
    found = workers.report_on(task(ENDLESS))
    assert (found.outcome, found.execution.status, found.score) == (GRADED, "timed_out", 10)
    assert workers.idle == [] and not one.process.is_alive() and rubric_of(workers) is rubric
    assert workers.report_on(task()).score == 10
    assert len(workers.idle) == 1 and pids(workers) != [one.process.pid]


def test_neither_is_used_after_a_fault_of_ours(workers, task):
    """A rubric that ends without a word costs no points, and neither it nor the worker is used again."""
    hidden = CHECK.format("import os; os._exit(0)")
    found = workers.report_on(task(hidden=hidden))
    assert (found.outcome, found.score) == (INTERNAL, None)
    assert found.reason == Text.verbatim(
        "the rubric's process ended before it was done\n"
        "test_half gave no verdict\ntest_hidden gave no verdict"
    )
    assert workers.idle == [] and workers.rubrics == {}
    assert workers.report_on(task(hidden=CHECK.format("pass"))).score == 10


def test_a_worker_that_dies_is_replaced(workers, task):
    """A worker that was killed while it was idle is replaced without a trace in the report."""
    workers.report_on(task())
    [one] = workers.idle
    one.process.kill()
    one.process.join()
    assert workers.report_on(task()).score == 10
    assert len(workers.idle) == 1 and workers.idle[0] is not one


def test_workers_that_always_die(workers, task, monkeypatch):
    """Where every worker dies, it is no fault of the student's, and there is an end to it."""
    dead = []
    monkeypatch.setattr(workers, "_worker", lambda: dead.append(Child(workers.context, type)) or dead[-1])
    found = workers.report_on(task())
    assert (found.outcome, found.score, found.reason) == (INTERNAL, None, Text.verbatim("the worker died"))
    assert len(dead) == workers_module.ATTEMPTS and workers.idle == []


def test_stopped(workers, task):
    """What was stopped grades nothing more."""
    workers.stop()
    with pytest.raises(Stopped):
        workers.report_on(task())
    assert workers.idle == []


# ---- rubrics


def test_a_rubric_is_collected_once(workers, task, tmp_path):
    """A rubric's file is run once for all submissions. The next one sees nothing that its checks left."""
    log = tmp_path / "log"
    hidden = f"SEEN = []\nopen({str(log)!r}, 'a').write('x')\n" + CHECK.format(
        "SEEN.append(1); assert len(SEEN) == 1"
    )
    assert [workers.report_on(task(hidden=hidden)).score for _ in range(3)] == [10, 10, 10]
    assert log.read_text() == "x"


def test_each_rubric_has_a_process(workers, task, tmp_path):
    """Two assignments have a rubric each, and taking turns ends neither."""
    one = task()
    other = replace(one, rubric=made(tmp_path / "other").assignments["halve"].rubric)
    assert other.rubric.sha256 == one.rubric.sha256
    other = replace(one, rubric=replace(other.rubric, files=(*other.rubric.files, File("test_more.py", b""))))
    found = [workers.report_on(each).score for each in (one, other, one)]
    assert found == [10, 10, 10] and len(workers.rubrics) == 2
    assert len({rubric.process.pid for rubric in workers.rubrics.values()}) == 2


def test_a_rubric_that_was_killed_is_replaced(workers, task):
    """A rubric's process that was killed between two submissions is replaced; the worker stays."""
    workers.report_on(task())
    known, rubric = pids(workers), rubric_of(workers)
    rubric.process.kill()
    rubric.process.join()
    found = workers.report_on(task(WRONG))
    assert (found.outcome, verdicts(found)) == (GRADED, [PASSED, FAILED, NOT_RUN])
    assert rubric_of(workers) is not rubric and pids(workers) == known


def test_a_rubric_that_was_killed_at_work_is_tried_again(workers, task, tmp_path):
    """A submission whose rubric is killed while it judges is graded again, ATTEMPTS times at most."""
    log = tmp_path / "log"
    hidden = "import os, signal\n" + CHECK.format(
        f"open({str(log)!r}, 'a').write('x'); "
        f"os.path.getsize({str(log)!r}) > {{}} or os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert workers.report_on(task(hidden=hidden.format(1))).score == 10 and log.read_text() == "xx"
    log.write_text("")
    found = workers.report_on(task(hidden=hidden.format(99)))
    assert (found.outcome, found.score) == (
        INTERNAL,
        None,
    ) and log.read_text() == "x" * workers_module.ATTEMPTS
    assert workers.idle == []


def test_a_rubric_has_little_memory(workers, task, tmp_path):
    """A check that a student's answer makes ask for gigabytes fails, and the next check is run."""
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
    found = workers.report_on(task(notebook, hidden=hidden))
    assert found.outcome == GRADED and verdicts(found) == [PASSED, FAILED, PASSED]


def test_a_rubric_that_can_not_be_imported(workers, task, monkeypatch):
    """A rubric that fails to import is a fault for each submission. No process outlives the workers."""
    started = []
    start = workers._start_rubric
    monkeypatch.setattr(workers, "_start_rubric", lambda task: started.append(start(task)) or started[-1])
    hidden = "import there_is_no_such_module\n" + CHECK.format("pass")
    for count in (1, 2):
        found = workers.report_on(task(hidden=hidden))
        assert (found.outcome, found.score, found.checks) == (
            INTERNAL,
            None,
            (),
        ) and "there_is_no_such_module" in found.reason.en
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
    half, others, rerun = workers.report_on(task()).checks
    function = ("get halve", "Reference")
    assert half.trace == ("get result", "4")
    assert others.trace == (*function, "5", *function, "3.75", *function, "-1.5")
    assert rerun.trace == ("get result", "10")


def test_stopping_at_the_first_failure(workers, task):
    """Such a grading runs no check after one that does not pass. Where all pass, it is like any other."""
    hidden = FILES[HIDDEN_FILE].replace(', depends=("test_half", "test_others")', "")
    assert verdicts(workers.report_on(task(WRONG, hidden))) == [PASSED, FAILED, FAILED]
    found = workers.report_on(task(WRONG, hidden, stop=True))
    assert (
        verdicts(found) == [PASSED, FAILED, NOT_RUN]
        and found.checks[2].message == "another check did not pass"
    )
    assert (
        workers.report_on(task(RIGHT, hidden, stop=True)).checks
        == workers.report_on(task(RIGHT, hidden)).checks
    )


# ---- their end


def alive(forker: psutil.Process) -> list[int]:
    """The descendants of a process, without zombies."""
    found = []
    for each in forker.children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if each.status() != psutil.STATUS_ZOMBIE:
                found.append(each.pid)
    return found


def test_no_process_is_left(task, grading):
    """`close` stops what is being graded, and then no worker, no rubric and no fork of one is alive."""
    workers = SandboxedWorkers(grading)
    assert workers.report_on(task(RIGHT)).score == 10
    pid, rubric = workers.idle[0].process.pid, rubric_of(workers).process.pid
    forker = psutil.Process(pid).parent()  # what all of them were forked from; it stays
    assert forker is not None and {pid, rubric} <= {each.pid for each in forker.children()}
    others = set(alive(forker)) - {pid, rubric}  # which all tests share
    with ThreadPoolExecutor(1) as thread:
        grading = thread.submit(workers.report_on, task(ENDLESS))
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


def test_no_file_is_left(workers, task):
    """A rubric's files are written under its hash, to a folder that no other user can read, until `close`."""
    one = task()
    assert workers.report_on(one).score == workers.report_on(one).score == 10
    folder = workers._folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [each.name for each in folder.iterdir()] == [one.rubric.sha256]
    files = {
        each.name: each.read_bytes() for each in (folder / one.rubric.sha256).iterdir() if each.is_file()
    }
    assert files == {file.name: file.content for file in one.rubric.files}
    workers.close()
    assert not folder.exists()
