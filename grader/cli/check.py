"""`grader check`: a student's own notebook, with the public part of the course alone."""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from pathlib import Path

from grader import files
from grader.classroom.checking import RUNNING, STARTING, check_notebook
from grader.classroom.progress import Progress
from grader.cli.browser import open_page
from grader.cli.display import note, say, waiting
from grader.course.course import Assignment
from grader.exchange.results_jsonl import record
from grader.language.catalogue import choose
from grader.language.catalogue import say as _
from grader.model.report import GRADED, INTERNAL, PASSED, Report
from grader.model.status import SandboxKind

PHASES = {
    STARTING: _("Starting Python and its libraries"),
    RUNNING: _("Running your notebook and the checks"),
}


def run(options: argparse.Namespace) -> int:
    """Check the notebook, print the result in the student's language, and return the exit code."""
    lang = choose(options.lang)
    with waiting(options.quiet) as show_phase:

        def told(now: Progress) -> None:
            show_phase(PHASES[now.phase][lang])
            if now.phase == STARTING:
                # What shows the result is imported meanwhile: this process has nothing else to do.
                importlib.import_module("grader.reports.lines")

        report, assignment = check_notebook(
            options.notebook,
            options.course,
            options.assignment,
            seed=options.seed,
            sandbox=options.sandbox,
            on_progress=told,
        )
    from grader.reports import causes

    if options.sandbox == SandboxKind.NONE:
        sealed = _("Your notebook ran unprotected, as it does in Jupyter: --sandbox none asks for that.")
    elif report.provenance.sandbox is SandboxKind.NONE:
        sealed = _("This machine can't seal notebooks off, so yours ran unprotected, as it does in Jupyter.")
    else:
        sealed = _(
            "Your notebook ran in a sealed session: without a network, and with no files but those beside it."
        )
    for words in (sealed, causes.packages_line(report.provenance)):
        if words and not options.quiet:
            say(words[lang], stream=sys.stderr)
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
    from grader.reports import html

    page = Path(tempfile.mkdtemp(prefix="grader-check-"), f"{assignment.name}.html")
    files.write(page, html.student_page(report, assignment, lang))
    return page


def show(report: Report, assignment: Assignment, lang: str, verbose: bool = False) -> None:
    """Print what to fix first, then the checks, one after another, in the student's language."""
    from grader.reports.lines import lines

    for line in lines(report, assignment, lang, verbose):
        say(line.text, line.before, line.style)
