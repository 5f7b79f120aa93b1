"""Checks as they are shown. What is shown of a hidden one is decided here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.course.course import Assignment
from grader.language.catalogue import Text, listed
from grader.language.catalogue import say as _
from grader.model.report import FAILED, PASSED, Check, CheckResult, Difference, Report, tidy
from grader.reports import priorities, sentences
from grader.reports.cells import PlaceView, place_view
from grader.reports.markup import inline
from grader.reports.notes import place_told
from grader.reports.pictures import PictureView, picture_view
from grader.reports.priorities import Group, is_caused, is_wrong_value

OF_METHODS = re.compile(r"<(built-in|bound) method|<method-wrapper|\b0x(…|[0-9a-f]{6,})")


@dataclass(frozen=True)
class MistakeView:
    """A known mistake that computes the same, and its hint."""

    title: Text
    hint: Text | None = None


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
    is_first: bool = False  # whether it fails for what is to be fixed first, which says why
    hint: Text | None = None
    mistake: MistakeView | None = None
    place: PlaceView | None = None
    message: str | None = None
    more: str = ""  # the rest of the message, folded
    difference: Difference | None = None
    picture: PictureView | None = None
    waiting: tuple[CheckView, ...] = ()  # checks that are run once this one passes
    waiting_for: Text | None = None  # how many these are, and their points
    id: str = ""  # as in the report


def check_views(report: Report, assignment: Assignment, staff: bool) -> tuple[CheckView, ...]:
    """A report's checks in the rubric's order. Those that wait for another one are within it."""
    groups = priorities.groups(report, assignment, inline)
    top = groups[0] if priorities.first(report, assignment, inline) else None
    parents = {result.check.id: _parent(result, report.checks) for result in report.checks}
    found = []
    for result in report.checks:
        if parents[result.check.id] is None:
            waiting = [each for each in report.checks if parents[each.check.id] == result.check.id]
            group = next((one for one in groups if result in one.results), None)
            found.append(_check(result, report, assignment, staff, group, group is top, waiting))
    return tuple(found)


def _parent(result: CheckResult, results: Sequence[CheckResult]) -> str | None:
    """The id of the check that one waits for in the end: it did not pass, and waits for no other."""
    by_id = {each.check.id: each for each in results}
    found: CheckResult | None = None
    now = result
    for _step in results:
        if now.reason is None or now.reason.code != "depends":
            break
        needed = [by_id[each] for each in now.check.depends if each in by_id]
        other = next((each for each in needed if each.verdict != PASSED), None)
        if other is None:
            return None
        now = found = other
    return found.check.id if found and found is now and found is not result else None


def _check(
    result: CheckResult,
    report: Report,
    assignment: Assignment,
    staff: bool,
    group: Group | None = None,
    is_first: bool = False,
    waiting: Sequence[CheckResult] = (),
) -> CheckView:
    check = result.check
    is_first = is_first and result.verdict != PASSED
    is_shown = check.visibility == "public" and result.verdict == FAILED and not is_caused(result)
    message, more = (result.message, "") if staff else in_short(result.message or "")
    # Of a file that could not be read, the notice on top says it once.
    advise = result.verdict != PASSED and (result.reason is None or result.reason.code != "rejected")
    place = place_told(result, report, staff) if advise else None
    compared = result.difference if staff or is_shown else None
    return CheckView(
        title=inline(check.title),
        verdict=result.verdict,
        word=sentences.verdict(result.verdict),
        visibility=visibility_shown(check),
        points=points_shown(result.points),
        max_points=points_shown(check.points),
        reason=_reason(result, report, group, is_first) if advise else None,
        is_first=is_first and advise,
        hint=inline(check.hint)
        if check.hint and advise and is_wrong_value(result) and not is_first and not result.mistake
        else None,
        mistake=None if is_first else mistake_view(result.mistake, assignment),
        place=place_view(place) if place and not (is_first and group and group.cause) else None,
        message=message if staff or (is_shown and compared is None) else None,
        more=more if is_shown and compared is None else "",
        difference=compared,
        picture=picture_view(result),
        waiting=tuple(_check(each, report, assignment, staff) for each in waiting),
        waiting_for=_waiting_for(waiting) if waiting else None,
        id=check.id,
    )


def _reason(result: CheckResult, report: Report, group: Group | None, is_first: bool) -> Text | None:
    """Why a check did not pass, unless that has been said: with what to fix first, or at an earlier check."""
    if result.reason is None:
        return None
    if is_first:
        return sentences.run_again(result.reason) if is_wrong_value(result) else None
    head = group.results[0] if group else result
    if group and head is not result and not is_wrong_value(result) and result.reason.code != "depends":
        return _("For the same reason as {title}.", title=listed([inline(head.check.title)]))
    needs = [
        inline(other.check.title)
        for other in report.checks
        if other.check.id in result.check.depends and other.verdict != PASSED
    ]
    return sentences.sentence(result.reason, needs)


def _waiting_for(results: Sequence[CheckResult]) -> Text:
    points = points_shown(tidy(sum(each.check.points for each in results)))
    if len(results) == 1:
        return _("One more check is run once this one passes. Its points: {points}.", points=points)
    return _(
        "{count} more checks are run once this one passes. Their points: {points}.",
        count=len(results),
        points=points,
    )


def mistake_view(name: str, assignment: Assignment) -> MistakeView | None:
    """A known mistake by its name; None if the course has none of this name."""
    found = next((each for each in assignment.mistakes if each.name == name), None)
    return MistakeView(inline(found.title), inline(found.hint) if found.hint else None) if found else None


def in_short(message: str) -> tuple[str, str]:
    """The first line of a public check's message, and the rest.

    What pytest says of methods tells a student nothing, and is left out.
    """
    lines = [line for line in message.splitlines() if not OF_METHODS.search(line)]
    return (lines[0], "\n".join(lines[1:])) if lines else ("", "")


def points_shown(points: float) -> str:
    """Points without needless digits: `2`, `2.5`."""
    return f"{points:g}"


def visibility_shown(check: Check) -> Text:
    """Whether students may see the check itself."""
    return _("Public") if check.visibility == "public" else _("Hidden")
