"""A task is plain data that can travel, and each outcome has its report."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from grader.language.catalogue import Text
from grader.model.file import File
from grader.model.limits import Limits
from grader.model.report import FAILED, GRADED, INTERNAL, NOT_RUN, REJECTED, CheckResult, Execution, Reason
from grader.model.status import Status
from grader.model.task import Rubric, Task, report
from reports import CHECKS, PROVENANCE, results

RUBRIC = Rubric((File("test_public.py", b"1"), File("test_hidden.py", b"2")), CHECKS)
TASK = Task("amy", "linreg", "5ub", b"{}", None, RUBRIC, Limits(), PROVENANCE)


def test_an_internal_report_has_no_score() -> None:
    """A fault of ours leaves no score at all: not zero, and not what had been earned so far."""
    died = Text.verbatim("the worker died")
    for given in ((), results()):
        found = report(TASK, INTERNAL, died, Execution(Status.DIED), given)
        assert (found.outcome, found.score, found.max_score, found.reason) == (INTERNAL, None, 10, died)


def test_a_rejected_report() -> None:
    """A file that could not be read has no points, and every check is there, not run."""
    reason = Text("This is not a notebook.", "这不是笔记本。")
    found = report(TASK, REJECTED, reason)
    assert found.execution.status is Status.NOT_RUN
    assert (found.score, found.max_score, found.reason) == (0, 10, reason)
    assert found.checks == tuple(CheckResult(check, NOT_RUN, None, Reason("rejected")) for check in CHECKS)
    assert report(TASK, REJECTED, reason, None, results()).checks == found.checks


def test_a_graded_report() -> None:
    """A graded report has the points of its results, and says what it depends on."""
    found = report(TASK, GRADED, None, Execution(sessions=2), results(test_other=FAILED))
    assert (found.student, found.assignment, found.submission_sha256) == ("amy", "linreg", "5ub")
    assert found.provenance == PROVENANCE
    assert (found.score, found.max_score, found.execution.sessions) == (7.5, 10, 2)
    assert report(TASK, GRADED).score == 0


def test_a_task_travels() -> None:
    """A task arrives equal in another process, with its rubric and that rubric's hash."""
    arrived = pickle.loads(pickle.dumps(TASK))
    assert arrived == TASK and arrived.rubric.sha256 == RUBRIC.sha256


@pytest.mark.parametrize(
    "files",
    [
        (("test_public.py", b"1"), ("test_hidden.py", b"3")),
        (("test_hidden.py", b"2"), ("test_public.py", b"1")),
        (("test_public.py", b"1"),),
        (("test_public.py", b"12"), ("test_hidden.py", b"")),
        (("test_public.py1", b""), ("test_hidden.py", b"2")),
        (("test_public.py", b"1"), ("test_other.py", b"2")),
    ],
    ids=range(6),
)
def test_another_rubric_has_another_hash(files: tuple[tuple[str, bytes], ...]) -> None:
    """The hash depends on the names, the contents and the order of the files."""
    other = replace(RUBRIC, files=tuple(File(name, content) for name, content in files))
    assert other.sha256 != RUBRIC.sha256


def test_the_hash_is_of_files_alone() -> None:
    """The same files are the same rubric for a process that has collected them."""
    assert replace(RUBRIC, checks=()).sha256 == RUBRIC.sha256


def test_the_points_of_a_rubric() -> None:
    """The maximum is the sum of all checks' points; whole numbers stay whole."""
    assert (RUBRIC.max_score, replace(RUBRIC, checks=()).max_score) == (10, 0)
    assert isinstance(RUBRIC.max_score, int)
