"""What the page on the class shows, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from grader.course.course import Assignment
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.model.report import (
    FAILED,
    GRADED,
    INTERNAL,
    NOT_ATTEMPTED,
    NOT_RUN,
    OUTCOMES,
    PASSED,
    REJECTED,
    CheckResult,
    Report,
    mean_score,
)
from grader.model.status import SandboxKind
from grader.reports import sentences
from grader.reports.markup import inline
from grader.reports.submission import NO_SCORE, Notice, points_shown, score_shown, visibility_shown


@dataclass(frozen=True)
class Mark:
    """One student's result for one assignment, in the table of the class."""

    link: str
    outcome: str
    word: Text
    score: str
    max_score: str
    share: int  # of the points, in per cent
    trouble: Text | None = None  # how the notebook ran, if it did not run through


@dataclass(frozen=True)
class Row:
    """One student's results, in the order of the assignments; None if nothing was handed in."""

    student: str
    marks: tuple[Mark | None, ...]
    reason: Text | None = None  # why nothing could be graded at all


@dataclass(frozen=True)
class Attention:
    """A submission that staff have to look at."""

    link: str
    outcome: str
    word: Text
    student: str
    title: Text
    reason: Text


@dataclass(frozen=True)
class Rate:
    """How one check went over the class."""

    title: Text
    visibility: Text
    passed: int
    graded: int
    share: int  # passed of graded, in per cent
    others: tuple[tuple[str, Text, int], ...]  # verdict, its word, how many


@dataclass(frozen=True)
class TaskView:
    """One assignment over the class."""

    title: Text
    counts: tuple[tuple[str, Text, int], ...]  # outcome, its word, how many
    mean: str
    max_score: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class IndexView:
    """The class."""

    lang: str
    students: int
    counts: tuple[tuple[str, Text, int], ...]
    notices: tuple[Notice, ...]
    attention: tuple[Attention, ...]
    choices: tuple[Attention, ...]  # submissions whose file was not the only one or not named as expected
    titles: tuple[Text, ...]
    rows: tuple[Row, ...]
    tasks: tuple[TaskView, ...]


def index_view(
    reports: Iterable[Report],
    assignments: Iterable[Assignment],
    lang: str,
    names: Mapping[str, str],
    without: Mapping[str, Text] | None = None,
) -> IndexView:
    """The class.

    `names`: each student's folder, by the student's name in the reports. `without`: students who have no
    report, and why not.
    """
    without = without or {}
    reports = sorted(reports, key=lambda report: (report.student, report.assignment))
    handed_in = {report.assignment for report in reports}  # no column of dashes for the others
    titles = {
        assignment.name: assignment.title
        for assignment in assignments
        if assignment.name in handed_in or not handed_in
    }
    for report in reports:
        titles.setdefault(report.assignment, Text(report.assignment, report.assignment))
    found = {(report.student, report.assignment): report for report in reports}
    students = sorted({report.student for report in reports} | set(without))

    def mark(student: str, task: str) -> Mark | None:
        report = found.get((student, task))
        return _mark(report, names[student]) if report else None

    def attention(report: Report, reason: Text) -> Attention:
        return _attention(report, names[report.student], titles[report.assignment], reason)

    return IndexView(
        lang=lang,
        students=len(students),
        counts=_outcomes(reports),
        notices=_class_notices(reports),
        attention=tuple(
            attention(report, _last_line(report))
            for outcome in (INTERNAL, REJECTED)
            for report in reports
            if report.outcome == outcome
        ),
        choices=tuple(
            attention(report, words)
            for report in reports
            if report.source and (words := sentences.source(report.source))
        ),
        titles=tuple(titles.values()),
        rows=tuple(
            Row(student, tuple(mark(student, task) for task in titles), without.get(student))
            for student in students
        ),
        tasks=tuple(
            _task(title, [report for report in reports if report.assignment == task])
            for task, title in titles.items()
        ),
    )


def _staff_link(report: Report, name: str) -> str:
    return f"{quote(report.assignment, safe='')}/{quote(name, safe='')}.html"


def _attention(report: Report, name: str, title: Text, reason: Text) -> Attention:
    link, word = _staff_link(report, name), sentences.outcome_word(report.outcome)
    return Attention(link, report.outcome, word, report.student, title, reason)


def _last_line(report: Report) -> Text:
    """What broke, in a line: a trace's last; a rejection's only one."""
    if report.reason is None:
        return Text("", "")

    def last(reason: str) -> str:
        return (reason.strip().splitlines() or [""])[-1].strip()[:300]

    return Text(last(report.reason.en), last(report.reason.zh))


def _class_notices(reports: Sequence[Report]) -> tuple[Notice, ...]:
    bare = sum(report.provenance.sandbox is SandboxKind.NONE for report in reports)
    if not bare:
        return ()
    return (
        Notice(
            "bad", _("Graded without protection, with no sandbox around the notebook: {count}", count=bare)
        ),
    )


def _outcomes(reports: Sequence[Report]) -> tuple[tuple[str, Text, int], ...]:
    return tuple(
        (outcome, sentences.outcome_word(outcome), sum(report.outcome == outcome for report in reports))
        for outcome in OUTCOMES
    )


def _mark(report: Report, name: str) -> Mark:
    status = report.execution.status
    trouble = sentences.status(status) if report.outcome == GRADED and status.ends_session else None
    share = round(100 * report.score / report.max_score) if report.score and report.max_score else 0
    return Mark(
        _staff_link(report, name),
        report.outcome,
        sentences.outcome_word(report.outcome),
        score_shown(report),
        points_shown(report.max_score),
        share,
        trouble,
    )


def _task(title: Text, reports: Sequence[Report]) -> TaskView:
    """Counts and pass rates, over what was graded: a rejected file says nothing about a check."""
    graded = [report for report in reports if report.outcome == GRADED]
    mean = mean_score(reports)
    results: dict[str, list[CheckResult]] = {}
    for report in graded:
        for result in report.checks:
            results.setdefault(result.check.id, []).append(result)
    return TaskView(
        title=title,
        counts=_outcomes(reports),
        mean=NO_SCORE if mean is None else f"{mean:.1f}",
        max_score=points_shown(max((report.max_score for report in reports), default=0)),
        rates=tuple(_rate(group) for group in results.values()),
    )


def _rate(results: Sequence[CheckResult]) -> Rate:
    def count(verdict: str) -> int:
        return sum(result.verdict == verdict for result in results)

    check, passed = results[-1].check, count(PASSED)
    others = tuple(
        (verdict, sentences.verdict(verdict), count(verdict))
        for verdict in (FAILED, NOT_RUN, NOT_ATTEMPTED)
        if count(verdict)
    )
    share = round(100 * passed / len(results))
    return Rate(inline(check.title), visibility_shown(check), passed, len(results), share, others)
