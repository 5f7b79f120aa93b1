"""The same class through this grader, nbgrader, Otter-Grader, papermill and nbclient: how fast, how right.

    python benchmarks/peers.py [--students N] [--processes N] [--only NAME ...] [--environments DIR]

The class: for each of the four main assignments `--students` submissions (default 10), four of them with a
known mistake each, the others right. Each tool does all of it once, as its own manual runs it fastest, with
`--processes` at once (default 2): this grader by its command with `--jobs`; nbgrader by `nbgrader autograde`,
in as many course folders side by side, since it grades one after another; Otter-Grader by
`otter.api.grade_submission` in as many processes, since `otter grade` wants a Docker engine; papermill and
nbclient by their Python functions in as many processes, and they check nothing. Start-up is included; making
the assignments, and each tool's virtual environment (1.3 GB each, once), is not.

A grade counts as right if a right answer has full marks and a wrong one has not. Nothing else should run
meanwhile.
"""

from __future__ import annotations

import argparse
import csv
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from graders.four import WRONG
from tasks import ROOT, TASKS
from tool import environment

HERE = Path(__file__).resolve().parent / "graders"
OURS = "this grader"
# What is installed for each of the others.
PEERS = {
    "nbgrader": ("nbgrader", "0.9.6"),
    "Otter-Grader": ("otter-grader", "7.0.0"),
    "papermill": ("papermill", "2.7.0"),
    "nbclient": ("nbclient", "0.11.0"),
}


@dataclass(frozen=True)
class Outcome:
    """One tool's run over the whole class."""

    seconds: float
    # Submissions whose grade is right; None for a tool that gives none.
    right: int | None


def make_class(folder: Path, students: int) -> dict[tuple[str, str], bool]:
    """Write `folder`/<student>/<assignment>.ipynb. Tells of each whether it deserves full marks."""
    from grader.course.loader import load
    from grader.course.mistakes import mistaken
    from grader.course.stub import read_solution
    from grader.notebook.writing import dump

    deserved = {}
    for task in TASKS:
        assignment = load(ROOT).assignments[task]
        solution = read_solution(assignment.solution)
        mistakes = {each.name: each for each in assignment.mistakes}
        wrong = dict(zip(range(0, students, 2), WRONG[task]))
        for number in range(students):
            student = f"student{number:03}"
            made = mistaken(solution, mistakes[wrong[number]]) if number in wrong else solution
            path = folder / student / f"{task}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dump(made), encoding="utf-8")
            deserved[student, task] = number not in wrong
    return deserved


def ours(folder: Path, processes: int) -> dict[tuple[str, str], float | None]:
    """Grade with the command; the shares of the points."""
    arguments = [
        "grade",
        folder / "class",
        "--out",
        folder / "out",
        "--course",
        ROOT,
        "-q",
        "--jobs",
        str(processes),
    ]
    subprocess.run(
        [sys.executable, "-m", "grader", *arguments], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    from grader.course.loader import load

    most = {name: each.max_score for name, each in load(ROOT).assignments.items()}
    with (folder / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(row["student"], task): float(row[task] or 0) / most[task] for row in rows for task in TASKS}


def theirs(name: str, python: Path, folder: Path, processes: int) -> dict[tuple[str, str], float | None]:
    """Grade with one of the others: a part of the class in each process."""
    script = HERE / f"class_with_{name.replace('-', '_').lower()}.py"
    parts = [sorted(folder.glob("class/*"))[number::processes] for number in range(processes)]
    running = []
    for number, part in enumerate(parts):
        command = [python, script, folder / f"made-{number}", "grade", *part]
        running.append(
            subprocess.Popen(command, env=outside(python, folder), stdout=subprocess.PIPE, text=True)
        )
    shares: dict[tuple[str, str], float | None] = {}
    for process in running:
        said, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{name} ended with {process.returncode}")
        shares |= {(student, task): share for student, task, share in json.loads(said.splitlines()[-1])}
    return shares


def outside(python: Path, folder: Path) -> dict[str, str]:
    """The environment of another tool's process."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return kept | {
        "PATH": f"{python.parent}{os.pathsep}{kept.get('PATH', '')}",
        "JUPYTER_DATA_DIR": str(folder / "jupyter"),
        "IPYTHONDIR": str(folder / "ipython"),
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "agg",
    }


def run(name: str, folder: Path, options: argparse.Namespace) -> Outcome:
    """Make the class, prepare the tool, and time one run."""
    deserved = make_class(folder / "class", options.students)
    if name == OURS:
        begun = time.perf_counter()
        shares = ours(folder, options.processes)
    else:
        package, version = PEERS[name]
        python = environment(package, version, options.environments.resolve())
        script = HERE / f"class_with_{name.replace('-', '_').lower()}.py"
        for number in range(options.processes):
            subprocess.run(
                [python, script, folder / f"made-{number}", "make"],
                check=True, env=outside(python, folder), stdout=subprocess.DEVNULL,
            )  # fmt: skip
        begun = time.perf_counter()
        shares = theirs(name, python, folder, options.processes)
    seconds = time.perf_counter() - begun
    if not shares or None in shares.values():
        return Outcome(seconds, None)
    return Outcome(seconds, sum((shares.get(key, 0) == 1) is full for key, full in deserved.items()))


def main() -> int:
    """Run every tool once and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--students", type=int, default=10)
    arguments.add_argument("--processes", type=int, default=2)
    arguments.add_argument("--only", nargs="+", choices=[OURS, *PEERS], default=[OURS, *PEERS])
    arguments.add_argument("--environments", type=Path, default=ROOT / ".tools" / "compare")
    options = arguments.parse_args()
    total = options.students * len(TASKS)
    print(f"{platform.system()} {platform.release()}, {os.cpu_count()} processors")
    print(f"Python {platform.python_version()}, torch {importlib.metadata.version('torch')}")
    print(f"{total} submissions, {options.processes} processes\n")
    print(f"{'':26}{'wall, s':>10}{'a minute':>10}{'times as slow':>15}{'right grades':>15}", flush=True)
    first = None
    for name in options.only:
        with tempfile.TemporaryDirectory(prefix="peers-") as place:
            Path(place).chmod(0o711)
            outcome = run(name, Path(place), options)
        first = first or outcome.seconds
        version = importlib.metadata.version("grader") if name == OURS else PEERS[name][1]
        grades = "gives none" if outcome.right is None else f"{outcome.right} of {total}"
        print(
            f"{f'{name} {version}':26}{outcome.seconds:10.1f}{60 * total / outcome.seconds:10.1f}"
            f"{outcome.seconds / first:15.1f}{grades:>15}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
