"""`grader grade`: a class."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from grader import files
from grader.classroom import diagnosis
from grader.cli.display import fits, note, progress, table
from grader.course import loader as course
from grader.course.course import Course
from grader.course.mistakes import SOLUTION, known_answers
from grader.engine import local as batch
from grader.errors import UsageError
from grader.exchange import folder as submission
from grader.exchange import grades_csv, results_jsonl
from grader.gradebook import store as gradebook
from grader.language.catalogue import Text, choose
from grader.language.catalogue import say as _
from grader.model.report import FAILED, GRADED, INTERNAL, REJECTED, Report
from grader.model.task import Task
from grader.notebook.submission import Submission, fingerprint
from grader.reports import html as report

MAX_ROWS = 40  # of the table of students; a larger class is summed up


def run(options: argparse.Namespace) -> int:
    if options.out.exists() and not options.out.is_dir():
        raise UsageError(f"{options.out} is a file; --out needs a folder")
    if options.out.resolve() == options.submissions.resolve() or options.out.resolve().is_relative_to(
        options.submissions.resolve()
    ):
        raise UsageError("--out lies inside the submissions; choose a folder beside them")
    lang = choose(options.lang)
    the_course = course.load(options.course)
    submissions, warnings = submission.discover(options.submissions, the_course.assignments)
    for warning in warnings:
        note(f"note: {warning}", options.quiet)
    if options.sandbox == "none":
        note(
            _("WARNING: --sandbox none: the notebooks run without any protection, with all your rights.")[
                lang
            ]
        )
    with gradebook.Gradebook(options.out) as book, batch.Grading(options.sandbox, options.jobs) as grading:
        _grade(grading, book, the_course, submissions, options)
        reports = book.reports((each.student, each.assignment) for each in submissions)
        reports = _diagnosed(grading, book, the_course, reports, options)
    names = {each.student: each.name for each in submissions}
    write(options.out, reports, the_course, names, lang)
    if options.json:
        sys.stdout.write(results_jsonl.results_jsonl(reports))
    else:
        tell(options.out, reports, the_course, lang)
    broken = [each for each in reports if each.outcome == INTERNAL]
    for each in broken:
        note(
            f"{_('internal')[lang]}: {each.student} {each.assignment}: {(each.reason or '').strip().splitlines()[-1] if each.reason else ''}"
        )
    return 3 if broken else 0


def _grade(
    grading: batch.Grading,
    book: gradebook.Gradebook,
    the_course: Course,
    submissions: list[Submission],
    options: argparse.Namespace,
) -> None:
    """Grade what the gradebook does not hold yet."""
    kept = 0
    waiting: list[Submission] = []
    for each in submissions:
        provenance = grading.provenance(the_course.assignments[each.assignment], options.seed)
        if book.get(each.student, each.assignment, fingerprint(batch.read(each)), provenance):
            kept += 1
        else:
            waiting.append(each)
    if kept:
        note(
            _(
                "{kept} of {all} submissions are graded already and unchanged",
                kept=kept,
                all=len(submissions),
            )[choose(options.lang)],
            options.quiet,
        )
    if not waiting:
        return

    def maker(each: Submission) -> Callable[[], Task]:
        return lambda: grading.task(
            the_course.assignments[each.assignment], each.student, batch.read(each), options.seed
        )

    with progress(len(waiting), _("grading")[choose(options.lang)], options.quiet, options.verbose) as step:
        for made in grading.grade(map(maker, waiting)):
            book.add(made)
            step(f"{made.student} {made.assignment} {score_of(made)[choose(options.lang)]}")


def _diagnosed(
    grading: batch.Grading,
    book: gradebook.Gradebook,
    the_course: Course,
    reports: list[Report],
    options: argparse.Namespace,
) -> list[Report]:
    """The reports, with known mistakes named. Where checks failed, the solution and the mistakes are graded too, once."""
    wanting = [
        the_course.assignments[name]
        for name in dict.fromkeys(
            each.assignment for each in reports if any(result.verdict == FAILED for result in each.checks)
        )
    ]
    known: dict[str, dict[str, Report]] = {assignment.name: {} for assignment in wanting}
    waiting: list[Callable[[], Task]] = []
    for assignment in wanting:
        for name, content in known_answers(assignment).items():
            kept = book.get(
                name,
                assignment.name,
                fingerprint(content),
                grading.provenance(assignment, options.seed),
                known=True,
            )
            if kept:
                known[assignment.name][name] = kept
            else:
                waiting.append(partial(grading.task, assignment, name, content, options.seed))
    if waiting:
        with progress(len(waiting), _("known mistakes")[choose(options.lang)], options.quiet) as step:
            for made in grading.grade(waiting):
                book.add(made, known=True)
                known[made.assignment][made.student] = made
                step(f"{made.assignment} {made.student}")
    return [_named(each, known.get(each.assignment, {})) for each in reports]


def _named(report: Report, known: dict[str, Report]) -> Report:
    solution = known.get(SOLUTION)
    mistakes = {name: each for name, each in known.items() if name != SOLUTION}
    return diagnosis.diagnose(report, solution, mistakes) if solution else report


def score_of(made: Report) -> Text:
    """The score, or why there is none, in a word."""
    if made.outcome == GRADED and made.score is not None:
        score = f"{made.score:g}/{made.max_score:g}"
        return Text(score, score)
    return _("rejected") if made.outcome == REJECTED else _("internal")


def write(out: Path, reports: list[Report], the_course: Course, names: dict[str, str], lang: str) -> None:
    """Everything under --out but the gradebook itself."""
    assignments = the_course.assignments
    files.write(out / "results.jsonl", results_jsonl.results_jsonl(reports))
    files.write(out / "grades.csv", grades_csv.grades_csv(reports, list(assignments)), encoding="utf-8-sig")
    for each in reports:
        assignment, name = assignments[each.assignment], names[each.student]
        files.write(
            out / "students" / name / f"{each.assignment}.html", report.student_page(each, assignment, lang)
        )
        files.write(
            out / "staff" / each.assignment / f"{name}.html", report.staff_page(each, assignment, lang, name)
        )
    files.write(
        out / "staff" / "index.html", report.staff_index(reports, list(assignments.values()), lang, names)
    )


def in_short(own: Mapping[str, Report], columns: Sequence[str], lang: str) -> tuple[str, str]:
    """One student's points of those that could be had, and the submissions with less than full marks."""
    total, most = (
        sum(points for each in own.values() if (points := getattr(each, kind)) is not None)
        for kind in ("score", "max_score")
    )
    less = [
        f"{name} {score_of(own[name])[lang]}"
        for name in columns
        if name in own and own[name].score != own[name].max_score
    ]
    return f"{total:g}/{most:g}", ", ".join(less) or "–"


def tell(out: Path, reports: list[Report], the_course: Course, lang: str) -> None:
    """The table, and where the reports are."""
    columns = [name for name in the_course.assignments if any(each.assignment == name for each in reports)]
    students: dict[str, dict[str, Report]] = {}
    for each in sorted(reports, key=lambda each: each.student):
        students.setdefault(each.student, {})[each.assignment] = each
    if len(students) <= MAX_ROWS:
        headings = [_("student")[lang], *columns]
        rows = [
            [student, *(score_of(own[name])[lang] if name in own else "–" for name in columns)]
            for student, own in students.items()
        ]
        if fits(headings, rows):
            table(headings, rows, numbers=range(1, len(headings)))
        else:
            table(
                [_("student")[lang], _("points")[lang], _("less than full marks")[lang]],
                ([student, *in_short(own, columns, lang)] for student, own in students.items()),
                numbers=[1],
            )
        print()
    rows = []
    for name in columns:
        own = [each for each in reports if each.assignment == name]
        scores = [each.score for each in own if each.score is not None]
        mean = f"{sum(scores) / len(scores):.1f}/{own[0].max_score:g}" if scores else "–"
        rows.append(
            [
                name,
                str(len(own)),
                mean,
                str(sum(each.score == each.max_score for each in own)),
                str(sum(each.outcome == REJECTED for each in own)),
                str(sum(each.outcome == INTERNAL for each in own)),
            ]
        )
    table(
        [
            _("assignment")[lang],
            _("submissions")[lang],
            _("mean")[lang],
            _("full marks")[lang],
            _("rejected")[lang],
            _("internal")[lang],
        ],
        rows,
        numbers=range(1, 6),
    )
    print()
    for words, path in (
        (_("class overview")[lang], out / "staff" / "index.html"),
        (_("pages to hand back")[lang], out / "students"),
        (_("grades")[lang], out / "grades.csv"),
        (_("records")[lang], out / "results.jsonl"),
    ):
        print(f"{words}: {path}")
