"""What the first page of a student's folder shows, in every language: all assignments, what to fix first."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from grader.course.course import Assignment
from grader.course.settings import Settings
from grader.language.catalogue import Text, listed
from grader.language.catalogue import say as _
from grader.language.dates import shown
from grader.model.mark import MISSING, PENDING, Mark
from grader.model.report import GRADED, INTERNAL, PASSED, REJECTED
from grader.reports import priorities, sentences
from grader.reports.figures import Result, StudentFigures
from grader.reports.markup import inline
from grader.reports.people import iri
from grader.reports.submission import NO_SCORE, Segment, points_shown, segments

ADDRESS = re.compile(r"[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+")
LINK = re.compile(r"(?:https?://|mailto:)[^\s\"<>]+")


@dataclass(frozen=True)
class Contact:
    """Whom to ask. The link is empty if it is just words."""

    words: str
    link: str = ""


@dataclass(frozen=True)
class Entry:
    """One assignment, as its student sees it from afar."""

    title: Text
    link: str  # "" if nothing was handed in
    status: str  # of a mark: "graded", "pending", "rejected", "internal", "missing"
    word: Text
    points: str
    max_score: str
    segments: tuple[Segment, ...] = ()
    passed: int = 0  # checks
    checks: int = 0
    weight: Text | None = None  # what to fix first: what it is worth, and what it is
    first: Text | None = None
    dates: tuple[Text, ...] = ()  # when it is due, and when it was handed in
    history: tuple[Text, ...] = ()  # attempts, and what changed


@dataclass(frozen=True)
class StudentIndexView:
    """A student's folder."""

    lang: str
    course: Text
    student: str
    full_name: str  # "" if no roster says it
    points: str
    max_score: str
    entries: tuple[Entry, ...]
    contact: Contact | None = None


def student_index_view(
    student: StudentFigures,
    assignments: Mapping[str, Assignment],
    lang: str,
    settings: Settings | None = None,
    open_tasks: Collection[str] = (),
    held_back: Mapping[str, datetime] | None = None,
) -> StudentIndexView:
    """A student's folder. `open_tasks`: the names of assignments that are there to be handed in.

    Of what is `held_back`, by name, nothing is in it but when it was handed in and when results come.
    """
    settings = settings or Settings()
    held_back = held_back or {}
    given = student.results
    student = replace(student, results={name: each for name, each in given.items() if name not in held_back})
    entries = []
    for name, assignment in assignments.items():
        if name in given and name in held_back:
            entries.append(_held_back(given[name], assignment, settings, held_back[name]))
        elif name in student.results:
            entries.append(_entry(student.results[name], assignment, settings))
        elif name in open_tasks:
            entries.append(_missing(assignment, student.name, settings))
    return StudentIndexView(
        lang=lang,
        course=settings.title,
        student=student.name,
        full_name=next((each.name for each in settings.students if each.id == student.name), ""),
        points=NO_SCORE if student.points is None else points_shown(student.points),
        # What there is to be had, if nothing is told yet.
        max_score=points_shown(student.max_score or sum(assignments[name].max_points for name in given)),
        entries=tuple(entries),
        contact=contact_of(settings.contact),
    )


def contact_of(words: str) -> Contact | None:
    """Whom to ask, with a link if it is an address; None if the course names nobody."""
    words = words.strip()
    if not words:
        return None
    if ADDRESS.fullmatch(words):
        return Contact(words, f"mailto:{words}")
    return Contact(words.removeprefix("mailto:"), words if LINK.fullmatch(words) else "")


def _entry(result: Result, assignment: Assignment, settings: Settings) -> Entry:
    report = result.report
    status = result.mark.status if result.mark else report.outcome
    top = priorities.first(report, assignment, inline) if report.outcome == GRADED else None
    weight, first = (top[0], top[1].what) if top else (None, _only(result, assignment))
    return Entry(
        title=assignment.title,
        link=f"{iri(assignment.name)}.html",
        status=status,
        word=status_word(status),
        points=NO_SCORE if result.points is None else points_shown(result.points),
        max_score=points_shown(result.max_score),
        segments=segments(report.checks) if report.outcome == GRADED else (),
        passed=sum(one.verdict == PASSED for one in report.checks),
        checks=len(report.checks),
        weight=weight,
        first=first,
        dates=_dates(assignment.name, result.student, settings, _submitted_at(result)),
        history=_history(result),
    )


def _only(result: Result, assignment: Assignment) -> Text | None:
    """What to fix where there is just one thing, or nothing was graded."""
    report = result.report
    if report.outcome == REJECTED:
        return report.reason
    if report.outcome == INTERNAL:
        return sentences.outcome(INTERNAL)
    found = priorities.groups(report, assignment, inline)
    return found[0].what if found else None


def _missing(assignment: Assignment, student: str, settings: Settings) -> Entry:
    score = points_shown(assignment.max_points)
    dates = _dates(assignment.name, student, settings)
    return Entry(assignment.title, "", MISSING, status_word(MISSING), NO_SCORE, score, dates=dates)


def _held_back(result: Result, assignment: Assignment, settings: Settings, until: datetime) -> Entry:
    """An assignment that was handed in, and nothing of its results."""
    score = points_shown(assignment.max_points)
    dates = _dates(assignment.name, result.student, settings, _submitted_at(result))
    word = _("The results come on {date}", date=shown(until))
    return Entry(assignment.title, "", PENDING, word, NO_SCORE, score, dates=dates)


def _submitted_at(result: Result) -> str | None:
    """When the attempt that counts was handed in, or the newest; None if nothing says so."""
    if result.mark and result.mark.submitted_at:
        return result.mark.submitted_at
    return result.attempts[-1].submitted_at if result.attempts else None


def _dates(
    assignment: str, student: str, settings: Settings, submitted_at: str | None = None
) -> tuple[Text, ...]:
    """When an assignment is due for a student, and when it was handed in, in the course's time zone."""
    found = []
    if due := settings.terms_of(assignment).due_for(student):
        found.append(_("Due: {date}", date=shown(_local(due, settings))))
    if submitted_at:
        found.append(
            _("Handed in: {date}", date=shown(_local(datetime.fromisoformat(submitted_at), settings)))
        )
    return tuple(found)


def _local(moment: datetime, settings: Settings) -> datetime:
    """A time by the clock of the course; without a time zone, by the one by which it was recorded."""
    return moment.astimezone(ZoneInfo(settings.timezone)) if settings.timezone else moment


def status_word(status: str) -> Text:
    """The word for a mark's status."""
    if status == PENDING:
        return _("Waiting for a person's marks")
    return _("Nothing handed in") if status == MISSING else sentences.outcome_word(status)


def _history(result: Result) -> tuple[Text, ...]:
    """The attempts in a line, and what changed with the last."""
    found = []
    mark = result.mark
    if mark and mark.attempts > 1:
        found.append(_attempts(mark))
    if (gain := result.gain) is not None:
        if gain > 0:
            found.append(_("{points} points more than the attempt before.", points=points_shown(gain)))
        elif gain < 0:
            found.append(_("{points} points fewer than the attempt before.", points=points_shown(-gain)))
        else:
            found.append(_("As many points as the attempt before."))
        found += _changed(result)
    return tuple(found)


def _attempts(mark: Mark) -> Text:
    if mark.attempt is None:
        return _("Attempts: {count}.", count=mark.attempts)
    return _("Attempt {number} of {count} counts.", number=mark.attempt, count=mark.attempts)


def _changed(result: Result) -> list[Text]:
    """Which checks passed in the last attempt and not in the one before, and the other way around."""
    graded = [one.report for one in result.attempts if one.report and one.report.outcome == GRADED]
    old, new = ({each.check.id: each for each in report.checks} for report in graded[-2:])
    both = [name for name in new if name in old]
    won = [new[name] for name in both if new[name].verdict == PASSED != old[name].verdict]
    lost = [new[name] for name in both if old[name].verdict == PASSED != new[name].verdict]
    found = []
    if won:
        names = [inline(one.check.title) for one in won]
        found.append(_("Passes now: {names}.", names=listed(names)))
    if lost:
        names = [inline(one.check.title) for one in lost]
        found.append(_("No longer passes: {names}.", names=listed(names)))
    return found
