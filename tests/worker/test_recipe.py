"""What the rubric said becomes results; what is missing leads to no score, never to a full one."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from fakes import FakeProcess, ScriptedRubric
from grader.inside import wire
from grader.language.catalogue import Text
from grader.model.codec import to_data
from grader.model.file import File
from grader.model.report import (
    FAILED,
    GRADED,
    INTERNAL,
    NOT_RUN,
    PASSED,
    REJECTED,
    VERDICTS,
    Answer,
    CheckResult,
    Reason,
    Report,
    missing,
    total,
)
from grader.model.task import Rubric, Task
from grader.notebook.writing import dump
from grader.protocol.examination import Briefing, CheckVerdict
from grader.sandbox.cgroup import Removals
from grader.worker.examination import Findings
from grader.worker.recipe import RubricLost, grade, results_of
from grader.worker.session import Opening
from pictures import PICTURES
from reports import CHECKS, PROVENANCE
from support import QUICK, notebook_of


def verdict(word: Any = PASSED, code: str = "", message: str | None = None, **words: Any) -> CheckVerdict:
    """What a rubric says of a check."""
    return CheckVerdict(word, code, message, words)


# ---- verdicts


def test_results_of_verdicts() -> None:
    """Verdicts become results in the order in which checks are declared, with a reason unless they passed."""
    findings = Findings(
        {
            "test_last": verdict(FAILED, "raised", "ValueError: 3", kind="ValueError"),
            "test_line": verdict(),
            "test_other": verdict(
                NOT_RUN, "depends", "depends on test_line", needs=["test_line", "test_unknown"]
            ),
        }
    )
    first, second, third = results_of(CHECKS, findings)
    assert first == CheckResult(CHECKS[0], PASSED, None, None)
    needs = Reason("depends", (("needs", "The line is close, test_unknown"),))
    assert second == CheckResult(CHECKS[1], NOT_RUN, "depends on test_line", needs)
    kind = Reason("raised", (("kind", "ValueError"),))
    assert third == CheckResult(CHECKS[2], FAILED, "ValueError: 3", kind)


def test_hidden_checks_have_no_pictures() -> None:
    """The worker takes the picture of a public check, and none of a hidden one, whatever the rubric says."""
    picture = PICTURES["falling"]
    said = {each.id: replace(verdict(), picture=to_data(picture), undrawn="why") for each in CHECKS}
    assert {each.visibility for each in CHECKS} == {"public", "hidden"}
    for result in results_of(CHECKS, Findings(said)):
        assert result.picture == (picture if result.check.visibility == "public" else None)
        assert result.undrawn == "why"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"test_line": verdict()},
        {"test_line": verdict(), "test_other": verdict(), "test_lost": verdict()},
        {"test_line": verdict(), "test_other": verdict(), "test_last": verdict("")},
        {"test_line": verdict(), "test_other": verdict(), "test_last": verdict("PASSED")},
        {"test_line": verdict(), "test_other": verdict(), "test_last": verdict(None)},
        {"test_line": verdict(), "test_other": verdict(), "test_last": verdict(True)},
    ],
    ids=range(7),
)
def test_nothing_is_made_up(said: dict[str, CheckVerdict]) -> None:
    """A check without one of the four verdicts has no result and is missing. Unknown checks count nothing.

    A verdict without a word at all does not even arrive: see tests/protocol/test_examination.py.
    """
    found = results_of(CHECKS, Findings(said))
    assert "test_last" in missing(CHECKS, found)
    assert total(found) < 10
    assert {each.check.id for each in found} <= {"test_line", "test_other"}


@pytest.mark.parametrize("word", VERDICTS)
def test_answers_are_kept(word: str) -> None:
    """What the student's code answered goes with every result, passed or not; no mistake is named yet."""
    said = replace(verdict(word), trace=["(2,)", "nan"])
    (found,) = results_of(CHECKS[:1], Findings({"test_line": said}))
    assert (found.trace, found.mistake) == (("(2,)", "nan"), "")
    (found,) = results_of(CHECKS[:1], Findings({"test_line": verdict(word)}))
    assert found.trace == ()


def test_words_that_are_no_text() -> None:
    """Only texts among the rubric's words go into a reason, sorted."""
    said = verdict(FAILED, "missing", "m", name="fit", number=3, kind=None, a="b")
    (found,) = results_of(CHECKS[:1], Findings({"test_line": said}))
    assert found.reason == Reason("missing", (("a", "b"), ("name", "fit")))


# ---- the whole recipe, without a kernel


NOTEBOOK = dump(notebook_of("x = 1", "y = x")).encode()
RUBRIC = Rubric((File("test_public.py", b""),), CHECKS)


def task(content: bytes = NOTEBOOK, problem: Text | None = None, **changes: Any) -> Task:
    made = Task("amy", "linreg", "5ub", content, problem, RUBRIC, QUICK, PROVENANCE)
    return replace(made, **changes)


@pytest.fixture
def graded(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Report]:
    """Grade a task with a scripted rubric and kernels that say that each cell ran."""
    made: list[Opening] = []

    def process(opening: Opening) -> FakeProcess:
        made.append(opening)
        return FakeProcess(answers=wire.RAN * 2, stays=True)

    def of(task: Task, script: Callable[[ScriptedRubric], None], removals: Removals | None = None) -> Report:
        monkeypatch.setattr(Opening, "process", process)
        ours, theirs = socket.socketpair()
        rubric = ScriptedRubric(theirs)
        errors: list[BaseException] = []

        def speak() -> None:
            with theirs:
                try:
                    script(rubric)
                except BaseException as error:
                    errors.append(error)

        thread = threading.Thread(target=speak)
        thread.start()
        try:
            with ours:
                return asyncio.run(grade(task, ours, None, removals))
        finally:
            thread.join(20)
            assert errors == []
            assert all(opening.removals is removals for opening in made)

    return of


def passes(rubric: ScriptedRubric) -> None:
    rubric.read(Briefing)
    rubric.subject()
    rubric.finish(test_line=PASSED, test_other=PASSED, test_last=PASSED)


def test_a_submission_is_graded(graded: Callable[..., Report]) -> None:
    """The rubric is briefed, hears the code, opens sessions and judges; the report counts all of it."""

    def script(rubric: ScriptedRubric) -> None:
        briefing = rubric.read(Briefing)[0]
        assert len(bytes.fromhex(briefing.secret)) == 32 and briefing.stop_at_first_failure is False
        assert rubric.subject().cells == ["x = 1", "y = x"]
        assert rubric.open()[0].session == 0
        assert rubric.open(x=5)[0].session == 1
        rubric.finish(test_line=PASSED, test_other=FAILED, test_last=PASSED)

    found = graded(task(), script, Removals())
    assert (found.outcome, found.score, found.reason) == (GRADED, 7.5, None)
    assert (found.execution.status, found.execution.sessions) == ("ok", 2)
    assert [result.verdict for result in found.checks] == [PASSED, FAILED, PASSED]


def test_answers_that_a_person_marks(graded: Callable[..., Report]) -> None:
    """They come with the report. One that is as the stub has it is empty."""
    stub = dump(notebook_of("# answer: why\n# Write it here.", "# answer: how\n# Write it here.")).encode()
    content = dump(notebook_of("# answer: why\n# Because.", "# answer: how\n# Write it here.")).encode()
    found = graded(task(content, stub=stub), passes)
    assert found.answers == (Answer("why", "# Because."), Answer("how", ""))
    assert found.answer("why") == found.answers[0] and found.answer("where") is None


def test_hidden_inputs_are_drawn_alike(graded: Callable[..., Report]) -> None:
    """The secret depends on the seed and the rubric, and on nothing of the submission."""
    secrets: list[str] = []

    def script(rubric: ScriptedRubric) -> None:
        secrets.append(rubric.read(Briefing)[0].secret)
        rubric.subject()
        rubric.finish(test_line=PASSED, test_other=PASSED, test_last=PASSED)

    for provenance in (PROVENANCE, replace(PROVENANCE, seed=1), replace(PROVENANCE, rubric_sha256="0ther")):
        graded(task(provenance=provenance), script)
    graded(task(dump(notebook_of("x = 2", "y = 3")).encode(), student="ben"), script)
    assert len(set(secrets)) == 3 and secrets[3] == secrets[0]


@pytest.mark.parametrize(
    "given", [task(b"%PDF-1.7"), task(b"", Text("the file is too large", "文件太大"))], ids=["pdf", "large"]
)
def test_what_is_no_notebook_is_rejected(graded: Callable[..., Report], given: Task) -> None:
    """No session is opened, and the reason is in both languages."""
    found = graded(given, lambda rubric: rubric.read(Briefing))
    assert (found.outcome, found.score, found.execution.sessions) == (REJECTED, 0, 0)
    assert found.reason is not None and found.reason.en != found.reason.zh
    assert {result.verdict for result in found.checks} == {NOT_RUN}


@pytest.mark.parametrize(
    ("faults", "verdicts", "reason"),
    [
        (["a fault"], {"test_line": PASSED, "test_other": PASSED}, "a fault\ntest_last gave no verdict"),
        ([], {"test_line": PASSED, "test_last": PASSED}, "test_other gave no verdict"),
        (["a fault"], {"test_line": PASSED, "test_other": PASSED, "test_last": PASSED}, "a fault"),
    ],
)  # fmt: skip
def test_a_rubric_at_fault(
    graded: Callable[..., Report], faults: list[str], verdicts: dict[str, str], reason: str
) -> None:
    """A fault, or a check without a verdict, makes the whole report internal: no score, and no results."""

    def script(rubric: ScriptedRubric) -> None:
        rubric.read(Briefing)
        rubric.subject()
        rubric.finish(faults, **verdicts)

    found = graded(task(), script)
    assert (found.outcome, found.score, found.checks) == (INTERNAL, None, ())
    assert found.reason == Text.verbatim(reason) and found.execution.sessions == 1


def test_a_rubric_that_is_lost(graded: Callable[..., Report]) -> None:
    """A rubric that dies raises RubricLost, with the report in case that there is no other try."""
    with pytest.raises(RubricLost) as caught:
        graded(task(), lambda rubric: rubric.read(Briefing) and rubric.subject())
    assert caught.value.report.outcome == INTERNAL
    assert "ended before it was done" in caught.value.report.reason.en  # type: ignore[union-attr]


def test_a_rubric_may_stop_early(graded: Callable[..., Report]) -> None:
    """The rubric is told whether it may stop at the first failure."""

    def script(rubric: ScriptedRubric) -> None:
        assert rubric.read(Briefing)[0].stop_at_first_failure
        rubric.subject()
        rubric.finish(test_line=PASSED, test_other=PASSED, test_last=PASSED)

    assert graded(task(stop_at_first_failure=True), script).score == 10
    assert graded(task(), passes).score == 10
