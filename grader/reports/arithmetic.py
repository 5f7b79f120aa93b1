"""How a submission's points become what counts: the sum on the pages of student and staff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.course.course import Assignment
from grader.course.terms import Counts, Terms
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.language.dates import lasting, shown
from grader.model.mark import Mark, Override, newest
from grader.model.report import Report, tidy
from grader.reports.markup import inline


@dataclass(frozen=True)
class Standing:
    """What counts for one submission, and what it was computed from."""

    mark: Mark
    terms: Terms = field(default_factory=Terms)
    overrides: tuple[Override, ...] = ()  # of this student and assignment, in the order of setting


@dataclass(frozen=True)
class ByHand:
    """Points that a person gave: for a question, or in place of a check's."""

    title: Text
    points: Text
    comment: str = ""
    by: str = ""  # for staff


@dataclass(frozen=True)
class SumView:
    """The sum as it is shown."""

    score: str
    max_score: str
    lines: tuple[Text, ...]  # each a step of the sum, or what it rests on
    by_hand: tuple[ByHand, ...]


def sum_view(standing: Standing, report: Report, assignment: Assignment, staff: bool) -> SumView:
    """The sum for a student, or for staff, who also read who set what."""
    mark = standing.mark
    counts = mark.final if mark.final is not None else mark.raw
    return SumView(
        points_shown(counts),
        points_shown(mark.max_score),
        tuple(_lines(standing, report)),
        tuple(_by_hand(standing, report, assignment, staff)),
    )


def points_shown(points: float | None) -> str:
    """Points as the table of grades has them, without needless digits; a dash if there are none."""
    return "–" if points is None else f"{tidy(points):.12g}"


def _lines(standing: Standing, report: Report) -> Iterator[Text]:
    mark, late = standing.mark, standing.mark.late
    if mark.attempts > 1 and mark.attempt:
        yield _attempt_line(mark, standing.terms)
    marked = tidy(sum(points for points in mark.manual.values() if points is not None))
    if mark.raw is not None and mark.manual:
        yield _(
            "Checks {checks} + questions {questions} = {sum}",
            checks=points_shown(mark.raw - marked),
            questions=points_shown(marked),
            sum=points_shown(mark.raw),
        )
    open_questions = sum(points is None for points in mark.manual.values())
    if open_questions and mark.override is None and mark.status == "pending":
        yield _("Not marked yet: {count}. This is not the final score.", count=open_questions)
    if late and late.by_s:
        yield from _late_lines(standing)
    if mark.override is not None:
        yield _override_line(mark.override, mark.computed)


def _attempt_line(mark: Mark, terms: Terms) -> Text:
    """Which attempt counts, and by which rule."""
    words = {"number": mark.attempt, "all": mark.attempts}
    if terms.counts is Counts.BEST:
        return _("Attempt {number} of {all} counts: the best one does.", **words)
    if terms.counts is Counts.LAST_BEFORE_DEADLINE:
        return _("Attempt {number} of {all} counts: the last one before the deadline does.", **words)
    return _("Attempt {number} of {all} counts: the last one does.", **words)


def _late_lines(standing: Standing) -> Iterator[Text]:
    mark, late = standing.mark, standing.mark.late
    assert late is not None
    due = standing.terms.due_for(mark.student)
    words = {"time": lasting(late.by_s), "date": shown(due) if due else "–"}
    if late.rule == "grace":
        yield _("Handed in {time} late ({date}), within the time of grace: nothing is taken off.", **words)
    elif late.percent == 0:
        yield _("Handed in {time} late ({date}): nothing is taken off.", **words)
    else:
        yield _("Handed in {time} late: it was due on {date}.", **words)
        if mark.raw is not None and mark.computed is not None:
            yield _(
                "{points} − {percent} % late = {final}",
                points=points_shown(mark.raw),
                percent=points_shown(late.percent),
                final=points_shown(mark.computed),
            )


def _override_line(override: Override, computed: float | None) -> Text:
    words = {"points": points_shown(override.points), "before": points_shown(computed)}
    if computed is None:
        return _("Set by hand: {points}", **words)
    return _("Changed by hand: {before} → {points}", **words)


def _by_hand(standing: Standing, report: Report, assignment: Assignment, staff: bool) -> Iterator[ByHand]:
    """What a person marked or changed, with the reason."""

    def entry(title: Text, points: Text, override: Override | None) -> ByHand:
        return ByHand(
            title, points, override.comment if override else "", override.by if override and staff else ""
        )

    total = standing.mark.override
    if total and total.comment:
        yield entry(_("Score"), Text.verbatim(points_shown(total.points)), total)
    for question in assignment.questions:
        answer = report.answer(question.id)
        given = newest(standing.overrides, question.id, answer.sha256 if answer else "")
        points = f"{points_shown(given.points)} / {points_shown(question.points)}" if given else ""
        yield entry(inline(question.title), Text.verbatim(points) if given else _("not marked yet"), given)
    for result in report.checks:
        changed = newest(standing.overrides, result.check.id)
        if changed:
            points = f"{points_shown(result.points)} → {points_shown(changed.points)}"
            yield entry(inline(result.check.title), Text.verbatim(points), changed)
