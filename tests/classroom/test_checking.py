"""A student's own notebook is checked from Python, with the public part of the course alone."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.classroom.checking import check_notebook, find_assignment
from grader.engine import local
from grader.engine.local import Grading
from grader.errors import MachineError, UsageError
from grader.model.report import PASSED, REJECTED
from grader.model.status import RubricScope
from support import hand_in

RIGHT = ("n = 5", "def double(x):\n    return 2 * x", "result = double(n)")


@pytest.fixture
def asked(grading: Grading, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The shared sandbox in place of new ones. Returns the kinds of sandbox that were asked for."""
    kinds: list[str] = []

    def shared(sandbox: str, *_: object, few: bool) -> contextlib.AbstractContextManager[Grading]:
        assert few, "one notebook is not worth what makes many cheap"
        kinds.append(sandbox)
        return contextlib.nullcontext(grading)

    monkeypatch.setattr(local, "Grading", shared)
    return kinds


def test_the_public_folder_is_enough(asked: list[str], small_course: Path, tmp_path: Path) -> None:
    """Without solutions/, the public checks run, sealed; the report says that it rests on them alone."""
    shutil.rmtree(small_course / "solutions")
    notebook = hand_in(tmp_path, "amy", *RIGHT)
    report, assignment = check_notebook(notebook, small_course / "assignments")
    assert [(result.check.id, result.verdict) for result in report.checks] == [("test_two", PASSED)]
    assert report.provenance.rubric is RubricScope.PUBLIC and assignment.staff is None
    assert asked == ["bubblewrap"]


def test_files_beside_the_notebook(asked: list[str], small_course: Path, tmp_path: Path) -> None:
    """They lie in the session's working folder, but nothing that belongs to the course does."""
    public = small_course / "assignments" / "double"
    (public / "helpers.py").write_text("def double(x):\n    return 2 * x\n")
    notebook = hand_in(tmp_path, "amy", "from helpers import double\nn = 5", "result = double(n)")
    (public / "double.ipynb").write_bytes(notebook.read_bytes())
    report, _ = check_notebook(public / "double.ipynb", small_course)
    assert [result.verdict for result in report.checks] == [PASSED]
    assert report.beside is not None and report.beside.placed == ("helpers.py",)


def test_a_file_that_is_no_notebook(asked: list[str], small_course: Path, tmp_path: Path) -> None:
    """What can't be read is a report with a sentence, not an error."""
    notebook = tmp_path / "double.ipynb"
    notebook.write_text("hello")
    report, _ = check_notebook(notebook, small_course)
    assert report.outcome == REJECTED and report.reason is not None and report.reason.en


@contextlib.contextmanager
def refused() -> Iterator[Grading]:
    raise MachineError("no user namespaces")
    yield


@pytest.mark.parametrize(
    ("sandbox", "kinds"), [(None, ["bubblewrap", "none"]), ("bubblewrap", ["bubblewrap"])]
)
def test_a_machine_that_can_not_seal(
    grading: Grading,
    monkeypatch: pytest.MonkeyPatch,
    small_course: Path,
    tmp_path: Path,
    sandbox: str | None,
    kinds: list[str],
) -> None:
    """The notebook runs unsealed; where sealing was asked for by name, the machine's fault is raised."""
    asked: list[str] = []

    def choose(kind: str, *_: object, few: bool) -> contextlib.AbstractContextManager[Grading]:
        asked.append(kind)
        return refused() if kind == "bubblewrap" else contextlib.nullcontext(grading)

    monkeypatch.setattr(local, "Grading", choose)
    notebook = hand_in(tmp_path, "amy", *RIGHT)
    with pytest.raises(MachineError) if sandbox else contextlib.nullcontext():
        check_notebook(notebook, small_course, sandbox=sandbox)
    assert asked == kinds


def test_which_assignment(small_course: Path, tmp_path: Path) -> None:
    """It is told by the notebook's name, its folder or the only one there is; a name that fits none is
    refused.
    """
    shutil.copytree(small_course / "assignments" / "double", small_course / "assignments" / "treble")
    shutil.move(
        small_course / "assignments/treble/double.ipynb", small_course / "assignments/treble/treble.ipynb"
    )
    by_name = tmp_path / "treble.ipynb"
    by_folder = tmp_path / "double" / "mine.ipynb"
    assert find_assignment(by_name, small_course, None).name == "treble"
    assert find_assignment(by_folder, small_course, None).name == "double"
    assert find_assignment(tmp_path / "x.ipynb", small_course, "treble").name == "treble"
    with pytest.raises(UsageError, match="did you mean treble"):
        find_assignment(tmp_path / "trebble.ipynb", small_course, None)
    with pytest.raises(UsageError, match="no assignment found"):
        find_assignment(tmp_path / "x.ipynb", tmp_path, None)
    with pytest.raises(UsageError, match="there is no file"):
        check_notebook(tmp_path / "nothing.ipynb", small_course)
