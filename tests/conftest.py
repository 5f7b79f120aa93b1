"""Shared fixtures: real sealed sessions, and small courses built in a folder of their own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.cli.main import main
from grader.engine import local
from grader.engine.local import Grading
from grader.model.limits import Limits
from grader.model.report import Execution
from grader.notebook.writing import dump
from grader.worker.notebook_run import run_notebook
from grader.worker.session import Opening
from support import HIDDEN, MISTAKE, PUBLIC, QUICK, SECRET, SOLUTION, TOML, command, notebook_of


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--kills",
        type=int,
        default=10,
        help="how often tests/hostile/test_faults.py kills each kind of process (default 10)",
    )


@pytest.fixture(scope="session")
def grading() -> Iterator[Grading]:
    """A warm sandbox, shared by all tests that open sessions in it."""
    # Set before the sandbox starts: no session may see it.
    os.environ["GRADER_TEST_TOKEN"] = SECRET
    with Grading(jobs=2) as warm:
        warm.ready()
        yield warm


@pytest.fixture
def here(
    grading: Grading, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in this process, with the sandbox and the workers that are warm already.

    That takes three seconds less than `command`.
    """
    monkeypatch.setattr(local, "Grading", lambda *_, **__: contextlib.nullcontext(grading))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run_command(*arguments: object) -> subprocess.CompletedProcess[str]:
        before = signal.getsignal(signal.SIGTERM)
        capsys.readouterr()
        try:
            code = main(list(map(str, arguments)))
        finally:
            signal.signal(signal.SIGTERM, before)
        captured = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, captured.out, captured.err)

    return run_command


@pytest.fixture
def sealed(grading: Grading) -> Callable[..., Execution]:
    """Run cells in a sealed session; returns the execution."""

    def run_cells(*cells: str, limits: Limits = QUICK, seed: int = 0) -> Execution:
        async def whole() -> Execution:
            run = await run_notebook(notebook_of(*cells), Opening(grading.address(), limits, seed))
            if run.session is not None:
                await run.session.close()
            return run.execution

        return asyncio.run(whole())

    return run_cells


@pytest.fixture
def said(sealed: Callable[..., Execution]) -> Callable[..., str]:
    """Run cells in a sealed session; returns the text that they print."""

    def run_cells(*cells: str, **options: object) -> str:
        execution = sealed(*cells, **options)
        return "".join(output.text for cell in execution.cells for output in cell.outputs)

    return run_cells


@pytest.fixture(scope="session")
def made_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small course, made once."""
    root = tmp_path_factory.mktemp("made") / "course"
    public, staff = root / "assignments" / "double", root / "solutions" / "double"
    (staff / "mistakes").mkdir(parents=True)
    public.mkdir(parents=True)
    (public / "assignment.toml").write_text(TOML, encoding="utf-8")
    (public / "test_public.py").write_text(PUBLIC, encoding="utf-8")
    (staff / "test_hidden.py").write_text(HIDDEN, encoding="utf-8")
    (staff / "mistakes" / "squares.toml").write_text(MISTAKE, encoding="utf-8")
    (staff / "solution.ipynb").write_text(dump(notebook_of(*SOLUTION)), encoding="utf-8")
    done = command("stub", "--course", root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture
def small_course(made_course: Path, tmp_path: Path) -> Path:
    """A valid course with the one assignment `double`, which imports nothing heavy."""
    return Path(shutil.copytree(made_course, tmp_path / "course"))
