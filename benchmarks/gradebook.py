"""A class of 14,000 submissions in one gradebook: grading again, all files anew, and the memory of it.

    python benchmarks/gradebook.py [--students 875] [--gradebook URL]

The submissions are the solutions of this repository's course, varied; their reports are made up, so nothing
is run. Each step is a process of its own, as the command is. The bounds that were set:

- grade again with nothing changed: at most 10 s
- all files written anew: at most 60 s
- the command's memory grows by less than 100 MB from the first thousand submissions to the last
- a changed hint runs nothing
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.classroom.collecting import collect
from grader.classroom.grading import grade
from grader.classroom.known import Diagnoses
from grader.classroom.register import facts
from grader.classroom.reporting import write_reports
from grader.classroom.shelf import RECORD
from grader.course.course import Assignment
from grader.course.loader import load
from grader.engine.local import Grading
from grader.exchange.folder import discover
from grader.gradebook.attempts import Filed
from grader.gradebook.store import Gradebook
from grader.model.report import (
    FAILED,
    GRADED,
    PASSED,
    CellRun,
    CheckResult,
    Execution,
    Output,
    OutputKind,
    Provenance,
    Report,
    total,
)
from grader.model.status import Status
from grader.notebook import reading
from grader.notebook.submission import fingerprint

ROOT = Path(__file__).parents[1]
DICE = random.Random(1)


def report(student: str, assignment: Assignment, content: bytes, provenance: Provenance) -> Report:
    """A made-up report on a notebook: its cells with an output each, and some checks that failed."""
    notebook = reading.parse(content)
    cells = tuple(
        CellRun(
            number, cell.source, Status.OK, (Output(OutputKind.STDOUT, f"loss {DICE.random():.6f}\n" * 5),)
        )
        for number, cell in notebook.code
    )
    verdicts = [FAILED if DICE.random() < 0.15 else PASSED for _ in assignment.checks]
    results = tuple(
        CheckResult(
            check,
            verdict,
            f"assert {DICE.random():.4f} == 1" if verdict == FAILED else None,
            trace=tuple(f"{DICE.random():.6f}" for _ in range(12)),
        )
        for check, verdict in zip(assignment.checks, verdicts)
    )
    execution = Execution(Status.OK, None, None, DICE.random(), DICE.random(), 3, cells)
    return Report(
        student,
        assignment.name,
        fingerprint(content),
        GRADED,
        total(results),
        assignment.max_score,
        None,
        execution,
        results,
        provenance,
    )


def hand_in(folder: Path, course: Path, students: int) -> None:
    """A notebook for each student and assignment, each different."""
    assignments = load(course).assignments
    for number in range(students):
        own = folder / f"s{number:05}"
        own.mkdir(parents=True)
        for name, assignment in assignments.items():
            solution = json.loads(assignment.solution.read_bytes())  # type: ignore[union-attr]
            solution["cells"].append(
                {"cell_type": "code", "id": "last", "source": f"mine = {number}", "outputs": [],
                 "metadata": {}, "execution_count": None}
            )  # fmt: skip
            (own / f"{name}.ipynb").write_text(json.dumps(solution), encoding="utf-8")


def fill(folder: Path, course_folder: Path, out: Path, url: str | None) -> None:
    """File all attempts, and a made-up report for each of them and for each answer of the course."""
    course = load(course_folder)
    with Gradebook(out, url) as book, Grading() as grading:
        found = discover(folder, course.assignments)
        collect(course, folder, found.submissions, found.sources, book)

        def of(attempt: Filed) -> Report:
            assignment = course.assignments[attempt.assignment]
            content = book.contents(attempt)[0] or b""
            return report(attempt.student, assignment, content, grading.provenance(assignment, 0))

        for filed in book.attempts().values():
            book.add(of(filed[-1]))
        entries = facts(course, book).entries
        diagnoses = Diagnoses(course, book)
        for each, name, content in diagnoses.missing(diagnoses.open(entries)):
            known = report(name, each.assignment, content, each.provenance)
            book.add(dataclasses.replace(known, student=name), known=True)


def step(name: str, place: Path, url: str | None) -> None:
    """One step, in this process: what it took, as a line of JSON."""
    course, out, folder = place / "course", place / "out", place / "class"
    begun = time.monotonic()
    ran: list[str] = []
    if name == "fill":
        fill(folder, course, out, url)
    elif name == "anew":
        (out / RECORD).unlink(missing_ok=True)
        write_reports(load(course), out, gradebook=url)
    else:
        grade(load(course), folder, out, gradebook=url, on_progress=lambda now: ran.append(now.words))
    seconds = time.monotonic() - begun
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
    print(json.dumps({"seconds": seconds, "cpu": cpu, "mb": own.ru_maxrss / 1024, "ran": len(ran)}))


def measured(name: str, place: Path, url: str | None) -> dict[str, float]:
    """One step in a process of its own."""
    more = ["--gradebook", url] if url else []
    done = subprocess.run(
        [sys.executable, __file__, "--step", name, "--place", str(place), *more],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def a_class(place: Path, students: int, url: str | None) -> dict[str, dict[str, float]]:
    """A class of so many students in a folder, and what each step took."""
    for part in ("assignments", "solutions"):
        shutil.copytree(ROOT / part, place / "course" / part)
    hand_in(place / "class", place / "course", students)
    found = {name: measured(name, place, url) for name in ("fill", "first", "again", "anew")}
    hidden = sorted((place / "course" / "solutions").rglob("test_hidden.py"))[0]
    hidden.write_text(
        hidden.read_text(encoding="utf-8").replace('title="', 'title="Now: ', 1), encoding="utf-8"
    )
    return found | {"title": measured("title", place, url)}


def main() -> None:
    """Print a table of what every step took, for a thousand submissions and for all."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--students", type=int, default=875)
    options.add_argument("--gradebook")
    options.add_argument("--step")
    options.add_argument("--place", type=Path)
    given = options.parse_args()
    if given.step:
        return step(given.step, given.place, given.gradebook)
    assignments = len(list((ROOT / "assignments").glob("*/assignment.toml")))
    memory = {}
    for students in (min(1000 // assignments, given.students), given.students):
        with tempfile.TemporaryDirectory(prefix="gradebook-") as name:
            place = Path(name)
            print(f"{students * assignments} submissions", flush=True)
            found = a_class(place, students, given.gradebook)
            for title, took in found.items():
                print(
                    f"  {title:6} {took['seconds']:7.1f} s  {took['cpu']:7.1f} s of computing "
                    f"{took['mb']:6.0f} MB  {took['ran']:4.0f} gradings"
                )
            size = sum(path.stat().st_size for path in (place / "out").glob("gradebook.sqlite*"))
            print(f"  the gradebook has {size / 1e6:.0f} MB")
            memory[students] = {title: took["mb"] for title, took in found.items()}
    few, many = memory.values() if len(memory) == 2 else (*memory.values(), *memory.values())
    for title in ("first", "again", "anew"):
        print(f"memory grows by {many[title] - few[title]:.0f} MB ({title})")


if __name__ == "__main__":
    main()
