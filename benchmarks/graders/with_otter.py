"""Otter-Grader, as documented: `otter assign` makes the assignment, and `grade_submission` grades.

`otter run` does the same.

`python with_otter.py FOLDER`, see ../compare.py.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
from line import FEW_STEPS, FIT, MARKER, OTHER_LINES, PUBLIC, RESULT, SETUP
from nbformat.v4 import new_code_cell, new_notebook, new_raw_cell
from otter.api import grade_submission
from talk import paths, send

NAME = "line"
CONFIG = "init_cell: true\nexport_cell: false\nrun_tests: false\ngenerate: true"


def test(source: str, points: int, hidden: bool) -> nbformat.NotebookNode:
    config = f"hidden: {str(hidden).lower()}\npoints: {points}"
    return new_code_cell(f'""" # BEGIN TEST CONFIG\n{config}\n""" # END TEST CONFIG\n{source}')


def main() -> None:
    folder = Path(sys.argv[1])
    master = folder / f"{NAME}.ipynb"
    fit, result = (source.replace("###", "#") for source in (FIT, RESULT))  # as Otter marks solutions
    nbformat.write(
        new_notebook(
            cells=[
                new_raw_cell(f"# ASSIGNMENT CONFIG\nname: {NAME}\n{CONFIG}"),
                new_code_cell(SETUP),
                new_raw_cell("# BEGIN QUESTION\nname: line"),
                new_raw_cell("# BEGIN SOLUTION"),
                new_code_cell(fit),
                new_code_cell(result),
                new_raw_cell("# END SOLUTION"),
                new_raw_cell("# BEGIN TESTS"),
                test(PUBLIC, 3, False),
                test(OTHER_LINES, 3, True),
                test(FEW_STEPS, 4, True),
                new_raw_cell("# END TESTS"),
                new_raw_cell("# END QUESTION"),
            ],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        ),
        master,
    )
    subprocess.run(
        [Path(sys.executable).parent / "otter", "assign", master, folder / "dist"], check=True, cwd=folder
    )
    stub = folder / "dist" / "student" / f"{NAME}.ipynb"
    assert MARKER not in stub.read_text()
    (package,) = (folder / "dist" / "autograder").glob("*.zip")
    send({"stub": str(stub)})
    for path in paths():
        try:
            results = grade_submission(path, str(package))
        except BaseException as error:
            send(
                {
                    "share": None,
                    "note": f"no score: {type(error).__name__}: {str(error)[:120]}",
                    "leaked": False,
                }
            )
            continue
        seen = (
            "".join(
                output.get("text", "") for one in results.notebook.cells for output in one.get("outputs", [])
            )
            if results.notebook
            else ""
        )
        send(
            {
                "share": results.total / results.possible if results.possible else 0.0,
                "note": "",
                "leaked": MARKER in seen,
            }
        )


if __name__ == "__main__":
    main()
