"""The pytest plugin: fixtures, seeds and verdicts."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import random
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest

from grader.course.course import PUBLIC
from grader.inside.probe_messages import GET, Failure, Value
from grader.inside.wire import Malformed, Refused
from grader.model.codec import to_data
from grader.model.file import is_plain
from grader.model.report import FAILED, NOT_ATTEMPTED, NOT_RUN, PASSED
from grader.notebook.source import Source
from grader.notebook.syntax import TooLong
from grader.protocol.examination import MAX_FILES_BYTES, Briefing, CheckVerdict, Subject
from grader.rubric import alarm
from grader.rubric.errors import (
    InvalidValue,
    Mismatch,
    Missing,
    NotAttempted,
    SessionEnded,
    StudentError,
    TooMuchWork,
    Unassigned,
)
from grader.rubric.files import Files
from grader.rubric.pictures import Drawn, drawn
from grader.rubric.probe_client import ProbeClient
from grader.rubric.reference import Reference, client_of, handle_of
from grader.rubric.student import Student
from grader.rubric.supervisor import Supervisor
from grader.rubric.trace import MAX_ENTRIES, limited, noted, without_gradients

MAX_MESSAGE = 4000
MAX_COMPARED = 200  # characters of each part of a comparison
MAX_VALUE = 60  # characters of a parameter's name and value, for the student
MAX_ASKED = 20  # names that a check asks for
MAX_ORIGINS = 10_000  # references whose names are known
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
# Students name their own exception classes, and a name could show them a hidden input. So they read only a
# few of Python's own names: with seventy, each check could give away six bits of a hidden input.
KNOWN_ERRORS = frozenset(
    ("AttributeError", "IndexError", "KeyError", "NameError", "RuntimeError", "TypeError", "ValueError")
)
# A rubric that raises one of these is at fault itself, whatever the submission did.
OUR_FAULTS = (NameError, ImportError, SyntaxError, Refused, Malformed)
NOTEBOOK_FIXTURES = {"student", "rerun", "source"}
OTHER_FIXTURES = {"request", "files"}  # of pytest and ours; they hold no answer of a notebook


class Plugin:
    """Provides the fixtures, seeds the generators, records the verdicts.

    `begin` waits for a submission and sets `supervisor` and `briefing`. `rubric_s` is how many seconds the
    rubric may compute for it. `folder` is where the rubric's files lie.
    """

    supervisor: Supervisor
    briefing: Briefing
    begun = False

    def __init__(self, begin: Callable[[Plugin], None], rubric_s: float, folder: Path) -> None:
        self.begin = begin
        self.rubric_s = rubric_s
        self.own_files = Files(folder)
        self.verdicts: dict[str, CheckVerdict] = {}
        self.faults: list[str] = []
        self.main: ProbeClient | None = None  # for the session of the notebook as it stands
        self.has_answered = False  # whether any session has answered in any check
        self.answered_now = False  # whether any has in the current one
        self.trace: list[str] = []  # the sessions' answers to the current check, in short
        self.asked: dict[str, None] = {}  # the notebook's names that it asked for, in order
        # The names from which references came, of all checks: a fixture may have asked long before.
        self.origins: dict[tuple[int, int], str] = {}
        self.again: dict[str, Any] = {}  # the parameters with which it ran the notebook again
        self.other_data: list[str] = []  # the files that had other contents then, of those handed out
        self.drawn: dict[str, Drawn] = {}  # by check
        self.is_public = True  # until a check of another file than the public one begins

    @functools.cached_property
    def subject(self) -> Subject:
        """The notebook's code and its unwritten names. Waits until the notebook has been run."""
        return self.supervisor.subject()

    # Fixtures

    @pytest.fixture(scope="session")
    def student(self) -> Student:
        """The notebook's namespace after its run."""
        return Student(self._main_client, self._attempted)

    @pytest.fixture(scope="session")
    def rerun(self) -> Callable[..., Student]:
        """A function that runs the whole notebook again, with other values for its parameters.

        The notebook finds the rubric's other files in place of those handed out, and then `files`, contents
        by name. It returns a `student` for that run.
        """

        def run_again(*, files: Mapping[str, bytes | str] | None = None, **parameters: Any) -> Student:
            self.again = parameters
            given = contents_of(files or {})
            handed_out = self.own_files.handed_out
            changed = [name for name in given if name in handed_out and given[name] != handed_out[name]]
            self.other_data = sorted({*changed, *(other - given.keys())})
            client = self._open(parameters, given)
            return Student(lambda: client, self._attempted)

        other = set(self.own_files.other)
        return run_again

    @pytest.fixture(scope="session")
    def files(self) -> Files:
        """The assignment's files: those handed out, and the other data of reruns."""
        return self.own_files

    @pytest.fixture(scope="session")
    def source(self) -> Source:
        """The notebook's code as a syntax tree."""
        try:
            return Source(self.subject.cells)
        except TooLong:
            raise InvalidValue("there is more code in the notebook than can be looked at") from None

    def _main_client(self) -> ProbeClient:
        if self.main is None or self.main.gone:
            self.main = self._open(None)
        return self.main

    def _open(
        self, parameters: Mapping[str, Any] | None, files: Mapping[str, bytes] | None = None
    ) -> ProbeClient:
        _ = self.subject  # the worker takes no request before it has sent the subject
        client = self.supervisor.open(parameters, files)
        client.listener = self._note_answer
        return client

    def _note_answer(self, message: Mapping[str, Any], answer: Value | Failure) -> None:
        self.has_answered = self.answered_now = True
        with contextlib.suppress(Exception):  # nor does one that makes no sense
            self._note_name(message, answer)
        if len(without_gradients(self.trace)) < MAX_ENTRIES:
            with contextlib.suppress(Exception):  # a value that has no short form changes no verdict
                self.trace += noted(message, answer)

    def _note_name(self, message: Mapping[str, Any], answer: Value | Failure) -> None:
        """Note the name that a request is about: asked for by it, or once, to get what it is about now."""
        is_get = message["op"] == GET
        target = _key(message.get("target"))
        name = message["name"] if is_get else self.origins.get(target) if target else None
        if name is None:
            return
        if len(self.asked) < MAX_ASKED:
            self.asked[name] = None
        value = answer.value if isinstance(answer, Value) else None
        if (key := _key(value["value"] if is_get and value else value)) and len(self.origins) < MAX_ORIGINS:
            self.origins[key] = name

    def _attempted(self, name: str) -> bool:
        """Whether the student wrote something for a name that is missing."""
        written = re.compile(rf"\b{re.escape(name)}\b")
        return name not in self.subject.unwritten and any(map(written.search, self.subject.cells))

    # Hooks

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        """Wait for a submission once all checks are collected."""
        self.begin(self)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Seed the generators for a check. Skip it if a check that it depends on did not pass.

        What its fixtures may compute is limited.
        """
        name = check_of(item)
        self.trace, self.again, self.other_data, self.answered_now = [], {}, [], False
        self.asked = {}
        self.is_public = self.is_public and item.path.name == PUBLIC
        seed_generators(f"{self.briefing.secret}/{name}")
        depends = getattr(item.function, "check_depends", ())  # type: ignore[attr-defined]
        unmet = [other for other in depends if not self._has_passed(other)]
        if self.briefing.stop_at_first_failure and not all(map(self._has_passed, self.verdicts)):
            self._give(name, NOT_RUN, "brief", "another check did not pass")
            pytest.skip("another check did not pass")
        if unmet:
            self._give(name, NOT_RUN, "depends", f"depends on {', '.join(unmet)}", needs=unmet)
            pytest.skip("a check that it depends on did not pass")
        with alarm.limited(self.rubric_s):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        """Limit what the check itself may compute."""
        with alarm.limited(self.rubric_s):
            return (yield)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        """Judge the check, and return a bare report.

        Pytest's own report renders the traceback, which takes 20 ms per failure.
        """
        fixtures = {name for name in getattr(item, "fixturenames", ()) if name not in OTHER_FIXTURES}
        uses_notebook = bool(NOTEBOOK_FIXTURES & fixtures)
        asked = call.when == "call" or (call.when == "setup" and self.has_answered and uses_notebook)
        # A fixture of the rubric's own may hold what an earlier check was answered.
        kept = self.has_answered and uses_notebook and bool(fixtures - NOTEBOOK_FIXTURES)
        self._judge(check_of(item), call, asked, self.answered_now or kept)
        self._draw(check_of(item), getattr(item.function, "check_picture", None))  # type: ignore[attr-defined]
        assert call.when != "collect"
        outcome: Literal["passed", "failed"] = "passed" if call.excinfo is None else "failed"
        return pytest.TestReport(
            item.nodeid, item.location, {}, outcome, None, call.when, duration=call.duration
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a rubric that can't be collected as a fault."""
        if report.failed:
            self.faults.append(str(report.longrepr)[:MAX_MESSAGE])

    def pytest_internalerror(self, excrepr: object) -> None:
        """Record an error within pytest as a fault."""
        self.faults.append(str(excrepr)[-MAX_MESSAGE:])

    def _has_passed(self, check: str) -> bool:
        return check in self.verdicts and self.verdicts[check].verdict == PASSED

    def _judge(self, name: str, call: pytest.CallInfo[None], asked: bool, answered: bool) -> None:
        """Turn the outcome of a check into its verdict, or into a fault of ours.

        `asked` says whether the notebook may have been asked for something, by the check or by one of the
        rubric's fixtures, and `answered` whether it has answered.
        """
        if call.excinfo is None:
            if call.when == "call" and name not in self.verdicts:
                self._give(name, PASSED)
            return
        if name in self.verdicts and not self._has_passed(name):
            return  # of several parametrized items, the first that did not pass says why
        error = call.excinfo.value
        where = place_of(call.excinfo)
        if isinstance(error, pytest.skip.Exception):
            self.faults.append(f"{name} was skipped: a check has to pass or fail ({where})")
        elif isinstance(error, NotAttempted):
            self._give(name, NOT_ATTEMPTED, "not_attempted", f"{error} ({where})", name=error.name)
        elif isinstance(error, Missing):
            self._give(name, FAILED, "missing", f"{error} ({where})", name=error.name)
        elif isinstance(error, Unassigned):
            self._give(name, FAILED, "unassigned", f"{error} ({where})", name=error.name)
        elif isinstance(error, StudentError):
            kind = error.kind if error.kind in KNOWN_ERRORS else ""
            message = f"the student's code raised {error}\n{error.trace}({where})"
            self._give(name, FAILED, "raised", message, kind=kind)
        elif isinstance(error, SessionEnded):
            self._give(name, FAILED, error.status, f"{error} ({where})")
        elif isinstance(error, InvalidValue):
            self._give(name, FAILED, "invalid", f"{error} ({where})")
        elif isinstance(error, Mismatch):
            self._give(name, FAILED, "differs", f"{text_of(error)} ({where})")
            difference = {key: _cut(value) for key, value in vars(error).items()}
            self.verdicts[name] = replace(self.verdicts[name], difference=difference)
        elif isinstance(error, (AssertionError, pytest.fail.Exception)):
            self._give(name, FAILED, "assertion", f"{text_of(error)} ({where})")
        elif isinstance(error, TooMuchWork) and answered:
            self._give(name, FAILED, "too_much_work", f"{error} ({where})")
        elif asked and isinstance(error, Exception) and not isinstance(error, OUR_FAULTS):
            # The rubric could not use what the student computed: its shape or type does not fit.
            self._give(name, FAILED, "invalid", f"{type(error).__name__}: {text_of(error)} ({where})")
        else:
            self.verdicts.pop(name, None)
            self.faults.append(f"{name}: {type(error).__name__}: {text_of(error)} ({where})")

    def _draw(self, check: str, function: Callable[[Student], Any] | None) -> None:
        """Draw the picture of a check that has its verdict, in the session that the check has used.

        What is asked for here counts for nothing else. Mutants and the like need no pictures. After a hidden
        check there are none, in whatever order pytest runs them: the session has met hidden inputs.
        """
        if function is None or check not in self.verdicts or self.briefing.stop_at_first_failure:
            return
        if check not in self.drawn:
            why = "the session has ended" if self.is_public else "a hidden check has begun"
            self.drawn[check] = Drawn(None, why)
            if self.is_public and self.main is not None and not self.main.gone:
                listener, self.main.listener = self.main.listener, lambda message, answer: None
                try:
                    with alarm.limited(self.rubric_s):
                        self.drawn[check] = drawn(function, Student(self._main_client, self._attempted))
                finally:
                    self.main.listener = listener
        picture, why = self.drawn[check]
        data = None if picture is None else to_data(picture)
        self.verdicts[check] = replace(self.verdicts[check], picture=data, undrawn=tidy(why))

    def _give(self, check: str, verdict: str, code: str = "", message: str = "", **words: Any) -> None:
        if self.again and verdict != PASSED:
            # The values are for public checks only: who reads a hidden one's would know its inputs.
            words["again"] = [*self.again]
            words["values"] = [f"{name} = {value!r}"[:MAX_VALUE] for name, value in self.again.items()]
        if self.other_data and verdict != PASSED:
            words["data"] = ", ".join(self.other_data)[:MAX_VALUE]
        self.verdicts[check] = CheckVerdict(
            verdict, code, tidy(message) or None, words, limited(self.trace), asked=[*self.asked]
        )


def contents_of(files: Mapping[str, bytes | str]) -> dict[str, bytes]:
    """Files for a rerun, as contents by name. Raises Refused, a fault of the rubric, if one can't be used."""
    found = {}
    for name, content in files.items():
        if not isinstance(name, str) or not is_plain(name):
            raise Refused(f"rerun(files=…): a file can't have the name {name!r}")
        if not isinstance(content, (bytes, str)):
            raise Refused(f"rerun(files=…): {name} must be bytes or text, not {type(content).__name__}")
        found[name] = content.encode() if isinstance(content, str) else content
    if sum(map(len, found.values())) > MAX_FILES_BYTES:
        raise Refused(
            f"rerun(files=…) takes at most {MAX_FILES_BYTES >> 20} MB; put larger data into the assignment's "
            "folder files/ below solutions/"
        )
    return found


def _key(value: Any) -> tuple[int, int] | None:
    """What tells a reference from all others; None for a value that is none."""
    return (id(client_of(value)), handle_of(value).number) if isinstance(value, Reference) else None


def _cut(value: str | int) -> str | int:
    return tidy(value[:MAX_COMPARED]) if isinstance(value, str) else value


def check_of(item: pytest.Item) -> str:
    """The id of the check that an item belongs to: its function's name, without parameters."""
    return getattr(item, "originalname", None) or item.name


def text_of(error: BaseException) -> str:
    """An error's message, cut to MAX_MESSAGE. A rubric may quote an answer that is as large as all memory."""
    try:
        return str(error)[:MAX_MESSAGE]
    except Exception as fault:
        return f"(its message can't be had: {type(fault).__name__})"


def place_of(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """The rubric's own line: "test_hidden.py:12"."""
    found = "the rubric"
    for entry in excinfo.traceback:
        name = os.path.basename(str(entry.path))
        if name.startswith("test_"):
            found = f"{name}:{entry.lineno + 1}"
    return found


def tidy(message: str) -> str:
    """A message of bounded length without addresses, which differ from run to run."""
    return ADDRESS.sub("0x…", message[:MAX_MESSAGE].encode("utf-8", "replace").decode())


def seed_generators(secret: str) -> None:
    """Seed the rubric's own generators: alike in every run, and unknown to those without the rubric."""
    import numpy
    import torch

    seed = int.from_bytes(hashlib.sha256(secret.encode()).digest()[:4], "big")
    random.seed(seed)
    numpy.random.seed(seed)
    # `torch.manual_seed` also seeds GPU generators, which costs 2 ms.
    torch.default_generator.manual_seed(seed)
