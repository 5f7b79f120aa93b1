"""`grader grade`: a class."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.classroom.grading import GRADING, KNOWN_MISTAKES, grade, score_of
from grader.cli.display import fits, note, table
from grader.cli.progress_bar import progress_bar
from grader.course.course import Course
from grader.course.loader import load
from grader.exchange.results_jsonl import results_jsonl
from grader.language.catalogue import choose
from grader.language.catalogue import say as _
from grader.model.report import INTERNAL, REJECTED, Report, mean_score
from grader.model.status import SandboxKind

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
            lang=lang,
            on_progress=show_progress,
            on_note=lambda text: note(text[lang], options.quiet),
        )
    if options.json:
        sys.stdout.write(results_jsonl(graded.reports))
    else:
        show(options.out, graded.reports, course, lang, graded.without)
    broken = [report for report in graded.reports if report.outcome == INTERNAL]
    for report in broken:
        reason = report.reason.en.strip().splitlines()[-1] if report.reason else ""
        note(f"{_('internal')[lang]}: {report.student} {report.assignment}: {reason}")
    return 3 if broken else 0


def show(
    out: Path, reports: Sequence[Report], course: Course, lang: str, without: Iterable[str] = ()
) -> None:
    """Print the students' scores, the assignments' figures, and where the reports are."""
    columns = [name for name in course.assignments if any(report.assignment == name for report in reports)]
    students: dict[str, dict[str, Report]] = {
        student: {} for student in sorted({report.student for report in reports} | set(without))
    }
    for report in reports:
        students[report.student][report.assignment] = report
    if len(students) <= MAX_ROWS:
        show_students(students, columns, lang)
        print()
    headings = (_("assignment"), _("submissions"), _("mean"), _("full marks"), _("rejected"), _("internal"))
    rows = [figures(name, [report for report in reports if report.assignment == name]) for name in columns]
    table([heading[lang] for heading in headings], rows, numbers=range(1, len(headings)))
    print()
    undecided = sum(is_undecided(report) for report in reports)
    if undecided:
        print(_("several notebooks, none chosen: {count} (see the class overview)", count=undecided)[lang])
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


def show_students(students: Mapping[str, Mapping[str, Report]], columns: Sequence[str], lang: str) -> None:
    """Print a row for each student: every score if the terminal is wide enough, else a summary."""
    headings = [_("student")[lang], *columns]
    rows = [
        [student, *(score_of(own[name])[lang] if name in own else "–" for name in columns)]
        for student, own in students.items()
    ]
    if fits(headings, rows):
        table(headings, rows, numbers=range(1, len(headings)))
        return
    headings = [_("student")[lang], _("points")[lang], _("less than full marks")[lang]]
    summaries = ([student, *points_and_rest(own, columns, lang)] for student, own in students.items())
    table(headings, summaries, numbers=[1])


def figures(name: str, reports: Sequence[Report]) -> list[str]:
    """An assignment's row: its name, how many submissions, their mean, and how many ended how."""
    mean = mean_score(reports)
    shown = "–" if mean is None else f"{mean:.1f}/{reports[0].max_score:g}"
    counts = (
        sum(report.score == report.max_score for report in reports),
        sum(report.outcome == REJECTED for report in reports),
        sum(report.outcome == INTERNAL for report in reports),
    )
    return [name, str(len(reports)), shown, *map(str, counts)]


def points_and_rest(own: Mapping[str, Report], columns: Sequence[str], lang: str) -> tuple[str, str]:
    """One student's points of those that could be had, and the submissions with less than full marks."""
    total = sum(report.score for report in own.values() if report.score is not None)
    most = sum(report.max_score for report in own.values())
    less = [
        f"{name} {score_of(own[name])[lang]}"
        for name in columns
        if name in own and own[name].score != own[name].max_score
    ]
    return f"{total:g}/{most:g}" if own else "–", ", ".join(less) or "–"
