"""An assignment with files: data, a helper module, a large file and a folder, through the real commands."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import nbformat
import pytest

from grader.course.stub import without_answers
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump
from support import command, hand_in, records

TOML = 'title = "Total"\nstatement = "Add up a column."\n'
PUBLIC = """
from grader import check

@check(points=1, title="The total is right")
def test_total(student, files):
    rows = files.handed_out["marks.csv"].decode().split()
    assert student.total == sum(map(int, rows))

@check(points=1, title="What is large is there too", depends=["test_total"])
def test_large(student):
    assert student.size == 3_000_000 and student.pictures == 60
"""
HIDDEN = """
from grader import check

@check(points=2, title="Other marks have another total")
def test_other(rerun, files):
    assert files.other["marks.csv"] == b"10\\n20\\n"
    other = rerun()
    assert other.total == 30 and other.size == 3_000_000

@check(points=2, title="So have these")
def test_given(rerun):
    assert rerun(files={"marks.csv": "7\\n8\\n", "unasked.txt": b"-"}, weight=2).total == 30
"""
CELLS = (
    "import os\nfrom helpers import numbers",
    "weight = 1",
    "def total_of(name):\n    ### BEGIN SOLUTION\n    return weight * sum(numbers(name))\n"
    "    ### END SOLUTION",
    "total = total_of('marks.csv')",
    "size = os.path.getsize('large.bin')\npictures = len(os.listdir('pictures'))",
    # What is small is the session's own, what is large can't be changed, and files/ leads to both.
    "open('files/marks.csv', 'w').write('0')\nos.remove('helpers.py')\n"
    "try:\n    open('large.bin', 'w')\nexcept OSError as error:\n    refused = error.errno\n",
)
RIGHT = tuple(
    cell.replace("    ### BEGIN SOLUTION\n", "").replace("\n    ### END SOLUTION", "") for cell in CELLS
)
WRITTEN_IN = ("import os\nweight = 1", "total = 6", RIGHT[4])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course, its stub made by `grader stub`."""
    root = tmp_path_factory.mktemp("course")
    public, staff = root / "assignments" / "total", root / "solutions" / "total"
    for folder in (public / "files" / "pictures", staff / "files"):
        folder.mkdir(parents=True)
    (public / "assignment.toml").write_text(TOML)
    (public / "test_public.py").write_text(PUBLIC)
    (staff / "test_hidden.py").write_text(HIDDEN)
    solution = Notebook(
        tuple(Cell("code", source, ("parameters",) * (number == 1)) for number, source in enumerate(CELLS))
    )
    (staff / "solution.ipynb").write_text(dump(solution))
    (public / "files" / "marks.csv").write_text("1\n2\n3\n")
    (public / "files" / "helpers.py").write_text("def numbers(name):\n    return map(int, open(name))\n")
    (public / "files" / "large.bin").write_bytes(b"\0" * 3_000_000)
    for number in range(60):
        (public / "files" / "pictures" / f"{number}.png").write_bytes(bytes([number]))
    (staff / "files" / "marks.csv").write_text("10\n20\n")
    done = command("stub", "--course", root)
    assert done.returncode == 0 and "marks.csv: written" in done.stdout, done.stderr
    assert "up to date" in command("stub", "--course", root).stdout
    return root


def test_the_course_is_valid(course: Path) -> None:
    """The solution earns everything; the stub beside its files is what the solution generates."""
    done = command("validate", "--course", course, "--no-mutants", "--json")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_class_is_graded(course: Path, tmp_path: Path) -> None:
    """A right answer has full marks. One that is written in fails on other data, and the page says so."""
    submissions, out = tmp_path / "class", tmp_path / "out"
    hand_in(submissions, "amy", *RIGHT, task="total")
    hand_in(submissions, "bob", *WRITTEN_IN, task="total")
    shutil.copytree(course / "assignments" / "total" / "files", submissions / "amy" / "files")
    (submissions / "amy" / "marks.csv").write_text("1\n2\n3\n")
    (submissions / "amy" / "helpers.py").write_text("my own")
    done = command("grade", submissions, "--out", out, "--course", course)
    assert done.returncode == 0, done.stderr
    found = records(out)
    assert {student: record["score"] for (student, _), record in found.items()} == {"amy": 6, "bob": 2}
    assert found["amy", "total"]["beside"]["placed"] == []
    assert [left["files"] for left in found["amy", "total"]["beside"]["left_out"]] == [["helpers.py"]]
    page = (out / "students" / "bob" / "total.html").read_text(encoding="utf-8")
    assert "again with other data in marks.csv." in page
    assert "again with other values of weight and other data in marks.csv." in page
    assert "10\n20" not in page and "unasked" not in page


def test_the_public_folder_alone(course: Path, tmp_path: Path) -> None:
    """A student who has it can check a notebook in it, sealed or not, and run it in Jupyter as it stands."""
    shutil.copytree(course / "assignments" / "total", tmp_path / "total")
    notebook = tmp_path / "total" / "total.ipynb"
    notebook.write_text(dump(Notebook(tuple(Cell("code", cell) for cell in RIGHT))), encoding="utf-8")
    for sandbox in ("bubblewrap", "none"):
        done = command("check", notebook, "--json", "--sandbox", sandbox, cwd=tmp_path)
        record = json.loads(done.stdout)
        assert done.returncode == 0 and record["score"] == 2, record
    assert os.path.getsize(tmp_path / "total" / "large.bin") == 3_000_000
    assert without_answers(CELLS[2])[1] == 1 and nbformat.read(notebook, 4).cells
