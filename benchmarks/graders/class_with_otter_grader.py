"""Otter-Grader over a part of a class: see ../peers.py.

`class_with_otter_grader.py FOLDER make` makes the assignments; `… grade STUDENT_FOLDER ...` grades.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
from four import TESTS
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell

ROOT = Path(__file__).resolve().parents[2]
PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}
CONFIG = "init_cell: false\nexport_cell: false\nrun_tests: false\ngenerate: true"


def test(source: str, points: int, is_hidden: bool) -> nbformat.NotebookNode:
    config = f"hidden: {str(is_hidden).lower()}\npoints: {points}"
    return new_code_cell(f'""" # BEGIN TEST CONFIG\n{config}\n""" # END TEST CONFIG\n{source}')


def make(folder: Path) -> None:
    """`otter assign` for each assignment."""
    for task, (public, hidden) in TESTS.items():
        solution = nbformat.read(ROOT / "solutions" / task / "solution.ipynb", 4)
        code = [
            new_code_cell(each.source.replace("###", "#"))
            for each in solution.cells
            if each.cell_type == "code"
        ]
        cells = [
            new_raw_cell(f"# ASSIGNMENT CONFIG\nname: {task}\n{CONFIG}"),
            new_raw_cell(f"# BEGIN QUESTION\nname: {task.replace('-', '_')}"),
            new_raw_cell("# BEGIN SOLUTION"),
            *code,
            new_raw_cell("# END SOLUTION"),
            new_raw_cell("# BEGIN TESTS"),
            test(public, 4, False),
            test(hidden, 6, True),
            new_raw_cell("# END TESTS"),
            new_raw_cell("# END QUESTION"),
        ]
        path = folder / task / f"{task}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": PYTHON}), path)
        otter = Path(sys.executable).parent / "otter"
        subprocess.run([otter, "assign", path, path.parent / "dist"], check=True, cwd=path.parent)


def hand_in(folder: Path, student: Path, task: str) -> Path:
    """The student's notebook, with the assignment's name where Otter's own student version has it."""
    notebook = nbformat.read(student / f"{task}.ipynb", 4)
    notebook.metadata["otter"] = {"assignment_name": task}
    path = folder / "submitted" / student.name / f"{task}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def grade(folder: Path, students: list[Path]) -> list[tuple[str, str, float]]:
    from otter.api import grade_submission

    shares = []
    for task in TESTS:
        (package,) = (folder / task / "dist" / "autograder").glob("*.zip")
        for student in students:
            results = grade_submission(str(hand_in(folder, student, task)), str(package), quiet=True)
            shares.append((student.name, task, results.total / results.possible if results.possible else 0.0))
    return shares


if __name__ == "__main__":
    place = Path(sys.argv[1])
    if sys.argv[2] == "make":
        make(place)
    else:
        answer = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)  # what the tool prints goes to standard error
        with contextlib.chdir(place):
            print(json.dumps(grade(place, [Path(name) for name in sys.argv[3:]])), file=answer, flush=True)
