"""This grader, as `grade` in a class of one: `python this.py FOLDER` (see ../compare.py)."""

from __future__ import annotations

import sys
from pathlib import Path

from talk import ask, tell

from grader.course import loader as course
from grader.engine import local as batch

ROOT = Path(__file__).resolve().parents[2]
TASK = "linreg-manual"


def main() -> None:
    assignment = course.load(ROOT).assignments[TASK]
    with batch.Grading(jobs=1) as grading:
        grading.ready()
        tell({"stub": str(ROOT / "assignments" / TASK / f"{TASK}.ipynb")})
        for path in ask():
            (made,) = grading.grade(
                [lambda path=path: grading.task(assignment, "student", Path(path).read_bytes(), 0)]
            )
            seen = "".join(output.text for cell in made.execution.cells for output in cell.outputs)
            share = None if made.score is None else made.score / made.max_score
            tell(
                {
                    "share": share,
                    "note": "" if made.outcome == "graded" else made.outcome,
                    "leaked": "def plain_descent" in seen,
                }
            )


if __name__ == "__main__":
    sys.exit(main())
