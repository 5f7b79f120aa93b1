"""`grader check`: a student's own notebook, with the public part of the course alone."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from grader import files
from grader.classroom.checking import RUNNING, STARTING, check_notebook
from grader.cli.browser import open_page
from grader.cli.display import note, say, waiting
from grader.course.course import Assignment
from grader.course.manual import Question
from grader.exchange.results_jsonl import record
from grader.language.catalogue import Text, choose
from grader.language.catalogue import say as _
from grader.language.clean import clean
from grader.model.report import GRADED, INTERNAL, PASSED, Answer, CheckResult, Place, Report
from grader.model.status import SandboxKind
from grader.reports import causes, html, priorities, sentences
from grader.reports.captions import caption
from grader.reports.checks import in_short
from grader.reports.priorities import has_raised, is_wrong_value

MAX_LINES = 20  # of a check's message
PHASES = {
    STARTING: _("Starting Python and its libraries"),
    RUNNING: _("Running your notebook and the checks"),
}


def run(options: argparse.Namespace) -> int:
    """Check the notebook, print the result in the student's language, and return the exit code."""
    lang = choose(options.lang)
    with waiting(options.quiet) as show_phase:
        report, assignment = check_notebook(
            options.notebook,
            options.course,
            options.assignment,
            seed=options.seed,
            sandbox=options.sandbox,
            on_progress=lambda now: show_phase(PHASES[now.phase][lang]),
        )
    if options.sandbox == SandboxKind.NONE:
        sealed = _("Your notebook ran unprotected, as it does in Jupyter: --sandbox none asks for that.")
    elif report.provenance.sandbox is SandboxKind.NONE:
        sealed = _("This machine can't seal notebooks off, so yours ran unprotected, as it does in Jupyter.")
    else:
        sealed = _(
            "Your notebook ran in a sealed session: without a network, and with no files but those beside it."
        )
    note(sealed[lang], options.quiet)
    if packages := causes.packages_line(report.provenance):
        note(packages[lang], options.quiet)
    if options.json:
        json.dump(record(report), sys.stdout, ensure_ascii=False)
        print()
    else:
        show(report, assignment, lang, options.verbose)
    if options.html:
        page = _write_page(report, assignment, lang)
        note(_("The page: {path}", path=str(page))[lang])
        open_page(page)
    if report.outcome == INTERNAL:
        return 3
    return 0 if report.outcome == GRADED and all(result.verdict == PASSED for result in report.checks) else 1


def _write_page(report: Report, assignment: Assignment, lang: str) -> Path:
    """Write the page, as a student gets it back, to a folder of its own, and return its path."""
    page = Path(tempfile.mkdtemp(prefix="grader-check-"), f"{assignment.name}.html")
    files.write(page, html.student_page(report, assignment, lang))
    return page


def show(report: Report, assignment: Assignment, lang: str, verbose: bool = False) -> None:
    """Print what to fix first, then the checks, one after another, in the student's language."""
    say(assignment.title[lang], style="bold")
    if (sentence := sentences.outcome(report.outcome)) is not None:
        say(sentence[lang], "✗ ", style="red")
        say(report.reason[lang] if report.reason else "", "  ")
        return
    if report.beside and (sentence := sentences.left_out(report.beside)) is not None:
        say(sentence[lang], "  ")
    top = priorities.first(report, assignment)
    if top:
        say(top[0][lang], "  ", style="bold")
        if top[1].cause is None:
            say(top[1].what[lang], "  ")
    for cause in sorted(report.causes, key=lambda each: not (top and each is top[1].cause)):
        say(causes.of_report(cause, report, assignment)[lang], "  ")
        if error := dict(cause.words).get("error"):
            say(clean(error), "    | ", style="dim")
    if not report.causes and (sentence := sentences.execution(report.execution)) is not None:
        say(sentence[lang], "  ")
        if report.execution.message:
            say(report.execution.message[lang], "  ", style="dim")
    for result in report.checks:
        _show_check(result, report, lang, verbose)
    earned = sum(result.points for result in report.checks)
    say(
        _(
            "Public checks: {earned} of {total} points. The hidden ones run when it is graded.",
            earned=f"{earned:g}",
            total=f"{report.max_score:g}",
        )[lang]
    )
    for question in assignment.questions:
        say(about_question(question, report.answer(question.id))[lang])


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


def _show_check(result: CheckResult, report: Report, lang: str, verbose: bool) -> None:
    """Print one check: why it did not pass, what it compared, and the hint where it fits."""
    check, passed = result.check, result.verdict == PASSED
    points = f"[{result.points:g}/{check.points:g}]"
    say(f"{check.title[lang]}  {points}", "✓ " if passed else "✗ ", style="green" if passed else "red")
    if passed:
        return
    if result.reason and (why := sentences.sentence(result.reason, titles_waited_for(result, report))):
        say(why[lang], "    ")
    if result.place and not priorities.is_caused(result):
        say(look_at(result.place)[lang], "    ")
    # A name of a check that this one waits for, or of one that is missing, has been said in words.
    for line in compared(result, lang, verbose) if is_wrong_value(result) or has_raised(result) else ():
        say(clean(line), "    | ", style="dim")
    if verbose and result.picture:
        say(caption(result.picture)[lang], "    | ", style="dim")
    if check.hint and is_wrong_value(result):
        say(check.hint[lang], "    → ")


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
    lines = [
        _("{what} is {got}", what=found.what, got=found.got)[lang],
        _("wanted: {wanted} ± {tolerance}", wanted=found.wanted, tolerance=found.tolerance)[lang]
        if found.tolerance
        else _("wanted: {wanted}", wanted=found.wanted)[lang],
    ]
    if found.others:
        lines.append(_("Other values that differ: {count}.", count=found.others)[lang])
    return lines


def titles_waited_for(result: CheckResult, report: Report) -> list[Text]:
    """The titles of the checks that this one waits for."""
    return [other.check.title for other in report.checks if other.check.id in result.check.depends]
