"""What a session costs with the files that are handed out and with preloaded packages, side by side.

    python benchmarks/sessions.py [--repeat N]

One notebook of two cells is graded again and again, in turn in each of these ways, with one worker each:

- as it is: no files, no packages;
- with files: half a megabyte in ten small files, copied, and one file of 20 MB, bound;
- with pandas and scikit-learn preloaded, imported by the notebook or not;
- with both;
- with the imports and nothing preloaded, which is what preloading saves.

Wall time is the clock's, CPU time that of all processes. Nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path

from meter import Meter, Times, measured, medians

from grader.course.environment import Environment
from grader.course.loader import load
from grader.engine.local import Grading
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.writing import dump

MOST_MS = 20  # what files and packages together may add
MODULES = ("pandas", "sklearn", "sklearn.linear_model", "sklearn.datasets")
IMPORTS = "import pandas as pd\nfrom sklearn import datasets, linear_model\n"
PUBLIC = """
from grader import check, number

@check(points=1, title="double(2) is 4")
def test_two(student):
    assert number(student.double(2)) == 4
"""
ABOUT = 'title = "Double"\nstatement = "Write double(x)."\n'


@dataclass(frozen=True)
class Way:
    """A way to grade the notebook."""

    name: str
    files: bool = False
    preload: bool = False
    imports: bool = False
    # Whether MOST_MS is for it.
    counts: bool = True


WAYS = (
    Way("as it is"),
    Way("with files", files=True),
    Way("pandas and scikit-learn preloaded", preload=True),
    Way("preloaded, and imported", preload=True, imports=True),
    Way("with files, preloaded, and imported", files=True, preload=True, imports=True),
    Way("imported without preloading", imports=True, counts=False),
)


def write_course(root: Path, files: bool) -> Path:
    """A course of one assignment."""
    public, staff = root / "assignments" / "double", root / "solutions" / "double"
    public.mkdir(parents=True)
    staff.mkdir(parents=True)
    (public / "assignment.toml").write_text(ABOUT)
    (public / "test_public.py").write_text(PUBLIC)
    (staff / "test_hidden.py").write_text(PUBLIC.replace("test_two", "test_hidden_two"))
    for path in (public / "double.ipynb", staff / "solution.ipynb"):
        path.write_text(notebook(""))
    if files:
        (public / "files").mkdir()
        for number in range(10):
            (public / "files" / f"small-{number}.csv").write_bytes(b"1,2,3\n" * 8_000)
        (public / "files" / "large.bin").write_bytes(bytes(20 << 20))
    return root


def notebook(first: str) -> str:
    cells = (Cell("code", f"{first}n = 5"), Cell("code", "def double(x):\n    return 2 * x"))
    return dump(Notebook(cells))


def measure(repeat: int, meter: Meter) -> dict[Way, list[Times]]:
    """Each way `repeat` times, in turn."""
    times: dict[Way, list[Times]] = {way: [] for way in WAYS}
    with contextlib.ExitStack() as stack:
        graders = {}
        for way in WAYS:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="b", dir="/tmp")))
            folder.chmod(0o755)
            (assignment,) = load(write_course(folder / "course", way.files)).assignments.values()
            packages = Environment(preload=MODULES if way.preload else ())
            grading = stack.enter_context(Grading("bubblewrap", 1, [assignment], packages))
            grading.ready()
            graders[way] = grading, assignment, notebook(IMPORTS if way.imports else "").encode()
        for turn in range(repeat + 2):
            for way, (grading, assignment, content) in graders.items():
                # The first turns warm caches and are not counted.
                with measured(meter, times[way] if turn > 1 else []):
                    (report,) = grading.reports([lambda: grading.task(assignment, "amy", content, 0)])  # noqa: B023
                assert report.score == report.max_score, (way, report.outcome, report.reason, report.causes)
    return times


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--repeat", type=int, default=40, help="submissions in each way (default 40)")
    options = arguments.parse_args()
    meter = Meter()
    times = measure(options.repeat, meter)
    print(f"milliseconds a submission, medians of {options.repeat}; CPU time from {meter.source}\n")
    print(f"{'':38}{'wall':>8}{'cpu':>8}{'more':>10}{'':>8}")
    base = medians(times[WAYS[0]])
    for way in WAYS:
        wall, cpu = (1000 * value for value in medians(times[way]))
        more = wall - 1000 * base[0], cpu - 1000 * base[1]
        target = "" if not way.counts or way is WAYS[0] else f"  (target: {MOST_MS})"
        print(f"{way.name:38}{wall:8.1f}{cpu:8.1f}{more[0]:10.1f}{more[1]:8.1f}{target}")


if __name__ == "__main__":
    main()
