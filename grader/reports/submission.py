"""What is shown on the pages, in every language, before it is put into HTML.

What may be shown to whom is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from grader.course.course import Assignment, Mistake
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import (
    FAILED,
    GRADED,
    INTERNAL,
    PASSED,
    REJECTED,
    Cause,
    CellRun,
    Check,
    CheckResult,
    Difference,
    Execution,
    Output,
    OutputKind,
    Provenance,
    Report,
)
from grader.model.status import MemoryKeeper, RubricScope, SandboxKind, Status
from grader.reports import causes, priorities, sentences
from grader.reports.markup import Blocks, blocks, inline
from grader.reports.pictures import PictureView, picture_view
from grader.reports.priorities import Group, is_caused, is_wrong_value

OF_METHODS = re.compile(r"<(built-in|bound) method|<method-wrapper|\b0x(…|[0-9a-f]{6,})")
BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)")
IMAGES = ("image/png", "image/jpeg")
NO_SCORE = "–"  # shown in place of a missing score


@dataclass(frozen=True)
class Notice:
    """Something to be told before all else."""

    kind: str  # "bad", "first" or "note"
    text: Text
    detail: Text | None = None  # somebody else's sentence: why a file was refused
    trace: Text | None = None  # lines to be shown as they stand
    cell: int | None = None


@dataclass(frozen=True)
class CheckView:
    """One check as it is shown. What may not be shown is not in it."""

    title: Text
    verdict: str
    word: Text
    visibility: Text
    points: str
    max_points: str
    reason: Text | None = None
    hint: Text | None = None
    mistake: Text | None = None  # a known one that computes the same, and its hint
    mistake_hint: Text | None = None
    message: str | None = None
    more: str = ""  # the rest of the message, folded
    difference: Difference | None = None
    picture: PictureView | None = None


@dataclass(frozen=True)
class OutputView:
    """One output: text of some kind, or an image with `source`, a data: URL."""

    kind: OutputKind
    text: str
    source: str = ""


@dataclass(frozen=True)
class CellView:
    """One code cell as it ran."""

    number: int
    status: str
    word: Text
    lines: tuple[tuple[str, bool], ...]  # text, and whether the error was raised there
    sentence: Text | None
    error: Text | None
    line: int | None
    outputs: tuple[OutputView, ...]
    traceback: str
    truncated: bool


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
    notices: tuple[Notice, ...]
    checks: tuple[CheckView, ...]
    cells: tuple[CellView, ...]
    packages: Text | None = None
    facts: tuple[Fact, ...] = ()
    index: str = ""
    student_page: str = ""


def student_view(report: Report, assignment: Assignment, lang: str) -> PageView:
    """What a student gets back.

    Of a hidden check: title, verdict, points, a sentence and the hint, and nothing that it saw.
    """
    return _page_view(report, assignment, lang, _notices(report, assignment, staff=False), staff=False)


def staff_view(report: Report, assignment: Assignment, lang: str, name: str = "") -> PageView:
    """The same with everything: messages of hidden checks, what broke, how it ran, where it came from.

    `name`: the student's folder, for the link to the student's own page; without it there is none.
    """
    view = _page_view(report, assignment, lang, _notices(report, assignment, staff=True), staff=True)
    link = f"../../students/{quote(name, safe='')}/{quote(report.assignment, safe='')}.html" if name else ""
    return replace(view, facts=_facts(report), index="../index.html", student_page=link)


def _page_view(
    report: Report, assignment: Assignment, lang: str, notices: tuple[Notice, ...], staff: bool
) -> PageView:
    return PageView(
        lang=lang,
        title=assignment.title,
        statement=blocks(assignment.statement, assignment.handed_out),
        student=report.student,
        outcome=report.outcome,
        score=score_shown(report),
        max_score=points_shown(report.max_score),
        segments=_segments(report.checks),
        notices=notices,
        checks=tuple(_check(result, report.checks, assignment.mistakes, staff) for result in report.checks),
        cells=tuple(_cell(cell) for cell in report.execution.cells),
        packages=causes.packages_line(report.provenance),
    )


def points_shown(points: float) -> str:
    """Points without needless digits: `2`, `2.5`."""
    return f"{points:g}"


def score_shown(report: Report) -> str:
    """A report's score, or a dash if it has none."""
    return NO_SCORE if report.score is None else points_shown(report.score)


def visibility_shown(check: Check) -> Text:
    """Whether students may see the check itself."""
    return _("Public") if check.visibility == "public" else _("Hidden")


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
        found.append(_first_notice(*top, report))
    told = [
        Notice(
            "note",
            causes.of_report(each, report, assignment),
            trace=_error_of(report.execution, each),
            cell=each.cell,
        )
        for each in report.causes
        if not (top and each is top[1].cause)
    ]
    # What the causes say already is not said twice.
    is_told = bool(report.causes) and report.execution.status is Status.CELL_ERROR
    if not is_told and (text := sentences.execution(report.execution)):
        trace = report.execution.message if staff or report.execution.status is Status.CELL_ERROR else None
        found.append(Notice("note", text, trace=trace, cell=report.execution.cell))
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


def _first_notice(weight: Text, group: Group, report: Report) -> Notice:
    """What to fix first, its weight before it."""
    cause = group.cause
    return Notice(
        "first",
        weight,
        detail=group.what,
        trace=_error_of(report.execution, cause) if cause else None,
        cell=cause.cell if cause else None,
    )


def _error_of(execution: Execution, cause: Cause) -> Text | None:
    """The error that a cause led to, or that of the cell in which it lies."""
    if error := dict(cause.words).get("error"):
        return Text.verbatim(error)
    run = next((each for each in execution.cells if each.number == cause.cell), None)
    return run.error if run and run.status is Status.CELL_ERROR else None


def _check(
    result: CheckResult, results: Sequence[CheckResult], mistakes: Sequence[Mistake], staff: bool
) -> CheckView:
    check = result.check
    is_shown = check.visibility == "public" and result.verdict == FAILED and not is_caused(result)
    message, more = (result.message, "") if staff else in_short(result.message or "")
    mistake = next((each for each in mistakes if each.name == result.mistake), None)
    # Of a file that could not be read, the notice on top says it once.
    advise = result.verdict != PASSED and (result.reason is None or result.reason.code != "rejected")
    needs = [
        inline(other.check.title)
        for other in results
        if other.check.id in check.depends and other.verdict != PASSED
    ]
    return CheckView(
        title=inline(check.title),
        verdict=result.verdict,
        word=sentences.verdict(result.verdict),
        visibility=visibility_shown(check),
        points=points_shown(result.points),
        max_points=points_shown(check.points),
        reason=sentences.sentence(result.reason, needs) if result.reason and advise else None,
        hint=inline(check.hint) if check.hint and advise and is_wrong_value(result) else None,
        mistake=inline(mistake.title) if mistake else None,
        mistake_hint=inline(mistake.hint) if mistake and mistake.hint else None,
        message=message if staff or (is_shown and result.difference is None) else None,
        more=more if is_shown and result.difference is None else "",
        difference=result.difference if staff or is_shown else None,
        picture=picture_view(result),
    )


def in_short(message: str) -> tuple[str, str]:
    """The first line of a public check's message, and the rest.

    What pytest says of methods tells a student nothing, and is left out.
    """
    lines = [line for line in message.splitlines() if not OF_METHODS.search(line)]
    return (lines[0], "\n".join(lines[1:])) if lines else ("", "")


def _segments(results: Sequence[CheckResult]) -> tuple[Segment, ...]:
    whole = sum(result.check.points for result in results) or 1
    found, before = [], 0.0
    for result in results:
        start, end = round(1000 * before / whole), round(1000 * (before + result.check.points) / whole)
        found.append(Segment(start, max(end - start - 6, 2), result.verdict))  # 6: the gap to the next
        before += result.check.points
    return tuple(found)


def _cell(cell: CellRun) -> CellView:
    source = _newlines(cell.source).rstrip("\n")
    lines = (
        tuple((text, number == cell.line) for number, text in enumerate(source.split("\n"), 1))
        if source.strip()
        else ()
    )
    line = cell.line if cell.line and 0 < cell.line <= len(lines) else None
    return CellView(
        number=cell.number,
        status=cell.status,
        word=sentences.status(cell.status),
        lines=lines,
        sentence=sentences.ended(cell.status, cell.number) if cell.status is not Status.CELL_ERROR else None,
        error=cell.error if cell.status is Status.CELL_ERROR else None,
        line=line,
        outputs=tuple(_output(output) for output in cell.outputs if output.kind is not OutputKind.ERROR),
        traceback="\n".join(output.text for output in cell.outputs if output.kind is OutputKind.ERROR),
        truncated=cell.truncated,
    )


def _output(output: Output) -> OutputView:
    if output.kind is not OutputKind.IMAGE:
        return OutputView(output.kind, _overwritten(output.text))
    if output.mime in IMAGES and output.data and BASE64.fullmatch(output.data):
        return OutputView(OutputKind.IMAGE, output.text, f"data:{output.mime};base64,{output.data}")
    return OutputView(OutputKind.TEXT, f"[{output.mime[:40]}] {output.text}")


def _newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _overwritten(text: str) -> str:
    """Text as a terminal shows it: a carriage return begins the line again, as in a progress bar."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


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
