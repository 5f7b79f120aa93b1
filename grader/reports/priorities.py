"""What to fix first: the checks that did not pass, grouped by the reason that they share."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.course.course import Assignment, Mistake
from grader.language.catalogue import Text, listed
from grader.language.catalogue import say as _
from grader.model.report import PASSED, Cause, CheckResult, Report, tidy
from grader.model.status import Status
from grader.reports import causes, sentences

CAUSED = ("waits", "stale", "stopped")  # codes of reasons that point to a cause
NAMED = ("not_attempted", "missing", "nowhere", "unassigned")  # codes that are about a name
# Codes of reasons that say a value is wrong. What the hint of a check is about.
WRONG_VALUE = ("assertion", "differs", "invalid", "too_much_work")
PLACE = re.compile(r"\((?:the rubric|test_\w+\.py(?::\d+)?)\)\s*$")  # a rubric's line at a message's end


def as_written(title: Text) -> Text:
    """A title as its author wrote it: what terminals show."""
    return title


@dataclass(frozen=True)
class Group:
    """Checks that did not pass for one reason, which is said once."""

    what: Text  # in one sentence or two
    results: tuple[CheckResult, ...]  # in the rubric's order, those that wait for the others included
    cause: Cause | None = None  # if it lies in the notebook
    mistake: Mistake | None = None  # a known one that computes the same
    has_remedy: bool = False  # whether it names what to change

    @property
    def points(self) -> float:
        """The points that these checks are worth together."""
        return tidy(sum(result.check.points for result in self.results))


def is_caused(result: CheckResult) -> bool:
    """Whether a cause in the notebook kept a check from passing, which no hint of the check's is about."""
    return result.reason is not None and result.reason.code in CAUSED


def is_wrong_value(result: CheckResult) -> bool:
    """Whether a check did not pass because a value is wrong, which is what its hint is about."""
    return result.reason is None or result.reason.code in WRONG_VALUE


def has_raised(result: CheckResult) -> bool:
    """Whether the student's code raised an error when the check called it."""
    return result.reason is not None and result.reason.code == "raised"


def groups(
    report: Report, assignment: Assignment, shown: Callable[[Text], Text] = as_written
) -> tuple[Group, ...]:
    """The checks that did not pass, by their reasons. `shown` makes of a title what is to be shown.

    What names its remedy, a cause or a known mistake, comes before the rest, and then what is worth most.
    """
    known = _known(report, assignment)
    roots: dict[str, tuple[str, ...]] = {}
    members: dict[tuple[str, ...], list[CheckResult]] = {}
    for result in report.checks:
        if result.verdict != PASSED:
            root = _root(result, report, roots, known)
            roots[result.check.id] = root
            members.setdefault(root, []).append(result)
    found = [_group(root, tuple(results), report, assignment, shown) for root, results in members.items()]
    return tuple(sorted(found, key=lambda group: (not group.has_remedy, -group.points)))


def first(
    report: Report, assignment: Assignment, shown: Callable[[Text], Text] = as_written
) -> tuple[Text, Group] | None:
    """What to fix first, and its weight in one sentence. None if there is nothing to choose or to add up."""
    found = groups(report, assignment, shown)
    if not found or (len(found) == 1 and len(found[0].results) == 1):
        return None
    top = found[0]
    words = {"points": f"{top.points:g}", "total": f"{report.max_score:g}"}
    if len(found) == 1:
        return _("One thing to fix is worth {points} of {total} points.", **words), top
    return _("Fix this first: it is worth {points} of {total} points.", **words), top


def _recognized(results: Sequence[CheckResult], assignment: Assignment) -> Mistake | None:
    """The known mistake that was recognized in these checks, if it is one and the same."""
    names = {result.mistake for result in results if result.mistake}
    return next((one for one in assignment.mistakes if names == {one.name}), None)


def _known(report: Report, assignment: Assignment) -> Mistake | None:
    """The one known mistake that was recognized in some check; None if there is none, or several."""
    return _recognized(report.checks, assignment)


def _root(
    result: CheckResult, report: Report, roots: dict[str, tuple[str, ...]], known: Mistake | None
) -> tuple[str, ...]:
    """What a check failed for. Checks with the same root have failed for the same reason."""
    reason = result.reason
    words = dict(reason.words) if reason else {}
    code = reason.code if reason else ""
    if code in CAUSED and (cause := _cause(result, report)) is not None:
        return "cause", str(report.causes.index(cause))
    if result.mistake:
        return "mistake", result.mistake
    if known and is_wrong_value(result) and result.check.id in known.fails:
        return "mistake", known.name
    if code == "depends":
        waited_for = next((roots[other] for other in result.check.depends if other in roots), None)
        return waited_for or ("check", result.check.id)
    if code in NAMED and words.get("name", "").isidentifier():
        return code, words.get("name", "")
    if code == "raised":
        return code, PLACE.sub("", result.message or "")
    if code in tuple(Status):
        return code, PLACE.sub("", result.message or "")
    return "check", result.check.id


def _cause(result: CheckResult, report: Report) -> Cause | None:
    """The cause that a check's reason points to: in its cell, about its name if several are there."""
    words = dict(result.reason.words) if result.reason else {}
    there = [each for each in report.causes if str(each.cell or "") == words.get("cell", "")]
    named = [each for each in there if dict(each.words).get("name") == words.get("name")]
    return next(iter(named or there), None)


def _group(
    root: tuple[str, ...],
    results: tuple[CheckResult, ...],
    report: Report,
    assignment: Assignment,
    shown: Callable[[Text], Text],
) -> Group:
    kind, which = root
    head = next((each for each in results if not each.reason or each.reason.code != "depends"), results[0])
    if kind == "cause":
        cause = report.causes[int(which)]
        said = causes.of_report(cause, report, assignment)
        return Group(said, results, cause, _recognized(results, assignment), has_remedy=True)
    if kind == "mistake" and (
        mistake := next((one for one in assignment.mistakes if one.name == which), None)
    ):
        return Group(shown(mistake.title), results, mistake=mistake, has_remedy=True)
    if head.reason is not None and (kind in NAMED or kind == "raised" or kind in tuple(Status)):
        if (sentence := sentences.sentence(head.reason)) is not None:
            return Group(sentence, results)
    return Group(listed([shown(head.check.title)]), results)
