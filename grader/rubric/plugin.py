"""The pytest plugin: fixtures, seeds and verdicts."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from grader.inside.wire import Malformed, Refused
from grader.model.report import FAILED, NOT_ATTEMPTED, NOT_RUN, PASSED
from grader.notebook.source import Source
from grader.notebook.syntax import TooLong
from grader.rubric.errors import InvalidValue, Missing, NotAttempted, SessionEnded, StudentError
from grader.rubric.probe_client import Line
from grader.rubric.student import Student
from grader.rubric.supervisor import Supervisor
from grader.rubric.trace import MAX_ENTRIES, in_short

MAX_MESSAGE = 4000
ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")
# Whoever names an exception class chooses its name; only Python's own names can't carry a hidden input to a student.
# Few of them, too: seventy would be six bits of a hidden input with every check.
KNOWN_ERRORS = frozenset(
    ("AttributeError", "IndexError", "KeyError", "NameError", "RuntimeError", "TypeError", "ValueError")
)
# A rubric that raises one of these is itself at fault, whatever the submission did.
OUR_FAULTS = (NameError, ImportError, SyntaxError, Refused, Malformed)
NOTEBOOKS = {"student", "rerun", "source"}  # fixtures


class Plugin:
    """The fixtures, the seeds and the verdicts. `begin` gives it the submission that it is to judge."""

    supervisor: Supervisor
    order: dict
    begun = False

    def __init__(self, begin: Callable[[Plugin], None]) -> None:
        self.begin = begin
        self.verdicts: dict[str, dict] = {}
        self.faults: list[str] = []
        self.main: Line | None = None
        self.heard = False  # anything from the student's code, in whatever check
        self.trace: list[str] = []  # what the student's code answered to the check that is run

    @functools.cached_property
    def subject(self) -> dict:
        """The notebook's code and how far it was written: told once the notebook has been run, and waited for."""
        return self.supervisor.hear()[0]

    # Fixtures

    @pytest.fixture(scope="session")
    def student(self) -> Student:
        """The notebook's namespace after its run."""
        return Student(self._main_line, self._attempted)

    @pytest.fixture(scope="session")
    def rerun(self) -> Callable[..., Student]:
        """Run the whole notebook again, sealed, with other values for its parameters; gives another `student`."""

        def run_again(**parameters: Any) -> Student:
            _ = self.subject  # nothing may be asked before it is told
            line, _ = self.supervisor.open(parameters)
            line.listener = self._listen
            return Student(lambda: line, self._attempted)

        return run_again

    @pytest.fixture(scope="session")
    def source(self) -> Source:
        """The notebook's code as a syntax tree."""
        try:
            return Source(self.subject["cells"])
        except TooLong:
            raise InvalidValue("there is more code in the notebook than can be looked at") from None

    def _main_line(self) -> Line:
        _ = self.subject  # nothing may be asked before it is told
        if self.main is None or self.main.gone:
            self.main, _ = self.supervisor.open(None)
            self.main.listener = self._listen
        return self.main

    def _listen(self, answer: Any) -> None:
        self.heard = True
        if len(self.trace) < MAX_ENTRIES:
            with contextlib.suppress(Exception):  # a value that can't be put in short changes no verdict
                self.trace += in_short(answer)

    def _attempted(self, name: str) -> bool:
        """Whether a missing name is one that the student did something about."""
        written = re.compile(rf"\b{re.escape(name)}\b")
        return name not in self.subject["unwritten"] and any(map(written.search, self.subject["cells"]))

    # Hooks

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        self.begin(self)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        name = check_of(item)
        self.trace = []
        seed_generators(f"{self.order['secret']}/{name}")
        unmet = [
            other
            for other in getattr(item.function, "check_depends", ())  # type: ignore[attr-defined]
            if self.verdicts.get(other, {}).get("verdict") != PASSED
        ]
        if self.order["brief"] and any(each["verdict"] != PASSED for each in self.verdicts.values()):
            self._give(name, NOT_RUN, "brief", "another check did not pass")
            pytest.skip("another check did not pass")
        if unmet:
            self._give(name, NOT_RUN, "depends", f"depends on {', '.join(unmet)}", needs=unmet)
            pytest.skip("a check that it depends on did not pass")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport:
        asked = call.when == "call" or (
            call.when == "setup" and self.heard and bool(NOTEBOOKS & set(getattr(item, "fixturenames", ())))
        )
        self._judge(check_of(item), call, asked)
        # pytest's own report would picture the traceback, for nobody: 20 ms a failure.
        assert call.when != "collect"
        return pytest.TestReport(
            item.nodeid,
            item.location,
            {},
            "passed" if call.excinfo is None else "failed",
            None,
            call.when,
            duration=call.duration,
        )

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.faults.append(str(report.longrepr)[:MAX_MESSAGE])

    def pytest_internalerror(self, excrepr: object) -> None:
        self.faults.append(str(excrepr)[-MAX_MESSAGE:])

    def _judge(self, name: str, call: pytest.CallInfo[None], asked: bool) -> None:
        """`asked`: whether the notebook had been asked for something, by the check or by a fixture of the rubric's."""
        known = self.verdicts.get(name)
        if call.excinfo is None:
            if call.when == "call" and known is None:
                self._give(name, PASSED)
            return
        if known and known["verdict"] != PASSED:
            return  # the first of several parametrised items that did not pass tells why
        error = call.excinfo.value
        where = place_of(call.excinfo)
        if isinstance(error, pytest.skip.Exception):
            self.faults.append(f"{name} was skipped: a check has to pass or fail ({where})")
        elif isinstance(error, NotAttempted):
            self._give(name, NOT_ATTEMPTED, "not_attempted", f"{error} ({where})", name=error.name)
        elif isinstance(error, Missing):
            self._give(name, FAILED, "missing", f"{error} ({where})", name=error.name)
        elif isinstance(error, StudentError):
            kind = error.kind if error.kind in KNOWN_ERRORS else ""
            self._give(
                name,
                FAILED,
                "raised",
                f"the student's code raised {error}\n{error.trace}({where})",
                kind=kind,
            )
        elif isinstance(error, SessionEnded):
            self._give(name, FAILED, error.status, f"{error} ({where})")
        elif isinstance(error, InvalidValue):
            self._give(name, FAILED, "invalid", f"{error} ({where})")
        elif isinstance(error, (AssertionError, pytest.fail.Exception)):
            self._give(name, FAILED, "assertion", f"{error} ({where})")
        elif asked and isinstance(error, Exception) and not isinstance(error, OUR_FAULTS):
            # What a student computed did not fit what the rubric did with it: a shape, a type.
            self._give(name, FAILED, "invalid", f"{type(error).__name__}: {error} ({where})")
        else:
            self.verdicts.pop(name, None)
            self.faults.append(f"{name}: {type(error).__name__}: {error} ({where})")

    def _give(self, check: str, verdict: str, code: str = "", message: str = "", **words: Any) -> None:
        self.verdicts[check] = {
            "verdict": verdict,
            "code": code,
            "message": tidy(message) or None,
            "words": words,
            "trace": self.trace[:MAX_ENTRIES],
        }


def check_of(item: pytest.Item) -> str:
    return getattr(item, "originalname", None) or item.name


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
    """Seed the rubric's own generators: the same in every run, and not to be guessed without the rubric."""
    import numpy
    import torch

    seed = int.from_bytes(hashlib.sha256(secret.encode()).digest()[:4], "big")
    random.seed(seed)
    numpy.random.seed(seed)
    torch.default_generator.manual_seed(
        seed
    )  # the processor's; torch.manual_seed would wake what it wakes for others: 2 ms
