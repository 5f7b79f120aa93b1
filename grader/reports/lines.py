"""A checked notebook in lines of text, for a terminal and wherever else there is no page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.course.course import Assignment
from grader.course.manual import Question
from grader.language.catalogue import Text
from grader.language.catalogue import say as _
from grader.language.clean import clean
from grader.model.report import PASSED, Answer, CheckResult, Place, Report
from grader.reports import causes, priorities, sentences
from grader.reports.captions import caption
from grader.reports.checks import in_short
from grader.reports.priorities import has_raised, is_wrong_value

MAX_LINES = 20  # of a check's message


@dataclass(frozen=True)
class Line:
    """A paragraph: `before` stands in front of its first line, and as much space in front of the others.

    `style` is a color or a weight, where there are such: "bold", "dim", "green", "red".
    """

    text: str
    before: str = ""
    style: str = ""


def lines(report: Report, assignment: Assignment, lang: str, verbose: bool = False) -> Iterator[Line]:
    """What to fix first, then the checks, one after another, in the student's language."""
    yield Line(assignment.title[lang], style="bold")
    if (sentence := sentences.outcome(report.outcome)) is not None:
        yield Line(sentence[lang], "✗ ", style="red")
        yield Line(report.reason[lang] if report.reason else "", "  ")
        return
    if report.beside and (sentence := sentences.left_out(report.beside)) is not None:
        yield Line(sentence[lang], "  ")
    top = priorities.first(report, assignment)
    if top:
        yield Line(top[0][lang], "  ", style="bold")
        if top[1].cause is None:
            yield Line(top[1].what[lang], "  ")
    for cause in sorted(report.causes, key=lambda each: not (top and each is top[1].cause)):
        yield Line(causes.of_report(cause, report, assignment)[lang], "  ")
        if error := dict(cause.words).get("error"):
            yield Line(clean(error), "    | ", style="dim")
    if not report.causes and (sentence := sentences.execution(report.execution)) is not None:
        yield Line(sentence[lang], "  ")
        if report.execution.message:
            yield Line(report.execution.message[lang], "  ", style="dim")
    for result in report.checks:
        yield from _of_check(result, report, lang, verbose)
    earned = sum(result.points for result in report.checks)
    yield Line(
        _(
            "Public checks: {earned} of {total} points. The hidden ones run when it is graded.",
            earned=f"{earned:g}",
            total=f"{report.max_score:g}",
        )[lang]
    )
    for question in assignment.questions:
        yield Line(about_question(question, report.answer(question.id))[lang])


def about_question(question: Question, answer: Answer | None) -> Text:
    """Whether there is an answer to a question that a person marks."""
    words = {"title": question.title, "points": f"{question.points:g}"}
    if answer is None:
        return _(
            "A person marks “{title}” ({points} points): the cell for your answer was not found. Keep the "
            "line {mark} above what you write.",
            mark=f"<!-- answer: {question.id} -->",
            **words,
        )
    if not answer.text:
        return _("A person marks “{title}” ({points} points): nothing is written yet.", **words)
    return _("A person marks “{title}” ({points} points): your answer is there.", **words)


def _of_check(result: CheckResult, report: Report, lang: str, verbose: bool) -> Iterator[Line]:
    """One check: why it did not pass, what it compared, and the hint where it fits."""
    check, passed = result.check, result.verdict == PASSED
    points = f"[{result.points:g}/{check.points:g}]"
    yield Line(f"{check.title[lang]}  {points}", "✓ " if passed else "✗ ", style="green" if passed else "red")
    if passed:
        return
    if result.reason and (why := sentences.sentence(result.reason, titles_waited_for(result, report))):
        yield Line(why[lang], "    ")
    if result.place and not priorities.is_caused(result):
        yield Line(look_at(result.place)[lang], "    ")
    # A name of a check that this one waits for, or of one that is missing, has been said in words.
    for line in compared(result, lang, verbose) if is_wrong_value(result) or has_raised(result) else ():
        yield Line(clean(line), "    | ", style="dim")
    if verbose and result.picture:
        yield Line(caption(result.picture)[lang], "    | ", style="dim")
    if check.hint and is_wrong_value(result):
        yield Line(check.hint[lang], "    → ")


def look_at(place: Place) -> Text:
    """Where in the notebook to look."""
    if place.line is None:
        return _("Look at cell {cell}.", cell=place.cell)
    return _("Look at cell {cell}, line {line}.", cell=place.cell, line=place.line)


def compared(result: CheckResult, lang: str, verbose: bool) -> list[str]:
    """What a check compared, or the first line of its message; with `verbose` all of it."""
    found = result.difference
    if found is None:
        first, more = in_short(result.message or "")
        return [line for line in (first, *(more.splitlines() if verbose else ())) if line][:MAX_LINES]
    shown = [
        _("{what} is {got}", what=found.what, got=found.got)[lang],
        _("wanted: {wanted} ± {tolerance}", wanted=found.wanted, tolerance=found.tolerance)[lang]
        if found.tolerance
        else _("wanted: {wanted}", wanted=found.wanted)[lang],
    ]
    if found.others:
        shown.append(_("Other values that differ: {count}.", count=found.others)[lang])
    return shown


def titles_waited_for(result: CheckResult, report: Report) -> list[Text]:
    """The titles of the checks that this one waits for."""
    return [other.check.title for other in report.checks if other.check.id in result.check.depends]
