"""Takes a learning management system's download in: sorts it, and writes it as a folder of submissions."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

from grader.classroom.class_list import class_list
from grader.classroom.progress import OnProgress, Progress, ignore
from grader.course.course import Course
from grader.course.stub import read_notebook
from grader.errors import CourseError, UsageError
from grader.exchange.attempts import Imported, StudentAttempts
from grader.exchange.incoming.opening import open_archive
from grader.exchange.incoming.recognition import recognized
from grader.exchange.incoming.sorting import Found, Plan, Rule, Sorter, Unclear, Wanted, rules_of
from grader.exchange.incoming.worksheet import Listed, listed
from grader.exchange.names import caseless, folder_names
from grader.exchange.sheet import read_sheet
from grader.model.roster import Student
from grader.notebook.notebook import Notebook

IMPORTING = "importing"  # the phase that progress is reported in


@dataclass(frozen=True)
class Row:
    """One notebook that was found: whose it is, and whether it is new."""

    student: str  # the folder's name
    assignment: str
    file: str
    attempt: int | None  # its place among the attempts; None if it was handed in before
    late: bool
    submitted_at: str | None
    left: tuple[str, ...]  # files of the same delivery that were not taken
    is_listed: bool  # whether the student is in the roster, if there is one


@dataclass(frozen=True)
class Intake:
    """What an import did, or would do."""

    system: str
    rows: tuple[Row, ...]
    unclear: tuple[Unclear, ...]
    absent: tuple[str, ...]  # students of the roster of whom nothing was found

    @property
    def new(self) -> int:
        """How many attempts are new."""
        return sum(row.attempt is not None for row in self.rows)


def take_in(
    course: Course,
    archive: Path,
    submissions: Path,
    *,
    dry_run: bool = False,
    rules: Path | None = None,
    roster: Path | None = None,
    assignment: str = "",
    worksheet: Path | None = None,
    on_progress: OnProgress = ignore,
) -> Intake:
    """Sort what is in a download, and add what is new to the folder of submissions.

    `rules` is a map for what names leave open, `roster` says who the students are, `assignment` that the
    whole download is for it. `worksheet` is Moodle's, with addresses and times. With `dry_run` nothing is
    written. Raises UsageError if the download can't be read, or if its names are no known system's.
    """
    if submissions.exists() and not submissions.is_dir():
        raise UsageError(f"{submissions} is a file; name the folder for the submissions")
    if assignment:
        course.select([assignment])
    students = class_list(course, roster)
    rows_of_worksheet = listed(read_sheet(worksheet), str(worksheet)) if worksheet else {}
    with tempfile.TemporaryDirectory(prefix="grader-import-") as spool:
        known = (_rules(rules, course), students, assignment, rows_of_worksheet)
        plan = sorted_download(course, archive, Path(spool), *known, on_progress)
        names = _folders(submissions, [each.student for each in plan.found])
        rows: list[Row] = []
        own: dict[str, list[Found]] = {}
        for found in plan.found:
            own.setdefault(names[found.student], []).append(found)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for student, group in sorted(own.items()):
            kept = StudentAttempts(submissions / student)
            rows += _rows(student, group, kept.attempts)
            if not dry_run:
                kept.add([each.load() for each in group], now)
    unclear = [Unclear(each.file, names.get(each.student, each.student), each.why) for each in plan.unclear]
    return Intake(plan.system, tuple(rows), tuple(unclear), tuple(plan.absent))


def sorted_download(
    course: Course,
    archive: Path,
    spool: Path,
    rules: Sequence[Rule],
    students: Sequence[Student],
    assignment: str = "",
    worksheet: Mapping[str, Listed] = MappingProxyType({}),
    on_progress: OnProgress = ignore,
) -> Plan:
    """What is in a download, and whose it is. `spool` is a folder for what is found."""
    wanted = {each.name: Wanted(each.limits.disk_mb, each.handed_out) for each in course.assignments.values()}
    stub_of = functools.cache(partial(_stub, course))
    with open_archive(archive) as opened:
        if not opened.entries:
            raise UsageError(f"{archive} holds no file that can be read")
        system = recognized(opened)
        if system is None:
            raise UsageError(
                f"{archive} is no download that is known: of Canvas, Moodle, Gradescope, Blackboard, "
                "Brightspace, nbgrader or GitHub Classroom, or with a folder for each student. Rename the "
                "files to STUDENT/ASSIGNMENT.ipynb, and import the folder."
            )
        about = (wanted, stub_of, students, rules, assignment, worksheet)
        sorter = Sorter(opened, system, archive.name, spool, *about)
        return sorter.plan(lambda done, total: on_progress(Progress(done, total, phase=IMPORTING)))


def _rules(rules: Path | None, course: Course) -> list[Rule]:
    if rules is None:
        return []
    try:
        text = rules.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{rules} can't be read ({error}); it must be a CSV in UTF-8") from None
    return rules_of(text, str(rules), list(course.assignments))


def _stub(course: Course, name: str) -> Notebook | None:
    try:
        return read_notebook(course.assignments[name].stub)
    except CourseError:
        return None


def _folders(submissions: Path, students: Sequence[str]) -> dict[str, str]:
    """Each student's folder: the one that is there, whatever its case, or a new one with a portable name."""
    there = {caseless(each.name): each.name for each in submissions.iterdir()} if submissions.is_dir() else {}
    names = folder_names(students)
    return {student: there.get(caseless(name), name) for student, name in names.items()}


def _rows(student: str, group: Sequence[Found], attempts: Sequence[Imported]) -> list[Row]:
    """The table's rows on one student. What was handed in before, or twice in one download, is not new."""
    seen = {(each.assignment, each.sha256, each.files_sha256) for each in attempts}
    count = {each.handed.assignment: 0 for each in group}
    for attempt in attempts:
        count[attempt.assignment] = count.get(attempt.assignment, 0) + 1
    rows = []
    for each in group:
        handed = each.handed
        is_new = each.content not in seen
        seen.add(each.content)
        count[handed.assignment] += is_new
        number = count[handed.assignment] if is_new else None
        about = (number, handed.late, handed.submitted_at, each.left, each.is_listed)
        rows.append(Row(student, handed.assignment, each.file, *about))
    return rows
