"""`grader check` prints the checks in the student's language."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from courses import made
from grader.cli import check
from grader.cli.check import show
from grader.course.manual import Question
from grader.language.catalogue import Text
from grader.model.report import FAILED, PASSED, REJECTED, Answer, CheckResult, Difference, Execution, Reason
from grader.model.status import Status
from grader.reports.lines import MAX_LINES
from pictures import PICTURES
from reports import CHECKS, report
from support import hand_in


@pytest.mark.parametrize(
    ("cell", "code", "line"),
    [
        ("def double(x):\n    return 2 * x", 0, "✓ double(2) is 4  [1/1]"),
        ("def double(x):\n    return x", 1, "✗ double(2) is 4  [0/1]"),
    ],
)
def test_exit_code_and_lines(
    here: Callable[..., object], small_course: Path, tmp_path: Path, cell: str, code: int, line: str
) -> None:
    """0 where every public check passes, 1 where one does not; each check has its line and its points."""
    notebook = hand_in(tmp_path, "amy", cell)
    done = here("check", notebook, "--course", small_course)
    assert done.returncode == code and line in done.stdout.splitlines()
    assert done.stderr.strip().endswith("with no files but those beside it.")


def test_a_failed_check(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Below a failed check stand the first line of its message, or all but what is too much, and the hint."""
    assignment = made(tmp_path).assignments["halve"]
    failed = CheckResult(CHECKS[0], FAILED, "\n".join(map(str, range(50))), Reason("assertion"))
    for verbose, count in ((True, MAX_LINES), (False, 1)):
        show(report(checks=(failed, CheckResult(CHECKS[1], PASSED))), assignment, "zh", verbose)
        lines = capsys.readouterr().out.splitlines()
        assert lines[:2] == ["对半", "✗ 直线接近  [0/2]"]
        assert sum(line.startswith("    | ") for line in lines) == count
    assert "    → 清零了吗?" in lines and lines[-2] == "✓ Another line as well  [2.5/2.5]"


def test_what_was_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A comparison says what was got and wanted, in place of pytest's words."""
    assignment = made(tmp_path).assignments["halve"]
    compared = Difference("w", "2.5", "3", "0.21", others=2)
    failed = CheckResult(CHECKS[0], FAILED, "w is 2.5", Reason("differs"), difference=compared)
    show(report(checks=(failed,)), assignment, "en")
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("    | ")]
    assert lines == ["    | w is 2.5", "    | wanted: 3 ± 0.21", "    | Other values that differ: 2."]


def test_a_picture_in_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With -v a failed check says what its picture shows."""
    failed = CheckResult(CHECKS[0], FAILED, "no", Reason("assertion"), picture=PICTURES["broken"])
    for verbose in (False, True):
        show(report(checks=(failed,)), made(tmp_path).assignments["halve"], "en", verbose)
        assert ("in step 3; then it is NaN." in capsys.readouterr().out) == verbose


def test_how_the_notebook_ran(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A notebook that was stopped is told so first, with the limit."""
    run = Execution(Status.TIMED_OUT, 2, Text("the cell took longer than 60 s", "超时"))
    show(report(execution=run), made(tmp_path).assignments["halve"], "en")
    lines = capsys.readouterr().out.splitlines()
    assert "Cell 2 ran for too long" in lines[1] and lines[2] == "  the cell took longer than 60 s"


def test_a_rejected_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file that can't be read has its sentence, and no checks."""
    refused = report(outcome=REJECTED, score=0, reason=Text("The file is cut off.", "文件不全。"))
    show(refused, made(tmp_path).assignments["halve"], "en")
    out = capsys.readouterr().out
    assert "The file is cut off." in out and "✓" not in out


def test_questions_that_a_person_marks(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A student reads whether each answer is there, and which line must stay above it."""
    question = Question("why", Text("Why?", "为什么？"), 3)
    assignment = replace(made(tmp_path).assignments["halve"], questions=(question,))
    said = {
        (Answer("why", "Because."),): "A person marks “Why?” (3 points): your answer is there.",
        (Answer("why", ""),): "A person marks “Why?” (3 points): nothing is written yet.",
        (): "A person marks “Why?” (3 points): the cell for your answer was not found. "
        "Keep the line <!-- answer: why --> above what you write.",
    }
    for answers, sentence in said.items():
        show(report(answers=answers), assignment, "en")
        assert capsys.readouterr().out.splitlines()[-1] == sentence


def test_the_page(
    here: Callable[..., subprocess.CompletedProcess[str]],
    small_course: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With --html the result is a page as well. Its path is printed, and a browser shows it."""
    opened: list[Path] = []
    monkeypatch.setattr(check, "open_page", opened.append)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    notebook = hand_in(tmp_path, "amy", "def double(x):\n    return x")
    done = here("check", notebook, "--course", small_course, "--html", "--sandbox", "none")
    (page,) = opened
    assert page.name == "double.html" and f"The page: {page}" in done.stderr.splitlines()
    assert "double(2) is 4" in page.read_text() and "✗ double(2) is 4  [0/1]" in done.stdout
    assert "--sandbox none asks for that" in done.stderr
