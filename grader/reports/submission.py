"""What is shown on the pages, in every language, before it is put into HTML.

What may be shown to whom is decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from grader.course.course import Assignment
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import (
    GRADED,
    INTERNAL,
    REJECTED,
    VERDICTS,
    Cause,
    CheckResult,
    Execution,
    Place,
    Provenance,
    Report,
)
from grader.model.status import MemoryKeeper, RubricScope, SandboxKind, Status
from grader.reports import causes, priorities, sentences
from grader.reports.arithmetic import Standing, SumView, sum_view
from grader.reports.cells import Part, PlaceView, notebook_view, place_view
from grader.reports.checks import CheckView, MistakeView, check_views, mistake_view
from grader.reports.checks import points_shown as points_shown
from grader.reports.checks import visibility_shown as visibility_shown
from grader.reports.markup import Blocks, blocks, inline
from grader.reports.notes import notes_of, place_told
from grader.reports.priorities import Group

NO_SCORE = "–"  # shown in place of a missing score


@dataclass(frozen=True)
class Notice:
    """Something to be told before all else."""

    kind: str  # "bad", "first" or "note"
    text: Text
    detail: Text | None = None  # somebody else's sentence: why a file was refused
    trace: Text | None = None  # lines to be shown as they stand
    place: PlaceView | None = None
    mistake: MistakeView | None = None


@dataclass(frozen=True)
class Segment:
    """A part of the bar below the score: one check, as wide as its points, in thousandths."""

    x: int
    width: int
    verdict: str


@dataclass(frozen=True)
class Fact:
    """A line of what staff see about how a report came to be."""

    label: Text
    value: str | Text


@dataclass(frozen=True)
class PageView:
    """The page on one submission; `facts` and the links are for staff."""

    lang: str
    title: Text
    statement: Blocks
    student: str
    outcome: str
    score: str
    max_score: str
    segments: tuple[Segment, ...]
    counts: tuple[tuple[str, Text, int], ...]  # how many checks have each verdict, and the verdict's word
    notices: tuple[Notice, ...]
    checks: tuple[CheckView, ...]
    notebook: tuple[Part, ...]
    packages: Text | None = None
    sum: SumView | None = None  # how the points become what counts; None where the report alone counts
    facts: tuple[Fact, ...] = ()
    index: str = ""
    student_page: str = ""


def student_view(
    report: Report, assignment: Assignment, lang: str, standing: Standing | None = None
) -> PageView:
    """What a student gets back.

    Of a hidden check: title, verdict, points, a sentence and the hint, and nothing that it saw.
    """
    notices = _notices(report, assignment, staff=False)
    view = _page_view(report, assignment, lang, notices, standing, staff=False)
    # Only a page that is handed back has others beside it.
    return replace(view, index="index.html") if report.provenance.rubric is RubricScope.FULL else view


def staff_view(
    report: Report, assignment: Assignment, lang: str, name: str = "", standing: Standing | None = None
) -> PageView:
    """The same with everything: messages of hidden checks, what broke, how it ran, where it came from.

    `name`: the student's folder, for the link to the student's own page; without it there is none.
    """
    notices = _notices(report, assignment, staff=True)
    view = _page_view(report, assignment, lang, notices, standing, staff=True)
    link = f"../../students/{quote(name, safe='')}/{quote(report.assignment, safe='')}.html" if name else ""
    return replace(view, facts=_facts(report), index="../index.html", student_page=link)


def _page_view(
    report: Report,
    assignment: Assignment,
    lang: str,
    notices: tuple[Notice, ...],
    standing: Standing | None,
    staff: bool,
) -> PageView:
    found = sum_view(standing, report, assignment, staff) if standing else None
    return PageView(
        lang=lang,
        title=assignment.title,
        statement=blocks(assignment.statement, assignment.handed_out),
        student=report.student,
        outcome=report.outcome,
        score=found.score if found else score_shown(report),
        max_score=found.max_score if found else points_shown(report.max_score),
        sum=found,
        segments=segments(report.checks),
        counts=_counts(report.checks),
        notices=notices,
        checks=check_views(report, assignment, staff),
        notebook=notebook_view(report.execution, notes_of(report, staff)),
        packages=causes.packages_line(report.provenance),
    )


def score_shown(report: Report) -> str:
    """A report's score, or a dash if it has none."""
    return NO_SCORE if report.score is None else points_shown(report.score)


def _notices(report: Report, assignment: Assignment, staff: bool) -> tuple[Notice, ...]:
    """What is said first, the worst before the rest. Only staff read why something on our side broke."""
    found = []
    if text := (sentences.outcome_for_staff if staff else sentences.outcome)(report.outcome):
        why = report.reason
        found.append(
            Notice(
                "bad",
                text,
                detail=why if report.outcome == REJECTED else None,
                trace=why if staff and report.outcome == INTERNAL else None,
            )
        )
    if report.source and (text := sentences.source(report.source)):
        found.append(Notice("note", text))
    if report.beside and (text := sentences.left_out(report.beside)):
        found.append(Notice("note", text))
    top = priorities.first(report, assignment, inline) if report.outcome == GRADED else None
    if top:
        found.append(_first_notice(*top, report, assignment, staff))
    told = [
        Notice(
            "note",
            causes.of_report(each, report, assignment),
            trace=_error_of(report.execution, each),
            place=_place_of(each),
        )
        for each in report.causes
        if not (top and each is top[1].cause)
    ]
    # What the causes say already is not said twice.
    is_told = bool(report.causes) and report.execution.status is Status.CELL_ERROR
    if not is_told and (text := sentences.execution(report.execution)):
        trace = report.execution.message if staff or report.execution.status is Status.CELL_ERROR else None
        cell = report.execution.cell
        found.append(Notice("note", text, trace=trace, place=place_view(Place(cell)) if cell else None))
    found += told
    if text := sentences.protection(report.provenance.sandbox):
        found.append(Notice("note", text))
    if report.provenance.rubric is RubricScope.PUBLIC:
        found.append(
            Notice(
                "note",
                _("Only the public checks were run here. The hidden ones follow when your work is graded."),
            )
        )
    return tuple(found)


def _first_notice(weight: Text, group: Group, report: Report, assignment: Assignment, staff: bool) -> Notice:
    """What to fix first, its weight before it."""
    cause = group.cause
    mistake = mistake_view(group.mistake.name, assignment) if group.mistake else None
    places = Counter(place for each in group.results if (place := place_told(each, report, staff)))
    # Where most of the checks lead, of several the first.
    most = next((place_view(each) for each, _count in places.most_common(1)), None)
    return Notice(
        "first",
        weight,
        detail=group.what if cause or not mistake else None,
        trace=_error_of(report.execution, cause) if cause else None,
        place=_place_of(cause) if cause else most,
        mistake=mistake,
    )


def _place_of(cause: Cause) -> PlaceView | None:
    return place_view(Place(cause.cell, cause.line)) if cause.cell else None


def _error_of(execution: Execution, cause: Cause) -> Text | None:
    """The error that a cause led to, or that of the cell in which it lies."""
    if error := dict(cause.words).get("error"):
        return Text.verbatim(error)
    run = next((each for each in execution.cells if each.number == cause.cell), None)
    return run.error if run and run.status is Status.CELL_ERROR else None


def _counts(results: Sequence[CheckResult]) -> tuple[tuple[str, Text, int], ...]:
    counted = Counter(result.verdict for result in results)
    return tuple((name, sentences.verdict(name), counted[name]) for name in VERDICTS if counted[name])


def segments(results: Sequence[CheckResult]) -> tuple[Segment, ...]:
    """The bar of a report: a part for each check, as wide as its points."""
    whole = sum(result.check.points for result in results) or 1
    found, before = [], 0.0
    for result in results:
        start, end = round(1000 * before / whole), round(1000 * (before + result.check.points) / whole)
        found.append(Segment(start, max(end - start - 6, 2), result.verdict))  # 6: the gap to the next
        before += result.check.points
    return tuple(found)


def _facts(report: Report) -> tuple[Fact, ...]:
    execution, provenance = report.execution, report.provenance
    return tuple(
        Fact(label, value)
        for label, value in (
            *_run_facts(execution),
            (_("File"), (report.source and report.source.file) or NO_SCORE),
            (_("Files beside it"), (report.beside and ", ".join(report.beside.placed)) or NO_SCORE),
            (_("Submission (SHA-256)"), report.submission_sha256),
            *_provenance_facts(provenance),
        )
    )


def _run_facts(execution: Execution) -> list[tuple[Text, str | Text]]:
    return [
        (_("Status"), sentences.status(execution.status)),
        (_("Message"), execution.message or NO_SCORE),
        (_("Sessions"), str(execution.sessions)),
        (_("CPU time"), f"{execution.cpu_s:.2f} s"),
        (_("Wall time"), f"{execution.wall_s:.2f} s"),
    ]


def _provenance_facts(provenance: Provenance) -> list[tuple[Text, str | Text]]:
    return [
        (_("Rubric (SHA-256)"), provenance.rubric_sha256),
        (
            _("Checks"),
            _("public only") if provenance.rubric is RubricScope.PUBLIC else _("public and hidden"),
        ),
        (_("Seed"), str(provenance.seed)),
        (_("Sandbox"), _("none") if provenance.sandbox is SandboxKind.NONE else provenance.sandbox),
        (
            _("Memory limit"),
            _("enforced by a control group")
            if provenance.memory is MemoryKeeper.CONTROL_GROUP
            else _("enforced by a watchdog"),
        ),
        (_("Grader"), provenance.grader),
        (
            _("Environment"),
            ", ".join(f"{name} {version}" for name, version in sorted(provenance.environment.items())),
        ),
    ]
