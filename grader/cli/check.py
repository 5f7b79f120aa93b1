"""`grader check`: a student's own notebook, with the public part of the course alone."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from pathlib import Path

from grader.cli.display import note
from grader.course import loader as course
from grader.course.course import Assignment
from grader.engine import local as batch
from grader.errors import MachineError, UsageError
from grader.exchange import results_jsonl
from grader.language.catalogue import Text, choose, either
from grader.language.catalogue import say as _
from grader.language.clean import clean
from grader.model.report import GRADED, INTERNAL, PASSED, CheckResult, Report
from grader.notebook import reading as notebook
from grader.notebook.notebook import Unreadable
from grader.reports import sentences as reasons


def run(options: argparse.Namespace) -> int:
    lang = choose(options.lang)
    if not options.notebook.exists():
        raise UsageError(f"there is no file {options.notebook}")
    assignment = find(options.notebook, options.course, options.assignment)
    try:
        content: bytes | Unreadable = notebook.read_file(options.notebook)
    except Unreadable as error:
        content = error
    sandbox = options.sandbox or "bubblewrap"
    try:
        report = grade(assignment, content, sandbox, options.seed)
    except MachineError:
        if options.sandbox == "bubblewrap":
            raise
        sandbox = "none"
        report = grade(assignment, content, sandbox, options.seed)
    if sandbox == "none":
        note(
            _("This machine can't seal notebooks off, so yours ran unprotected, as it does in Jupyter.")[
                lang
            ],
            options.quiet,
        )
    else:
        note(
            _("Your notebook ran in a sealed session: without a network and without your files.")[lang],
            options.quiet,
        )
    if options.json:
        json.dump(results_jsonl.record(report), sys.stdout, ensure_ascii=False)
        print()
    else:
        tell(report, assignment, lang)
    if report.outcome == INTERNAL:
        return 3
    return 0 if report.outcome == GRADED and all(result.verdict == PASSED for result in report.checks) else 1


def grade(assignment: Assignment, content: bytes | Unreadable, sandbox: str, seed: int) -> Report:
    with batch.Grading(sandbox, jobs=1) as grading:
        (report,) = grading.grade([lambda: grading.task(assignment, "you", content, seed)])
    return report


def find(path: Path, root: Path, name: str | None) -> Assignment:
    """The assignment that a notebook is for: named, or told by the notebook's name or folder.

    Looked for beside the notebook, and in the course's `assignments/`, or in the course folder itself where the public part
    was handed out alone.
    """
    places = [
        path.resolve().parent,
        *(
            folder
            for base in (root / "assignments", root)
            if base.is_dir()
            for folder in sorted(base.iterdir())
        ),
    ]
    folders = {folder.name: folder for folder in reversed(places) if (folder / "assignment.toml").is_file()}
    if not folders:
        raise UsageError(
            f"no assignment is to be found beside {path} or in {root}: is this the folder that you were given? Say where: --course DIR"
        )
    for wanted in [name] if name else [path.stem, path.resolve().parent.name]:
        if wanted in folders:
            return course.load_assignment(folders[wanted])
    if name is None and len(folders) == 1:
        return course.load_assignment(*folders.values())
    near = difflib.get_close_matches(name or path.stem, folders, 1)
    raise UsageError(
        f"which assignment is {path} for? Say --assignment NAME"
        + (f"; did you mean {near[0]}?" if near else f"; there are {', '.join(folders)}")
    )


def tell(report: Report, assignment: Assignment, lang: str) -> None:
    """The checks, one after another, in the student's language."""
    print(either(assignment.title, assignment.zh_title)[lang])
    if (words := reasons.outcome(report.outcome)) is not None:
        print(f"✗ {words[lang]}\n  {either(report.reason, report.reason_zh)[lang]}")
        return
    if (words := reasons.execution(report.execution)) is not None:
        print(f"  {words[lang]}")
        print(f"  {either(report.execution.message, report.execution.message_zh)[lang]}".rstrip())
    for result in report.checks:
        check, passed = result.check, result.verdict == PASSED
        print(
            f"{'✓' if passed else '✗'} {either(check.title, check.zh)[lang]}  [{result.points:g}/{check.points:g}]"
        )
        if passed:
            continue
        if result.reason is not None:
            print(f"    {reasons.sentence(result.reason, report_needs(result, report))[lang]}")
        for line in (result.message or "").splitlines()[:20]:
            print(f"    | {clean(line)}")
        if hint := either(check.hint, check.zh_hint)[lang]:
            print(f"    → {hint}")
    earned = sum(result.points for result in report.checks)
    print(
        _(
            "Public checks: {earned} of {total} points. The hidden ones run when it is graded.",
            earned=f"{earned:g}",
            total=f"{report.max_score:g}",
        )[lang]
    )


def report_needs(result: CheckResult, report: Report) -> list[Text]:
    """The titles of the checks that this one waits for."""
    return [
        either(other.check.title, other.check.zh)
        for other in report.checks
        if other.check.id in result.check.depends
    ]
