"""A rubric's process: pytest files in, verdicts out. The worker is played by the test."""

from __future__ import annotations

import multiprocessing
import os
import resource
import socket
import textwrap
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from grader.model.limits import Limits
from grader.protocol.examination import (
    Begun,
    Briefing,
    CheckVerdict,
    Finished,
    OpenSession,
    SessionOpened,
    Subject,
    decode_request,
    encode,
)
from grader.protocol.handover import send_socket
from grader.rubric.process import arguments, limit_memory, serve, without_folder
from support import QUICK

HEAD = "import grader\nfrom grader import check\n"


class RubricProcess:
    """One process that runs a rubric, in a fork of the tests' process."""

    def __init__(self, file: Path, forks: bool, limits: Limits = QUICK) -> None:
        self.submissions, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self.process = context.Process(target=self.run, args=(theirs, str(file), limits, forks))
        self.process.start()
        theirs.close()

    def run(self, theirs: Connection, file: str, limits: Limits, forks: bool) -> None:
        self.submissions.close()
        serve(theirs, [file], "seed", limits, forks)

    def judge(self, cells: list[str] = [], unwritten: list[str] = [], stop: bool = False) -> Finished:  # noqa: B006
        """Its verdicts on a submission whose sessions have all ended."""
        ours, theirs = socket.socketpair()
        send_socket(self.submissions, theirs)
        with ours:
            ours.settimeout(20)
            ours.sendall(encode(Briefing("c0ffee", stop)) + encode(Subject(cells, unwritten)))
            received = b""
            while True:
                while b"\n" not in received:
                    part = ours.recv(1 << 16)
                    assert part, "the rubric hung up"
                    received += part
                line, _, received = received.partition(b"\n")
                request = decode_request(line)
                if isinstance(request, Finished):
                    return request
                if isinstance(request, Begun):
                    assert request.pid not in (0, os.getpid())
                    continue
                assert isinstance(request, OpenSession)
                unassigned = "missing" if "missing" in (request.parameters or {}) else ""
                said = f"with {request.parameters}"
                ours.sendall(encode(SessionOpened(None, "died", said, unassigned=unassigned)))

    def close(self) -> None:
        self.submissions.close()
        self.process.join(20)
        assert self.process.exitcode == 0


@pytest.fixture
def rubric(tmp_path: Path) -> Iterator[Callable[..., RubricProcess]]:
    started = []

    def of(code: str, forks: bool = False) -> RubricProcess:
        file = tmp_path / "test_hidden.py"
        file.write_text(HEAD + textwrap.dedent(code), encoding="utf-8")
        started.append(RubricProcess(file, forks))
        return started[-1]

    yield of
    for each in started:
        each.close()


def words(verdict: CheckVerdict) -> tuple[Any, ...]:
    return verdict.verdict, verdict.code, verdict.message, verdict.words


OUTCOMES = """
    import pytest

    @check(points=1, title="a")
    def test_passes(source):
        assert source.defines == {"x"}

    @check(points=1, title="b")
    def test_fails():
        assert 1 == 2, "one is not two"

    @check(points=1, title="c", depends=["test_fails", "test_passes"])
    def test_depends():
        raise AssertionError("never run")

    @check(points=1, title="d")
    def test_invalid(student):
        raise grader.InvalidValue("a giant")

    @check(points=1, title="e")
    def test_raised(student):
        raise grader.StudentError("ValueError", "bad shape", "frames\\n")

    @check(points=1, title="f")
    def test_raised_own_kind(student):
        raise grader.StudentError("SecretIs42", "x", "")

    @check(points=1, title="g")
    def test_not_attempted(student):
        raise grader.NotAttempted("w")

    @check(points=1, title="h")
    def test_ended(student):
        student.w

    @check(points=1, title="i")
    def test_ended_again(rerun):
        rerun(n=50)

    @check(points=1, title="k")
    def test_unassigned(rerun):
        rerun(missing=50)

    @pytest.mark.parametrize("number", [1, 2, 3])
    @check(points=1, title="j")
    def test_many(number):
        assert number != 2
"""


def test_each_outcome_has_its_verdict(rubric: Callable[..., RubricProcess]) -> None:
    """What became of a check decides verdict, code and words; staff read the rubric's own line."""
    finished = rubric(OUTCOMES).judge(["x = 1"])
    assert finished.faults == []
    found = {name: words(verdict) for name, verdict in finished.verdicts.items()}
    lines = (HEAD + textwrap.dedent(OUTCOMES)).splitlines()
    marks = (
        "one is not two",
        "a giant",
        "bad shape",
        "SecretIs42",
        '"w"',
        "student.w",
        "n=50",
        "missing=50",
        "!= 2",
    )
    place = {
        mark: f"(test_hidden.py:{number})"
        for number, line in enumerate(lines, 1)
        for mark in marks
        if mark in line
    }
    raised = "the student's code raised"
    assert found == {
        "test_passes": ("passed", "", None, {}),
        "test_fails": ("failed", "assertion", f"one is not two\nassert 1 == 2 {place['one is not two']}", {}),
        "test_depends": ("not_run", "depends", "depends on test_fails", {"needs": ["test_fails"]}),
        "test_invalid": ("failed", "invalid", f"a giant {place['a giant']}", {}),
        "test_raised": (
            "failed", "raised", f"{raised} ValueError: bad shape\nframes\n{place['bad shape']}",
            {"kind": "ValueError"},
        ),
        "test_raised_own_kind": (
            "failed", "raised", f"{raised} SecretIs42: x\n{place['SecretIs42']}", {"kind": ""},
        ),
        "test_not_attempted": (
            "not_attempted", "not_attempted", "`w` was not written yet " + place['"w"'], {"name": "w"},
        ),
        "test_ended": ("failed", "died", f"with None {place['student.w']}", {}),
        "test_ended_again": (
            "failed", "died", "with {'n': 50} " + place["n=50"], {"again": ["n"], "values": ["n = 50"]}
        ),
        "test_unassigned": (
            "failed", "unassigned",
            "no cell assigns `missing` at top level, so the notebook can't be run with another missing "
            + place["missing=50"],
            {"name": "missing", "again": ["missing"], "values": ["missing = 50"]},
        ),
        "test_many": ("failed", "assertion", f"assert 2 != 2 {place['!= 2']}", {}),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("import pytest; pytest.skip('later')", "test_it was skipped: a check has to pass or fail"),
        ("undefined", "test_it: NameError: name 'undefined' is not defined (test_hidden.py:6)"),
        ("raise SyntaxError('mine')", "test_it: SyntaxError: mine (test_hidden.py:6)"),
        ("import numpie", "test_it: ModuleNotFoundError: No module named 'numpie'"),
    ],
)
def test_faults_of_a_rubric(rubric: Callable[..., RubricProcess], body: str, fault: str) -> None:
    """A rubric that errs by itself is at fault: its check has no verdict."""
    finished = rubric(f"""
        @check(points=1, title="a")
        def test_it():
            {body}
    """).judge()
    assert finished.verdicts == {} and len(finished.faults) == 1 and finished.faults[0].startswith(fault)


def test_a_fixture_that_breaks_before_anything_was_asked(rubric: Callable[..., RubricProcess]) -> None:
    """In a check, an error of any kind may come of the student's answer. In such a fixture it can't."""
    finished = rubric("""
        import pytest

        @pytest.fixture
        def inputs(): raise ValueError("mine")

        @check(points=1, title="a")
        def test_a(inputs): pass

        @check(points=1, title="b")
        def test_b(): raise ValueError("of an answer, it may be")
    """).judge()
    assert finished.faults == ["test_a: ValueError: mine (test_hidden.py:7)"]
    assert [verdict.code for verdict in finished.verdicts.values()] == ["invalid"]


@pytest.mark.parametrize("answered", [False, True], ids=["nothing was asked", "a session has answered"])
def test_a_check_that_computes_without_end(rubric: Callable[..., RubricProcess], answered: bool) -> None:
    """It has failed if it may come of an answer. If nothing was asked, the rubric is at fault."""
    process = rubric(f"""
        import pytest
        from grader.rubric.plugin import Plugin

        @pytest.fixture(autouse=True)
        def as_if(request):
            (plugin,) = (each for each in request.config.pluginmanager.get_plugins() if type(each) is Plugin)
            plugin.rubric_s, plugin.has_answered, plugin.answered_now = 4, True, {answered}

        @check(points=1, title="a")
        def test_a():
            while True:
                pass

        @check(points=1, title="b")
        def test_b(): pass
    """)
    finished = process.judge()
    if answered:
        found = finished.verdicts["test_a"]
        assert (found.verdict, found.code, finished.faults) == ("failed", "too_much_work", [])
        assert "s of computing (test_hidden.py:" in (found.message or "")
    else:
        assert finished.faults[0].startswith("test_a: TooMuchWork: more than ")
    assert finished.verdicts["test_b"].verdict == "passed"


def test_a_message_as_large_as_all_memory(rubric: Callable[..., RubricProcess]) -> None:
    """A check whose message can't be had has failed all the same."""
    finished = rubric("""
        class Giant(AssertionError):
            def __str__(self): raise MemoryError

        @check(points=1, title="a")
        def test_a(): raise Giant
    """).judge()
    assert finished.faults == []
    assert (finished.verdicts["test_a"].message or "").startswith("(its message can't be had: MemoryError)")


def test_a_rubric_that_can_not_be_collected(rubric: Callable[..., RubricProcess]) -> None:
    """The fault names the error and the file, but not the folder, which is made for each run."""
    finished = rubric("import numpie").judge()
    assert finished.verdicts == {} and "numpie" in finished.faults[0]
    assert "test_hidden.py" in finished.faults[0] and "/test_hidden.py" not in finished.faults[0]


def test_stopping_at_the_first_failure(rubric: Callable[..., RubricProcess]) -> None:
    """The checks after one that did not pass are not run."""
    finished = rubric("""
        @check(points=1, title="a")
        def test_a(): assert False, "no"
        @check(points=1, title="b")
        def test_b(): raise ValueError("never run")
    """).judge(stop=True)
    assert words(finished.verdicts["test_b"]) == ("not_run", "brief", "another check did not pass", {})


def test_generators_are_seeded_for_each_check(rubric: Callable[..., RubricProcess]) -> None:
    """Hidden inputs are the same in every run, and others in another check."""
    code = """
        import random
        @check(points=1, title="a")
        def test_a(): assert False, str(random.random())
        @check(points=1, title="b")
        def test_b(): assert False, str(random.random())
    """
    process = rubric(code, forks=True)
    one, other = process.judge(), process.judge()
    assert one == other and one.verdicts["test_a"].message != one.verdicts["test_b"].message


def test_submissions_do_not_meet(rubric: Callable[..., RubricProcess], tmp_path: Path) -> None:
    """The file is run once for all submissions. What a check leaves behind is gone for the next one."""
    log = tmp_path / "log"
    process = rubric(f"""
        open({str(log)!r}, "a").write("x")
        SEEN = []
        @check(points=1, title="a")
        def test_a(source):
            SEEN.append(1)
            assert len(SEEN) == 1 and source.defines == {{"y"}}
    """, forks=True)  # fmt: skip
    verdicts = [process.judge([f"{name} = 1"]).verdicts["test_a"].verdict for name in ("y", "y", "z")]
    assert (verdicts, log.read_text()) == (["passed", "passed", "failed"], "x")


def test_nothing_outside_configures_pytest(
    rubric: Callable[..., RubricProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a conftest.py beside the rubric nor the environment has a say, and no bytecode is written."""
    (tmp_path / "conftest.py").write_text("raise RuntimeError('conftest')", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    finished = rubric("""
        @check(points=1, title="a")
        def test_a(): print("not shown")
    """).judge()
    assert (finished.faults, finished.verdicts["test_a"].verdict) == ([], "passed")
    assert not (tmp_path / "__pycache__").exists()


def test_the_command_line() -> None:
    """The files come last, in their order."""
    found = arguments(["/a/test_public.py", "/a/test_hidden.py"])
    assert found[-2:] == ["/a/test_public.py", "/a/test_hidden.py"]
    assert found[found.index("--rootdir") + 1] == "/a" and "no:cacheprovider" in found


def test_memory_is_limited() -> None:
    """A process may take so much more than it has, and no more."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            limit_memory(64)
            bytearray(16 << 20)
            soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
            try:
                bytearray(256 << 20)
            except MemoryError:
                code = 0 if soft == hard != resource.RLIM_INFINITY else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def test_the_folder_of_a_run_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the whole path of the rubric's folder nor the one from the current folder is in a fault."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    files = [str(tmp_path / "run" / "test_hidden.py")]
    fault = f"module '{files[0]}'\n../run/test_hidden.py:3: in <module>"
    assert without_folder(fault, files) == "module 'test_hidden.py'\ntest_hidden.py:3: in <module>"
