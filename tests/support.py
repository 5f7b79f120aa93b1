"""Shared by tests: the real command, the content of a small course, and submissions."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from grader.language.catalogue import Text
from grader.model.limits import Limits
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump

ROOT = Path(__file__).parents[1]
SECRET = "a-token-of-the-host-that-no-session-may-see"
QUICK = Limits(
    cell_s=3, cell_wall_s=6, call_s=3, call_wall_s=6, cpu_s=20, wall_s=40, memory_mb=512, output_kb=512
)
# English terms that stay in Chinese text: of menus, of files and of JSON.
TERMS = {"All", "Cells", "Clear", "Edit", "JSON", "Jupyter", "MB", "Office", "Outputs", "PDF"}
TERMS |= {"Python", "UTF", "ZIP", "ipynb", "kB", "nbformat", "nbformat_minor", "of", "source", "worksheets"}
TERMS |= {"Infinity", "NaN", "false", "null", "true"}


def in_chinese(text: Text, *names: str) -> str:
    """The text in Chinese. Fails unless it is a sentence without English.

    Terms, quotations and `names` may be English.
    """
    bare = re.sub(r'"(?:\\.|[^"\\])*"?', "", text.zh)
    for name in names:
        bare = bare.replace(name, "")
    assert set(re.findall(r"[A-Za-z_]{2,}", bare)) - TERMS == set(), text.zh
    assert re.search("[\u4e00-\u9fff]", bare) and text.zh.endswith("。") and text.zh.isprintable()
    return text.zh


def notebook_of(*cells: str) -> Notebook:
    """A notebook of code cells."""
    return Notebook(tuple(Cell("code", source) for source in cells))


def command(
    *arguments: object, cwd: Path = ROOT, timeout: float = 240, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the installed command. `-P` keeps the source folder out of its path."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "grader", *map(str, arguments)],
        cwd=cwd,
        timeout=timeout,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
    )


def patched_command(patch: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the installed command after `patch`, a statement that changes what it finds on the machine."""
    code = f"import sys\n{patch}\nfrom grader.cli.main import main\nsys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-P", "-c", code, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


TOML = (
    'title = "Double"\nstatement = "Write double(x)."\nzh_title = "加倍"\nzh_statement = "写 double(x)。"\n'
)
PUBLIC = """
from grader import check, number

@check(points=1, title="double(2) is 4", zh="double(2) 等于 4",
       hint="What is 2 + 2?", zh_hint="2 + 2 是多少?")
def test_two(student):
    assert number(student.double(2)) == 4
"""
HIDDEN = """
from grader import check, number

@check(points=2, title="Any number is doubled", hint="Does it work for -3?", depends=["test_two"])
def test_any(student):
    assert number(student.double(-3)) == -6

@check(points=1, title="Another n is followed")
def test_other(rerun):
    assert number(rerun(n=50).result) == 100
"""
SOLUTION = (
    "n = 5",
    "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
    "result = double(n)",
)
MISTAKE = (
    'title = "Squares"\nhint = "Not the square."\nfails = ["test_any", "test_other"]\n'
    '[[replace]]\nold = "2 * x"\nnew = "x * x"\n'
)


def hand_in(folder: Path, student: str, *cells: str, task: str = "double") -> Path:
    """Put a student's notebook where `grade` finds it."""
    path = folder / student / f"{task}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(notebook_of(*cells)), encoding="utf-8")
    return path


def records(out: Path) -> dict[tuple[str, str], dict]:
    """The records in results.jsonl, by student and assignment."""
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return {(line["student"], line["assignment"]): line for line in map(json.loads, lines)}


def without_times(record: dict) -> dict:
    """A record without what differs from run to run."""
    execution = {key: value for key, value in record["execution"].items() if key not in ("wall_s", "cpu_s")}
    return {**record, "execution": execution}


def quick(**changes: int) -> Limits:
    """QUICK with these changes."""
    return dataclasses.replace(QUICK, **changes)
