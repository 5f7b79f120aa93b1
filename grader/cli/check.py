"""`grader check`: a student's own notebook, with the public part of the course alone."""

from __future__ import annotations

import argparse
import json
import sys

from grader.classroom.checking import check_notebook
from grader.cli.display import note
from grader.course.course import Assignment
from grader.exchange.results_jsonl import record
from grader.language.catalogue import Text, choose
from grader.language.catalogue import say as _
from grader.language.clean import clean
from grader.model.report import GRADED, INTERNAL, PASSED, CheckResult, Report
from grader.model.status import SandboxKind
from grader.reports import causes, sentences
from grader.reports.submission import is_caused

MAX_LINES = 20  # of a check's message


def run(options: argparse.Namespace) -> int:
    """Check the notebook, print the result in the student's language, and return the exit code."""
    lang = choose(options.lang)
    report, assignment = check_notebook(
        options.notebook, options.course, options.assignment, seed=options.seed, sandbox=options.sandbox
    )
    if report.provenance.sandbox is SandboxKind.NONE:
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
        show(report, assignment, lang)
    if report.outcome == INTERNAL:
        return 3
    return 0 if report.outcome == GRADED and all(result.verdict == PASSED for result in report.checks) else 1


def show(report: Report, assignment: Assignment, lang: str) -> None:
    """Print the checks, one after another, in the student's language."""
    print(assignment.title[lang])
    if (sentence := sentences.outcome(report.outcome)) is not None:
        print(f"✗ {sentence[lang]}\n  {report.reason[lang] if report.reason else ''}")
        return
    if report.beside and (sentence := sentences.left_out(report.beside)) is not None:
        print(f"  {sentence[lang]}")
    for cause in report.causes:
        print(f"  {causes.of_report(cause, report, assignment)[lang]}")
        if error := dict(cause.words).get("error"):
            print(f"    | {clean(error)}")
    if not report.causes and (sentence := sentences.execution(report.execution)) is not None:
        print(f"  {sentence[lang]}")
        print(f"  {report.execution.message[lang] if report.execution.message else ''}".rstrip())
    for result in report.checks:
        check, passed = result.check, result.verdict == PASSED
        print(f"{'✓' if passed else '✗'} {check.title[lang]}  [{result.points:g}/{check.points:g}]")
        if passed:
            continue
        if result.reason is not None:
            print(f"    {sentences.sentence(result.reason, titles_waited_for(result, report))[lang]}")
        if is_caused(result):
            continue
        for line in (result.message or "").splitlines()[:MAX_LINES]:
            print(f"    | {clean(line)}")
        if check.hint:
            print(f"    → {check.hint[lang]}")
    earned = sum(result.points for result in report.checks)
    print(
        _(
            "Public checks: {earned} of {total} points. The hidden ones run when it is graded.",
            earned=f"{earned:g}",
            total=f"{report.max_score:g}",
        )[lang]
    )


def titles_waited_for(result: CheckResult, report: Report) -> list[Text]:
    """The titles of the checks that this one waits for."""
    return [other.check.title for other in report.checks if other.check.id in result.check.depends]
