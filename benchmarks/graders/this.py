"""This grader, as `grade` in a class of one: `python this.py FOLDER` (see ../compare.py)."""

from __future__ import annotations

import sys
from pathlib import Path

from talk import paths, send

from grader.course.loader import load
from grader.engine.local import Grading

ROOT = Path(__file__).resolve().parents[2]
TASK = "linreg-manual"


def main() -> None:
    assignment = load(ROOT).assignments[TASK]
    with Grading(jobs=1) as grading:
        grading.ready()
        send({"stub": str(ROOT / "assignments" / TASK / f"{TASK}.ipynb")})
        for path in paths():
            (report,) = grading.reports(
                [lambda path=path: grading.task(assignment, "student", Path(path).read_bytes(), 0)]
            )
            seen = "".join(output.text for cell in report.execution.cells for output in cell.outputs)
            share = None if report.score is None else report.score / report.max_score
            send(
                {
                    "share": share,
                    "note": "" if report.outcome == "graded" else report.outcome,
                    "leaked": "def plain_descent" in seen,
                }
            )


if __name__ == "__main__":
    sys.exit(main())
