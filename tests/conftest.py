"""What tests share: real sealed sessions, and small courses built in a folder of their own."""

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
from support import HIDDEN, MISTAKE, PUBLIC, QUICK, SECRET, SOLUTION, TOML, command, notebook_of

from grader.cli.main import main
from grader.engine import local as batch
from grader.engine.local import Grading
from grader.model.limits import Limits
from grader.model.report import Execution
from grader.notebook.writing import dump
from grader.worker.session import Opening, run


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
    os.environ["GRADER_TEST_TOKEN"] = SECRET  # before the sandbox starts: it must not get in
    with Grading(jobs=2) as warm:
        warm.ready()
        yield warm


@pytest.fixture
def here(
    grading: Grading, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command in this very process, in the sandbox and by the workers that are warm already: three seconds less than `command`."""
    monkeypatch.setattr(batch, "Grading", lambda *_, **__: contextlib.nullcontext(grading))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def run_command(*arguments: object) -> subprocess.CompletedProcess[str]:
        before = signal.getsignal(signal.SIGTERM)
        capsys.readouterr()
        try:
            code = main(list(map(str, arguments)))
        finally:
            signal.signal(signal.SIGTERM, before)
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, code, said.out, said.err)

    return run_command


@pytest.fixture
def sealed(grading: Grading) -> Callable[..., Execution]:
    """Run cells in a sealed session; how it went."""

    def run_cells(*cells: str, limits: Limits = QUICK, seed: int = 0) -> Execution:
        async def whole() -> Execution:
            came = await run(notebook_of(*cells), Opening(grading.address(), limits, seed))
            if came.session is not None:
                await came.session.close()
            return came.execution

        return asyncio.run(whole())

    return run_cells


@pytest.fixture
def said(sealed: Callable[..., Execution]) -> Callable[..., str]:
    """Run cells in a sealed session; all that they put out as text."""

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
