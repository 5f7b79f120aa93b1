"""What tests share: real sealed sessions, and small courses built in a folder of their own."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.cli.main import main
from grader.course.loader import Limits
from grader.engine import local as batch
from grader.engine.local import Grading
from grader.language.catalogue import Text
from grader.model.report import Execution
from grader.notebook.reading import Cell, Notebook, dump
from grader.worker.session import Opening, run

ROOT = Path(__file__).parent.parent
SECRET = "a-token-of-the-host-that-no-session-may-see"
QUICK = Limits(cell_s=3, cell_wall_s=6, call_s=3, call_wall_s=6, cpu_s=20, wall_s=40, memory_mb=512, output_kb=512)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=10, help="how often tests/hostile/test_faults.py kills each kind of process (default 10)")


@pytest.fixture(scope="session")
def grading() -> Iterator[Grading]:
    """A warm sandbox, shared by all tests that open sessions in it."""
    os.environ["GRADER_TEST_TOKEN"] = SECRET  # before the sandbox starts: it must not get in
    with Grading(jobs=2) as warm:
        warm.ready()
        yield warm


@pytest.fixture
def here(grading: Grading, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., subprocess.CompletedProcess[str]]:
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


TERMS = {"All", "Cells", "Clear", "Edit", "JSON", "Jupyter", "MB", "Office", "Outputs", "PDF", "UTF", "ZIP", "ipynb", "kB", "nbformat", "nbformat_minor",
         "of", "source", "worksheets", "Infinity", "NaN", "false", "null", "true"}  # of menus, of files and of JSON


def in_chinese(text: Text, *names: str) -> str:
    """The text in Chinese, after looking that it is a sentence without any English but terms, what is quoted, and `names`."""
    bare = re.sub(r'"(?:\\.|[^"\\])*"?', "", text.zh)
    for name in names:
        bare = bare.replace(name, "")
    assert set(re.findall(r"[A-Za-z_]{2,}", bare)) - TERMS == set(), text.zh
    assert re.search("[\u4e00-\u9fff]", bare) and text.zh.endswith("。") and text.zh.isprintable()
    return text.zh


def notebook_of(*cells: str) -> Notebook:
    return Notebook(tuple(Cell("code", source) for source in cells))


def command(*arguments: object, cwd: Path = ROOT, timeout: float = 240, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the real command, the one that is installed: -P keeps the source folder out of its path."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", *map(str, arguments)], cwd=cwd, timeout=timeout, text=True, capture_output=True,
        stdin=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
    )


TOML = 'title = "Double"\nstatement = "Write double(x)."\nzh_title = "加倍"\nzh_statement = "写 double(x)。"\n'
PUBLIC = '''
from grader import check, number

@check(points=1, title="double(2) is 4", zh="double(2) 等于 4", hint="What is 2 + 2?", zh_hint="2 + 2 是多少?")
def test_two(student):
    assert number(student.double(2)) == 4
'''
HIDDEN = '''
from grader import check, number

@check(points=2, title="Any number is doubled", hint="Does it work for -3?", depends=["test_two"])
def test_any(student):
    assert number(student.double(-3)) == -6

@check(points=1, title="Another n is followed")
def test_other(rerun):
    assert number(rerun(n=50).result) == 100
'''
SOLUTION = (
    "n = 5",
    "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
    "result = double(n)",
)
MISTAKE = 'title = "Squares"\nhint = "Not the square."\nfails = ["test_any", "test_other"]\n[[replace]]\nold = "2 * x"\nnew = "x * x"\n'


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


def hand_in(folder: Path, student: str, *cells: str, task: str = "double") -> Path:
    """Put a student's notebook where `grade` finds it."""
    path = folder / student / f"{task}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(notebook_of(*cells)), encoding="utf-8")
    return path


def records(out: Path) -> dict[tuple[str, str], dict]:
    """results.jsonl by student and assignment."""
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return {(line["student"], line["assignment"]): line for line in map(json.loads, lines)}


def without_times(record: dict) -> dict:
    """A record without what differs from run to run."""
    execution = {key: value for key, value in record["execution"].items() if key not in ("wall_s", "cpu_s")}
    return {**record, "execution": execution}


def quick(**changes: int) -> Limits:
    return dataclasses.replace(QUICK, **changes)
