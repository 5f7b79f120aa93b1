"""`grader.check("…")` in a notebook's cell checks the notebook's saved file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType

import pytest

import grader
from courses import made
from grader.classroom import self_check
from grader.classroom.self_check import SelfCheck, check_saved, saved_file
from grader.course.course import Assignment
from grader.errors import UsageError
from grader.model.report import FAILED, PASSED, CheckResult, Difference, Reason, Report
from reports import CHECKS, report

SAVED = datetime(2026, 3, 4, 14, 2, 11)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two notebooks, from which a kernel runs one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(self_check.JUPYTER, raising=False)
    # Pytest's own process has imported the kernel of sessions.
    monkeypatch.delitem(sys.modules, "grader.inside.kernel", raising=False)
    for name in ("halve.ipynb", "my try.ipynb"):
        (tmp_path / name).write_text("{}")
    return tmp_path


@pytest.fixture
def asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str | None]]:
    """What was asked of `check_notebook`, in whose place a fixed report is given."""
    calls: list[tuple[str, str, str | None]] = []
    assignment = made(folder / "course").assignments["halve"]

    def check(notebook: Path, course: Path, name: str | None) -> tuple[Report, Assignment]:
        calls.append((str(notebook), str(course), name))
        return report(), assignment

    monkeypatch.setattr(self_check, "check_notebook", check)
    return calls


def test_the_assignments_name_is_enough(asked: list[tuple[str, str, str | None]]) -> None:
    """The notebook of that name is checked, and the result says when it was saved."""
    checked = grader.check("halve", lang="en")
    assert asked == [("halve.ipynb", ".", "halve")]
    saved = datetime.fromtimestamp(Path("halve.ipynb").stat().st_mtime)
    assert checked.saved_at == saved and f"{saved:%H:%M:%S}" in checked.saved.en


def test_a_file_may_have_any_name(asked: list[tuple[str, str, str | None]]) -> None:
    """Then the assignment is named beside it, or told by the folder as for `grader check`."""
    check_saved("my try.ipynb", assignment="halve", course="..")
    check_saved("my try.ipynb")
    assert asked == [("my try.ipynb", "..", "halve"), ("my try.ipynb", ".", None)]


@pytest.mark.parametrize("told", ["my try.ipynb", "lessons/week 1/my try.ipynb"])
def test_jupyter_tells_which_file_it_runs(folder: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """The notebook may have another name than its assignment. A name that is gone, after it was changed, is
    passed over.
    """
    monkeypatch.setenv(self_check.JUPYTER, told)
    assert saved_file("halve") == Path("my try.ipynb")
    monkeypatch.setenv(self_check.JUPYTER, "renamed since.ipynb")
    assert saved_file("halve") == Path("halve.ipynb")


def test_vs_code_tells_it_in_a_variable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable holds the whole path."""
    main = ModuleType("__main__")
    setattr(main, self_check.VS_CODE, str(folder / "my try.ipynb"))
    monkeypatch.setitem(sys.modules, "__main__", main)
    assert saved_file("halve") == folder / "my try.ipynb"


def test_a_file_that_is_not_there(folder: Path) -> None:
    """The error says what to do, and Jupyter shows it without a traceback."""
    with pytest.raises(UsageError, match=r"no file quarter.ipynb in .*Save the notebook first") as caught:
        check_saved("quarter")
    assert caught.value._render_traceback_() == [f"grader: {caught.value}"]


def test_in_a_session_nothing_is_checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a sandbox the real package is there: a notebook that is being checked does not check itself."""
    monkeypatch.setitem(sys.modules, "grader.inside.kernel", ModuleType("kernel"))
    assert check_saved("halve") is None


@pytest.fixture
def shown(tmp_path: Path) -> Callable[[str], SelfCheck]:
    """The result of a check that failed and of one that passed."""
    compared = Difference("w", "<b>2.5</b>", "3", "0.21", others=2)
    failed = CheckResult(CHECKS[0], FAILED, "w is 2.5", Reason("differs"), difference=compared)
    found = report(checks=(failed, CheckResult(CHECKS[1], PASSED)))
    return lambda lang: SelfCheck(found, made(tmp_path).assignments["halve"], lang, SAVED)


def test_python_shows_it_as_text(shown: Callable[[str], SelfCheck]) -> None:
    """The same lines as `grader check` prints, then which state was checked."""
    lines = repr(shown("en")).splitlines()
    assert lines[:2] == ["Halve a number", "✗ The line is close  [0/2]"]
    assert "    | wanted: 3 ± 0.21" in lines and "14:02:11" in lines[-1]


def test_jupyter_shows_it_as_a_small_page(shown: Callable[[str], SelfCheck]) -> None:
    """In one language, escaped, without scripts and without anything from elsewhere."""
    for lang, own, other in (("en", "Wanted", "应为"), ("zh", "应为", "Wanted")):
        page = shown(lang)._repr_html_()
        assert own in page and other not in page and "14:02:11" in page
        assert "<b>2.5</b>" not in page and "&lt;b&gt;2.5" in page
        assert not any(word in page for word in ("<script", "<style", "<img", "href", "src=", "url("))


def test_the_decorator_stays_the_decorator() -> None:
    """With keywords alone, `check` declares a check of a rubric."""

    def test_x() -> None: ...

    assert grader.check(points=1, title="x")(test_x) is test_x
