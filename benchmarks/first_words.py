"""What a student's page says first for each known mistake of the course, and where it leads.

Every mistake is graded like a submission. For each, a row: the mistake, the first sentence on the page, the
cell and line to which it leads, and whether that is a cell that differs from the solution's. Exits with 1 if
fewer than 95 % lead there. Names of assignments choose some of them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from grader.classroom.diagnosis import diagnose  # noqa: E402
from grader.classroom.recognition import known_answers  # noqa: E402
from grader.course.course import Assignment, Course  # noqa: E402
from grader.course.loader import load  # noqa: E402
from grader.course.mistakes import SOLUTION, mistaken  # noqa: E402
from grader.course.stub import read_notebook  # noqa: E402
from grader.engine import local  # noqa: E402
from grader.model.report import Report  # noqa: E402
from grader.model.status import SandboxKind  # noqa: E402
from grader.model.task import Task  # noqa: E402
from grader.proof import validation  # noqa: E402
from grader.proof.validation import DECOY, MISTAKE, STUB, Case  # noqa: E402
from grader.reports.submission import student_view  # noqa: E402

ENOUGH = 0.95
KINDS = (SOLUTION, STUB, DECOY, MISTAKE)


def graded(course: Course, assignment: Assignment) -> Iterator[Report]:
    """The reports on an assignment's mistakes, with what was recognized in them."""
    planned, _ = validation.plan(course, assignment, [0], False, [], False)
    cases = [case for case in planned if case.kind in KINDS]
    with local.Grading(SandboxKind.BUBBLEWRAP, 2, [assignment], course.environment) as grading:
        made = [partial(_task, grading, case, number) for number, case in enumerate(cases)]
        # They come as they are finished.
        found = [(cases[int(report.student)], report) for report in grading.reports(made)]
    known = known_answers(assignment, found)
    for case, report in found:
        if case.kind == MISTAKE and known:
            yield replace(diagnose(report, known), student=case.name)


def _task(grading: local.Grading, case: Case, number: int) -> Task:
    return grading.task(case.assignment, str(number), case.content, 0)


def changed_cells(assignment: Assignment, name: str) -> set[int]:
    """The numbers of the code cells in which a mistake differs from the solution."""
    assert assignment.solution is not None
    solution = read_notebook(assignment.solution)
    mistake = next(each for each in assignment.mistakes if each.name == name)
    wrong = dict(mistaken(solution, mistake).code)
    return {number for number, cell in solution.code if wrong[number].source != cell.source}


def first_words(report: Report, assignment: Assignment) -> tuple[str, str]:
    """The first sentence on a student's page that says what is wrong, and the place to which it leads."""
    view = student_view(report, assignment, "en")
    for notice in view.notices:
        said = notice.mistake.title.en if notice.mistake else (notice.detail or notice.text).en
        if notice.place:
            return said, notice.place.link
    for check in view.checks:
        if check.place:
            said = check.mistake.title.en if check.mistake else check.title.en
            return said, check.place.link
    return (view.notices[0].text.en if view.notices else "nothing"), ""


def main() -> int:
    parser = argparse.ArgumentParser(description="Show what pages say first for each known mistake.")
    parser.add_argument("task", nargs="*")
    course = load(ROOT)
    count = right = 0
    for assignment in course.select(parser.parse_args().task):
        for report in graded(course, assignment):
            said, link = first_words(report, assignment)
            cell = int(link.removeprefix("#cell-").partition("-")[0] or 0)
            wanted = changed_cells(assignment, report.student)
            leads = cell in wanted
            count, right = count + 1, right + leads
            mark = "yes" if leads else f"no, cell {', '.join(map(str, sorted(wanted)))}"
            print(f"{assignment.name} | {report.student} | {said} | {link or 'nowhere'} | {mark}", flush=True)
    print(f"{right} of {count} lead to the cell that has to change ({right / max(count, 1):.0%})")
    return int(right < ENOUGH * count)


if __name__ == "__main__":
    sys.exit(main())
