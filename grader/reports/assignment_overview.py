"""What the page on one assignment shows of the class, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.course.course import Assignment
from grader.language.catalogue import Text, listed
from grader.language.catalogue import say as _
from grader.model.report import FAILED, NOT_ATTEMPTED, NOT_RUN, OUTCOMES, Check, Report
from grader.model.status import SandboxKind
from grader.reports import sentences
from grader.reports.check_figures import WEAK, CheckFigures, of_checks, together
from grader.reports.figures import AssignmentFigures, Result
from grader.reports.markup import inline
from grader.reports.people import People, Person, iri, people, why_low
from grader.reports.submission import NO_SCORE, Notice, points_shown, visibility_shown

# A bar of the distribution: its step and its greatest height, in the drawing's units.
STEP, HEIGHT = 30, 60


@dataclass(frozen=True)
class Bar:
    """One bar of the distribution of points, and the same in words."""

    x: int
    y: int
    height: int
    count: int
    label: str  # the fewest points that it stands for
    words: Text


@dataclass(frozen=True)
class MistakeView:
    """A known mistake, and who made it."""

    title: Text
    hint: Text | None
    who: People


@dataclass(frozen=True)
class CheckRate:
    """How one check went over the class."""

    title: Text
    visibility: Text
    points: str
    passed: int
    of: int
    share: int  # passed, in per cent
    others: tuple[tuple[str, Text, People], ...]  # verdict, its word, who
    separation: str  # the correlation with all other points; "" if there are too few submissions
    doubt: Text | None  # what is odd about the check


@dataclass(frozen=True)
class ResultRow:
    """One student's result."""

    person: Person
    outcome: str
    word: Text
    score: str
    why: Text | None
    seconds: str


@dataclass(frozen=True)
class AssignmentView:
    """One assignment over the class."""

    lang: str
    title: Text
    counts: tuple[tuple[str, Text, int], ...]  # outcome, its word, how many
    notices: tuple[Notice, ...]
    mean: str
    median: str
    max_score: str
    full: int
    bars: tuple[Bar, ...]
    seconds: str
    slowest: Person | None
    slowest_seconds: str
    mistakes: tuple[MistakeView, ...]
    checks: tuple[CheckRate, ...]
    together: tuple[Text, ...]
    has_separation: bool
    rows: tuple[ResultRow, ...]
    missing: People


def assignment_view(
    task: AssignmentFigures, assignment: Assignment | None, lang: str, folders: Mapping[str, str]
) -> AssignmentView:
    """One assignment over the class. `folders`: each student's folder, by the student's name."""
    slowest = task.slowest
    checks = tuple(_rate(one, folders) for one in of_checks(task.results))
    return AssignmentView(
        lang=lang,
        title=assignment.title if assignment else Text.verbatim(task.name),
        counts=counts(task.outcomes),
        notices=class_notices(one.report for one in task.results),
        mean=rounded(task.mean),
        median=rounded(task.median),
        max_score=points_shown(task.max_score),
        full=task.full,
        bars=bars(task),
        seconds="" if task.seconds is None else f"{task.seconds:.1f} s",
        slowest=Person(slowest.student, _link(slowest, folders)) if slowest else None,
        slowest_seconds=_seconds(slowest) if slowest else "",
        mistakes=tuple(
            MistakeView(
                mistake_title(name, assignment), _hint(name, assignment), people(who, folders, "", ".html")
            )
            for name, who in task.mistakes.items()
        ),
        checks=checks,
        together=tuple(_together(one.checks, one.both, one.either) for one in together(task.results)),
        has_separation=any(one.separation for one in checks),
        rows=tuple(_row(one, folders) for one in sorted(task.results, key=_lowest_first)),
        missing=people(task.missing, folders),
    )


def counts(outcomes: Mapping[str, int]) -> tuple[tuple[str, Text, int], ...]:
    """How many submissions ended how: the outcome, its word, the number."""
    return tuple((name, sentences.outcome_word(name), outcomes.get(name, 0)) for name in OUTCOMES)


def class_notices(reports: Iterable[Report]) -> tuple[Notice, ...]:
    """What has to be known before anything else."""
    bare = sum(report.provenance.sandbox is SandboxKind.NONE for report in reports)
    if not bare:
        return ()
    said = _("Graded without protection, with no sandbox around the notebook: {count}", count=bare)
    return (Notice("bad", said),)


def percent(share: float) -> int:
    """A share in whole per cent. Only all is 100, and only nothing is 0."""
    return round(100 * share) if share in (0, 1) else min(max(round(100 * share), 1), 99)


def rounded(points: float | None) -> str:
    """A mean or a median, with one digit; a dash if there is none."""
    return NO_SCORE if points is None else f"{points:.1f}"


def bars(task: AssignmentFigures) -> tuple[Bar, ...]:
    """The distribution of points, drawn and in words; empty if nothing was graded."""
    bins = task.distribution
    most = max(each.count for each in bins)
    if not most:
        return ()
    found = []
    for number, each in enumerate(bins):
        low = points_shown(each.low)
        words = (
            _("{low} points: {count}", low=low, count=each.count)
            if each.high is None
            else _(
                "{low} points or more, below {high}: {count}",
                low=low,
                high=points_shown(each.high),
                count=each.count,
            )
        )
        # A single submission in a large class is still seen.
        height = max(round(HEIGHT * each.count / most), 2) if each.count else 0
        found.append(Bar(number * STEP, HEIGHT - height, height, each.count, low, words))
    return tuple(found)


def mistake_title(name: str, assignment: Assignment | None) -> Text:
    """A known mistake's title; its name if it has gone from the course."""
    known = assignment.mistakes if assignment else ()
    return next((inline(each.title) for each in known if each.name == name), Text.verbatim(name))


def _hint(name: str, assignment: Assignment | None) -> Text | None:
    known = assignment.mistakes if assignment else ()
    return next((inline(each.hint) for each in known if each.name == name and each.hint), None)


def doubt(check: CheckFigures) -> Text | None:
    """What is odd about a check, judged by the class; None if nothing is, or if there are too few."""
    if check.tells_nothing:
        if check.passed:
            return _("Everyone passed, so this check tells nobody apart.")
        return _(
            "Nobody passed. Either the class has not understood it yet, or the check asks for more than the "
            "task says."
        )
    if check.separation is None or check.separation >= WEAK:
        return None
    figures = {"value": f"{check.separation:.2f}".replace("-", "−"), "count": check.of}
    if check.separation < 0:
        return _(
            "Students who pass this check have fewer points elsewhere than those who fail it (correlation "
            "{value}, submissions: {count}). See whether it asks for what the task says.",
            **figures,
        )
    return _(
        "Passing this check has hardly anything to do with the other points (correlation {value}, "
        "submissions: {count}). It may depend on luck, or on something that the task leaves open.",
        **figures,
    )


def _rate(one: CheckFigures, folders: Mapping[str, str]) -> CheckRate:
    return CheckRate(
        title=inline(one.check.title),
        visibility=visibility_shown(one.check),
        points=points_shown(one.check.points),
        passed=one.passed,
        of=one.of,
        share=percent(one.share),
        others=tuple(
            (verdict, sentences.verdict(verdict), people(one.students[verdict], folders, "", ".html"))
            for verdict in (FAILED, NOT_RUN, NOT_ATTEMPTED)
            if verdict in one.students
        ),
        separation="" if one.separation is None else f"{one.separation:.2f}".replace("-", "−"),
        doubt=doubt(one),
    )


def _together(checks: Sequence[Check], both: int, either: int) -> Text:
    names = listed([inline(each.title) for each in checks])
    return _(
        "{names}: of {either} students who failed any of these, {both} failed all of them.",
        names=names,
        either=either,
        both=both,
    )


def _row(one: Result, folders: Mapping[str, str]) -> ResultRow:
    report = one.report
    return ResultRow(
        Person(one.student, _link(one, folders)),
        report.outcome,
        sentences.outcome_word(report.outcome),
        NO_SCORE if one.points is None else points_shown(one.points),
        why_low(one),
        _seconds(one) if report.execution.sessions else NO_SCORE,
    )


def _link(one: Result, folders: Mapping[str, str]) -> str:
    return f"{iri(folders[one.student])}.html"


def _seconds(one: Result) -> str:
    return f"{one.report.execution.wall_s:.1f} s"


def _lowest_first(one: Result) -> tuple[bool, float, str]:
    """What has no points comes first, then the fewest points."""
    return one.points is not None, one.points or 0, one.student
