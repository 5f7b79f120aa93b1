"""`grader mark`: sheets of answers out and in, and points by hand."""

from __future__ import annotations

import argparse
import getpass
import json
from dataclasses import asdict
from datetime import datetime

from grader.classroom.hand_marking import Written, read_sheets, set_points, write_sheets
from grader.classroom.marking import Taken
from grader.cli.display import note, table
from grader.course.loader import load
from grader.errors import UsageError
from grader.language.catalogue import choose
from grader.language.catalogue import say as _
from grader.model.mark import Override

MAX_LISTED = 20  # rows that were not taken


def run(options: argparse.Namespace) -> int:
    """Write sheets, read some in, or change points, as the options ask."""
    lang = choose(options.lang)
    course = load(options.course, need_stubs=False)
    require_one_purpose(options)
    where = {"gradebook": options.gradebook, "lang": lang}
    if options.student:
        now = {"by": options.by or user(), "at": datetime.now().astimezone().isoformat(timespec="seconds")}
        found = set_points(
            course,
            options.out,
            options.student,
            options.assignments[0],
            options.check,
            options.points,
            options.comment,
            **now,
            **where,
        )
        show_override(found, options.json, lang)
    elif options.files:
        now = {"by": options.by or user(), "at": datetime.now().astimezone().isoformat(timespec="seconds")}
        show_taken(read_sheets(course, options.out, options.files, **now, **where), options.json, lang)
    else:
        written = write_sheets(
            course, options.out, assignments=options.assignments, hides_names=options.hide_names, **where
        )
        show_written(written, options.json, lang)
    return 0


def require_one_purpose(options: argparse.Namespace) -> None:
    """Raise UsageError if the options don't say one thing to do."""
    changes = options.points is not None or options.take_back
    if not options.student:
        if changes or options.check or options.comment:
            raise UsageError("whose points? Say --student NAME and --assignment NAME")
        if options.files and options.hide_names:
            raise UsageError("--hide-names is for writing sheets; leave it out when reading some in")
        return
    if options.files or options.hide_names:
        raise UsageError("--student changes one student's points; sheets are written and read in without it")
    if len(options.assignments) != 1:
        raise UsageError("for which assignment? Say --assignment NAME once")
    if (options.points is not None) == options.take_back:
        raise UsageError("say either --points N and --comment TEXT, or --take-back")


def user() -> str:
    """The name of the user who runs the command."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "staff"


def show_written(written: list[Written], as_json: bool, lang: str) -> None:
    """Print which sheets there are and how far they are marked."""
    if as_json:
        print(json.dumps([each.record for each in written], ensure_ascii=False))
        return
    if not written:
        print(_("No assignment has a question that a person marks.")[lang])
        return
    headings = (_("assignment"), _("question"), _("answers"), _("to be marked"))
    rows = [
        [each.sheet.assignment, each.sheet.question, str(len(each.sheet.rows)), str(each.sheet.open_rows)]
        for each in written
    ]
    table([heading[lang] for heading in headings], rows, numbers=(2, 3))
    print()
    for each in written:
        print(each.page)
        print(each.csv)


def show_taken(taken: Taken, as_json: bool, lang: str) -> None:
    """Print what was taken from sheets, and which rows were not."""
    if as_json:
        print(json.dumps(asdict(taken), ensure_ascii=False))
        return
    for each in taken.stale[:MAX_LISTED]:
        why = _(
            "not taken: there is no such answer any more. Write the sheet again, and mark the new answer."
        )
        note(f"{each.file}:{each.line}: {why[lang]}")
    for each in taken.without_points[:MAX_LISTED]:
        why = _("not taken: a comment without points")
        note(f"{each.file}:{each.line}: {why[lang]}")
    print(
        _(
            "{new} taken, {unchanged} unchanged, {left} not taken",
            new=len(taken.overrides),
            unchanged=taken.unchanged,
            left=len(taken.stale) + len(taken.without_points),
        )[lang]
    )


def show_override(override: Override, as_json: bool, lang: str) -> None:
    """Print what was changed by hand."""
    if as_json:
        print(json.dumps(asdict(override), ensure_ascii=False))
        return
    place = " ".join(filter(None, (override.student, override.assignment, override.check)))
    if override.points is None:
        words = _("the computed points count again")
        print(f"{place}: {words[lang]}")
    else:
        print(f"{place}: {override.points:g} ({override.comment})")
