"""`grader report`: all tables and pages, from the gradebook alone."""

from __future__ import annotations

import argparse
import sys

from grader.classroom.reporting import write_reports
from grader.cli.grade import show
from grader.course.loader import load
from grader.exchange.results_jsonl import lines
from grader.language.catalogue import choose


def run(options: argparse.Namespace) -> int:
    """Write the files, print what `grade` prints, and return the exit code."""
    lang = choose(options.lang)
    course = load(options.course)
    found = write_reports(course, options.out, gradebook=options.gradebook, lang=lang)
    reports = [entry.report for entry in found]
    marks = {entry.pair: entry.mark for entry in found}
    if options.json:
        sys.stdout.writelines(lines(reports, marks))
    else:
        show(options.out, reports, course, lang, (), marks)
    return 0
