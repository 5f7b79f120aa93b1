"""The time that a class's pages take: 1,000 students' pages from reports, in two processes.

Each report holds a notebook of the example class, with given cells, texts, outputs, a picture of 30 kB and
checks that failed. No two students have the same code, so nothing of it is taken from a cache.
Exits with 1 if the pages take longer than 30 s in all, or one of a hundred longer than 60 ms of computing.
"""

from __future__ import annotations

import argparse
import base64
import multiprocessing
import statistics
import sys
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from grader.course.course import Assignment  # noqa: E402
from grader.course.loader import load  # noqa: E402
from grader.language.catalogue import Text  # noqa: E402
from grader.model.report import (  # noqa: E402
    FAILED,
    GRADED,
    PASSED,
    CellRun,
    CheckResult,
    Execution,
    Output,
    OutputKind,
    Place,
    Provenance,
    Reason,
    Report,
)
from grader.model.status import SandboxKind, Status  # noqa: E402
from grader.notebook.reading import parse  # noqa: E402
from grader.reports.html import student_page  # noqa: E402
from grader.worker.transcript import transcript  # noqa: E402

MOST_S, MOST_PAGE_S, PROCESSES, STUDENTS = 30.0, 0.060, 2, ("diego", "kenji", "priya", "tom", "wang-fang")
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 120).decode()


def reports(assignments: dict[str, Assignment]) -> list[tuple[Report, Assignment]]:
    """A report on each notebook of some students, as if half of its checks had failed."""
    found = []
    for student in STUDENTS:
        for path in sorted((ROOT / "examples/submissions" / student).glob("*.ipynb")):
            assignment = assignments[path.stem]
            notebook, stub = parse(path.read_bytes()), parse(assignment.stub.read_bytes())
            outputs = (Output(OutputKind.STDOUT, "0.1234 5.6789\n" * 20),)
            cells = [
                CellRun(number, cell.source, Status.OK, outputs if "print" in cell.source else ())
                for number, cell in notebook.code
            ]
            picture = Output(OutputKind.IMAGE, "", PICTURE, "image/png")
            error = Text.verbatim(
                "RuntimeError: mat1 and mat2 shapes cannot be multiplied (4x784 and 500x10)"
            )
            cells[-1] = replace(cells[-1], status=Status.CELL_ERROR, error=error, line=1, outputs=(picture,))
            checks = tuple(
                CheckResult(check, FAILED, "w is 2, not 3", Reason("differs"), place=Place(2))
                if at % 2
                else CheckResult(check, PASSED)
                for at, check in enumerate(assignment.checks)
            )
            run = transcript(
                Execution(Status.CELL_ERROR, len(cells), error, 1.0, 1.0, 1, tuple(cells)), notebook, stub
            )
            sealed = Provenance("0", "0" * 64, {"python": "3.11"}, 0, SandboxKind.BUBBLEWRAP)
            made = Report(student, path.stem, "0" * 64, GRADED, 5, 10, None, run, checks, sealed)
            found.append((made, assignment))
    return found


def as_of(report: Report, number: int) -> Report:
    """The report of another student, whose code differs in every cell that was not given."""
    cells = [
        each if each.given else replace(each, source=f"{each.source}\nstudent = {number}")
        for each in report.execution.cells
    ]
    return replace(report, student=f"s{number}", execution=replace(report.execution, cells=tuple(cells)))


def render(numbers: range) -> list[tuple[float, int]]:
    """For each number the seconds of computing that a page took, and its bytes."""
    given = reports(dict(load(ROOT).assignments))
    measured = []
    for number in numbers:
        report, assignment = given[number % len(given)]
        report = as_of(report, number)
        begun = time.process_time()
        page = student_page(report, assignment, "en")
        measured.append((time.process_time() - begun, len(page.encode())))
    return measured


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure how long students' pages take.")
    parser.add_argument("--pages", type=int, default=1000)
    pages = parser.parse_args().pages
    parts = [range(start, pages, PROCESSES) for start in range(PROCESSES)]
    begun = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        measured = [each for part in pool.map(render, parts) for each in part]
    whole = time.monotonic() - begun
    times = sorted(seconds for seconds, _ in measured)
    slow = times[int(0.99 * len(times))]
    print(f"{pages} pages in {PROCESSES} processes: {whole:.1f} s with the start; {MOST_S:.0f} s at most")
    print(
        f"a page: {1000 * statistics.median(times):.1f} ms of computing, 99 of 100 at most "
        f"{1000 * slow:.1f} ms, the slowest {1000 * times[-1]:.1f} ms; may take {1000 * MOST_PAGE_S:.0f} ms"
    )
    print(f"the largest page: {max(size for _, size in measured) / 1000:.0f} kB")
    # The first pages of a process load the catalogue and the templates.
    return int(whole > MOST_S or slow > MOST_PAGE_S)


if __name__ == "__main__":
    sys.exit(main())
