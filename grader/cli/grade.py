"""`grader grade`: a class."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.classroom.grading import GRADING, KNOWN_MISTAKES, grade, score_of
from grader.cli.browser import open_page
from grader.cli.display import fits, note, table
from grader.cli.progress_bar import progress_bar
from grader.course.course import Course
from grader.course.loader import load
from grader.course.settings import Settings
from grader.exchange.results_jsonl import lines
from grader.language.catalogue import Text, choose
from grader.language.catalogue import say as _
from grader.language.dates import shown
from grader.model.mark import Attempt, Mark
from grader.model.report import GRADED, INTERNAL, REJECTED, Report
from grader.model.status import SandboxKind
from grader.reports.figures import AssignmentFigures, Result, StudentFigures, of_class

MAX_ROWS = 40  # of the table of students; a larger class is summed up


def run(options: argparse.Namespace) -> int:
    """Grade the class, print the table and where the reports are, and return the exit code."""
    lang = choose(options.lang)
    course = load(options.course)
    if options.sandbox == SandboxKind.NONE:
        warning = _(
            "WARNING: --sandbox none: the notebooks run without any protection, with all your rights."
        )
        note(warning[lang])
    titles = {GRADING: _("grading")[lang], KNOWN_MISTAKES: _("known mistakes")[lang]}
    with progress_bar(titles, options.quiet, options.verbose) as show_progress:
        graded = grade(
            course,
            options.submissions,
            options.out,
            seed=options.seed,
            sandbox=options.sandbox,
            jobs=options.jobs,
            scheduler=options.scheduler,
            lang=lang,
            on_progress=show_progress,
            on_note=lambda text: note(text[lang], options.quiet),
            students=options.students,
            assignments=options.assignments,
            force=options.force,
            gradebook=options.gradebook,
        )
    reports = [entry.report for entry in graded.entries]
    marks = {entry.pair: entry.mark for entry in graded.entries}
    if options.json:
        sys.stdout.writelines(lines(reports, marks))
    else:
        show(options.out, reports, course, lang, graded.without, marks, graded.attempts)
    if options.open and not open_page(page := options.out / "staff" / "index.html"):
        note(_("There is no screen here to open {page} on.", page=str(page))[lang])
    broken = [report for report in reports if report.outcome == INTERNAL]
    for report in broken:
        reason = report.reason.en.strip().splitlines()[-1] if report.reason else ""
        note(f"{_('internal')[lang]}: {report.student} {report.assignment}: {reason}")
    return 3 if broken else 0


def show(
    out: Path,
    reports: Sequence[Report],
    course: Course,
    lang: str,
    without: Iterable[str] = (),
    marks: Mapping[tuple[str, str], Mark] | None = None,
    attempts: Mapping[tuple[str, str], Sequence[Attempt]] | None = None,
) -> None:
    """Print the students' scores, the assignments' figures, and where the reports are.

    The figures are those of the pages, made from the same: the roster is the class, and `attempts` tell who
    does not get on.
    """
    roster = [each.id for each in course.settings.students] if course.settings else []
    everybody = dict.fromkeys([*roster, *without])
    of = of_class(reports, list(course.assignments), without=everybody, marks=marks, attempts=attempts)
    columns = [task.name for task in of.assignments if task.results]
    if len(of.students) <= MAX_ROWS:
        show_students(of.students, columns, lang)
        print()
    headings = (_("assignment"), _("submissions"), _("mean"), _("full marks"), _("rejected"), _("internal"))
    rows = [figures_of(task) for task in of.assignments if task.results]
    table([heading[lang] for heading in headings], rows, numbers=range(1, len(headings)))
    print()
    if of.need_help:
        print(_("who needs help: {count} (see the class overview)", count=len(of.need_help))[lang])
    undecided = sum(is_undecided(report) for report in reports)
    if undecided:
        print(_("several notebooks, none chosen: {count} (see the class overview)", count=undecided)[lang])
    held_back = (course.settings or Settings()).held_back(datetime.now(UTC))
    for name, date in held_back.items():
        print(_("no pages for students before {date}: {name}", date=shown(date), name=name)[lang])
    for words, path in (
        (_("class overview"), out / "staff" / "index.html"),
        (_("pages to hand back"), out / "students"),
        (_("grades"), out / "grades.csv"),
        (_("records"), out / "results.jsonl"),
    ):
        print(f"{words[lang]}: {path}")


def is_undecided(report: Report) -> bool:
    """Whether several notebooks fit the assignment and none could be chosen."""
    source = report.source
    return report.outcome == REJECTED and source is not None and source.file is None and bool(source.left)


def show_students(students: Sequence[StudentFigures], columns: Sequence[str], lang: str) -> None:
    """Print a row for each student: every score if the terminal is wide enough, else a summary."""
    headings = [_("student")[lang], *columns]
    rows = [
        [one.name, *(points_of(one.results[name])[lang] if name in one.results else "–" for name in columns)]
        for one in students
    ]
    if fits(headings, rows):
        table(headings, rows, numbers=range(1, len(headings)))
        return
    headings = [_("student")[lang], _("points")[lang], _("less than full marks")[lang]]
    table(headings, ([one.name, *points_and_rest(one, lang)] for one in students), numbers=[1])


def points_of(result: Result) -> Text:
    """The points that count, or why there are none, in a word."""
    if result.points is not None:
        return Text.verbatim(f"{result.points:g}/{result.max_score:g}")
    return _("open") if result.report.outcome == GRADED else score_of(result.report)


def figures_of(task: AssignmentFigures) -> list[str]:
    """An assignment's row: its name, how many submissions, their mean, and how many ended how."""
    mean = "–" if task.mean is None else f"{task.mean:.1f}/{task.max_score:g}"
    outcomes = task.outcomes
    counts = (task.full, outcomes[REJECTED], outcomes[INTERNAL])
    return [task.name, str(len(task.results)), mean, *map(str, counts)]


def points_and_rest(student: StudentFigures, lang: str) -> tuple[str, str]:
    """One student's points of those that could be had, and the submissions with less than full marks."""
    less = [f"{name} {points_of(one)[lang]}" for name, one in student.results.items() if not one.is_full]
    shown = "–" if student.points is None else f"{student.points:g}/{student.max_score:g}"
    return shown, ", ".join(less) or "–"
