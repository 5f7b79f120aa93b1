"""`grader export`: grades and feedback in other systems' formats."""

from __future__ import annotations

import argparse
import json
import os
import sys

from grader.classroom.exporting import Exported, Wishes, export
from grader.cli.display import note
from grader.course.loader import load
from grader.errors import UsageError
from grader.language.catalogue import choose
from grader.language.catalogue import say as _


def run(options: argparse.Namespace) -> int:
    """Export, print the result unless it goes into a file, and say what a person should know."""
    lang = choose(options.lang)
    course = load(options.course, need_stubs=False)
    wishes = Wishes(
        options.format,
        options.template,
        options.to,
        tuple(dict.fromkeys(options.assignments)),
        columns_of(options.columns),
        options.roster,
        lang,
        options.sandbox,
        options.gradebook,
    )
    exported = export(course, options.out, wishes)
    if options.json:
        print(json.dumps(as_data(exported), ensure_ascii=False))
        return 0
    _print(exported, options)
    for each in exported.notes:
        note(each[lang], options.quiet)
    if exported.written:
        words = _("written")
        note(f"{words[lang]}: {exported.written}", options.quiet)
    return 0


def as_data(exported: Exported) -> dict[str, object]:
    """The result as JSON values."""
    return {
        "written": exported.written and str(exported.written),
        "notes": [each.en for each in exported.notes],
        "content": exported.content.decode("utf-8", "replace") or None,
        "summary": exported.summary or None,
    }


def columns_of(words: list[str]) -> dict[str, str]:
    """`ASSIGNMENT=HEADING` as a heading for each assignment. Raises UsageError."""
    found = {}
    for each in words:
        assignment, equals, heading = each.partition("=")
        if not (assignment and equals and heading):
            raise UsageError(f"--column {each!r}: write it as ASSIGNMENT=HEADING")
        found[assignment] = heading
    return found


def _print(exported: Exported, options: argparse.Namespace) -> None:
    """Print what goes to standard output, byte by byte. GitHub has a file of its own for summaries."""
    if exported.content:
        sys.stdout.flush()
        if hasattr(sys.stdout, "buffer"):
            sys.stdout.buffer.write(exported.content)
            sys.stdout.buffer.flush()
        else:
            sys.stdout.write(exported.content.decode())
    place = options.to if options.format == "github" else None
    if exported.summary and (place or os.environ.get("GITHUB_STEP_SUMMARY")):
        with open(
            place or os.environ["GITHUB_STEP_SUMMARY"], "w" if place else "a", encoding="utf-8"
        ) as file:
            file.write(exported.summary)
