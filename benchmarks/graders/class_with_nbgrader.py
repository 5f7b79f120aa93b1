"""nbgrader over a part of a class, by its own commands: see ../peers.py.

`class_with_nbgrader.py FOLDER make` makes the assignments; `… grade STUDENT_FOLDER ...` grades.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import nbformat
from four import TESTS
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook

ROOT = Path(__file__).resolve().parents[2]
PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}


def cell(name: str, source: str, points: int = 0, is_answer: bool = False) -> nbformat.NotebookNode:
    mark = {"grade_id": name, "grade": points > 0, "solution": is_answer, "locked": not is_answer}
    mark |= {"task": False, "schema_version": 3} | ({"points": points} if points else {})
    return new_code_cell(source, metadata={"nbgrader": mark})


def make(folder: Path) -> None:
    """The source notebooks, and `nbgrader generate_assignment` for each."""
    for task, (public, hidden) in TESTS.items():
        solution = nbformat.read(ROOT / "solutions" / task / "solution.ipynb", 4)
        cells = [
            cell(each.id, each.source, is_answer="### BEGIN SOLUTION" in each.source)
            for each in solution.cells
            if each.cell_type == "code"
        ]
        cells.append(cell("public", public, 4))
        cells.append(cell("hidden", f"### BEGIN HIDDEN TESTS\n{hidden}### END HIDDEN TESTS", 6))
        path = folder / "source" / task / f"{task}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": PYTHON}), path)
        command(folder, "generate_assignment", f"--assignment={task}", "--create")


def command(folder: Path, *arguments: str) -> None:
    command = [
        sys.executable,
        "-m",
        "nbgrader",
        *arguments,
        f"--CourseDirectory.root={folder}",
        "--log-level=ERROR",
    ]
    subprocess.run(command, check=False, cwd=folder, stdout=subprocess.DEVNULL)


def hand_in(folder: Path, student: Path, task: str) -> None:
    """The student's notebook in nbgrader's own shape: the release with the student's cells."""
    release = nbformat.read(folder / "release" / task / f"{task}.ipynb", 4)
    own = {each.id: each.source for each in nbformat.read(student / f"{task}.ipynb", 4).cells}
    for each in release.cells:
        name = each.metadata.get("nbgrader", {}).get("grade_id")
        each.source = own.get(name, each.source)
    path = folder / "submitted" / student.name / task / f"{task}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(release, path)


def grade(folder: Path, students: list[Path]) -> list[tuple[str, str, float]]:
    for task in TESTS:
        for student in students:
            hand_in(folder, student, task)
        command(folder, "autograde", f"--assignment={task}")
    shares = []
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        for task in TESTS:
            for each in gradebook.assignment_submissions(task):
                shares.append((each.student.id, task, each.score / each.max_score))
    return shares


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if sys.argv[2] == "make":
        make(place)
    else:
        print(json.dumps(grade(place, [Path(name) for name in sys.argv[3:]])))
