"""nbgrader, as documented: source notebook, `generate_assignment`, `autograde`.

`python with_nbgrader.py FOLDER`, see ../compare.py.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import nbformat
from line import FEW_STEPS, FIT, MARKER, OTHER_LINES, PUBLIC, RESULT, SETUP
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.apps import NbGraderAPI
from talk import paths, send
from traitlets.config import Config

NAME = "line"


def cell(name: str, source: str, points: float = 0, solution: bool = False) -> nbformat.NotebookNode:
    mark = {
        "grade_id": name,
        "grade": points > 0,
        "solution": solution,
        "locked": not solution,
        "task": False,
        "schema_version": 3,
    }
    return new_code_cell(source, metadata={"nbgrader": mark | ({"points": points} if points else {})})


def hidden(source: str) -> str:
    return f"### BEGIN HIDDEN TESTS\n{source}\n### END HIDDEN TESTS"


def main() -> None:
    folder = Path(sys.argv[1])
    source = folder / "source" / NAME / f"{NAME}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(
        new_notebook(
            cells=[
                cell("setup", SETUP),
                cell("fit", FIT, solution=True),
                cell("result", RESULT, solution=True),
                cell("test_line", PUBLIC, points=3),
                cell("test_other_lines", hidden(OTHER_LINES), points=3),
                cell("test_few_steps", hidden(FEW_STEPS), points=4),
            ],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        ),
        source,
    )
    config = Config()
    config.CourseDirectory.root = str(folder)
    api = NbGraderAPI(config=config)
    made = api.generate_assignment(NAME)
    assert made["success"], made
    stub = folder / "release" / NAME / f"{NAME}.ipynb"
    assert MARKER not in stub.read_text()
    send({"stub": str(stub)})
    for number, path in enumerate(paths()):
        student = f"student{number}"
        place = folder / "submitted" / student / NAME / f"{NAME}.ipynb"
        place.parent.mkdir(parents=True)
        shutil.copy(path, place)
        result = api.autograde(NAME, student)
        if not result["success"]:
            text = f"{result.get('log') or ''}\n{result.get('error') or ''}"
            lines = [line.strip() for line in text.splitlines() if re.match(r"\s*[\w.]*Error\b", line)]
            why = lines[-1] if lines else text.strip()[-160:]
            send({"share": None, "note": "no score: " + why[:160], "leaked": False})
            continue
        with api.gradebook as gradebook:
            submission = gradebook.find_submission(NAME, student)
            share = submission.score / submission.max_score
        graded = nbformat.read(folder / "autograded" / student / NAME / f"{NAME}.ipynb", 4)
        seen = "".join(output.get("text", "") for one in graded.cells for output in one.get("outputs", []))
        send({"share": share, "note": "", "leaked": MARKER in seen})


if __name__ == "__main__":
    main()
