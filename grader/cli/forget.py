"""`grader forget`: drop a student, or one assignment of theirs."""

from __future__ import annotations

import argparse
import json
import sys

from grader.classroom.reporting import require_gradebook, write_reports
from grader.cli.display import note
from grader.course.loader import load
from grader.course.problems import did_you_mean
from grader.errors import UsageError
from grader.gradebook.store import Gradebook
from grader.language.catalogue import Text, choose
from grader.language.catalogue import say as _


def run(options: argparse.Namespace) -> int:
    """Ask twice, drop, write the files anew, say how much is gone, and return the exit code."""
    lang = choose(options.lang)
    course = load(options.course)
    require_gradebook(options.out, options.gradebook)
    student, assignment = options.student, options.assignment
    with Gradebook(options.out, options.gradebook) as book:
        pairs = [*book.attempts(), *((each.student, each.assignment) for each in book.overrides())]
        own = sorted({name for who, name in pairs if who == student and assignment in (None, name)})
        if not own:
            raise UsageError(
                f"the gradebook has nothing of {student!r}{f' for {assignment!r}' if assignment else ''}"
                f"{did_you_mean(student, {who for who, _ in pairs} - {student}, '')}"
            )
        if not options.yes and not _agreed(student, own, lang):
            note(_("Nothing was dropped.")[lang])
            return 0
        gone = book.forget(student, assignment)
    write_reports(course, options.out, gradebook=options.gradebook, lang=lang)
    if options.json:
        print(json.dumps({"student": student, "assignments": own, **gone._asdict()}, ensure_ascii=False))
    else:
        print(_summary(student, gone.attempts, gone.reports, gone.overrides)[lang])
        note(_("If it still lies in the folder of submissions, `grader grade` takes it in again.")[lang])
    return 0


def _summary(student: str, attempts: int, reports: int, overrides: int) -> Text:
    return _(
        "{student} is forgotten: {attempts} attempts, {reports} reports, {overrides} changes by hand",
        student=student,
        attempts=attempts,
        reports=reports,
        overrides=overrides,
    )


def _agreed(student: str, assignments: list[str], lang: str) -> bool:
    """Ask twice, the second time for the name. Raises UsageError if there is nobody to ask."""
    if not sys.stdin.isatty():
        raise UsageError("there is nobody to ask: to drop it without being asked, add --yes")
    question = _(
        "Drop everything on {student} ({assignments})? This can't be undone. [y/N] ",
        student=student,
        assignments=", ".join(assignments),
    )
    if _answer(question[lang]).strip().casefold() not in ("y", "yes", "是"):
        return False
    return _answer(_("Type the student's name once more: ")[lang]).strip() == student


def _answer(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline()
